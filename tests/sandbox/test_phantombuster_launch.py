import json

import pytest
from phantombuster_stage import AGENT, KEY, send

from phantombot.sandbox.phantombuster import AGENTS, LocalPhantombuster


def test_the_default_account_has_two_agents_of_one_name_and_no_id_twice() -> None:
    names = [agent.name for agent in AGENTS]
    assert names.count("Twitter Followers") == 2
    assert len(AGENT) == len(AGENTS)
    assert AGENT["785"].name == "LinkedIn Search"
    assert len(AGENT["785"].result or []) == 120


def test_a_later_launch_answers_a_container_and_is_recorded(later: LocalPhantombuster) -> None:
    answer = send(later, "agent/785/launch.json", command="casperjs", argument='{"n": 1}')
    assert answer.data == {"containerId": 76426}
    (launch,) = later.launches
    assert (launch.agent_id, launch.command, launch.argument) == ("785", "casperjs", '{"n": 1}')
    assert (launch.save, launch.container_id) == (False, "76426")
    assert launch.headers["x-phantombuster-key-1"] == KEY
    assert launch.query["command"] == "casperjs"


def test_a_launch_of_the_first_form_answers_null(first: LocalPhantombuster) -> None:
    answer = send(first, "agent/785/launch.json")
    assert answer.json == {"status": "success", "data": None}
    assert (first.launches[0].command, first.launches[0].argument) == (None, None)


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("application/x-www-form-urlencoded", "command=phantomjs&argument=%7B%22a%22%3A1%7D"),
        ("application/json", '{"command": "phantomjs", "argument": "{\\"a\\":1}"}'),
        ("application/json", '{"command": "phantomjs", "argument": {"a":1}}'),
    ],
    ids=["form", "json", "json with an object"],
)
def test_a_posted_body_is_read(later: LocalPhantombuster, kind: str, body: str) -> None:
    assert send(later, "agent/785/launch", method="POST", body=body, kind=kind).status == 200
    assert later.launches[0].command == "phantomjs"
    assert json.loads(later.launches[0].argument or "") == {"a": 1}


@pytest.mark.parametrize(
    "query",
    [{"command": "ruby"}, {"argument": "{broken"}, {"argument": ""}, {"argument": "[" * 10_000}],
    ids=["unknown command", "broken argument", "empty argument", "bottomless argument"],
)
def test_wrong_parameters_are_400_and_launch_nothing(
    later: LocalPhantombuster, query: dict[str, str]
) -> None:
    answer = send(later, "agent/785/launch.json", **query)
    assert answer.status == 400
    assert answer.json["status"] == "error"
    assert later.launches == []


def test_node_is_a_command_of_the_later_form_only(
    later: LocalPhantombuster, first: LocalPhantombuster
) -> None:
    assert send(later, "agent/785/launch.json", command="node").status == 200
    assert send(first, "agent/785/launch.json", command="node").status == 400


def test_saved_options_become_part_of_the_record(later: LocalPhantombuster) -> None:
    send(later, "agent/785/launch.json", command="casperjs", argument="{}", saveLaunchOptions="1")
    send(later, "agent/785/launch.json", command="phantomjs", argument="[]", saveLaunchOptions="")
    record = send(later, "agent/785.json").data
    assert (record["command"], record["argument"]) == ("casperjs", "{}")
    assert [launch.save for launch in later.launches] == [True, False]
