"""What API v2 tells of agents and the account, and to whom."""

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl

import pytest
from phantombuster_stage import KEY, Clock, ran, send, send_v2, told_v2

from phantombot.sandbox.phantombuster import AGENTS, LARGE, LocalPhantombuster


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
    assert [one["id"] for one in told_v2(v2, "agents/fetch-all")] == [one.id for one in AGENTS]
    some = told_v2(v2, "agents/fetch-all", agentIds=["901", "785", "1"])
    assert [one["id"] for one in some] == ["785", "901"]
    assert [one["id"] for one in told_v2(v2, "agents/fetch-all", agentIds="901")] == ["901"]


def test_an_agent_tells_what_runs_and_how_the_last_run_ended(
    v2: LocalPhantombuster, clock: Clock
) -> None:
    def listed(agent: str) -> tuple[Any, ...]:
        (one,) = told_v2(v2, "agents/fetch-all", agentIds=agent)
        return one["nbContainersRunning"], one["lastEndType"], one["lastExitCode"]

    assert listed("906") == (0, None, None)
    ran(v2, clock, "906", 0)
    assert listed("906") == (1, None, None)
    clock.advance(100)
    assert listed("906") == (0, "finished", 87)


def test_an_agents_record_holds_secrets_that_nobody_may_show(v2: LocalPhantombuster) -> None:
    send_v2(v2, "agents/launch", {"id": "785", "argument": {"a": 1}, "saveArgument": True})
    record = told_v2(v2, "agents/fetch", id="785")
    assert record["argument"] == '{"a": 1}'
    assert record["proxyPassword"] == "sandbox-proxy-password"
    assert (record["s3Folder"], record["orgS3Folder"]) == ("nVFRid8kvsuPeuCL785", "QwYH17CB0Xjada")
    assert record["nbLaunches"] == 1


def test_the_output_follows_the_latest_run_from_a_position_on(
    v2: LocalPhantombuster, clock: Clock
) -> None:
    never = told_v2(v2, "agents/fetch-output", id="785")
    assert never == {
        "status": "never launched",
        "isAgentRunning": False,
        "canSoftAbort": False,
    }
    container = ran(v2, clock, "785", 0)
    starting = told_v2(v2, "agents/fetch-output", id="785")
    assert (starting["status"], starting["containerId"]) == ("starting", container)
    assert (starting["output"], starting["outputPos"]) == ("", 0)
    clock.advance(4)
    running = told_v2(v2, "agents/fetch-output", id="785")
    assert (running["status"], running["canSoftAbort"]) == ("running", True)
    assert 0 < running["progress"] < 1
    assert running["progressLabel"].startswith("Scraping page")
    clock.advance(5)
    ended = told_v2(v2, "agents/fetch-output", id="785", fromOutputPos=str(running["outputPos"]))
    assert (ended["status"], ended["isAgentRunning"]) == ("finished", False)
    assert "progress" not in ended
    whole = told_v2(v2, "containers/fetch-output", id=container)["output"]
    assert running["output"] + ended["output"] == whole
    assert ended["mostRecentEndedAt"] == told_v2(v2, "containers/fetch", id=container)["endedAt"]


def test_the_output_of_the_run_after_one_that_was_seen_can_be_asked_for(
    v2: LocalPhantombuster, clock: Clock
) -> None:
    first, second, third = (ran(v2, clock, "908") for _ in range(3))
    for before, after in ((first, second), (third, third), ("1", third)):
        shown = told_v2(v2, "agents/fetch-output", id="908", prevContainerId=before)
        assert shown["containerId"] == after


def test_running_containers_are_those_of_all_agents_that_are_not_over(
    v2: LocalPhantombuster, clock: Clock
) -> None:
    assert told_v2(v2, "orgs/fetch-running-containers") == {"containers": []}
    ids = v2.launch_elsewhere("785", "901", "907")
    running = told_v2(v2, "orgs/fetch-running-containers")["containers"]
    assert [(one["id"], one["agentName"]) for one in running] == [
        (ids[0], "LinkedIn Search"),
        (ids[1], "Twitter Followers"),
    ]
    clock.advance(6)
    running = told_v2(v2, "orgs/fetch-running-containers")["containers"]
    assert [one["agentId"] for one in running] == ["785"]


def test_what_is_left_of_the_month_is_what_v1_tells_as_left(
    v2: LocalPhantombuster, clock: Clock
) -> None:
    ran(v2, clock, "785")
    resources = told_v2(v2, "orgs/fetch-resources")
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
    assert told_v2(server, "containers/fetch", id=container)["status"] == "starting"
    assert send(server, "/_control/form", method="POST", body='{"form": "v3"}').status == 400
    server.switch("today")
    assert send_v2(server, "containers/fetch", id=container).status == 404
    assert server.running() == [("785", container)]
