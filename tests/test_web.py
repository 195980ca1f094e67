"""What every answer carries, and what none of them says."""

import logging
from collections.abc import Callable

import pytest
from slack_bolt import App

from phantombot.web import HEADERS, Health, Sight, wsgi
from phantombot.webhooks import Hooks


def broken(*_: object) -> str:
    raise ZeroDivisionError("canary of the stack")


def answered(
    method: str, path: str, hooks: Hooks | None = None, **services: Callable
) -> tuple[str, dict[str, str], str]:
    working = {
        "health": lambda: Health(well=True, says="ok"),
        "figures": lambda: "",
        "acknowledged": lambda _status, _seconds: None,
    }
    seen: list = []
    app = App(signing_secret="s" * 16, token="xoxb-1", token_verification_enabled=False)
    served = wsgi(app, Sight(**(working | services)), hooks=hooks)
    environ = {"REQUEST_METHOD": method, "PATH_INFO": path, "wsgi.input": None}
    body = b"".join(served(environ, lambda status, headers: seen.append((status, headers))))
    ((status, headers),) = seen
    return status, dict(headers), body.decode()


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
