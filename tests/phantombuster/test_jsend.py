import gzip
import traceback
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any
from urllib.parse import quote, quote_plus

import pytest
from client_stage import ARGUMENT, COOKIE, HAPPY, KEY, Call, Play, abort, account, error_of, launch

from phantombot import errors
from phantombot.sandbox.server import Response, json_response

LARGE = HAPPY.body + b" " * 5_000_000
BOMB = gzip.compress(HAPPY.body + b" " * 100_000_000, compresslevel=1)
FAILURES: list[tuple[str, Response, type[errors.PhantombusterError]]] = [
    ("400", json_response({"status": "error", "message": "?"}, 400), errors.BadParameters),
    ("401", json_response({"status": "error", "message": "?"}, 401), errors.KeyRejected),
    ("403", Response(403), errors.BadParameters),
    ("404", json_response({"status": "error", "message": "?"}, 404), errors.AgentNotFound),
    ("404 of 6 MB", Response(404, b" " * 6_000_000), errors.AgentNotFound),
    ("429", Response(429), errors.RateLimited),
    ("500", json_response({"status": "error", "message": "?"}, 500), errors.ServerFault),
    ("503", Response(503, b"<html>", "text/html"), errors.ServerFault),
    ("504", Response(504), errors.ServerFault),
    ("301", Response(301, headers={"Location": "/elsewhere"}), errors.Redirected),
    ("302 to nonsense", Response(302, headers={"Location": "http://[\xff"}), errors.Redirected),
    ("304", Response(304), errors.Redirected),
    ("199", Response(199), errors.AnswerUnreadable),
    ("204", Response(204), errors.AnswerUnreadable),
    ("HTML", Response(200, b"<html>Welcome</html>", "text/html"), errors.AnswerUnreadable),
    ("half of JSON", Response(200, b'{"status": "success", "da'), errors.AnswerUnreadable),
    ("NaN", Response(200, b'{"status":"success","data":NaN}'), errors.AnswerUnreadable),
    ("no UTF-8", Response(200, b'{"status": "\xff\xfe"}'), errors.AnswerUnreadable),
    ("too deep", Response(200, b"[" * 200_000), errors.AnswerUnreadable),
    ("a list", json_response(["success"]), errors.AnswerUnreadable),
    ("success without data", json_response({"status": "success"}), errors.AnswerUnreadable),
    ("data without status", json_response({"data": None}), errors.AnswerUnreadable),
    ("fail", json_response({"status": "fail", "data": None}), errors.AnswerUnreadable),
    ("status of no type", json_response({"status": [], "data": 1}), errors.AnswerUnreadable),
    ("over 5 MB", Response(200, LARGE), errors.AnswerUnreadable),
    ("a bomb", Response(200, BOMB, headers={"Content-Encoding": "gzip"}), errors.AnswerUnreadable),
    (
        "no gzip",
        Response(200, b"{}", headers={"Content-Encoding": "gzip"}),
        errors.AnswerUnreadable,
    ),
    ("error", json_response({"status": "error"}), errors.BadParameters),
    ("error 401", json_response({"status": "error", "code": 401}), errors.KeyRejected),
    ("error 404", json_response({"status": "error", "code": 404}), errors.AgentNotFound),
    ("error 429", json_response({"status": "error", "code": 429}), errors.RateLimited),
    ("error 500", json_response({"status": "error", "code": 500}), errors.ServerFault),
    ("error 7", json_response({"status": "error", "code": 7}), errors.BadParameters),
    ("error {}", json_response({"status": "error", "code": {}}), errors.BadParameters),
    ("a reset", Response(cut=True), errors.AnswerLost),
]
EACH_FAILURE = pytest.mark.parametrize(
    ("answer", "kind"), [row[1:] for row in FAILURES], ids=[row[0] for row in FAILURES]
)


@EACH_FAILURE
def test_each_failure_of_a_read_has_its_class(
    play: Play, answer: Response, kind: type[Exception]
) -> None:
    client, asked = play(answer)
    assert type(error_of(account, client)) is kind
    retried = {500: 3, 503: 3, 504: 3}.get(answer.status, 2 if answer.cut else 1)
    assert len(asked) == retried


@EACH_FAILURE
@pytest.mark.parametrize("call", [launch, abort])
def test_what_acts_is_sent_once_whatever_comes_back(
    play: Play, call: Call, answer: Response, kind: type[Exception]
) -> None:
    client, asked = play(answer)
    assert type(error_of(call, client)) is kind
    assert len(asked) == 1


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ({}, 30),
        ({"Retry-After": "7"}, 7),
        ({"Retry-After": "9" * 5000}, 300),
        ({"Retry-After": "-5"}, 30),
        ({"Retry-After": "soon"}, 30),
        ({"Retry-After": "Wed, 21 Oct 2015 07:28:00 GMT"}, 0),
        ({"Retry-After": "Wed, 21 Oct 2015 07:28:00 -0000"}, 0),
        ({"Retry-After": format_datetime(datetime.now(UTC) + timedelta(days=1))}, 300),
        ({"Retry-After": "Wed, 99 Oct 99999 07:28:00 GMT"}, 30),
    ],
)
def test_a_rate_limit_says_for_how_long(play: Play, header: Any, seconds: float) -> None:
    client, asked = play(Response(429, headers=header))
    error = error_of(account, client)
    assert isinstance(error, errors.RateLimited)
    assert (error.retry_after, len(asked)) == (seconds, 1)


@pytest.mark.parametrize(
    ("message", "said"),
    [
        ("Agent not found", "Agent not found"),
        ("x" * 301, "x" * 300),
        (f"{KEY} {'x' * 300}", f"••• {'x' * 296}"),
        ("half \ud800", "half ?"),
        (None, ""),
        (["text"], ""),
        ("x" * 10_001, ""),
    ],
    ids=["a text", "cut", "redacted, then cut", "half a character", "null", "no text", "absurd"],
)
@pytest.mark.parametrize("status", [404, 200])
def test_an_error_carries_what_the_server_said(
    play: Play, status: int, message: Any, said: str
) -> None:
    client, _ = play(json_response({"status": "error", "code": 404, "message": message}, status))
    error = error_of(account, client)
    assert (type(error), error.said, error.status) == (errors.AgentNotFound, said, 404)


SECRETS = [KEY, ARGUMENT, COOKIE, quote(KEY, safe=""), quote_plus(ARGUMENT), quote(COOKIE).lower()]
TALKATIVE = [
    json_response({"status": "error", "message": " ".join(SECRETS)}, status)
    for status in (200, 400, 401, 404, 429, 500, 302)
]


@pytest.mark.parametrize("call", [launch, account])
@pytest.mark.parametrize("answer", [*TALKATIVE, Response(cut=True), Response(200, KEY.encode())])
def test_no_error_carries_key_argument_or_url(play: Play, call: Call, answer: Response) -> None:
    client, _ = play(answer)
    error = error_of(call, client)
    told = f"{error} {error!r} {error.said} {''.join(traceback.format_exception(error))}"
    hidden = SECRETS if call is launch else [KEY, quote(KEY, safe="")]
    assert not [secret for secret in [*hidden, "127.0.0.1"] if secret in told]
    assert (error.__context__, error.__cause__) == (None, None)
