"""What API v2 tells of agents, containers and the account."""

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl

import pytest
from phantombuster_stage import AGENT, KEY, Clock, send, send_v2

from phantombot.sandbox.phantombuster import AGENTS, LARGE, LocalPhantombuster
from phantombot.sandbox.phantombuster.runs import EndType

FLAGS = {"withOutput": "true", "withResultObject": "true"}


@pytest.fixture
def v2(serve: Callable[..., LocalPhantombuster]) -> LocalPhantombuster:
    return serve(form="v2")


def told(server: LocalPhantombuster, endpoint: str, **query: Any) -> Any:
    answer = send_v2(server, endpoint, **query)
    assert answer.status == 200, answer.text
    return answer.json


def run(server: LocalPhantombuster, clock: Clock, agent: str, seconds: float = 100) -> str:
    """Launch an agent and let time pass; its container's id."""
    (container,) = server.launch_elsewhere(agent)
    clock.advance(seconds)
    return container


def test_both_versions_stand_below_one_root(v2: LocalPhantombuster) -> None:
    assert (v2.url, v2.v2_url) == (f"{v2.root}v1/", f"{v2.root}v2/")
    assert v2.root.endswith("/api/")


@pytest.mark.parametrize("header", ["X-Phantombuster-Key", "X-Phantombuster-Key-1"])
@pytest.mark.parametrize("path", ["/api/v1/user", "/api/v2/orgs/fetch"])
def test_either_header_carries_the_key(v2: LocalPhantombuster, header: str, path: str) -> None:
    assert send(v2, path, key=None, headers={header: KEY}).status == 200
    assert v2.requests[-1].account == "ada"


@pytest.mark.parametrize("how", [{"key": None}, {"key": "wrong"}, {"query": True}])
def test_without_its_key_or_with_one_in_the_query_a_call_is_401(
    v2: LocalPhantombuster, how: dict[str, Any]
) -> None:
    path = f"/api/v2/orgs/fetch?key={KEY}&x" if how.pop("query", False) else "/api/v2/orgs/fetch"
    answer = send(v2, path, **how)
    assert (answer.status, answer.json) == (401, {"status": "error", "error": "Unauthorized"})


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ("GET agents/fetch-all", 200),
        ("POST agents/fetch-all", 405),
        ("GET agents/launch", 405),
        ("GET agents/abort", 404),
        ("GET agents/fetch-all.json", 404),
        ("GET agents/fetch?id=1", 404),
        ("GET agents/fetch?id=907", 412),
        ("GET agents/fetch", 400),
        ("GET agents/fetch-output?id=1", 404),
        ("GET agents/fetch-output?id=785&mode=track", 400),
        ("GET agents/fetch-output?id=785&fromOutputPos=-1", 400),
        ("GET agents/fetch-output?id=785&fromOutputPos=end", 400),
        ("GET agents/fetch-output?id=785&prevStatus=queued", 400),
        ("GET containers/fetch?id=1", 404),
        ("GET containers/fetch-output?id=1", 404),
        ("GET containers/fetch-result-object?id=1", 404),
        ("GET containers/fetch-all?agentId=1", 404),
        ("GET containers/fetch-all?agentId=785&mode=ended", 400),
        ("GET containers/fetch-all?agentId=785&limit=0", 400),
    ],
)
def test_a_wrong_question_is_refused_with_its_status(
    v2: LocalPhantombuster, asked: str, status: int
) -> None:
    method, path = asked.split()
    path, _, query = path.partition("?")
    answer = send(v2, f"/api/v2/{path}", method=method, **dict(parse_qsl(query)))
    assert answer.status == status
    assert status == 200 or answer.json["status"] == "error"


def test_all_agents_are_listed_or_those_of_some_ids(v2: LocalPhantombuster) -> None:
    assert [one["id"] for one in told(v2, "agents/fetch-all")] == [one.id for one in AGENTS]
    some = told(v2, "agents/fetch-all", agentIds=["901", "785", "1"])
    assert [one["id"] for one in some] == ["785", "901"]
    assert [one["id"] for one in told(v2, "agents/fetch-all", agentIds="901")] == ["901"]


def test_an_agent_tells_what_runs_and_how_the_last_run_ended(
    v2: LocalPhantombuster, clock: Clock
) -> None:
    def listed(agent: str) -> tuple[Any, ...]:
        (one,) = told(v2, "agents/fetch-all", agentIds=agent)
        return one["nbContainersRunning"], one["lastEndType"], one["lastExitCode"]

    assert listed("906") == (0, None, None)
    run(v2, clock, "906", 0)
    assert listed("906") == (1, None, None)
    clock.advance(100)
    assert listed("906") == (0, "finished", 87)


def test_an_agents_record_holds_secrets_that_nobody_may_show(v2: LocalPhantombuster) -> None:
    send_v2(v2, "agents/launch", {"id": "785", "argument": {"a": 1}, "saveArgument": True})
    record = told(v2, "agents/fetch", id="785")
    assert record["argument"] == '{"a": 1}'
    assert record["proxyPassword"] == "sandbox-proxy-password"
    assert (record["s3Folder"], record["orgS3Folder"]) == ("nVFRid8kvsuPeuCL785", "QwYH17CB0Xjada")
    assert record["nbLaunches"] == 1


def test_the_output_follows_the_latest_run_from_a_position_on(
    v2: LocalPhantombuster, clock: Clock
) -> None:
    never = told(v2, "agents/fetch-output", id="785")
    assert never == {
        "status": "never launched",
        "isAgentRunning": False,
        "canSoftAbort": False,
    }
    container = run(v2, clock, "785", 0)
    starting = told(v2, "agents/fetch-output", id="785")
    assert (starting["status"], starting["containerId"]) == ("starting", container)
    assert (starting["output"], starting["outputPos"]) == ("", 0)
    clock.advance(4)
    running = told(v2, "agents/fetch-output", id="785")
    assert (running["status"], running["canSoftAbort"]) == ("running", True)
    assert 0 < running["progress"] < 1
    assert running["progressLabel"].startswith("Scraping page")
    clock.advance(5)
    ended = told(v2, "agents/fetch-output", id="785", fromOutputPos=str(running["outputPos"]))
    assert (ended["status"], ended["isAgentRunning"]) == ("finished", False)
    assert "progress" not in ended
    whole = told(v2, "containers/fetch-output", id=container)["output"]
    assert running["output"] + ended["output"] == whole
    assert ended["mostRecentEndedAt"] == told(v2, "containers/fetch", id=container)["endedAt"]


def test_the_output_of_the_run_after_one_that_was_seen_can_be_asked_for(
    v2: LocalPhantombuster, clock: Clock
) -> None:
    first, second, third = (run(v2, clock, "908") for _ in range(3))
    for before, after in ((first, second), (third, third), ("1", third)):
        shown = told(v2, "agents/fetch-output", id="908", prevContainerId=before)
        assert shown["containerId"] == after


@pytest.mark.parametrize(("agent", "exit_code"), [("785", 0), ("905", 1), ("906", 87), ("786", 0)])
def test_a_container_tells_its_end_console_and_result(
    v2: LocalPhantombuster, clock: Clock, agent: str, exit_code: int
) -> None:
    container = run(v2, clock, agent)
    whole = told(v2, "containers/fetch", id=container, **FLAGS)
    assert (whole["status"], whole["endType"]) == ("finished", "finished")
    assert whole["exitCode"] == exit_code
    assert whole["createdAt"] <= whole["launchedAt"] < whole["endedAt"]
    assert whole["createdAt"] > 1e12
    assert whole["output"] == send(v2, f"agent/{agent}/output").data["output"]
    assert whole["resultObject"] == send(v2, f"agent/{agent}/output").data.get("resultObject")
    plain = told(v2, "containers/fetch", id=container)
    assert not {"output", "resultObject", "newerContainerId"} & plain.keys()


def test_a_result_is_json_as_text_also_where_it_points_to_files(
    v2: LocalPhantombuster, clock: Clock
) -> None:
    rows = told(v2, "containers/fetch-result-object", id=run(v2, clock, "785"))
    assert json.loads(rows["resultObject"]) == AGENT["785"].result
    pointer = told(v2, "containers/fetch-result-object", id=run(v2, clock, "902"))
    assert json.loads(pointer["resultObject"]).keys() == {"csvURL", "jsonUrl"}


def test_a_container_tells_its_neighbours(v2: LocalPhantombuster, clock: Clock) -> None:
    first, second = run(v2, clock, "908"), run(v2, clock, "908")
    flag = {"withNewerAndOlderContainerId": "true"}
    assert told(v2, "containers/fetch", id=first, **flag)["newerContainerId"] == second
    assert told(v2, "containers/fetch", id=second, **flag)["olderContainerId"] == first


@pytest.mark.parametrize(
    "end_type", ["killed", "global timeout", "org timeout", "agent timeout", "no log timeout"]
)
def test_a_run_can_end_at_each_limit(
    v2: LocalPhantombuster, clock: Clock, end_type: EndType
) -> None:
    container = run(v2, clock, "903", 10)
    v2.finish("903", end_type=end_type)
    ended = told(v2, "containers/fetch", id=container)
    assert (ended["endType"], ended["exitCode"]) == (end_type, None)
    (listed,) = told(v2, "agents/fetch-all", agentIds="903")
    assert listed["lastEndType"] == end_type
    (of_v1,) = send(v2, "agent/903/containers").data
    assert (of_v1["lastEndStatus"], of_v1["exitCode"]) == ("error", None)
    assert "killed" in of_v1["lastEndMessage"]


def test_containers_are_listed_newest_first_and_in_parts(
    v2: LocalPhantombuster, clock: Clock
) -> None:
    ended = [run(v2, clock, "786") for _ in range(3)]
    going = run(v2, clock, "786", 1)

    def listed(**query: str) -> tuple[list[str], bool]:
        page = told(v2, "containers/fetch-all", agentId="786", **query)
        return [one["id"] for one in page["containers"]], page["maxLimitReached"]

    assert listed() == ([going, *reversed(ended)], False)
    assert listed(mode="finalized") == (ended[::-1], False)
    assert listed(mode="finalized", limit="2") == (ended[:0:-1], True)
    last = told(v2, "containers/fetch", id=ended[1])["endedAt"]
    assert listed(beforeEndedAt=str(last)) == (ended[:1], False)


def test_a_console_is_json_or_plain_text_and_204_while_it_is_empty(
    v2: LocalPhantombuster, clock: Clock
) -> None:
    container = run(v2, clock, "908", 0)
    v2.launch_elsewhere("785")
    for mode in ("json", "raw"):
        queued = send_v2(v2, "containers/fetch-output", id=_starting(v2), mode=mode)
        assert (queued.status, queued.text) == (204, "")
    clock.advance(1)
    raw = send_v2(v2, "containers/fetch-output", id=container, mode="raw")
    assert raw.headers["Content-Type"].startswith("text/plain")
    assert raw.text == told(v2, "containers/fetch-output", id=container)["output"]


def _starting(server: LocalPhantombuster) -> str:
    return next(container for agent, container in server.running() if agent == "785")


def test_running_containers_are_those_of_all_agents_that_are_not_over(
    v2: LocalPhantombuster, clock: Clock
) -> None:
    assert told(v2, "orgs/fetch-running-containers") == {"containers": []}
    ids = v2.launch_elsewhere("785", "901", "907")
    running = told(v2, "orgs/fetch-running-containers")["containers"]
    assert [(one["id"], one["agentName"]) for one in running] == [
        (ids[0], "LinkedIn Search"),
        (ids[1], "Twitter Followers"),
    ]
    clock.advance(6)
    running = told(v2, "orgs/fetch-running-containers")["containers"]
    assert [one["agentId"] for one in running] == ["785"]


def test_what_is_left_of_the_month_is_what_v1_tells_as_left(
    v2: LocalPhantombuster, clock: Clock
) -> None:
    run(v2, clock, "785")
    resources = told(v2, "orgs/fetch-resources")
    left = resources["plan"]["monthlyExecutionTime"] - resources["monthlyExecutionTime"]
    assert left == send(v2, "user").data["timeLeft"]
    assert resources["plan"]["dailyExecutionTime"] - resources["dailyExecutionTime"] > left
    assert resources["agentCount"] == len(AGENTS)


def test_each_account_has_an_id_of_its_own(v2: LocalPhantombuster) -> None:
    v2.add_account("T0002", "other-key", (LARGE,))
    ids = {send(v2, "/api/v2/orgs/fetch", key=key).json["id"] for key in (KEY, "other-key")}
    assert len(ids) == 2


def test_the_form_is_that_of_the_account_whose_key_comes(v2: LocalPhantombuster) -> None:
    v2.add_account("grace", "other-key")
    v2.switch("today")
    asked = [send(v2, "/api/v2/orgs/fetch", key=key).status for key in (KEY, "other-key", None)]
    assert asked == [404, 200, 404]
    assert send(v2, "user", key="other-key").status == 200


def test_an_account_can_be_switched_while_its_agents_run(
    serve: Callable[..., LocalPhantombuster],
) -> None:
    server = serve(form="today")
    container = send(server, "agent/785/launch", method="POST").data["containerId"]
    assert send_v2(server, "containers/fetch", id=container).status == 404
    order = json.dumps({"form": "v2"})
    assert send(server, "/_control/form", method="POST", body=order).status == 200
    assert told(server, "containers/fetch", id=container)["status"] == "starting"
    assert send(server, "/_control/form", method="POST", body='{"form": "v3"}').status == 400
    server.switch("today")
    assert send_v2(server, "containers/fetch", id=container).status == 404
    assert server.running() == [("785", container)]
