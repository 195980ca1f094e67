from datetime import UTC, datetime, time, timedelta

import pytest
from stage import Stage, asker

from phantombot.access.audit import AuditAction
from phantombot.access.rules import Person
from phantombot.commands import ACTIONS
from phantombot.commands.mute import Mute
from phantombot.commands.parse import parse
from phantombot.commands.spec import perform
from phantombot.errors import SlackUnavailable, UsageError
from phantombot.slack.payload import Invocation
from phantombot.text.times import Until

HOURS = timedelta(hours=2)
NINE = Until(time(9))


def answer(stage: Stage, line: str) -> str:
    asked = parse(line)
    said = perform(stage.context, Invocation(asker(), "1"), ACTIONS[type(asked)], asked)
    assert said is not None
    return said.text


@pytest.mark.parametrize(
    ("line", "mute"),
    [
        ("mute 785 2h", Mute("785", quoted=False, time=HOURS)),
        ("mute LinkedIn Search 2 hours", Mute("LinkedIn Search", quoted=False, time=HOURS)),
        ("mute Wait until dawn until 9:00", Mute("Wait until dawn", quoted=False, time=NINE)),
        ('mute "Off 2h" until 9', Mute("Off 2h", quoted=True, time=NINE)),
        ("mute 785 OFF", Mute("785", quoted=False, time=None)),
        ("snooze leads for 2h", Mute("leads", quoted=False, time=HOURS)),
    ],
)
def test_an_agent_and_a_time_are_read(line: str, mute: Mute):
    assert parse(line) == mute


@pytest.mark.parametrize(
    "line",
    ["mute 785", "mute 785 tomorrow", "mute LinkedIn Search", 'mute "One" now', "mute 785 x 2h"],
)
def test_a_time_that_is_none_is_answered_with_three_that_are(line: str):
    with pytest.raises(UsageError) as caught:
        parse(line)
    assert "`30m`, `2h` or `until 9:00`" in caught.value.sentence


def test_without_an_agent_it_is_asked_which():
    with pytest.raises(UsageError, match="Which agent"):
        parse("mute")


def test_nothing_is_muted_for_more_than_thirty_days():
    with pytest.raises(UsageError, match="30 days at most"):
        parse("mute 785 31d")
    assert parse("mute 785 30d") == Mute("785", quoted=False, time=timedelta(days=30))


def test_a_time_of_day_is_the_askers_own(stage: Stage):
    stage.watch()
    stage.people.persons["U1"] = Person(utc_offset=timedelta(hours=2))
    stage.clock.now = datetime(2026, 11, 24, 6, 59, tzinfo=UTC)
    assert "UTC" not in answer(stage, "mute 785 until 9:00").replace("UTC:", "")
    (watch,) = stage.watches.of_workspace("T1")
    assert watch.muted_until == datetime(2026, 11, 24, 7, 0, tzinfo=UTC)
    done = {entry.what: entry.outcome for entry in stage.audit.recent("T1", 9)}
    assert done[AuditAction.MUTE] == "until 2026-11-24 07:00 UTC"


def test_where_slack_tells_no_time_zone_the_time_is_said_to_be_utc(stage: Stage):
    stage.watch()
    assert "That is 09:00 UTC" in answer(stage, "mute 785 until 9:00")
    assert "That is" not in answer(stage, "mute 785 2h")
    ask = ACTIONS[Mute].answer
    stage.people.faults = [SlackUnavailable("timeout")]
    said = ask(stage.context, Invocation(asker(), "1"), parse("mute 785 until 9:00"))
    assert said is not None
    assert "That is 09:00 UTC" in said.text


def test_what_is_not_watched_or_not_muted_is_said(stage: Stage):
    assert "Nothing called “785” is watched" in answer(stage, "mute 785 2h")
    stage.watch()
    assert "isn't muted in this channel" in answer(stage, "mute 785 off")
    assert stage.woken == ["T1"]
    answer(stage, "mute linkedin 2h")
    assert "is no longer muted" in answer(stage, "mute linkedin off")
