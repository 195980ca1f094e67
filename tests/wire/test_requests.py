"""Who may speak to /slack/events, and what else is served."""

import http.client
import socket
import time
from urllib.parse import urlsplit

import pytest
from patience import PATIENCE
from slack_sdk.signature import SignatureVerifier

from phantombot.web import BODY_LIMIT, HEADERS

from .conftest import Wire, ask

FORM = "application/x-www-form-urlencoded"
LINE = 'launch 785 casperjs {"a": 1}'


def signed(wire: Wire, body: bytes, when: int | None = None) -> dict[str, str]:
    timestamp = str(when if when is not None else int(time.time()))
    signer = SignatureVerifier(wire.environ["SLACK_SIGNING_SECRET"])
    signature = signer.generate_signature(timestamp=timestamp, body=body) or ""
    return {"x_slack_request_timestamp": timestamp, "x_slack_signature": signature}


@pytest.mark.parametrize(
    "tampering",
    [
        {"signature": "v0=" + "0" * 64},
        {"signature": ""},
        {"seconds_off": -303},
        {"seconds_off": 360},
        {"timestamp": 0},
    ],
    ids=["wrong", "missing", "old", "of the future", "of 1970"],
)
def test_a_command_that_slack_did_not_sign_just_now_is_refused_without_effect(
    wire: Wire, tampering: dict
):
    if "seconds_off" in tampering:
        tampering = {"timestamp": time.time() + 1 + tampering["seconds_off"]}
    assert wire.slack.command(LINE, **tampering).status == 401
    assert wire.process.context.runs.workspaces_with_open() == []


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"x_slack_request_timestamp": "soon", "x_slack_signature": "v0=1"},
        {"x_slack_request_timestamp": "1e9", "x_slack_signature": "v0=1"},
        {"x_slack_request_timestamp": "9" * 400, "x_slack_signature": "v0=1"},
        {"x_slack_request_timestamp": "now", "x_slack_signature": "v0=" + "é" * 64},
    ],
    ids=["none", "a word", "a float", "huge", "no ASCII"],
)
def test_headers_that_make_no_sense_are_refused(wire: Wire, headers: dict[str, str]):
    if headers.get("x_slack_request_timestamp") == "now":
        headers = headers | {"x_slack_request_timestamp": str(int(time.time()))}
    status, body = ask(wire, "POST", "/slack/events", b"command=/phantom&text=help", **headers)
    assert status == 401
    assert "Traceback" not in body


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xff\xfe",
        b"{",
        b"payload={",
        b"payload=[]",
        b"payload=1",
        b"a" * 3000,
        b"ssl_check=1",
    ],
    ids=lambda body: str(body)[:20],
)
@pytest.mark.parametrize(
    "kind", ["application/x-www-form-urlencoded", "application/json", "text/plain"]
)
def test_a_malformed_body_is_refused_even_when_it_is_signed(wire: Wire, body: bytes, kind: str):
    headers = {} if body == b"\xff\xfe" else signed(wire, body)
    status, answer = ask(wire, "POST", "/slack/events", body, content_type=kind, **headers)
    assert status in (200, 401, 404)
    assert "Traceback" not in answer
    assert wire.process.context.runs.workspaces_with_open() == []


@pytest.mark.parametrize("signature", [{}, {"x_slack_signature": "v0=1"}], ids=["none", "wrong"])
def test_slacks_check_of_the_certificate_is_answered_without_a_signature(
    wire: Wire, signature: dict[str, str]
):
    form = b"token=canary&ssl_check=1"
    assert ask(wire, "POST", "/slack/events", form, **signature)[0] == 200
    assert ask(wire, "GET", f"/slack/events?{form.decode()}", **signature)[0] == 200
    padded = form + b"&" + b"x" * 5000
    assert ask(wire, "POST", "/slack/events", padded, **signature)[0] == 401
    assert ask(wire, "POST", "/slack/events", b"text=ssl_check=1", **signature)[0] == 401


def test_a_signed_body_of_the_largest_size_is_read(wire: Wire):
    form = b"ssl_check=1&x=" + b"x" * (BODY_LIMIT - 100)
    assert (
        ask(wire, "POST", "/slack/events", form, **signed(wire, form), content_type=FORM)[0] == 200
    )


def test_a_body_beyond_the_limit_is_refused_before_it_is_sent(wire: Wire):
    url = urlsplit(wire.slack.bot_url or "")
    connection = http.client.HTTPConnection(url.hostname or "", url.port, timeout=PATIENCE)
    connection.putrequest("POST", "/slack/events")
    connection.putheader("Content-Length", str(BODY_LIMIT + 1))
    connection.endheaders()
    assert connection.getresponse().status == 413
    connection.close()


REFUSED_UNREAD = {
    "headers without end": b"GET /healthz HTTP/1.1\r\nX: " + b"a" * 300_000 + b"\r\n\r\n",
    "a body beyond the limit": b"POST /slack/events HTTP/1.1\r\nContent-Length: 9999999\r\n\r\n",
    "a webhook beyond the limit": b"POST /hooks/x HTTP/1.1\r\nContent-Length: 9999999\r\n\r\n",
    "no HTTP": b"hello\r\n\r\n",
}


@pytest.mark.parametrize("request_sent", REFUSED_UNREAD.values(), ids=REFUSED_UNREAD)
def test_what_is_refused_unread_is_answered_with_the_headers_too(wire: Wire, request_sent: bytes):
    url = urlsplit(wire.slack.bot_url or "")
    with socket.create_connection(
        (url.hostname or "", url.port or 0), timeout=PATIENCE
    ) as connection:
        connection.sendall(request_sent)
        answer = http.client.HTTPResponse(connection)
        answer.begin()
    assert answer.status in (400, 413, 431)
    assert dict(HEADERS).items() <= dict(answer.getheaders()).items()


@pytest.mark.parametrize(
    ("method", "path", "expected"),
    [
        ("GET", "/healthz", 200),
        ("POST", "/healthz", 405),
        ("GET", "/metrics", 200),
        ("POST", "/metrics", 405),
        ("GET", "/slack/events", 405),
        ("GET", "/", 404),
        ("GET", "/slack/events/../../etc/passwd", 404),
    ],
)
def test_each_path_answers_its_own_method_only(wire: Wire, method: str, path: str, expected: int):
    assert ask(wire, method, path)[0] == expected


def test_healthz_fails_when_the_worker_is_gone(wire: Wire):
    wire.process._engine.stop()
    status, body = ask(wire, "GET", "/healthz")
    assert (status, body) == (503, "the worker is not running")


def test_a_command_without_its_trigger_id_is_told_to_be_typed_again(wire: Wire):
    delivery = wire.slack.command(LINE, extra={"trigger_id": ""})
    assert "Type it again" in delivery.body["text"]
    assert wire.process.context.runs.workspaces_with_open() == []
