"""What is served over HTTP: /slack/*, /hooks/<secret>, /healthz and /metrics."""

import logging
import re
import time
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING

from slack_bolt import App

from phantombot.errors import StoreUnavailable
from phantombot.slack.request import SlackRequest
from phantombot.webhooks import Hooks

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

    from phantombot.slack.oauth import Consent

BODY_LIMIT = 1024 * 1024
"""Bytes; Slack's largest requests are a fraction of it."""

HEADERS = (
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "no-referrer"),
    ("Content-Security-Policy", "default-src 'none'; base-uri 'none'; frame-ancestors 'none'"),
    ("X-Frame-Options", "DENY"),
    ("Cache-Control", "no-store"),
)
"""On every answer: whoever opens one in a browser runs, frames, keeps and passes on nothing."""

HOOKS = "/hooks/"
_UNIX_TIME = re.compile(r"[0-9]{1,12}")
_TEXT = [("Content-Type", "text/plain; charset=utf-8")]
_PROMETHEUS = [("Content-Type", "text/plain; version=0.0.4; charset=utf-8")]

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Health:
    """Whether this process can do its work, in a word."""

    well: bool
    says: str


@dataclass(frozen=True)
class Sight:
    """What this process lets be seen of itself."""

    health: Callable[[], Health]
    figures: Callable[[], str]
    """In Prometheus' text format."""
    acknowledged: Callable[[int, float], None]
    """Is told the status and the seconds of each answer to Slack."""


def wsgi(
    app: App | None, sight: Sight, consent: "Consent | None" = None, hooks: Hooks | None = None
) -> "WSGIApplication":
    """The WSGI application.

    `app` is None where Slack sends through a socket alone, so that no request has to be believed
    here; `consent` is for many workspaces, which install the app; `hooks` is for Phantombuster.
    """

    def serve(environ: "WSGIEnvironment", start: "StartResponse") -> Iterable[bytes]:
        try:
            return answer(environ, start)
        except Exception:  # an answer is begun last of all, so none was begun yet
            reference = uuid.uuid4().hex[:8]
            log.exception("a request failed; reference %s", reference)
            return _answer(start, HTTPStatus.INTERNAL_SERVER_ERROR, f"Failed ({reference})")

    def answer(environ: "WSGIEnvironment", start: "StartResponse") -> Iterable[bytes]:
        match environ["REQUEST_METHOD"], environ["PATH_INFO"]:
            case "POST", "/slack/events" if app is not None:
                return _slack(app, sight, environ, start)
            case "GET", "/slack/install" | "/slack/oauth_redirect" if consent is not None:
                return _install(consent, environ, start)
            case "GET", "/metrics":
                return _answer(start, HTTPStatus.OK, sight.figures(), _PROMETHEUS)
            case "GET", "/healthz":
                found = sight.health()
                status = HTTPStatus.OK if found.well else HTTPStatus.SERVICE_UNAVAILABLE
                return _answer(start, status, found.says)
            case _, "/slack/events" | "/healthz" | "/metrics":
                return _answer(start, HTTPStatus.METHOD_NOT_ALLOWED)
            case method, path if hooks is not None and path.startswith(HOOKS):
                return _answer(start, _hinted(hooks, method, path.removeprefix(HOOKS)))
        return _answer(start, HTTPStatus.NOT_FOUND)

    return serve


def _slack(
    app: App, sight: Sight, environ: "WSGIEnvironment", start: "StartResponse"
) -> Iterable[bytes]:
    began = time.monotonic()
    headers = {
        name.removeprefix("HTTP_").replace("_", "-").lower(): value
        for name, value in environ.items()
        if name.startswith("HTTP_") or name == "CONTENT_TYPE"
    }
    try:
        body = environ["wsgi.input"].read().decode()
    except UnicodeDecodeError:
        return _answer(start, HTTPStatus.UNAUTHORIZED)
    if not _UNIX_TIME.fullmatch(headers.get("x-slack-request-timestamp", "")):
        # Bolt would answer 500 where the signature's time is no number it can compare.
        return _answer(start, HTTPStatus.UNAUTHORIZED)
    response = app.dispatch(SlackRequest(body, headers))
    sight.acknowledged(response.status, time.monotonic() - began)
    named = [(name, value) for name, values in response.headers.items() for value in values]
    return _answer(start, HTTPStatus(response.status), response.body, named)


def _hinted(hooks: Hooks, method: str, secret: str) -> HTTPStatus:
    """The body is left unread: whatever it says is asked of Phantombuster itself."""
    if method != "POST":
        return HTTPStatus.METHOD_NOT_ALLOWED
    try:
        return HTTPStatus.OK if hooks.called(secret) else HTTPStatus.NOT_FOUND
    except StoreUnavailable as error:
        log.warning("a webhook was called in vain: the database does not answer (%s)", error)
        return HTTPStatus.SERVICE_UNAVAILABLE


def _install(
    consent: "Consent", environ: "WSGIEnvironment", start: "StartResponse"
) -> Iterable[bytes]:
    cookies = environ.get("HTTP_COOKIE", "")
    if environ["PATH_INFO"] == "/slack/install":
        page = consent.begin(cookies)
    else:
        page = consent.finish(environ.get("QUERY_STRING", ""), cookies)
    return _answer(start, page.status, page.html, list(page.headers))


def _answer(
    start: "StartResponse",
    status: HTTPStatus,
    body: str | None = None,
    headers: list[tuple[str, str]] | None = None,
) -> Iterable[bytes]:
    text = (status.phrase if body is None else body).encode()
    named = [(name, value) for name, value in headers or _TEXT if name.lower() != "content-length"]
    start(
        f"{status.value} {status.phrase}",
        [*named, ("Content-Length", str(len(text))), *HEADERS],
    )
    return [text]
