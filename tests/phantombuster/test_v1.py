from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest
from client_stage import (
    ACCOUNT,
    ARGUMENT,
    CALLS,
    HAPPY,
    KEY,
    OF_2014,
    TODAY,
    Call,
    Play,
    Wire,
    abort,
    account,
    connect,
    error_of,
    launch,
    sends,
    success,
)

from phantombot import errors
from phantombot.phantombuster.account import ApiKey
from phantombot.phantombuster.client import Client
from phantombot.phantombuster.responses import HttpAnswer, HttpRequest
from phantombot.sandbox.server import Response


def ask_output(client: Client, **asked: Any) -> Any:
    return client.output(ApiKey(KEY, dialect=TODAY), "785", **asked)


@pytest.mark.parametrize(
    ("call", "data", "path", "query"),
    [
        (account, {"agents": []}, "user", {}),
        (lambda c: c.containers(ApiKey(KEY), "785"), [], "agent/785/containers", {}),
        (
            ask_output,
            {"status": "running"},
            "agent/785/output",
            {"mode": "most-recent", "withoutResultObject": "true"},
        ),
        (
            lambda c: ask_output(
                c, container_id="7", launch_number=94, from_position="8", result=True
            ),
            {"containerStatus": "running"},
            "agent/785/output",
            {"mode": "track", "containerId": "7", "launchNumber": "94", "fromOutputPos": "8"},
        ),
    ],
    ids=["account", "containers", "output", "output of one run"],
)
def test_each_read_is_one_get(
    play: Play, call: Call, data: Any, path: str, query: dict[str, str]
) -> None:
    client, asked = play(success(data))
    call(client)
    request = asked[0]
    assert len(asked) == 1
    assert (request.method, request.path, request.body) == ("GET", f"/api/v1/{path}", b"")
    assert request.query == query


ALL = {
    "command": "phantomjs",
    "argument": "{}",
    "saveLaunchOptions": "1",
    "saveArgument": "true",
}


@pytest.mark.parametrize(
    ("command", "argument", "save", "form"),
    [(None, None, False, {}), ("phantomjs", "{}", True, ALL)],
    ids=["with the saved options", "with all options"],
)
def test_a_launch_is_one_post_with_a_form(
    play: Play, command: str | None, argument: str | None, save: bool, form: dict[str, str]
) -> None:
    client, asked = play(success({"containerId": 5}))
    client.launch(ApiKey(KEY), "785", command=command, argument=argument, save=save)
    (request,) = asked
    assert (request.method, request.path) == ("POST", "/api/v1/agent/785/launch")
    assert (request.query, request.form) == ({}, form)
    assert request.headers["content-type"] == "application/x-www-form-urlencoded"


def test_an_abort_is_one_post(play: Play) -> None:
    client, asked = play(success(None))
    abort(client)
    (request,) = asked
    assert (request.method, request.path) == ("POST", "/api/v1/agent/785/abort")
    assert (request.query, request.form) == ({}, {})


def test_a_launch_of_2014_is_one_get_with_a_query(play: Play) -> None:
    client, asked = play(success(None))
    launch(client, known=OF_2014)
    (request,) = asked
    assert (request.method, request.path) == ("GET", "/api/v1/agent/785/launch.json")
    assert (request.query, request.body) == ({"command": "casperjs", "argument": ARGUMENT}, b"")


TOO_LARGE = Response(200, HAPPY.body + b" " * 5_000_000)


def test_an_output_that_is_too_large_with_its_result_is_read_without(play: Play) -> None:
    client, asked = play(TOO_LARGE, success({"containerStatus": "not running"}))
    told = ask_output(client, container_id="7", from_position="8", result=True)
    assert (told.status, told.result, told.result_too_large) == ("not running", None, True)
    with_result, without = (request.query for request in asked)
    assert without == {**with_result, "withoutResultObject": "true"}


@pytest.mark.parametrize(("result", "sent"), [(True, 2), (False, 1)])
def test_an_output_that_is_too_large_by_itself_is_told_so(
    play: Play, result: bool, sent: int
) -> None:
    client, asked = play(TOO_LARGE)
    error = error_of(lambda c: ask_output(c, result=result), client)
    assert (type(error), len(asked)) == (errors.AnswerTooLarge, sent)
    assert (error.__context__, error.__cause__) == (None, None)


def test_an_output_larger_than_is_wanted_is_asked_for_once_and_is_no_failure(wire: Any) -> None:
    calls: list[tuple[str, str, str | None]] = []
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 4000000\r\n\r\n" + b" " * 2_000
    client, server = wire(sends(head, stay=True), count=lambda *call: calls.append(call))
    ask = lambda c: ask_output(c, result=True, largest=1_000)  # noqa: E731
    assert type(error_of(ask, client)) is errors.AnswerTooLarge
    assert (len(server.heads), calls) == (1, [("phantombuster", "output", None)])


@pytest.mark.parametrize(
    "argument", [ARGUMENT, '"a b+c%20&d=é#?/~\\u0000"', "   [1 ,2]\n", "{}", ""]
)
def test_an_argument_arrives_as_it_was_given(play: Play, argument: str) -> None:
    client, asked = play(HAPPY)
    launch(client, argument)
    assert asked[0].form["argument"] == argument


def test_an_argument_in_a_query_arrives_as_it_was_given(play: Play) -> None:
    client, asked = play(HAPPY)
    launch(client, '"a b+c%20&d=é#?/~\\u0000"', OF_2014)
    assert asked[0].query["argument"] == '"a b+c%20&d=é#?/~\\u0000"'


def test_a_long_argument_arrives_whole(play: Play) -> None:
    client, asked = play(HAPPY)
    launch(client, '"' + "é" * 100_000 + '"')
    assert (asked[0].query, len(asked[0].form["argument"])) == ({}, 100_002)


@pytest.mark.parametrize(("data", "told"), [(None, None), ({"containerId": "76"}, "76"), (7, "7")])
def test_a_launch_returns_the_containers_id(play: Play, data: Any, told: str | None) -> None:
    assert launch(play(success(data))[0]) == told


@pytest.mark.parametrize("call", CALLS)
def test_the_key_stands_in_its_header_and_nowhere_else(play: Play, call: Call) -> None:
    client, asked = play(ACCOUNT)
    call(client)
    request = asked[0]
    assert request.headers.pop("x-phantombuster-key-1") == KEY
    assert KEY not in repr(request)
    assert request.headers["user-agent"] == "phantombot"
    assert request.headers["accept"] == "application/json"


@pytest.mark.parametrize("key", ["", "two words", "a\nX-Injected: 1", "ключ", "\u20ac", "a\0"])
def test_a_key_that_cannot_stand_in_a_header_is_rejected_unsent(play: Play, key: str) -> None:
    client, asked = play(ACCOUNT)
    assert type(error_of(lambda c: c.account(ApiKey(key)), client)) is errors.KeyRejected
    assert asked == []


@pytest.mark.parametrize(
    "agent_id", ["", "0", "07", "-1", "7/abort", "\u0667", "7\n", "..", "7?a=b"]
)
def test_an_id_that_is_none_never_enters_a_path(play: Play, agent_id: str) -> None:
    client, asked = play(ACCOUNT)
    assert type(error_of(lambda c: c.abort(ApiKey(KEY), agent_id), client)) is errors.AgentNotFound
    assert asked == []


def test_an_argument_with_half_a_character_is_refused_unsent(play: Play) -> None:
    client, asked = play(HAPPY)
    assert type(error_of(lambda c: launch(c, '"\ud800"'), client)) is errors.BadParameters
    assert asked == []


def sends_headed(header: bytes) -> Any:
    length = b"Content-Length: %d\r\n\r\n" % len(ACCOUNT.body)
    return sends(b"HTTP/1.1 200 OK\r\n" + header + length + ACCOUNT.body)


def sends_dated(when: datetime) -> Any:
    return sends_headed(b"Date: " + format_datetime(when, usegmt=True).encode() + b"\r\n")


@pytest.mark.parametrize("minutes", [-90, 0, 7])
def test_the_servers_clock_is_compared_with_ours(stack: ExitStack, minutes: int) -> None:
    ahead = timedelta(minutes=minutes)
    answer = Wire(sends_dated(datetime.now(UTC) + ahead))
    stack.callback(answer.stop)
    client = connect(stack, f"http://127.0.0.1:{answer.port}")
    assert client.clock_offset == timedelta()
    account(client)
    assert abs(client.clock_offset - ahead) < timedelta(seconds=3)
    assert minutes != 0 or client.clock_offset == timedelta()


class LateClock:
    """Stands still until something takes its time."""

    def __init__(self) -> None:
        self.passed = 0.0

    def __call__(self) -> datetime:
        return datetime(2026, 11, 24, 12, tzinfo=UTC) + timedelta(seconds=self.passed)

    def timer(self) -> float:
        return self.passed


class Answers:
    """A line on which each answer takes its time: to the headers, and to the end of the body."""

    def __init__(self, clock: LateClock, *answers: tuple[datetime, float | None, float]) -> None:
        self.clock, self.answers = clock, list(answers)

    def send(self, _request: HttpRequest, *, once: bool) -> HttpAnswer:
        date, headers_after, body_after = self.answers.pop(0)
        self.clock.passed += body_after
        told = {"Date": format_datetime(date, usegmt=True)}
        took = None if headers_after is None else timedelta(seconds=headers_after)
        return HttpAnswer(200, told, ACCOUNT.body, took)

    def close(self) -> None:
        """Do nothing, since nothing is open."""


def client_on(clock: LateClock, line: Any) -> Client:
    client = Client("http://h", clock=clock, timer=clock.timer)
    client._http._line = line
    return client


def test_a_slow_body_puts_no_clock_wrong() -> None:
    clock = LateClock()
    client = client_on(clock, Answers(clock, (clock(), 0.1, 30.0)))
    account(client)
    assert client.clock_offset == timedelta()


@pytest.mark.parametrize("round_trip", [2.1, 20.0, None], ids=["2.1", "20", "sent twice"])
def test_an_answer_that_was_long_in_coming_compares_no_clocks(round_trip: float | None) -> None:
    clock = LateClock()
    good = clock() + timedelta(seconds=59, milliseconds=500)
    late = clock() + timedelta(seconds=300)
    client = client_on(clock, Answers(clock, (good, 0.0, 0.0), (late, round_trip, 20.0)))
    account(client)
    offset = client.clock_offset
    assert abs(offset - timedelta(minutes=1)) < timedelta(seconds=1)
    account(client)
    assert client.clock_offset == offset


def test_the_clocks_are_compared_by_the_request_that_was_sent_last() -> None:
    """Its answer may come before that of an earlier one."""
    clock = LateClock()
    minute, hour = clock() + timedelta(minutes=1), clock() + timedelta(hours=1)
    newer = Answers(clock, (minute, 0.0, 0.0))
    client = client_on(clock, newer)

    class Older(Answers):
        def send(self, request: HttpRequest, *, once: bool) -> HttpAnswer:
            self.clock.passed += 1
            client._http._line = newer  # type: ignore[assignment]
            account(client)
            return super().send(request, once=once)

    client._http._line = Older(clock, (hour, 1.0, 5.0))  # type: ignore[assignment]
    account(client)
    assert client.clock_offset < timedelta(minutes=2)


def test_the_round_trip_ends_at_the_headers_and_is_that_of_one_attempt(play: Play) -> None:
    client, _ = play(ACCOUNT, Response(503), ACCOUNT)
    request = HttpRequest("GET", f"{client._v1._roots[0]}/user", {}, {})
    once, twice = (client._http._line.send(request, once=False) for _ in range(2))
    assert isinstance(once, HttpAnswer)
    assert isinstance(twice, HttpAnswer)
    assert once.round_trip is not None
    assert (twice.status, twice.round_trip) == (200, None)


@pytest.mark.parametrize(
    "date", [b"", b"Date: soon\r\n", b"Date: Wed, 21 Oct 2015 07:28:00 GMT\r\n"]
)
def test_a_date_that_makes_no_sense_corrects_nothing(stack: ExitStack, date: bytes) -> None:
    answer = Wire(sends_headed(date))
    stack.callback(answer.stop)
    client = connect(stack, f"http://127.0.0.1:{answer.port}")
    account(client)
    assert client.clock_offset == timedelta()
