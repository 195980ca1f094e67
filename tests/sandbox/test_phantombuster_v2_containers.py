"""What API v2 tells of containers: the runs of agents."""

import json

import pytest
from phantombuster_stage import AGENT, Clock, ran, send, send_v2, told_v2

from phantombot.sandbox.phantombuster import LocalPhantombuster
from phantombot.sandbox.phantombuster.runs import EndType

FLAGS = {"withOutput": "true", "withResultObject": "true"}


@pytest.mark.parametrize(("agent", "exit_code"), [("785", 0), ("905", 1), ("906", 87), ("786", 0)])
def test_a_container_tells_its_end_console_and_result(
    v2: LocalPhantombuster, clock: Clock, agent: str, exit_code: int
) -> None:
    container = ran(v2, clock, agent)
    whole = told_v2(v2, "containers/fetch", id=container, **FLAGS)
    assert (whole["status"], whole["endType"]) == ("finished", "finished")
    assert whole["exitCode"] == exit_code
    assert whole["createdAt"] <= whole["launchedAt"] < whole["endedAt"]
    assert whole["createdAt"] > 1e12
    assert whole["output"] == send(v2, f"agent/{agent}/output").data["output"]
    assert whole["resultObject"] == send(v2, f"agent/{agent}/output").data.get("resultObject")
    plain = told_v2(v2, "containers/fetch", id=container)
    assert not {"output", "resultObject", "newerContainerId"} & plain.keys()


def test_a_result_is_json_as_text_also_where_it_points_to_files(
    v2: LocalPhantombuster, clock: Clock
) -> None:
    rows = told_v2(v2, "containers/fetch-result-object", id=ran(v2, clock, "785"))
    assert json.loads(rows["resultObject"]) == AGENT["785"].result
    pointer = told_v2(v2, "containers/fetch-result-object", id=ran(v2, clock, "902"))
    assert json.loads(pointer["resultObject"]).keys() == {"csvURL", "jsonUrl"}


def test_a_container_tells_its_neighbours(v2: LocalPhantombuster, clock: Clock) -> None:
    first, second = ran(v2, clock, "908"), ran(v2, clock, "908")
    flag = {"withNewerAndOlderContainerId": "true"}
    assert told_v2(v2, "containers/fetch", id=first, **flag)["newerContainerId"] == second
    assert told_v2(v2, "containers/fetch", id=second, **flag)["olderContainerId"] == first


@pytest.mark.parametrize(
    "end_type", ["killed", "global timeout", "org timeout", "agent timeout", "no log timeout"]
)
def test_a_run_can_end_at_each_limit(
    v2: LocalPhantombuster, clock: Clock, end_type: EndType
) -> None:
    container = ran(v2, clock, "903", 10)
    v2.finish("903", end_type=end_type)
    ended = told_v2(v2, "containers/fetch", id=container)
    assert (ended["endType"], ended["exitCode"]) == (end_type, None)
    (listed,) = told_v2(v2, "agents/fetch-all", agentIds="903")
    assert listed["lastEndType"] == end_type
    (of_v1,) = send(v2, "agent/903/containers").data
    assert (of_v1["lastEndStatus"], of_v1["exitCode"]) == ("error", None)
    assert "killed" in of_v1["lastEndMessage"]


def test_containers_are_listed_newest_first_and_in_parts(
    v2: LocalPhantombuster, clock: Clock
) -> None:
    ended = [ran(v2, clock, "786") for _ in range(3)]
    going = ran(v2, clock, "786", 1)

    def listed(**query: str) -> tuple[list[str], bool]:
        page = told_v2(v2, "containers/fetch-all", agentId="786", **query)
        return [one["id"] for one in page["containers"]], page["maxLimitReached"]

    assert listed() == ([going, *reversed(ended)], False)
    assert listed(mode="finalized") == (ended[::-1], False)
    assert listed(mode="finalized", limit="2") == (ended[:0:-1], True)
    last = told_v2(v2, "containers/fetch", id=ended[1])["endedAt"]
    assert listed(beforeEndedAt=str(last)) == (ended[:1], False)


def test_a_console_is_json_or_plain_text_and_204_while_it_is_empty(
    v2: LocalPhantombuster, clock: Clock
) -> None:
    container = ran(v2, clock, "908", 0)
    v2.launch_elsewhere("785")
    for mode in ("json", "raw"):
        queued = send_v2(v2, "containers/fetch-output", id=_starting(v2), mode=mode)
        assert (queued.status, queued.text) == (204, "")
    clock.advance(1)
    raw = send_v2(v2, "containers/fetch-output", id=container, mode="raw")
    assert raw.headers["Content-Type"].startswith("text/plain")
    assert raw.text == told_v2(v2, "containers/fetch-output", id=container)["output"]


def _starting(server: LocalPhantombuster) -> str:
    return next(container for agent, container in server.running() if agent == "785")
