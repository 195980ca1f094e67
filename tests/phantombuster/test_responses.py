import gzip
import traceback
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any
from urllib.parse import quote, quote_plus

import pytest
from client_stage import (
    ARGUMENT,
    COOKIE,
    HAPPY,
    KEY,
    Call,
    Play,
    abort,
    account,
    error_of,
    launch,
    output,
)

from phantombot import errors
from phantombot.phantombuster.account import ApiKey
from phantombot.sandbox.server import Response, json_response

LARGE = HAPPY.body + b" " * 5_000_000
BOMB = gzip.compress(HAPPY.body + b" " * 100_000_000, compresslevel=1)
FAILURES: list[tuple[str, Response, type[errors.PhantombusterError]]] = [
    ("400", json_response({"status": "error", "message": "?"}, 400), errors.BadParameters),
    ("401", json_response({"status": "error", "message": "?"}, 401), errors.KeyRejected),
    ("403", Response(403), errors.NotTheApi),
    ("403 of the API", json_response({"status": "error", "error": "?"}, 403), errors.Forbidden),
    ("404", json_response({"status": "error", "message": "?"}, 404), errors.AgentNotFound),
    ("404, a page", Response(404, b"<html>Not found</html>", "text/html"), errors.NotTheApi),
    ("404 of 6 MB", Response(404, b" " * 6_000_000), errors.NotTheApi),
    ("402", json_response({"status": "error", "error": "?"}, 402), errors.PlanUsedUp),
    ("405", Response(405), errors.NotTheApi),
    ("408", Response(408), errors.AnswerLost),
    ("410", Response(410), errors.NotTheApi),
    ("412", json_response({"status": "error", "error": "?"}, 412), errors.NoScript),
    ("413", Response(413), errors.ArgumentTooLong),
    ("414", Response(414), errors.ArgumentTooLong),
    ("431", Response(431), errors.ArgumentTooLong),
    ("499", Response(499), errors.AnswerLost),
    ("418", Response(418), errors.BadParameters),
    ("501", Response(501), errors.ServerFault),
    ("303", Response(303, headers={"Location": "/elsewhere"}), errors.Redirected),
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
    ("data without status", json_response({"data": None}), errors.AnswerUnreadable),
    ("fail", json_response({"status": "fail", "data": None}), errors.AnswerUnreadable),
    ("status of no type", json_response({"status": [], "data": 1}), errors.AnswerUnreadable),
    ("over 5 MB", Response(200, LARGE), errors.AnswerTooLarge),
    ("a bomb", Response(200, BOMB, headers={"Content-Encoding": "gzip"}), errors.AnswerTooLarge),
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
    assert len([request for request in asked if not request.path.endswith(".json")]) == retried


@EACH_FAILURE
@pytest.mark.parametrize("call", [launch, abort])
def test_what_acts_is_sent_once_in_each_shape_whatever_comes_back(
    play: Play, call: Call, answer: Response, kind: type[Exception]
) -> None:
    client, asked = play(answer)
    error = error_of(call, client)
    assert type(error) is kind
    sent = [(request.method, request.path) for request in asked]
    assert len(sent) == len(set(sent))
    without_effect = error.status in {301, 302, 404, 405, 410, 501}
    assert len(sent) == 1 or without_effect


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ({}, 30),
        ({"Retry-After": "7"}, 7),
        ({"Retry-After": " 7.5 "}, 7.5),
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


LIMIT = {"status": "error", "error": "Maximum parallel executions reached"}
SLUG = {"details": {"detailedErrorSlug": "maxParallelismReached"}}


@pytest.mark.parametrize(
    ("told", "status"),
    [
        (LIMIT | SLUG, 429),
        ({"status": "error", "error": "No."} | SLUG, 429),
        (SLUG, 429),
        (LIMIT, 429),
        (LIMIT | {"details": None}, 429),
        (LIMIT | SLUG, 402),
        (LIMIT | SLUG, 200),
    ],
)
def test_the_parallel_limit_is_told_of_a_launch_alone(
    play: Play, told: dict[str, Any], status: int
) -> None:
    client, asked = play(json_response(told, status))
    error = error_of(launch, client)
    assert (type(error), error.maybe_acted, len(asked)) == (errors.ParallelLimit, False, 1)
    assert type(error_of(abort, client)) is not errors.ParallelLimit


@pytest.mark.parametrize("details", [None, "text", [], {}, {"detailedErrorSlug": []}])
def test_any_other_429_to_a_launch_is_a_rate_limit(play: Play, details: Any) -> None:
    told = {"status": "error", "error": "Too many requests", "details": details}
    client, _ = play(json_response(told, 429, Retry_After="7"))
    error = error_of(launch, client)
    assert isinstance(error, errors.RateLimited)
    assert error.retry_after == 7


@pytest.mark.parametrize("status", [200, 400, 404, 412])
@pytest.mark.parametrize(
    "told",
    [
        {"error": "Agent not found"},
        {"message": "agent not found."},
        {"error": {"message": "Agent 785 was not found"}},
        {"error": "?", "details": {"detailedErrorSlug": "agentNotFound"}},
    ],
)
@pytest.mark.parametrize("call", [launch, output])
def test_an_agent_is_unknown_where_the_api_says_so_at_once(
    play: Play, call: Call, told: dict[str, Any], status: int
) -> None:
    client, asked = play(json_response({"status": "error", **told}, status))
    assert type(error_of(call, client)) is errors.AgentNotFound
    assert len(asked) == 1


def test_what_only_mentions_an_agent_is_about_parameters(play: Play) -> None:
    told = {"status": "error", "error": "Argument: no sheet for the agent not found in spreadsheet"}
    assert type(error_of(launch, play(json_response(told, 400))[0])) is errors.BadParameters


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({"error": "a"}, "a"),
        ({"message": "a"}, "a"),
        ({"error": "a", "message": "b"}, "b"),
        ({"error": "a", "message": ""}, "a"),
        ({"error": True, "message": "b"}, "b"),
        ({"error": {"message": "a"}}, "a"),
        ({"error": ["a", "b"]}, "a"),
        ({"error": [{"message": "a"}]}, "a"),
        ({"error": [], "message": {}}, ""),
        ({"error": {"message": {"message": {"message": {}}}}}, ""),
        ({"error": None, "details": 5}, ""),
        ({}, ""),
    ],
)
@pytest.mark.parametrize("status", [200, 400])
def test_what_an_error_says_is_found_wherever_it_stands(
    play: Play, told: dict[str, Any], said: str, status: int
) -> None:
    error = error_of(launch, play(json_response({"status": "error", **told}, status))[0])
    assert (type(error), error.said) == (errors.BadParameters, said)


@pytest.mark.parametrize(
    ("told", "container_id"),
    [
        ({"status": "success", "data": {"containerId": "7666128429580813"}}, "7666128429580813"),
        ({"status": "success", "data": 76426}, "76426"),
        *(
            ({"status": "success", "data": odd}, None)
            for odd in (None, {}, [], "", 0, True, "a\nb", {"containerId": 0}, [{"id": 5}])
        ),
        ({"status": "success"}, None),
        ({"containerId": 76426}, "76426"),
        ({"containerId": None}, None),
    ],
)
@pytest.mark.parametrize("status", [200, 201, 202])
def test_a_launch_is_accepted_by_any_success(
    play: Play, told: Any, container_id: str | None, status: int
) -> None:
    client, asked = play(json_response(told, status))
    assert launch(client) == container_id
    assert len(asked) == 1


def test_data_without_an_envelope_is_read(play: Play) -> None:
    client, _ = play(json_response({"agents": [], "timeLeft": 5}))
    assert client.account(ApiKey(KEY)).time_left == 5


@pytest.mark.parametrize(
    ("message", "said"),
    [
        ("Agent not found", "Agent not found"),
        ("x" * 301, "x" * 300),
        (f"{KEY} {'x' * 300}", f"••• {'x' * 296}"),
        ("half \ud800", "half ?"),
        (None, ""),
        ([["text"]], "text"),
        ([5], ""),
        ("x" * 10_001, ""),
    ],
    ids=[
        "a text",
        "cut",
        "redacted, then cut",
        "half a character",
        "null",
        "a list",
        "no text",
        "absurd",
    ],
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
