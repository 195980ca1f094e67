"""Launching and stopping by API v2."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from phantombuster_stage import AGENT, JSON, KEY, SECRET, Clock, send, send_v2

from phantombot.sandbox.phantombuster import FOREVER, FORMS, LocalPhantombuster


def launch(server: LocalPhantombuster, agent: str = "785", **given: Any) -> str:
    answer = send_v2(server, "agents/launch", {"id": agent, **given})
    assert answer.status == 200
    return str(answer.json["containerId"])


def container(server: LocalPhantombuster, container_id: str, **flags: str) -> dict[str, Any]:
    return dict(send_v2(server, "containers/fetch", id=container_id, **flags).json)


def test_a_launch_answers_a_container_and_is_recorded_with_its_tags(
    v2: LocalPhantombuster,
) -> None:
    tags = {"phantombot": "a1b2"}
    container_id = launch(v2, argument='{"n": 1}', userCustomMetadata=tags)
    assert len(container_id) == 16
    (record,) = v2.launches
    assert (record.agent_id, record.command, record.argument) == ("785", None, '{"n": 1}')
    assert (record.container_id, record.save, record.tags) == (container_id, False, tags)
    assert container(v2, container_id)["userCustomMetadata"] == tags
    (listed,) = send_v2(v2, "containers/fetch-all", agentId="785").json["containers"]
    assert listed["userCustomMetadata"] == tags


def test_both_versions_tell_of_the_same_run(v2: LocalPhantombuster) -> None:
    first, second = launch(v2), send(v2, "agent/786/launch", method="POST").data["containerId"]
    assert send(v2, "agent/785/output").data["containerId"] == first
    assert container(v2, second)["launchType"] == "user api call"
    assert [record.tags for record in v2.launches] == [None, None]


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ({}, None),
        ({"argument": '{"a":  1}'}, '{"a":  1}'),
        ({"argument": {"a": 1}}, '{"a": 1}'),
        ({"arguments": '{"a": 1}'}, '{"a": 1}'),
        ({"argument": {"a": 1, "b": 2}, "bonusArgument": '{"b": 3}'}, '{"a": 1, "b": 3}'),
        ({"bonusArgument": {"b": 3}}, '{"saved": true, "b": 3}'),
    ],
    ids=["none", "text", "object", "arguments", "merged with a bonus", "saved and a bonus"],
)
def test_an_argument_is_text_or_an_object_and_a_bonus_is_merged_into_it(
    v2: LocalPhantombuster, clock: Clock, given: dict[str, Any], read: str | None
) -> None:
    launch(v2, argument='{"saved": true}', saveArgument=True)
    clock.advance(100)
    launch(v2, **given)
    assert v2.launches[-1].argument == read


@pytest.mark.parametrize("name", ["saveArgument", "saveArguments"])
def test_a_saved_argument_is_told_where_it_is_asked_for(v2: LocalPhantombuster, name: str) -> None:
    launch(v2, argument={"a": 1}, **{name: True})
    launch(v2, "901", argument={"b": 1})
    assert [record.save for record in v2.launches] == [True, False]
    assert send_v2(v2, "agents/fetch", id="785").json["argument"] == '{"a": 1}'
    agents = send_v2(v2, "agents/fetch-all", agentIds=["785", "901"], withArgument="true").json
    assert [agent["argument"] for agent in agents] == ['{"a": 1}', None]
    assert all("argument" not in agent for agent in send_v2(v2, "agents/fetch-all").json)


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ({}, "Could not validate data"),
        ({"id": 785}, "Could not validate data"),
        ({"id": "785", "argument": 1}, "Could not validate data"),
        ({"id": "785", "saveArgument": "true"}, "Could not validate data"),
        ({"id": "785", "maxInstanceCount": 0}, "Could not validate data"),
        ({"id": "785", "userCustomMetadata": "tag"}, "Could not validate data"),
        ({"id": "785", "command": "casperjs"}, "Could not validate data"),
        ({"id": "785", "argument": {}, "bonusArgument": "[]"}, "Could not validate data"),
        ({"id": "785", "argument": "{", "saveArgument": True}, "Argument is not valid JSON"),
        ({"id": "785", "argument": "{}", "arguments": "{}"}, "Duplicate parameter"),
        ({"id": "1"}, "Agent not found"),
    ],
)
def test_a_wrong_launch_is_400_and_launches_nothing(
    v2: LocalPhantombuster, given: dict[str, Any], error: str
) -> None:
    answer = send_v2(v2, "agents/launch", given)
    assert answer.status == 400
    assert answer.json["status"] == "error"
    assert answer.json["error"].startswith(error)
    assert v2.launches == []
    assert v2.running() == []


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("application/x-www-form-urlencoded", "id=785"),
        (JSON, "id=785"),
        (JSON, '["785"]'),
        (JSON, "[" * 100_000),
    ],
)
def test_a_body_that_is_no_json_object_is_400(v2: LocalPhantombuster, kind: str, body: str) -> None:
    answer = send(v2, "/api/v2/agents/launch", method="POST", kind=kind, body=body)
    assert (answer.status, answer.json["error"]) == (400, "Could not validate data")
    assert v2.launches == []


def test_over_the_parallel_limit_a_launch_is_429_with_its_slug(v2: LocalPhantombuster) -> None:
    launch(v2)
    answer = send_v2(v2, "agents/launch", {"id": "785"})
    assert answer.status == 429
    assert answer.json["details"] == {"detailedErrorSlug": "maxParallelismReached"}
    assert len(v2.launches) == 1


def test_where_too_many_instances_run_nothing_is_launched_and_no_container_is_named(
    v2: LocalPhantombuster,
) -> None:
    launch(v2, "786", maxInstanceCount=1)
    answer = send_v2(v2, "agents/launch", {"id": "786", "maxInstanceCount": 1})
    assert (answer.status, answer.json) == (200, {})
    assert len(v2.launches) == 1


def test_a_manual_launch_is_told_as_one(v2: LocalPhantombuster) -> None:
    assert container(v2, launch(v2, manualLaunch=True))["launchType"] == "manual"
    (elsewhere,) = v2.launch_elsewhere("786")
    assert container(v2, elsewhere)["launchType"] == "manual"


@pytest.fixture
def heeding(serve: Callable[..., LocalPhantombuster]) -> LocalPhantombuster:
    cast = (AGENT["785"], AGENT["786"], replace(AGENT["901"], seconds=FOREVER))
    return serve(form="v2", agents=cast)


@pytest.mark.parametrize("agent", ["785", "901"])
def test_a_script_that_is_asked_to_end_does_so_after_a_moment(
    heeding: LocalPhantombuster, clock: Clock, agent: str
) -> None:
    container_id = launch(heeding, agent)
    clock.advance(2)
    stopped = send_v2(heeding, "agents/stop", {"id": agent, "softAbort": True})
    assert stopped.status == 200
    assert container(heeding, container_id)["status"] == "running"
    clock.advance(1)
    ended = container(heeding, container_id, withOutput="true")
    assert (ended["status"], ended["endType"], ended["exitCode"]) == ("finished", "finished", 0)
    assert "exit code: 0" in ended["output"]


def test_a_stubborn_script_goes_on_until_it_is_killed(
    heeding: LocalPhantombuster, clock: Clock
) -> None:
    container_id = launch(heeding, "786")
    clock.advance(2)
    send_v2(heeding, "agents/stop", {"id": "786", "softAbort": True})
    clock.advance(5)
    assert container(heeding, container_id)["status"] == "running"
    send_v2(heeding, "agents/stop", {"id": "786"})
    ended = container(heeding, container_id)
    assert (ended["status"], ended["endType"], ended["exitCode"]) == ("finished", "killed", None)


@pytest.mark.parametrize("soft", [True, False])
def test_stopping_an_idle_agent_succeeds_and_an_unknown_one_is_400(
    v2: LocalPhantombuster, soft: bool
) -> None:
    assert send_v2(v2, "agents/stop", {"id": "785", "softAbort": soft}).status == 200
    answer = send_v2(v2, "agents/stop", {"id": "1", "softAbort": soft})
    assert (answer.status, answer.json["error"]) == (400, "Agent not found")


def test_an_agent_that_cannot_run_has_containers_with_a_launch_error(
    v2: LocalPhantombuster, clock: Clock
) -> None:
    v2.spoil_runs(used_up=True)
    for agent in ("785", "907"):
        told = container(v2, launch(v2, agent), withOutput="true", withResultObject="true")
        assert (told["status"], told["exitCode"], told["launchedAt"]) == (
            "launch error",
            None,
            None,
        )
        assert (told["output"], told["resultObject"]) == (None, None)
    resources = send_v2(v2, "orgs/fetch-resources").json
    assert resources["monthlyExecutionTime"] == resources["plan"]["monthlyExecutionTime"]


def test_records_of_v2_show_no_secret(v2: LocalPhantombuster) -> None:
    launch(v2, argument={"cookie": SECRET})
    shown = repr((v2.requests, v2.launches, v2)) + send(v2, "/_control/state").text
    assert "785" in shown
    assert SECRET not in shown
    assert KEY not in shown


@pytest.mark.parametrize("form", [name for name, form in FORMS.items() if not form.has_v2])
def test_other_forms_answer_v2_with_a_page_and_404(
    serve: Callable[..., LocalPhantombuster], form: str
) -> None:
    server = serve(form=form)
    answers = [send_v2(server, "agents/fetch-all"), send_v2(server, "agents/launch", {"id": "785"})]
    assert [answer.status for answer in answers] == [404, 404]
    assert all(answer.text.startswith("<!DOCTYPE html>") for answer in answers)
    assert [request.path for request in server.requests] == [
        "/api/v2/agents/fetch-all",
        "/api/v2/agents/launch",
    ]
    assert server.launches == []
