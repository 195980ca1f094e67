"""OAuth consents: codes not yet exchanged, and the tokens given for them."""

import secrets
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode, urlsplit

from phantombot.sandbox.slack.values import Refusal


@dataclass(frozen=True)
class Grant:
    """One consent. `team` is empty if a whole organisation consented."""

    team: str
    enterprise: str
    user: str
    scope: str
    redirect_uri: str

    @property
    def holder(self) -> str:
        """Return the id of the team or the organisation that consented."""
        return self.team or self.enterprise


class Grants:
    """The consents of this Slack. Call only while holding the workspace's lock."""

    def __init__(self, client_id: str, client_secret: str) -> None:
        self._client_id = client_id
        self._client_secret = client_secret
        self._codes: dict[str, Grant] = {}
        self._used: set[str] = set()
        self._tokens: dict[str, Grant] = {}
        self._revoked: set[str] = set()

    def consent(self, url: str, team: str, enterprise: str, user: str) -> str:
        """Agree on the page at `url`, and return the URL that the browser is sent to.

        Raises:
            Refusal: the page wouldn't open.
        """
        asked = self._asked(url)
        code = secrets.token_hex(16)
        self._codes[code] = Grant(team, enterprise, user, asked["scope"], asked["redirect_uri"])
        return _back(asked, code=code)

    def refuse(self, url: str) -> str:
        """Decline on the page at `url`, and return the URL that the browser is sent to."""
        return _back(self._asked(url), error="access_denied")

    def exchange(self, client: tuple[str, str], code: str, redirect_uri: str) -> tuple[str, Grant]:
        """Exchange a code for a token, once. Earlier tokens of the same consent become void.

        Raises:
            Refusal: as Slack's own `oauth.v2.access` names it.
        """
        if client[0] != self._client_id or not self._client_id:
            raise Refusal("invalid_client_id")
        if client[1] != self._client_secret:
            raise Refusal("bad_client_secret")
        if code in self._used:
            raise Refusal("code_already_used")
        grant = self._codes.get(code)
        if grant is None:
            raise Refusal("invalid_code")
        if grant.redirect_uri != redirect_uri:
            raise Refusal("bad_redirect_uri")
        self._used.add(code)
        self.revoke(grant.holder)
        token = f"xoxb-{grant.holder}-{secrets.token_hex(12)}"
        self._tokens[token] = grant
        return token, grant

    def revoke(self, holder: str) -> None:
        """Revoke every token of a team or an organisation."""
        for token, grant in self._tokens.items():
            if grant.holder == holder:
                self._revoked.add(token)

    def of(self, token: str | None) -> Grant:
        """Return the consent that a token was given for.

        Raises:
            Refusal: `not_authed`, `invalid_auth` or `account_inactive`.
        """
        if not token:
            raise Refusal("not_authed")
        if token in self._revoked:
            raise Refusal("account_inactive")
        if token not in self._tokens:
            raise Refusal("invalid_auth")
        return self._tokens[token]

    def scope_of(self, holder: str) -> str | None:
        """Return the scopes that a team or an organisation granted, with commas;
        None if none did.
        """
        live = self._tokens.keys() - self._revoked
        found = (self._tokens[token] for token in live)
        return next((grant.scope for grant in found if grant.holder == holder), None)

    def holders(self) -> set[str]:
        """Return the teams and organisations that the app is installed in."""
        live = self._tokens.keys() - self._revoked
        return {self._tokens[token].holder for token in live}

    def _asked(self, url: str) -> dict[str, str]:
        asked = dict(parse_qsl(urlsplit(url).query))
        if asked.get("client_id") != self._client_id:
            raise Refusal("invalid_client_id")
        if not {"scope", "redirect_uri", "state"} <= asked.keys():
            raise Refusal("invalid_arguments", "scope, redirect_uri and state are needed")
        return asked


def _back(asked: dict[str, str], **said: str) -> str:
    return f"{asked['redirect_uri']}?{urlencode({**said, 'state': asked['state']})}"
