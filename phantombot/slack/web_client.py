"""Call Slack's Web API with a workspace's token, and ask it about people and channels."""

import re
import ssl
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cached_property
from typing import Any
from urllib.request import (
    HTTPRedirectHandler,
    HTTPSHandler,
    OpenerDirector,
    Request,
    build_opener,
)

from slack_sdk import WebClient
from slack_sdk.web import SlackResponse

from phantombot.access.rules import Person
from phantombot.context import Count, not_counted
from phantombot.errors import CannotPost, SlackError, SlackRefused
from phantombot.slack.errors import answered, asked
from phantombot.slack.person import read_person
from phantombot.tls import tls_context

TIMEOUT = 10
"""Seconds."""
_SLACKS_OWN = re.compile(r"https://[a-z0-9.-]+\.slack(-gov)?\.com/")
NO_MESSAGE = "1000000000.000000"
"""A `ts` of 2001, which no message has."""


class _NoRedirects(HTTPRedirectHandler):
    def redirect_request(self, *_args: Any, **_more: Any) -> None:
        """Follow no redirect, so that the answer is an error."""


def opener_of(tls: ssl.SSLContext) -> OpenerDirector:
    """Return the opener of requests; proxies come from the environment, NO_PROXY included."""
    return build_opener(_NoRedirects, HTTPSHandler(context=tls))


class SlackClient(WebClient):
    """A WebClient that follows no redirect: urllib would send the token along."""

    def __init__(
        self, token: str | None, base_url: str, tls: ssl.SSLContext, opener: OpenerDirector
    ) -> None:
        super().__init__(
            token=token, base_url=base_url, timeout=TIMEOUT, ssl=tls, retry_handlers=[]
        )
        self._opener = opener

    def _perform_urllib_http_request_internal(self, _url: str, req: Request) -> dict[str, Any]:
        with self._opener.open(req, timeout=self.timeout) as answer:
            charset = answer.headers.get_content_charset() or "utf-8"
            body = answer.read().decode(charset)
            return {"status": answer.status, "headers": answer.headers, "body": body}


@dataclass(frozen=True)
class Standing:
    """A valid token's scopes and Slack's time; None where Slack didn't say."""

    scopes: frozenset[str] | None
    at: datetime | None
    """Time of Slack's clock."""


def read_standing(headers: Mapping[str, str]) -> Standing:
    """Return the scopes and the time from an answer's headers."""
    named = {name.lower(): value for name, value in headers.items()}
    scopes = named.get("x-oauth-scopes")
    words = None if scopes is None else (word.strip() for word in scopes.split(","))
    return Standing(
        scopes=None if words is None else frozenset(word for word in words if word),
        at=_time(named.get("date")),
    )


def _time(text: str | None) -> datetime | None:
    try:
        found = parsedate_to_datetime(text or "")
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


class WebCalls:
    """Web API calls, each sent once; callers decide about retries."""

    def __init__(
        self,
        token_of: Callable[[str], str],
        base_url: str,
        count: Count = not_counted,
        is_org_wide: Callable[[str], bool] = lambda _workspace: False,
    ) -> None:
        self._count = count
        self._token_of = token_of
        self._is_org_wide = is_org_wide
        self._base_url = base_url

    @cached_property
    def _tls(self) -> ssl.SSLContext:
        """Return the TLS context that all clients share."""
        return tls_context()

    @cached_property
    def _opener(self) -> OpenerDirector:
        """Return the opener that all clients share."""
        return opener_of(self._tls)

    def is_admin(self, workspace: str, user: str) -> bool:
        """Return whether the user is an admin or owner of this workspace.

        Raises:
            SlackError: Slack didn't say.
        """
        return self.person(workspace, user).admin

    def person(self, workspace: str, user: str) -> Person:
        """Return the user's role in the workspace.

        Raises:
            SlackError: Slack didn't say.
        """
        said = self._asked(self._client(workspace).users_info, user=user).get("user")
        org_wide = self._is_org_wide(workspace)
        return read_person(said if isinstance(said, dict) else {}, workspace, org_wide=org_wide)

    def groups(self, workspace: str) -> list[tuple[str, str]]:
        """Return ids and handles of the workspace's user groups.

        Raises:
            SlackError: Slack didn't say.
        """
        listed = self._client(workspace).usergroups_list
        said = self._asked(listed, team_id=workspace).get("usergroups") or []
        return [(str(group["id"]), str(group.get("handle") or group["id"])) for group in said]

    def group_members(self, workspace: str, group: str) -> frozenset[str]:
        """Return the ids of a user group's members.

        Raises:
            SlackError: Slack didn't say.
        """
        listed = self._client(workspace).usergroups_users_list
        said = self._asked(listed, usergroup=group, team_id=workspace)
        return frozenset(str(user) for user in said.get("users") or [])

    def standing(self, workspace: str) -> Standing:
        """Return what Slack says about the bot's token.

        Raises:
            SlackError: Slack refuses the token, or doesn't answer.
        """
        with self._counted("auth_test"):
            return read_standing(answered(self._client(workspace).auth_test).headers)

    def address(self, workspace: str) -> str:
        """Return the workspace's address, which links begin with; empty where Slack tells none.

        Raises:
            SlackError: Slack didn't say.
        """
        told = str(self._asked(self._client(workspace).auth_test).get("url") or "")
        return told if _SLACKS_OWN.fullmatch(told) else ""

    def sees(self, workspace: str, channel: str) -> bool:
        """Return whether the bot can see the channel: a private one, only as a member.

        A permalink needs no scope and no message; conversations.info would need four scopes.

        Raises:
            SlackError: Slack didn't say.
        """
        try:
            link = self._client(workspace).chat_getPermalink
            self._asked(link, channel=channel, message_ts=NO_MESSAGE)
        except CannotPost:
            return False
        except SlackRefused as error:
            if error.code != "message_not_found":
                raise
        return True

    def exchange(
        self, client_id: str, client_secret: str, code: str, redirect_uri: str
    ) -> dict[str, Any]:
        """Exchange a consent's code for a token: `oauth.v2.access`.

        Raises:
            SlackUnavailable: the code may have been used all the same.
            SlackRefused: the code is invalid or used, or the app's secret is wrong.
        """
        return self._asked(
            self.without_token().oauth_v2_access,
            client_id=client_id,
            client_secret=client_secret,
            code=code,
            redirect_uri=redirect_uri,
        )

    def without_token(self) -> WebClient:
        """Return a client without a token, for calls with another kind of token."""
        return self._with(None)

    def _asked(self, method: Callable[..., SlackResponse], **fields: Any) -> dict[str, Any]:
        with self._counted(method.__name__):
            return asked(method, **fields)

    @contextmanager
    def _counted(self, call: str) -> Iterator[None]:
        try:
            yield
        except SlackError as error:
            self._count("slack", call, error.code)
            raise
        self._count("slack", call, None)

    def _client(self, workspace: str) -> WebClient:
        return self._with(self._token_of(workspace))

    def _with(self, token: str | None) -> WebClient:
        return SlackClient(token, self._base_url, self._tls, self._opener)
