"""Install the app by OAuth: redirect to Slack's consent page, exchange the code for a token."""

import hmac
import logging
import re
import secrets
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import parse_qsl, quote, urljoin

from slack_sdk.oauth import AuthorizeUrlGenerator

from phantombot.config import Settings
from phantombot.context import Context
from phantombot.database.vault import Vault
from phantombot.errors import SlackError, SlackUnavailable, StoreUnavailable
from phantombot.messages.installing import (
    NextStep,
    WebPage,
    denied_page,
    installed_page,
    slack_refused_page,
    stale_page,
    try_later_page,
)
from phantombot.slack.installation_store import Installation, Installations
from phantombot.slack.oauth_pages import page_headers, rendered
from phantombot.slack.scopes import SCOPES

REDIRECT = "slack/oauth_redirect"
STATE_LIVES = 600
"""Maximum seconds from `begin` to `finish`."""

_COOKIE = "phantombot_install"
_RANDOM = re.compile(r"[\w-]{20,60}", re.ASCII)
_USED = frozenset({"invalid_code", "code_already_used", "code_expired"})
_CONCURRENCY = 2
"""Maximum codes exchanged at once, since each waits for Slack on a thread that others need."""
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Page:
    """An HTTP response to a browser."""

    status: HTTPStatus
    html: str
    headers: tuple[tuple[str, str], ...]


class Consent:
    """OAuth flow: redirects the installer to Slack, and stores the token of their consent.

    Nothing is stored in between. The state has an expiry time and is signed together with a random
    cookie: it is useless in another browser, and can't be forged without the secret.
    """

    def __init__(
        self, settings: Settings, vault: Vault, store: Installations, context: Context
    ) -> None:
        self._settings = settings
        self._vault = vault
        self._store = store
        self._context = context
        self._free = threading.BoundedSemaphore(_CONCURRENCY)
        self._redirect_uri = urljoin(settings.public_url, REDIRECT)
        self.install_url = settings.install_url
        self._generator = AuthorizeUrlGenerator(
            client_id=quote(settings.client_id, safe=""),
            redirect_uri=quote(self._redirect_uri, safe=""),
            scopes=tuple(SCOPES),
            authorization_url=urljoin(settings.slack_api_url, "../oauth/v2/authorize"),
        )

    def begin(self, cookies: str, now: datetime | None = None) -> Page:
        """Redirect to Slack's page, with a state that only this browser can return."""
        browser = _browser(cookies) or secrets.token_urlsafe(24)
        until = str(int((now or datetime.now(UTC)).timestamp()) + STATE_LIVES)
        state = f"{until}.{self._signature(until, browser)}"
        return Page(
            HTTPStatus.FOUND,
            "",
            (
                ("Location", self._generator.generate(state)),
                ("Set-Cookie", self._cookie(browser, STATE_LIVES)),
            ),
        )

    def finish(self, query: str, cookies: str, now: datetime | None = None) -> Page:
        """Exchange the code for a token, store it, and return the page with the next step."""
        asked = dict(parse_qsl(query))
        if asked.get("error") == "access_denied":
            return _page(HTTPStatus.OK, denied_page(self.install_url))
        at = now or datetime.now(UTC)
        if not self._is_ours(asked.get("state", ""), _browser(cookies), at):
            return _page(HTTPStatus.BAD_REQUEST, stale_page(self.install_url))
        if "code" not in asked:
            log.warning("Slack's redirect has no code")
            return _page(HTTPStatus.BAD_REQUEST, slack_refused_page(self.install_url))
        if not self._free.acquire(blocking=False):
            return _page(HTTPStatus.SERVICE_UNAVAILABLE, try_later_page(self.install_url))
        try:
            return self._exchange(asked["code"], at)
        finally:
            self._free.release()

    def _exchange(self, code: str, at: datetime) -> Page:
        try:
            answer = self._context.slack.exchange(
                self._settings.client_id, self._settings.client_secret, code, self._redirect_uri
            )
            installation = _read(answer, at)
            if installation is None:
                log.error("Slack's OAuth answer has no permanent bot token")
                return _page(HTTPStatus.BAD_GATEWAY, slack_refused_page(self.install_url))
            welcomed = self._store.save(installation)
        except (SlackUnavailable, StoreUnavailable) as error:
            log.warning("the app could not be installed now: %s", error)
            return _page(HTTPStatus.SERVICE_UNAVAILABLE, try_later_page(self.install_url))
        except SlackError as error:
            return self._refused(error)
        self._context.installed.forget(installation.workspace)
        self._context.wake(installation.workspace)  # a worker welcomes who installed it
        log.info("the app was installed in %s", installation.workspace)
        next_step = _next_step(installation, welcomed=welcomed)
        page = installed_page(_name(answer), *_in_slack(answer), next_step)
        return _page(HTTPStatus.OK, page, ("Set-Cookie", self._cookie("", 0)))

    def _refused(self, error: SlackError) -> Page:
        if error.code in _USED:
            return _page(HTTPStatus.BAD_REQUEST, stale_page(self.install_url))
        log.error("Slack refuses the installation: %s", error.code)
        return _page(HTTPStatus.BAD_GATEWAY, slack_refused_page(self.install_url))

    def _is_ours(self, state: str, browser: str, at: datetime) -> bool:
        until, _, signature = state.partition(".")
        meant = self._signature(until, browser)
        if not browser or not hmac.compare_digest(signature.encode(), meant.encode()):
            return False
        return at.timestamp() <= int(until)

    def _signature(self, until: str, browser: str) -> str:
        # No workspace's id has a slash, so no other signed text can be the same.
        return self._vault.digest("slack/install", until, browser)

    def _cookie(self, value: str, seconds: int) -> str:
        secure = "; Secure" if self._settings.public_url.startswith("https:") else ""
        return f"{_COOKIE}={value}; Max-Age={seconds}; Path=/; HttpOnly; SameSite=Lax{secure}"


def _browser(cookies: str) -> str:
    """Return the random part of the cookie; empty if there is none."""
    try:
        found = SimpleCookie(cookies).get(_COOKIE)
    except CookieError:
        return ""
    value = found.value if found is not None else ""
    return value if _RANDOM.fullmatch(value) else ""


def _read(answer: Mapping[str, Any], at: datetime) -> Installation | None:
    """Return the bot's part of `oauth.v2.access`, or None. A user's token isn't kept."""
    org_wide = bool(answer.get("is_enterprise_install"))
    enterprise = str((answer.get("enterprise") or {}).get("id") or "")
    workspace = enterprise if org_wide else str((answer.get("team") or {}).get("id") or "")
    token = str(answer.get("access_token") or "")
    # A rotated token begins with xoxe: it would expire before a long run ends.
    if not workspace or not token.startswith("xoxb-") or answer.get("expires_in"):
        return None
    return Installation(
        workspace=workspace,
        enterprise=enterprise or None,
        org_wide=org_wide,
        bot_token=token,
        bot_user=str(answer.get("bot_user_id") or ""),
        scopes=str(answer.get("scope") or ""),
        installed_by=str((answer.get("authed_user") or {}).get("id") or ""),
        installed_at=at,
    )


def _next_step(installation: Installation, *, welcomed: bool) -> NextStep:
    if installation.org_wide:
        return NextStep.KEYS
    return NextStep.MESSAGE if welcomed else NextStep.NONE


def _name(answer: Mapping[str, Any]) -> str:
    named = answer.get("team") or answer.get("enterprise") or {}
    return str(named.get("name") or "")


def _in_slack(answer: Mapping[str, Any]) -> tuple[str, str]:
    """Return the addresses of the bot's messages in Slack's app and in the browser."""
    app = quote(str(answer.get("app_id") or ""), safe="")
    team = quote(str((answer.get("team") or {}).get("id") or ""), safe="")
    if not team:
        return "slack://open", f"https://slack.com/app_redirect?app={app}"
    in_browser = f"https://slack.com/app_redirect?app={app}&team={team}"
    return f"slack://app?team={team}&id={app}&tab=messages", in_browser


def _page(status: HTTPStatus, page: WebPage, *more: tuple[str, str]) -> Page:
    return Page(status, rendered(page), (*page_headers(), *more))
