"""A dead session that fails several agents is told once, and each agent is launched again once."""

from dataclasses import replace

import pytest
from stage import Stage, asker

from phantombot.access.audit import AuditAction, AuditEntry
from phantombot.access.rules import Rules
from phantombot.commands.again import launch_all_again
from phantombot.errors import SlackRefused, SlackUnavailable
from phantombot.runs.channel_settings import ChannelSettings
from phantombot.runs.model import Run
from phantombot.runs.ring import RingBy, RingSettings
from phantombot.slack.payload import Invocation

BOTH_APIS = True
AGENTS = ("785", "786", "787")
EXPIRED = "❌ Session cookie not valid anymore. Please log in to LinkedIn to get"


@pytest.fixture(autouse=True)
def agents(stage: Stage) -> None:
    for agent_id in AGENTS[1:]:
        agent = replace(stage.phantombuster.agents["785"], id=agent_id, runs=[])
        stage.phantombuster.agents[agent_id] = replace(agent, name=f"Agent {agent_id}")


def fail(stage: Stage, agent_id: str, exit_code: int = 84, **how: object) -> Run:
    stage.type(agent=agent_id, **how)
    stage.process_workspace()
    run = stage.phantombuster.agents[agent_id].runs[-1]
    stage.phantombuster.finish(run, exit_code, console=EXPIRED if exit_code == 84 else "")
    stage.tend_until_told()
    return stage.runs.of_agent("T1", agent_id, 1)[0]


def rung(stage: Stage) -> list[str]:
    return [one.message.text for one in stage.slack.shown.values() if one.message.text[:2] == "<@"]


def first_message(stage: Stage) -> str:
    return stage.slack.texts()[0]


def test_agents_that_one_session_fails_ring_once_and_are_listed_by_the_first(stage: Stage):
    for agent_id in AGENTS:
        fail(stage, agent_id)
    (text,) = rung(stage)
    assert text.startswith("<@U1> ❌ *LinkedIn Search*")
    told = "The same session failed 2 other agents: Agent 786 (786), Agent 787 (787)."
    assert first_message(stage).endswith(told)
    assert all("session cookie expired" in text for text in stage.slack.texts())
    blocks = next(iter(stage.slack.shown.values())).message.blocks
    assert blocks[-1]["elements"][0]["text"]["text"] == "Run the 3 again"


def test_agents_that_fail_in_the_same_moment_ring_once(stage: Stage):
    for agent_id in AGENTS:
        stage.type(agent=agent_id)
    stage.process_workspace()
    for agent_id in AGENTS:
        run = stage.phantombuster.agents[agent_id].runs[-1]
        stage.phantombuster.finish(run, 84, console=EXPIRED)
    stage.tend_until_told()
    assert len(rung(stage)) == 1
    (first,) = [text for text in stage.slack.texts() if "The same session failed" in text]
    assert "2 other agents" in first


def test_what_fails_an_hour_later_rings_anew(stage: Stage):
    fail(stage, "785")
    stage.clock.forward(3700)
    fail(stage, "786")
    assert len(rung(stage)) == 2
    assert "The same session" not in first_message(stage)


def test_another_cause_and_another_launcher_ring_for_themselves(stage: Stage):
    fail(stage, "785")
    fail(stage, "786", 104)
    fail(stage, "787", user="U2")
    assert len(rung(stage)) == 3
    assert not any("The same session" in text for text in stage.slack.texts())


def test_whoever_asked_to_be_rung_by_a_run_is(stage: Stage):
    fail(stage, "785")
    number = stage.type(agent="786")
    stage.process_workspace()
    stage.runs.write(stage.run(number), replace(stage.run(number), also_rung=("U1",)))
    stage.phantombuster.finish(stage.phantombuster.agents["786"].runs[-1], 84, console=EXPIRED)
    stage.tend_until_told()
    assert len(rung(stage)) == 2


def test_direct_messages_and_broadcasts_are_one_as_well(stage: Stage):
    stage.rings.set("T1", "U1", RingSettings(RingBy.DIRECT))
    entry = AuditEntry("T1", stage.clock(), "U0ADA", AuditAction.CHANNEL_CHANGED, channel="C1")
    stage.rings.set_in_channel(ChannelSettings(broadcast=True), entry)
    for agent_id in AGENTS:
        fail(stage, agent_id)
    assert len(stage.slack.texts("D1")) == 1
    assert sum(one.broadcast for one in stage.slack.shown.values()) == 1


def test_the_first_message_is_edited_later_where_slack_puts_that_off(stage: Stage):
    fail(stage, "785")
    stage.type(agent="786")
    stage.process_workspace()
    stage.process_workspace(4)
    stage.phantombuster.finish(stage.phantombuster.agents["786"].runs[-1], 84, console=EXPIRED)
    edit, faults = stage.slack.edit, [SlackUnavailable("ratelimited", retry_after=30)]

    def put_off(workspace: str, posted: object, message: object) -> None:
        if "The same session" in message.text and faults:
            raise faults.pop()
        edit(workspace, posted, message)

    stage.slack.edit = put_off
    stage.tend_until_told()
    assert "The same session failed another agent" in first_message(stage)
    assert len(rung(stage)) == 1


def test_a_first_message_that_is_gone_costs_nothing_else(stage: Stage):
    fail(stage, "785")
    edit = stage.slack.edit

    def refused(workspace: str, posted: object, message: object) -> None:
        if "The same session" in message.text:
            raise SlackRefused("message_not_found")
        edit(workspace, posted, message)

    stage.slack.edit = refused
    assert fail(stage, "786").done


def press(stage: Stage, first: Run, user: str = "U1") -> str:
    said = launch_all_again(stage.context, Invocation(asker(user), f"press of {user}"), first)
    return said.text


def test_run_the_n_again_launches_each_agent_once_whoever_presses_twice(stage: Stage):
    first = fail(stage, "785")
    for agent_id in ("786", "787", "786"):
        stage.clock.forward(60)
        fail(stage, agent_id)
    stage.clock.forward(60)
    before = len(stage.phantombuster.launches)
    said = press(stage, first)
    assert said.startswith("Launching again: LinkedIn Search (785), Agent 786 (786), Agent 787")
    assert press(stage, first, "U2").count("launched again already") == 3
    stage.process_workspace()
    launched = [one["agent"] for one in stage.phantombuster.launches[before:]]
    assert sorted(launched) == ["785", "786", "787"]


def test_each_agent_is_launched_again_only_if_the_presser_may(stage: Stage):
    first = fail(stage, "785")
    fail(stage, "786")
    stage.clock.forward(60)
    stage.allow(Rules(agents=("785",)))
    said = press(stage, first)
    assert "Launching again: LinkedIn Search (785)." in said
    assert "Agent 786 (786): Nothing was launched" in said
    stage.allow(Rules())
    assert "Launching again: Agent 786 (786)." in press(stage, first, "U2")
    assert press(stage, first).count("launched again already") == 2
