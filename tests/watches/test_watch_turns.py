"""How soon ends are told that leave no trace in the account: of short runs that end alike."""

from collections import Counter
from datetime import timedelta
from random import Random

import pytest
from stage import Stage

from phantombot.errors import RateLimited, ServerFault
from phantombot.watches.poll import AT_ONCE

LATE = 1.5
"""Seconds that a tick comes late, at most."""


def watch(stage: Stage, agents: int) -> list[str]:
    """Watch so many agents, each in a channel of its own, that have all ended well before."""
    stage.phantombuster.agents.clear()
    ids = [str(1000 + number) for number in range(agents)]
    for agent_id in ids:
        stage.phantombuster.add(agent_id, f"Agent {agent_id}")
        end(stage, agent_id)
    stage.clock.forward(5)
    for agent_id in ids:
        stage.watch("success", channel=f"C{agent_id}", agent_id=agent_id, name=f"Agent {agent_id}")
    while any(agent.last_end is None for agent in stage.watches.agents("T1")):
        stage.process_workspace(1)
    stage.phantombuster.calls.clear()
    return ids


def end(stage: Stage, agent_id: str) -> None:
    """Begin and end a run at this moment, as all others end."""
    run = stage.phantombuster.start_elsewhere(agent_id)
    run.lasts = 0
    stage.phantombuster.finish(run, result=[1])


def calls_in(stage: Stage, seconds: float, late: Random) -> Counter[str]:
    """Process the workspace whenever it is due, or a little later; return the calls per minute."""
    before, until = len(stage.phantombuster.calls), stage.clock() + timedelta(seconds=seconds)
    while stage.clock() < until:
        pass_time(stage, late)
    calls = Counter(stage.phantombuster.calls[before:])
    return Counter({name: round(60 * count / seconds) for name, count in calls.items()})


def pass_time(stage: Stage, late: Random) -> None:
    due = stage.process_workspace()
    assert due is not None
    stage.clock.now = max(due, stage.clock()) + timedelta(seconds=late.uniform(0, LATE))


def delays(stage: Stage, ids: list[str], within: float, seed: int) -> dict[str, float]:
    """End a run of each agent at some moment of `within`; return after how long each was told."""
    chance = Random(seed)  # noqa: S311 - no secret
    began = stage.clock()
    moments = {agent_id: chance.uniform(0, within) for agent_id in ids}
    ended: dict[str, float] = {}
    told: dict[str, float] = {}
    while (passed := (stage.clock() - began).total_seconds()) < 3 * within:
        now = stage.clock.now
        for agent_id in sorted(moments.keys() - ended.keys(), key=lambda one: moments[one]):
            if moments[agent_id] <= passed:
                stage.clock.now = began + timedelta(seconds=moments[agent_id])
                end(stage, agent_id)
                ended[agent_id] = moments[agent_id]
        stage.clock.now = now
        due = stage.process_workspace()
        for agent_id in ended.keys() - told.keys():
            if stage.slack.texts(f"C{agent_id}"):
                told[agent_id] = passed - ended[agent_id]
        assert due is not None
        stage.clock.now = max(due, now) + timedelta(seconds=chance.uniform(0, LATE))
    return told


@pytest.mark.parametrize(("agents", "within"), [(1, 120), (7, 120), (50, 120), (200, 480)])
@pytest.mark.parametrize("busy", [False, True])
def test_each_end_is_told_once_and_in_time_though_the_account_shows_none(
    stage: Stage, agents: int, within: float, busy: bool
):
    ids = watch(stage, agents)
    if busy:
        stage.phantombuster.add("999", "Busy")
        stage.phantombuster.start_elsewhere("999")
        stage.watch(agent_id="999", name="Busy")
    told = delays(stage, ids, within, agents)
    assert told.keys() == set(ids)
    assert max(told.values()) <= within
    assert [len(stage.slack.texts(f"C{agent_id}")) for agent_id in ids] == [1] * agents


@pytest.mark.parametrize(("agents", "looks"), [(6, 3), (50, 25), (200, 25)])
def test_looks_in_turn_are_spread_and_do_not_grow_with_more_than_50_agents(
    stage: Stage, agents: int, looks: int
):
    watch(stage, agents)
    late = Random(agents)  # noqa: S311 - no secret
    calls_in(stage, 600, late)
    calls = calls_in(stage, 1200, late)
    assert calls["account"] == 1
    assert looks <= calls["containers"] <= looks * 1.12


def test_after_an_outage_looks_in_turn_do_not_come_in_a_rush(stage: Stage):
    watch(stage, 200)
    late = Random(1)  # noqa: S311 - no secret
    calls_in(stage, 60, late)
    stage.phantombuster.fault("account", *[ServerFault(status=500)] * 30)
    calls_in(stage, 1500, late)
    stage.phantombuster.faults.clear()
    for _ in range(5):
        before = len(stage.phantombuster.calls)
        pass_time(stage, late)
        looks = Counter(stage.phantombuster.calls[before:])["containers"]
        assert looks <= AT_ONCE
    assert calls_in(stage, 60, late)["containers"] <= 60


def test_who_is_rate_limited_is_left_alone_by_the_rest_of_the_round(stage: Stage):
    ids = watch(stage, 50)
    stage.clock.forward(200)
    stage.phantombuster.fault_after(3, "containers", RateLimited(retry_after=300))
    due = stage.process_workspace()
    assert Counter(stage.phantombuster.calls) == {"account": 1, "containers": 4}
    assert due is not None
    assert (due - stage.clock()).total_seconds() == 300
    for agent_id in ids:
        end(stage, agent_id)
    calls_in(stage, 420, Random(1))  # noqa: S311 - no secret
    assert all(len(stage.slack.texts(f"C{agent_id}")) == 1 for agent_id in ids)


def test_turns_go_on_when_the_clock_was_set_back(stage: Stage):
    ids = watch(stage, 20)
    calls_in(stage, 200, Random(1))  # noqa: S311 - no secret
    stage.clock.forward(-3600)
    set_back = stage.clock()
    stage.watch(channel="C2", agent_id=ids[0], name="Agent")  # so that the last round is forgotten
    calls_in(stage, 200, Random(2))  # noqa: S311 - no secret
    looked_at = [agent.looked_at for agent in stage.watches.agents("T1")]
    assert all(set_back <= at <= stage.clock() for at in looked_at)


def test_agents_that_cannot_be_read_are_in_nobody_s_way(stage: Stage):
    ids = watch(stage, 70)
    readable, read = ids[AT_ONCE:], stage.phantombuster.containers

    def some(key: str, agent_id: str) -> object:
        if agent_id not in readable:
            raise ServerFault(status=500)
        return read(key, agent_id)

    stage.phantombuster.containers = some
    calls_in(stage, 300, Random(1))  # noqa: S311 - no secret
    for agent_id in readable:
        end(stage, agent_id)
    calls_in(stage, 900, Random(2))  # noqa: S311 - no secret
    assert all(len(stage.slack.texts(f"C{agent_id}")) == 1 for agent_id in readable)
