"""Watching an account that tells when each agent's last run ended, as v2 does and v1 does not."""

from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from fakes import FakeAgent, FakePhantombuster, FakeRun
from stage import Stage

from phantombot.errors import AgentNotFound
from phantombot.phantombuster.api import Agent, Container, Output
from phantombot.watches.poll import AT_ONCE

CALM = timedelta(minutes=12)
"""By then whatever is looked at once more has been."""


class V2(FakePhantombuster):
    """Tells when an agent's last run ended, and lists a run some seconds after that."""

    lag = 0.0

    def containers(self, key: str, agent_id: str) -> tuple[Container, ...]:
        listed_by = self.clock() - timedelta(seconds=self.lag)
        found = super().containers(key, agent_id)
        return tuple(replace(one, end_message=None) for one in found if ended_at(one) <= listed_by)

    def _entry(self, agent: FakeAgent) -> Agent:
        ends = [ended_at(one) for one in map(self._container, agent.runs) if one.end_status]
        entry = replace(super()._entry(agent), last_end_message="")
        return replace(entry, last_ended_at=max(ends, default=None))


def ended_at(container: Container) -> datetime:
    assert container.ended_at is not None
    return container.ended_at


class V1(FakePhantombuster):
    """The later form of v1."""


class November2014(FakePhantombuster):
    """Lists no ended runs, and names the last one."""

    def containers(self, key: str, agent_id: str) -> tuple[Container, ...]:
        raise AgentNotFound(status=404)

    def output(self, key: str, agent_id: str, **asked: object) -> Output:
        last = super().output(key, agent_id, **asked)
        runs = self.agents[agent_id].runs
        named = runs[-1].container_id if runs else None
        return replace(last, launch_number=None, container_id=named)


class October2014(FakePhantombuster):
    """Lists no ended runs, and counts launches."""

    def __init__(self, *args: object) -> None:
        super().__init__(*args, form="2014")

    def containers(self, key: str, agent_id: str) -> tuple[Container, ...]:
        raise AgentNotFound(status=404)


def serve(stage: Stage, by: type[FakePhantombuster]) -> None:
    """Serve the same agents and runs by another form of the API from now on."""
    before, stage.phantombuster = stage.phantombuster, by(stage.clock)
    stage.phantombuster.agents, stage.phantombuster._ids = before.agents, before._ids


def end(stage: Stage, exit_code: int = 0, agent_id: str = "785") -> FakeRun:
    """Begin and end a run at this moment."""
    run = stage.phantombuster.start_elsewhere(agent_id)
    run.lasts = 0
    stage.phantombuster.finish(run, exit_code, result=None if exit_code else [run.number])
    return run


def fail_to_launch(stage: Stage) -> FakeRun:
    run = end(stage, 1)
    run.end_status, run.said, run.exit_code = "launch failed", "Agent has no script", None
    return run


def pass_time(stage: Stage, span: timedelta) -> None:
    """Process the workspace whenever it is due."""
    until = stage.clock() + span
    while stage.clock() < until:
        due = stage.process_workspace()
        assert due is not None
        stage.clock.now = min(max(due, stage.clock() + timedelta(seconds=1)), until)
    stage.process_workspace()


def told(stage: Stage) -> list[str]:
    return [text[:1] for text in stage.slack.texts()]


def test_each_end_is_told_with_the_next_reading_of_the_account(stage: Stage):
    serve(stage, V2)
    ids = [str(1000 + number) for number in range(3 * AT_ONCE)]
    for agent_id in ids:
        stage.phantombuster.add(agent_id, f"Agent {agent_id}")
        end(stage, agent_id=agent_id)
    stage.clock.forward(5)
    for agent_id in ids:
        stage.watch("success", channel=f"C{agent_id}", agent_id=agent_id, name=f"Agent {agent_id}")
    pass_time(stage, timedelta(minutes=3))
    stage.phantombuster.calls.clear()
    for agent_id in ids:
        end(stage, agent_id=agent_id)
    pass_time(stage, timedelta(minutes=1))
    assert [len(stage.slack.texts(f"C{agent_id}")) for agent_id in ids] == [1] * len(ids)
    assert Counter(stage.phantombuster.calls)["containers"] == len(ids)


def test_no_agent_is_looked_at_that_the_account_shows_unchanged(stage: Stage):
    serve(stage, V2)
    stage.phantombuster.add("900", "Never run")
    end(stage)
    stage.clock.forward(5)
    stage.watch("success")
    stage.watch("success", agent_id="900", name="Never run")
    pass_time(stage, CALM)
    stage.phantombuster.calls.clear()
    pass_time(stage, timedelta(hours=1))
    assert set(stage.phantombuster.calls) == {"account"}
    assert stage.slack.texts() == []


@pytest.mark.parametrize("lag", [5, 40, 200])
def test_an_end_is_told_though_its_list_lags_behind(stage: Stage, lag: float):
    serve(stage, V2)
    stage.phantombuster.lag = lag
    end(stage)
    stage.clock.forward(lag)
    stage.watch("success")
    pass_time(stage, CALM)
    end(stage)
    pass_time(stage, timedelta(seconds=lag / 2))
    end(stage)
    pass_time(stage, timedelta(minutes=1, seconds=2 * lag))
    assert told(stage) == ["✅", "✅"]


def test_an_end_that_is_never_listed_is_looked_for_less_and_less_and_given_up(stage: Stage):
    serve(stage, V2)
    stage.phantombuster.lag = timedelta(days=1).total_seconds()
    stage.watch("success")
    pass_time(stage, CALM)
    stage.phantombuster.calls.clear()
    end(stage)
    pass_time(stage, timedelta(hours=1))
    assert 3 <= Counter(stage.phantombuster.calls)["containers"] <= 9


@pytest.mark.parametrize("before", [V1, November2014, October2014])
@pytest.mark.parametrize("exit_code", [0, 1])
def test_ends_told_under_v1_are_not_told_again_under_v2_and_none_is_lost(
    stage: Stage, before: type[FakePhantombuster], exit_code: int
):
    serve(stage, before)
    end(stage, 2)
    stage.clock.forward(5)
    stage.watch("failure", "success")
    pass_time(stage, CALM)
    for _ in range(3):
        end(stage, exit_code)
        pass_time(stage, timedelta(minutes=3))
        end(stage, 3)
        pass_time(stage, timedelta(minutes=3))
    before_the_move = told(stage)
    assert before_the_move == (["❌"] * 6 if exit_code else ["✅", "❌"] * 3)
    serve(stage, V2)
    pass_time(stage, CALM)
    assert told(stage) == before_the_move
    end(stage, 4)
    pass_time(stage, timedelta(minutes=1))
    assert told(stage) == [*before_the_move, "❌"]
    assert "exit code 4" in stage.last


@pytest.mark.parametrize("before", [V1, November2014, October2014])
def test_what_ends_while_an_account_is_moved_to_v2_is_told_once(
    stage: Stage, before: type[FakePhantombuster]
):
    serve(stage, before)
    end(stage)
    stage.clock.forward(5)
    stage.watch("success")
    pass_time(stage, CALM)
    end(stage)
    pass_time(stage, timedelta(minutes=3))
    going_on = stage.phantombuster.start_elsewhere()
    pass_time(stage, timedelta(minutes=3))
    assert told(stage) == ["✅"]
    (watched,) = stage.watches.agents("T1")
    assert watched.looked_at is not None
    # It had just ended when it was last looked at, and v1 still told that it was running.
    going_on.lasts = (watched.looked_at - going_on.queued_at).total_seconds() - 1
    stage.phantombuster.finish(going_on, result=[1])
    stage.clock.forward(1)
    end(stage)
    serve(stage, V2)
    pass_time(stage, CALM)
    assert told(stage) == ["✅"] * 3


@pytest.mark.parametrize("listed", [False, True])
def test_a_launch_that_failed_is_not_told_again_under_v2(stage: Stage, listed: bool):
    serve(stage, V1)
    stage.watch()
    pass_time(stage, CALM)
    listed_by_v1 = stage.phantombuster.containers
    stage.phantombuster.containers = lambda *asked: listed_by_v1(*asked)[1:]
    fail_to_launch(stage)
    pass_time(stage, timedelta(minutes=3))
    assert told(stage) == ["❌"]
    serve(stage, V2)
    listed_by_v2 = stage.phantombuster.containers
    if not listed:
        stage.phantombuster.containers = lambda *asked: listed_by_v2(*asked)[1:]
    pass_time(stage, CALM)
    assert len(stage.slack.history) == 1
    fail_to_launch(stage)
    pass_time(stage, timedelta(minutes=2))
    assert told(stage) == ["❌", "❌"]
    pass_time(stage, CALM)
    assert len(stage.slack.history) == 2


def test_a_failed_launch_of_which_v2_tells_no_end_is_not_told_again(stage: Stage):
    serve(stage, V1)
    stage.watch("failure", "success")
    pass_time(stage, CALM)
    for ends in (fail_to_launch, end):
        ends(stage)
        pass_time(stage, timedelta(minutes=3))
    serve(stage, V2)
    listed = stage.phantombuster.containers
    stage.phantombuster.containers = lambda *asked: tuple(
        replace(one, ended_at=None if one.end_status == "launch failed" else one.ended_at)
        for one in listed(*asked)
    )
    pass_time(stage, CALM)
    assert told(stage) == ["❌", "✅"]


@pytest.mark.parametrize("form", [V1, V2])
def test_a_failed_launch_that_is_listed_a_little_late_is_told_once(
    stage: Stage, form: type[FakePhantombuster]
):
    serve(stage, form)
    stage.watch()
    pass_time(stage, CALM)
    failed = fail_to_launch(stage)
    stage.clock.forward(60)
    listed = stage.phantombuster.containers
    stage.phantombuster.containers = lambda *_: ()
    stage.process_workspace()
    stage.phantombuster.containers = listed
    pass_time(stage, CALM)
    assert len(stage.slack.history) == 1
    (shown,) = stage.slack.shown.values()
    assert f"785:{failed.container_id}" in repr(shown.message.blocks), "its Output button names it"


def test_a_launch_that_failed_while_an_account_is_moved_to_v2_is_told_once(stage: Stage):
    serve(stage, V1)
    stage.watch()
    pass_time(stage, CALM)
    listed = stage.phantombuster.containers
    stage.phantombuster.containers = lambda *asked: listed(*asked)[1:]
    fail_to_launch(stage)
    stage.clock.forward(60)
    stage.process_workspace()
    assert told(stage) == [], "it may be listed yet"
    serve(stage, V2)
    pass_time(stage, CALM)
    assert told(stage) == ["❌"]
    assert len(stage.slack.history) == 1


def test_an_account_moved_back_to_v1_tells_nothing_again(stage: Stage):
    serve(stage, V2)
    stage.watch("success")
    pass_time(stage, CALM)
    end(stage)
    pass_time(stage, timedelta(minutes=1))
    serve(stage, V1)
    pass_time(stage, CALM)
    assert told(stage) == ["✅"]
    end(stage)
    pass_time(stage, timedelta(minutes=2))
    assert told(stage) == ["✅", "✅"]
