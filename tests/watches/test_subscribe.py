"""Watches set and ended by who types them: by id, name or alias, whatever became of the agent."""

from dataclasses import replace

import pytest
from stage import Stage, asker, refused

from phantombot.access.audit import AuditAction
from phantombot.agents.alias import Kept
from phantombot.agents.aliases import set_alias
from phantombot.commands.parse import parse
from phantombot.commands.watch import Unwatch
from phantombot.commands.watch import Watch as Typed
from phantombot.errors import ServerFault, TooManyWatches
from phantombot.runs.ending import Kind
from phantombot.watches.model import Watch, Word
from phantombot.watches.subscribe import subscribe, unsubscribe


def watch(stage: Stage, line: str, channel: str = "C1") -> Watch:
    typed = parse(f"watch {line}")
    assert isinstance(typed, Typed)
    by = asker(channel=channel)
    return subscribe(stage.context, by, typed.agent, typed.words, quoted=typed.quoted).watch


def unwatch(stage: Stage, line: str, channel: str = "C1") -> Watch:
    typed = parse(f"unwatch {line}")
    assert isinstance(typed, Unwatch)
    by = asker(channel=channel)
    return unsubscribe(stage.context, by, typed.agent, quoted=typed.quoted)


def give_alias(stage: Stage) -> None:
    set_alias(stage.context, asker(), "leads", "785", Kept(), quoted=False)


@pytest.mark.parametrize("line", ["785", "linkedin", '"LinkedIn Search"', "LEADS"])
def test_an_agent_is_watched_by_whatever_it_goes_by_in_the_channel(stage: Stage, line: str):
    give_alias(stage)
    found = watch(stage, f"{line} empty")
    assert (found.agent_id, found.words, found.user) == ("785", (Word.EMPTY,), "U1")
    assert isinstance(unwatch(stage, line), Watch)
    deeds = [(deed.what, deed.agent) for deed in stage.audit.recent("T1", 2)]
    name = "LinkedIn Search (785)"
    assert deeds == [(AuditAction.UNWATCH, name), (AuditAction.WATCH, name)]


def test_a_watch_is_ended_without_phantombuster(stage: Stage):
    watch(stage, "785")
    del stage.phantombuster.agents["785"]
    stage.phantombuster.fault("account", ServerFault(status=500))
    assert isinstance(unwatch(stage, "LinkedIn Search"), Watch)


def test_another_channel_s_watch_stays(stage: Stage):
    watch(stage, "785")
    assert refused(lambda: unwatch(stage, "785", channel="C2")).kind is Kind.NO_AGENT
    assert [one.channel for one in stage.watches.of_workspace("T1")] == ["C1"]


def test_an_agent_that_the_account_does_not_list_is_not_watched(stage: Stage):
    listed = stage.phantombuster.account
    stage.phantombuster.account = lambda key: type(listed(key))((), None)
    assert refused(lambda: watch(stage, "785")).kind is Kind.NO_AGENT


def test_where_phantombuster_does_not_answer_nothing_is_watched(stage: Stage):
    stage.phantombuster.fault("account", ServerFault(status=500))
    assert refused(lambda: watch(stage, "785")).cause == "ServerFault"
    assert stage.watches.of_workspace("T1") == []


def test_more_than_a_workspace_may_have_are_refused(stage: Stage):
    full = replace(stage.context, watches=replace(stage.watches, most=0))
    with pytest.raises(TooManyWatches):
        subscribe(full, asker(), "785", (), quoted=False)
