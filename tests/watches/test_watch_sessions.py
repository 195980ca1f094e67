"""A dead session that fails several watched agents is one message an hour, which grows."""

import pytest
from stage import Stage, asker

from phantombot.commands.again import WatchedAgents, launch_watched_again
from phantombot.errors import SlackRefused, SlackUnavailable
from phantombot.slack.payload import Invocation

BOTH_APIS = True
AGENTS = ("785", "786", "787")
HEAD = "❌ LinkedIn's session cookie expired. Log in to LinkedIn and update the agent's cookie."


@pytest.fixture(autouse=True)
def watched(stage: Stage) -> None:
    for agent_id in AGENTS[1:]:
        stage.phantombuster.add(agent_id, f"Agent {agent_id}")
        stage.watch("failure", "recovery", agent_id=agent_id, name=f"Agent {agent_id}")
    stage.watch()
    stage.process_workspace()


def end(stage: Stage, *agent_ids: str, exit_code: int = 84) -> None:
    stage.slack.posted_at = int(stage.clock().timestamp())
    for agent_id in agent_ids:
        stage.phantombuster.finish(stage.phantombuster.start_elsewhere(agent_id), exit_code)
    for _ in range(6):
        stage.process_workspace(30)


def test_the_first_agent_reads_as_ever(stage: Stage):
    end(stage, "785")
    (text,) = stage.slack.texts()
    assert text.startswith("❌ LinkedIn Search (785) · LinkedIn's session cookie expired.")
    assert stage.buttons == ["launch_saved", "watched_output"]


@pytest.mark.parametrize("at_once", [True, False])
def test_agents_that_fail_of_it_within_the_hour_are_one_message(stage: Stage, at_once: bool):
    for some in [AGENTS] if at_once else [AGENTS[:1], AGENTS[1:2], AGENTS[2:]]:
        end(stage, *some)
    (text,) = stage.slack.texts()
    assert text.startswith(f"{HEAD} It failed 3 of the agents watched here:")
    assert all(f"({agent_id})" in text for agent_id in AGENTS)
    assert stage.buttons == ["watched_all_again"]


def test_one_that_fails_again_stays_in_that_message(stage: Stage):
    end(stage, *AGENTS)
    end(stage, "786")
    (text,) = stage.slack.texts()
    assert "It failed 3 of" in text


def test_an_hour_later_it_is_a_message_of_its_own(stage: Stage):
    end(stage, *AGENTS)
    stage.clock.forward(3600)
    end(stage, "786")
    assert ["It failed 3 of" in text for text in stage.slack.texts()] == [True, False]


def test_another_service_is_a_message_of_its_own(stage: Stage):
    end(stage, "785")
    end(stage, "786", exit_code=104)
    assert len(stage.slack.texts()) == 2


def test_a_recovery_is_told_and_leaves_the_message_as_it_is(stage: Stage):
    end(stage, *AGENTS)
    end(stage, "786", exit_code=0)
    grown, recovered = stage.slack.texts()
    assert "It failed 3 of" in grown
    assert recovered.startswith("✅ Agent 786 (786)")


@pytest.mark.parametrize(
    ("fault", "messages"),
    [(SlackUnavailable("ratelimited", retry_after=30), 1), (SlackRefused("message_not_found"), 2)],
)
def test_where_slack_takes_no_edit_it_is_made_later_or_posted_anew(
    stage: Stage, fault: Exception, messages: int
):
    end(stage, "785")
    stage.slack.fault("edit", fault)
    end(stage, "786")
    assert len(stage.slack.texts()) == messages
    assert "786" in stage.last


def test_run_the_n_again_launches_each_with_its_saved_settings_once(stage: Stage):
    end(stage, *AGENTS)
    asked = WatchedAgents(AGENTS, "1.0")
    said = [
        launch_watched_again(stage.context, Invocation(asker(user), f"press of {user}"), asked).text
        for user in ("U1", "U2")
    ]
    assert said[0].startswith("Launching again: LinkedIn Search (785), Agent 786 (786), Agent 787")
    assert said[1].count("launched again already") == 3
    stage.process_workspace()
    assert sorted(one["agent"] for one in stage.phantombuster.launches) == list(AGENTS)
