from typing import Any

import pytest
from client_stage import (
    ACCOUNT,
    ARGUMENT,
    CALLS,
    HAPPY,
    KEY,
    Call,
    Play,
    abort,
    account,
    error_of,
    launch,
    success,
)

from phantombot import errors
from phantombot.phantombuster.account import ApiKey


@pytest.mark.parametrize(
    ("call", "data", "path", "query"),
    [
        (account, {"agents": []}, "user", {}),
        (lambda c: c.containers(ApiKey(KEY), "785"), [], "agent/785/containers", {}),
        (abort, None, "agent/785/abort", {}),
        (
            lambda c: c.output(ApiKey(KEY), "785"),
            {"status": "running"},
            "agent/785/output",
            {"mode": "most-recent", "withoutResultObject": "true"},
        ),
        (
            lambda c: c.output(
                ApiKey(KEY),
                "785",
                container_id="7",
                launch_number=94,
                from_position="8",
                result=True,
            ),
            {"containerStatus": "running"},
            "agent/785/output",
            {"mode": "track", "containerId": "7", "launchNumber": "94", "fromOutputPos": "8"},
        ),
        (
            lambda c: c.launch(ApiKey(KEY), "785", command=None, argument=None, save=False),
            None,
            "agent/785/launch",
            {},
        ),
        (
            lambda c: c.launch(ApiKey(KEY), "785", command="phantomjs", argument="{}", save=True),
            {"containerId": 5},
            "agent/785/launch",
            {"command": "phantomjs", "argument": "{}", "saveLaunchOptions": "1"},
        ),
    ],
    ids=[
        "account",
        "containers",
        "abort",
        "output",
        "output of one run",
        "launch with the saved options",
        "launch with all options",
    ],
)
def test_each_call_is_one_get(
    play: Play, call: Call, data: Any, path: str, query: dict[str, str]
) -> None:
    client, asked = play(success(data))
    call(client)
    request = asked[0]
    assert len(asked) == 1
    assert (request.method, request.path) == ("GET", f"/api/v1/{path}.json")
    assert request.query == query


@pytest.mark.parametrize(
    "argument", [ARGUMENT, '"a b+c%20&d=é#?/~\\u0000"', "   [1 ,2]\n", "{}", ""]
)
def test_an_argument_arrives_as_it_was_given(play: Play, argument: str) -> None:
    client, asked = play(HAPPY)
    launch(client, argument)
    assert asked[0].query["argument"] == argument


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
