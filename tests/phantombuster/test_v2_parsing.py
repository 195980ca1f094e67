import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phantombot.errors import AnswerUnreadable
from phantombot.phantombuster.account import Org
from phantombot.phantombuster.api import Agent
from phantombot.phantombuster.v2_parsing import (
    counted,
    read_agents,
    read_containers,
    read_launch,
    read_org,
    read_output,
    read_run,
    read_running,
    read_tagged,
    read_time_left,
)

AT = datetime(2026, 11, 28, 12, 0, tzinfo=UTC)
MS = int(AT.timestamp() * 1000)
CANARY = "canary-AQEDAR-li_at"
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.integers()
    | st.text(),
    lambda each: st.lists(each) | st.dictionaries(st.text(), each),
    max_leaves=8,
)


def in_pieces(data: Any, size: int = 7) -> Iterator[bytes]:
    whole = json.dumps(data).encode()
    return (whole[at : at + size] for at in range(0, len(whole), size))


def agents(*records: Any) -> tuple[Agent, ...]:
    return read_agents(in_pieces(list(records)))


def test_an_agent_is_read_with_how_it_ended_last() -> None:
    record = {
        "id": "785",
        "name": "LinkedIn Search",
        "nbContainersRunning": 2,
        "lastEndType": "finished",
        "lastExitCode": 0,
        "lastEndedAt": MS,
        "s3Folder": "aBc9",
    }
    assert agents(record) == (
        Agent(
            id="785",
            name="LinkedIn Search",
            running=2,
            queued=0,
            progress=None,
            last_end_status="success",
            last_end_message=None,
            folder="aBc9",
            last_ended_at=AT,
        ),
    )


@pytest.mark.parametrize(
    ("kind", "code", "status", "said"),
    [
        ("finished", 84, "error", "exit code 84"),
        ("finished", None, None, None),
        ("killed", None, "error", "killed"),
        ("org timeout", 0, "error", "org timeout"),
        ("eaten by a grue", 1, "error", "eaten by a grue"),
        ("unknown", None, None, None),
        (None, None, None, None),
    ],
)
def test_the_last_end_is_told_as_it_is(
    kind: Any, code: Any, status: str | None, said: str | None
) -> None:
    (agent,) = agents({"id": "785", "lastEndType": kind, "lastExitCode": code})
    assert (agent.last_end_status, agent.last_end_message) == (status, said)


def test_no_cookie_and_no_proxy_password_of_an_agent_is_read() -> None:
    secret = {
        "argument": json.dumps({"sessionCookie": CANARY}),
        "proxyPassword": CANARY,
        "proxyAddress": f"http://user:{CANARY}@proxy",
        "manifest": {"argument": CANARY},
        "userCustomMetadata": {"note": CANARY},
    }
    assert CANARY not in repr(agents({"id": "785", "name": "A"} | secret))


def test_an_odd_agent_hides_no_other() -> None:
    odd = [None, 5, {}, {"id": 0}, {"id": "x"}, {"id": [1]}, {"id": "7", "name": 3}]
    found = agents(*odd, {"id": "8", "name": "Good", "runningTime": 10**30, "lastEndedAt": "soon"})
    assert [(agent.id, agent.name) for agent in found] == [("7", ""), ("8", "Good")]


@pytest.mark.parametrize(
    "body", [b"", b"  ", b"{}", b'{"status": "error"}', b'"["', b"[{", b"[{}", b"<html>", b"[1,]"]
)
def test_what_is_no_whole_list_of_agents_is_unreadable(body: bytes) -> None:
    with pytest.raises(AnswerUnreadable):
        read_agents(iter([body]))


@pytest.mark.parametrize("size", [1, 3, 1000])
def test_agents_are_read_in_whatever_pieces_they_come(size: int) -> None:
    records = [{"id": str(number), "name": f"é{number}"} for number in range(1, 50)]
    assert len(read_agents(in_pieces(records, size))) == 49


def test_the_list_of_running_containers_counts_them() -> None:
    containers = [{"id": "11", "agentId": "785"}, {"id": "12", "agentId": "785"}, {"id": 0}, 5]
    running = read_running({"containers": containers})
    assert running == {"11": "785", "12": "785"}
    found = counted(agents({"id": "785"}, {"id": "9", "nbContainersRunning": 4}), running)
    assert [(agent.running, agent.counted) for agent in found] == [(2, True), (0, True)]
    found = counted(agents({"id": "785"}, {"id": "9", "nbContainersRunning": 4}), None)
    assert [(agent.running, agent.counted) for agent in found] == [(0, False), (4, True)]


@pytest.mark.parametrize(
    ("used", "plan", "left"),
    [
        ({"monthlyExecutionTime": 3600}, {"monthlyExecutionTime": 72_000}, 68_400),
        (
            {"monthlyExecutionTime": 0, "dailyExecutionTime": 1},
            {"monthlyExecutionTime": 72_000, "dailyExecutionTime": 3601},
            3600,
        ),
        ({"monthlyExecutionTime": 3600}, {"monthlyExecutionTime": 20}, None),
        ({"monthlyExecutionTime": 80_000}, {"monthlyExecutionTime": 72_000}, None),
        ({}, {"monthlyExecutionTime": 72_000}, None),
        ({"monthlyExecutionTime": 1}, None, None),
    ],
)
def test_the_time_left_is_what_the_plan_has_beyond_what_was_used(
    used: Any, plan: Any, left: int | None
) -> None:
    data = used if plan is None else used | {"plan": plan}
    assert read_time_left(data) == left


@pytest.mark.parametrize(
    ("data", "org"),
    [
        ({"id": "123", "s3Folder": "aB9"}, Org("123", "aB9")),
        ({"id": 123}, Org("123")),
        ({"id": "123", "s3Folder": "../x"}, Org("123")),
        ({"name": "x"}, None),
    ],
)
def test_the_account_has_a_name_of_its_own(data: Any, org: Org | None) -> None:
    assert read_org(data) == org


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("starting", "queued"),
        ("running", "running"),
        ("finished", "not running"),
        ("launch error", "not running"),
        ("never launched", "not running"),
        ("unknown", None),
        ("dreaming", None),
        (7, None),
        (None, None),
    ],
)
def test_an_output_says_what_the_latest_run_does(word: Any, status: str | None) -> None:
    data = {"status": word, "isAgentRunning": True, "canSoftAbort": True}
    assert read_output(data).status == status


def test_an_output_has_console_position_and_progress() -> None:
    data = {
        "status": "running",
        "containerId": "12",
        "output": "* started\r\n",
        "outputPos": 11,
        "progress": 54,
        "progressLabel": "page 3",
        "resultObject": "[]",
    }
    read = read_output(data)
    assert (read.container_id, read.console, read.console_position) == ("12", "* started\r\n", "11")
    assert read.progress is not None
    assert (read.progress.fraction, read.progress.label) == (0.54, "page 3")
    assert read.result is None


def test_a_run_that_ended_tells_how() -> None:
    data = {
        "id": "12",
        "status": "finished",
        "createdAt": MS - 3000,
        "launchedAt": MS - 2000,
        "endedAt": MS,
        "endType": "finished",
        "exitCode": 84,
        "output": "x",
        "resultObject": '[{"a": 1}]',
    }
    read = read_run(data)
    assert read.status == "not running"
    assert read.result == '[{"a": 1}]'
    assert read.console_position is None
    assert read.ended is not None
    assert (read.ended.exit_code, read.ended.end_type, read.ended.end_status) == (
        84,
        "finished",
        None,
    )


@pytest.mark.parametrize(
    ("record", "status", "ended"),
    [
        ({"status": "starting"}, "queued", False),
        ({"status": "running", "endedAt": None}, "running", False),
        ({"status": "launch error"}, "not running", True),
        ({"status": "unknown"}, None, False),
        ({"status": "unknown", "endedAt": MS}, "not running", True),
        ({"status": "gone fishing", "endedAt": MS, "endType": "bored"}, "not running", True),
        ({}, None, False),
    ],
)
def test_a_run_has_ended_only_if_that_is_told(record: Any, status: Any, ended: bool) -> None:
    read = read_run({"id": "12"} | record)
    assert (read.status, read.ended is not None) == (status, ended)


def test_a_launch_error_is_a_launch_that_failed() -> None:
    ended = read_run({"id": "12", "status": "launch error"}).ended
    assert ended is not None
    assert ended.end_status == "launch failed"


def test_containers_that_go_on_are_not_among_those_that_ended() -> None:
    records = [{"id": "3", "status": "running"}, {"id": "2", "status": "finished"}, None]
    assert [one.id for one in read_containers({"containers": records})] == ["2"]


def test_a_launch_is_found_by_its_tag_alone() -> None:
    records = [
        {"id": "5", "userCustomMetadata": {"phantombot": "other"}},
        {"id": "4", "userCustomMetadata": {"else": "mine"}},
        {"id": "3", "userCustomMetadata": "mine"},
        {"id": "2", "userCustomMetadata": {"phantombot": "mine"}, "status": "running"},
    ]
    assert read_tagged({"containers": records}, "phantombot", "mine") == "2"
    assert read_tagged({"containers": records[:3]}, "phantombot", "mine") is None


@pytest.mark.parametrize(
    ("data", "container"),
    [
        ({"containerId": "76"}, "76"),
        ({"containerId": 76}, "76"),
        ({}, None),
        (None, None),
        ([], None),
    ],
)
def test_a_launch_may_name_its_container(data: Any, container: str | None) -> None:
    assert read_launch(data) == container


@given(
    st.dictionaries(
        st.sampled_from(
            [
                "id",
                "status",
                "containerId",
                "output",
                "outputPos",
                "progress",
                "progressLabel",
                "endedAt",
                "createdAt",
                "exitCode",
                "endType",
                "resultObject",
                "containers",
                "userCustomMetadata",
                "s3Folder",
                "plan",
                "monthlyExecutionTime",
            ]
        ),
        JSON,
    )
)
def test_no_answer_in_an_odd_shape_raises_anything_else(data: Any) -> None:
    for read in (read_output, read_run, read_containers, read_running, read_time_left, read_org):
        try:
            read(data)
        except AnswerUnreadable:
            continue


@given(st.lists(JSON))
def test_no_list_of_agents_in_an_odd_shape_is_refused(data: Any) -> None:
    read_agents(in_pieces(data))
