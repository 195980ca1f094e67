"""What every answer carries, and what none of them says."""

import logging
import time
from collections.abc import Callable
from types import SimpleNamespace

import pytest
from slack_bolt import App

from phantombot.slack.signature import Signatures
from phantombot.web import BODY_LIMIT, HEADERS, Exposed, Health, SlackEvents, wsgi
from phantombot.webhooks import Hooks


def broken(*_: object) -> str:
    raise ZeroDivisionError("canary of the stack")


def answered(
    method: str,
    path: str,
    hooks: Hooks | None = None,
    environ: dict | None = None,
    **services: Callable,
) -> tuple[str, dict[str, str], str]:
    working = {
        "health": lambda: Health(well=True, says="ok"),
        "figures": lambda: "",
        "acknowledged": lambda _status, _seconds: None,
    }
    seen: list = []
    app = App(signing_secret="s" * 16, token="xoxb-1", token_verification_enabled=False)
    events = SlackEvents(app, Signatures("s" * 16))
    served = wsgi(events, Exposed(**(working | services)), hooks=hooks)
    asked = {"REQUEST_METHOD": method, "PATH_INFO": path, "wsgi.input": None} | (environ or {})
    body = b"".join(served(asked, lambda status, headers: seen.append((status, headers))))
    ((status, headers),) = seen
    return status, dict(headers), body.decode()


class Unparsed(bytes):
    """A body that fails whoever makes text of it."""

    def decode(self, *_: object, **_named: object) -> str:
        raise AssertionError(self[:20])


@pytest.mark.parametrize(
    ("size", "expected"), [(100, "401"), (BODY_LIMIT, "401"), (BODY_LIMIT + 1, "413")]
)
def test_what_slack_did_not_sign_is_not_read_as_text(size: int, expected: str):
    body = (b"a&" * size)[:size]
    stream = SimpleNamespace(read=lambda limit: Unparsed(body[:limit]))
    signed = {
        "wsgi.input": stream,
        "HTTP_X_SLACK_REQUEST_TIMESTAMP": str(int(time.time())),
        "HTTP_X_SLACK_SIGNATURE": "v0=" + "0" * 64,
    }
    status, headers, _ = answered("POST", "/slack/events", environ=signed)
    assert status.startswith(expected)
    assert dict(HEADERS).items() <= headers.items()


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/healthz"), ("GET", "/metrics"), ("GET", "/nothing"), ("PUT", "/slack/events")],
)
def test_every_answer_carries_the_headers_that_bind_a_browser(method: str, path: str):
    _, headers, _ = answered(method, path)
    assert dict(HEADERS).items() <= headers.items()
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert "Server" not in headers


@pytest.mark.parametrize(
    ("method", "path", "services"),
    [
        ("GET", "/healthz", {"health": broken}),
        ("GET", "/metrics", {"figures": broken}),
        ("POST", "/slack/events", {}),
    ],
)
def test_whatever_fails_inside_is_a_reference_outside_and_a_stack_in_the_log_alone(
    method: str, path: str, services: dict, caplog: pytest.LogCaptureFixture
):
    with caplog.at_level(logging.ERROR):
        status, headers, body = answered(method, path, **services)
    assert status == "500 Internal Server Error"
    assert body.startswith("Failed (")
    assert body.removeprefix("Failed (").removesuffix(")") in caplog.text
    assert "Traceback" in caplog.text
    assert dict(HEADERS).items() <= headers.items()


@pytest.mark.parametrize(("well", "expected"), [(True, "200 OK"), (False, "503")])
def test_head_of_the_health_is_that_of_get_without_its_body(well: bool, expected: str):
    services = {"health": lambda: Health(well=well, says="a word")}
    status, headers, body = answered("HEAD", "/healthz", **services)
    assert (status.startswith(expected), body) == (True, "")
    assert (status, headers) == answered("GET", "/healthz", **services)[:2]
