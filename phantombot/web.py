"""The WSGI application: /slack/*, /hooks/<secret>, /healthz and /metrics."""

import logging
import time
import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING

from slack_bolt import App

from phantombot.database.deadline import answering
from phantombot.errors import StoreUnavailable
from phantombot.slack.request import SlackRequest
from phantombot.slack.signature import Signatures
from phantombot.webhooks import Hooks

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

    from phantombot.slack.oauth import Consent

BODY_LIMIT = 768 * 1024
"""Bytes of a request.

Slack's largest are shortcuts on a message: up to 40,000 characters, once as text and once as
blocks, each 8 bytes unless it is ASCII (`%5Cu3042`). A form has 250,000 bytes.
"""
SSL_CHECK, SSL_CHECK_LIMIT = b"ssl_check=1", 1024

HEADERS = (
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "no-referrer"),
    ("Content-Security-Policy", "default-src 'none'; base-uri 'none'; frame-ancestors 'none'"),
    ("X-Frame-Options", "DENY"),
    ("Cache-Control", "no-store"),
)
"""On every answer that sets none itself: browsers can't run, frame, cache or pass it on."""

ARRIVED = "phantombot.arrived"
"""The environment's key for when the request began to arrive, in `time.monotonic` seconds."""

HOOKS = "/hooks/"
_TEXT = [("Content-Type", "text/plain; charset=utf-8")]
_PROMETHEUS = [("Content-Type", "text/plain; version=0.0.4; charset=utf-8")]

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Health:
    """Whether this process can do its work, and why not."""

    well: bool
    says: str


@dataclass(frozen=True)
class Exposed:
    """What this process exposes about itself."""

    health: Callable[[], Health]
    figures: Callable[[], str]
    """In Prometheus's text format."""
    acknowledged: Callable[[int, float], None]
    """Called with the status of each answer to Slack, and its seconds since the request arrived."""


@dataclass(frozen=True)
class SlackEvents:
    """The handler of /slack/events."""

    app: App
    signatures: Signatures


def wsgi(
    events: SlackEvents | None,
    exposed: Exposed,
    consent: "Consent | None" = None,
    hooks: Hooks | None = None,
) -> "WSGIApplication":
    """Return the WSGI application.

    `events` is None if Slack only sends through a socket, so no request needs to be accepted here;
    `consent` is for many workspaces, which install the app; `hooks` is for Phantombuster.
    """

    def serve(environ: "WSGIEnvironment", start: "StartResponse") -> Iterable[bytes]:
        try:
            return answer(environ, start)
        except Exception:  # the answer begins last, so it hasn't begun yet
            reference = uuid.uuid4().hex[:8]
            log.exception("a request failed; reference %s", reference)
            return _answer(start, HTTPStatus.INTERNAL_SERVER_ERROR, f"Failed ({reference})")

    def answer(environ: "WSGIEnvironment", start: "StartResponse") -> Iterable[bytes]:
        match environ["REQUEST_METHOD"], environ["PATH_INFO"]:
            case "POST" | "GET", "/slack/events" if events is not None:
                return _slack(events, exposed, environ, start)
            case "GET", "/slack/install" | "/slack/oauth_redirect" if consent is not None:
                return _install(consent, environ, start)
            case "GET", "/metrics":
                return _answer(start, HTTPStatus.OK, exposed.figures(), _PROMETHEUS)
            case "GET" | "HEAD", "/healthz":
                return _health(exposed, environ, start)
            case _, "/slack/events" | "/healthz" | "/metrics":
                return _answer(start, HTTPStatus.METHOD_NOT_ALLOWED)
            case method, path if hooks is not None and path.startswith(HOOKS):
                return _answer(start, _hinted(hooks, method, path.removeprefix(HOOKS)))
        return _answer(start, HTTPStatus.NOT_FOUND)

    return serve


def _slack(
    events: SlackEvents, exposed: Exposed, environ: "WSGIEnvironment", start: "StartResponse"
) -> Iterable[bytes]:
    if environ["REQUEST_METHOD"] == "GET":
        is_check = _is_ssl_check(environ.get("QUERY_STRING", "").encode())
        return _answer(start, HTTPStatus.OK if is_check else HTTPStatus.METHOD_NOT_ALLOWED)
    arrived = _arrived(environ)
    headers = {
        name.removeprefix("HTTP_").replace("_", "-").lower(): value
        for name, value in environ.items()
        if name.startswith("HTTP_") or name == "CONTENT_TYPE"
    }
    body = environ["wsgi.input"].read(BODY_LIMIT + 1)
    refused = _refused(events.signatures, body, headers)
    if refused is not None:
        exposed.acknowledged(refused, time.monotonic() - arrived)
        return _answer(start, refused)
    # Bolt checks the signature again, and refuses bytes that aren't UTF-8.
    with answering(arrived):
        response = events.app.dispatch(SlackRequest(body.decode(errors="replace"), headers))
    exposed.acknowledged(response.status, time.monotonic() - arrived)
    named = [(name, value) for name, values in response.headers.items() for value in values]
    return _answer(start, HTTPStatus(response.status), response.body, named)


def _arrived(environ: "WSGIEnvironment") -> float:
    """Return when the request began to arrive; now, if the server isn't ours and doesn't say."""
    arrived: float = environ.get(ARRIVED) or time.monotonic()
    return arrived


def _refused(signatures: Signatures, body: bytes, headers: Mapping[str, str]) -> HTTPStatus | None:
    """Return the status for a request that Slack didn't sign; None if it did.

    Anybody can send a body that takes a second to parse, but hashing it takes a millisecond.
    """
    if len(body) > BODY_LIMIT:
        return HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    if signatures.is_valid(body, headers):
        return None
    return HTTPStatus.OK if _is_ssl_check(body) else HTTPStatus.UNAUTHORIZED


def _is_ssl_check(form: bytes) -> bool:
    """Return whether Slack only checks our certificate, for which any answer will do."""
    return len(form) < SSL_CHECK_LIMIT and SSL_CHECK in form.split(b"&")


def _health(
    exposed: Exposed, environ: "WSGIEnvironment", start: "StartResponse"
) -> Iterable[bytes]:
    with answering(_arrived(environ)):
        found = exposed.health()
    status = HTTPStatus.OK if found.well else HTTPStatus.SERVICE_UNAVAILABLE
    body = _answer(start, status, found.says)
    return [] if environ["REQUEST_METHOD"] == "HEAD" else body


def _hinted(hooks: Hooks, method: str, secret: str) -> HTTPStatus:
    """Answer a webhook; don't read its body, since Phantombuster itself is polled."""
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
    named = {name: value for name, value in headers or _TEXT if name.lower() != "content-length"}
    # Only one policy: of two, a browser applies both.
    whole = dict(HEADERS) | named | {"Content-Length": str(len(text))}
    start(f"{status.value} {status.phrase}", list(whole.items()))
    return [text]
