"""Who is notified, and by which message: Slack notifies nobody of an edit."""

from datetime import UTC, datetime, time, timedelta

import pytest
from stage import Stage, asker

from phantombot.access.rules import Person
from phantombot.commands.notify import MOST, notify_of_run
from phantombot.errors import CannotPost, ServerFault, SlackRefused, SlackUnavailable
from phantombot.runs.ending import Kind
from phantombot.runs.ring import RingBy, RingSettings
from phantombot.slack.payload import Invocation

BOTH_APIS = True


def launched(stage: Stage, **changes: object) -> int:
    number = stage.type(**changes)
    stage.process_workspace()
    return number


def finish(stage: Stage, exit_code: int = 0, lasts: float = 250, **said: str) -> None:
    run = stage.phantombuster.agents["785"].runs[-1]
    run.lasts = lasts
    stage.phantombuster.finish(run, exit_code, **said)
    stage.tend_until_told()


def rung(stage: Stage) -> list[str]:
    """Return each post that mentions somebody, as it was posted: edits change none in a thread."""
    return [one.message.text for one in stage.slack.shown.values() if one.message.text[:2] == "<@"]


def test_the_first_post_names_the_launcher_and_mentions_nobody(stage: Stage):
    stage.people.persons["U1"] = Person(name="Ada <!channel> L")
    launched(stage)
    assert "Launched by Ada &lt;!channel&gt; L" in stage.slack.history[0]
    assert "<@" not in stage.slack.history[0]
    stage.process_workspace(4)
    assert "Launched by <@U1>" in stage.last


def test_somebody_whom_slack_does_not_name_is_not_mentioned_either(stage: Stage):
    stage.people.persons["U1"] = Person()
    launched(stage)
    assert "Launched by somebody" in stage.slack.history[0]


def test_a_failure_rings_its_launcher_once_with_how_it_ended(stage: Stage):
    launched(stage)
    finish(stage, 1, lasts=9, console="TypeError: x is undefined")
    (text,) = rung(stage)
    assert text.startswith("<@U1> ❌ *LinkedIn Search* · failed: exit code 1")
    assert "TypeError" in stage.slack.replies("❌")[0]
    assert "Launched by <@U1>" in stage.last


def test_a_success_rings_after_two_minutes_and_nobody_before(stage: Stage):
    launched(stage)
    finish(stage, lasts=9)
    assert rung(stage) == []
    stage.clock.forward(60)
    launched(stage)
    finish(stage, lasts=121)
    assert len(rung(stage)) == 1
    assert all("<@" in text for text in stage.slack.texts())


def test_an_end_that_has_no_detail_rings_all_the_same(stage: Stage):
    stage.phantombuster.fault("launch", ServerFault(status=500))
    number = launched(stage)
    stage.tend_until_told()
    assert stage.run(number).ending.kind is Kind.NOT_FOUND
    (text,) = rung(stage)
    assert text.startswith("<@U1> ❔ ")
    assert "no new run was found" in text


def test_a_ring_that_slack_put_off_is_posted_later_and_once(stage: Stage):
    launched(stage)
    stage.slack.fault("post_reply", *[SlackUnavailable("ratelimited", retry_after=30)] * 3)
    finish(stage, 1)
    assert len(rung(stage)) == 1


def test_a_ring_whose_answer_was_lost_is_not_repeated(stage: Stage):
    number = launched(stage)
    stage.slack.fault("post_reply", SlackUnavailable("no_answer"))
    finish(stage, 1)
    assert rung(stage) == []
    assert stage.run(number).rung


@pytest.mark.parametrize("error", [SlackRefused("thread_locked"), CannotPost("not_in_channel")])
def test_a_ring_that_the_thread_does_not_take_is_a_direct_message(stage: Stage, error: Exception):
    launched(stage)
    stage.slack.fault("post_reply", error)
    finish(stage, 1)
    assert rung(stage) == []
    (told,) = stage.slack.texts("D1")
    assert told.startswith("❌ *LinkedIn Search* · failed")
    assert " · in <#C1> · <https://acme.slack.com/archives/C1/p" in told
    assert told.endswith("|Message>")


def test_where_the_bot_may_not_post_the_ring_is_in_the_launchers_own_messages(stage: Stage):
    stage.slack.closed["C1"] = CannotPost("not_in_channel")
    launched(stage)
    finish(stage, 1)
    (text,) = rung(stage)
    assert text.startswith("<@U1> ❌")
    assert stage.slack.replies("❌")[-1].startswith("<@U1> ❌")


def test_a_typing_mistake_rings_nobody(stage: Stage):
    launched(stage, agent="nothing of that name")
    stage.tend_until_told()
    assert rung(stage) == []
    assert len(stage.slack.whispers) == 1


def chooses(stage: Stage, by: RingBy = RingBy.THREAD, **others: object) -> None:
    stage.rings.set("T1", "U1", RingSettings(by, **others))


def test_whoever_chose_a_direct_message_gets_one_and_no_mention(stage: Stage):
    chooses(stage, RingBy.DIRECT)
    launched(stage)
    finish(stage, 1)
    assert rung(stage) == []
    (told,) = stage.slack.texts("D1")
    assert told.startswith("❌ *LinkedIn Search* · failed")
    assert stage.rings.waiting("T1") == []


def test_whoever_chose_nothing_is_not_rung(stage: Stage):
    chooses(stage, RingBy.NOTHING)
    launched(stage)
    finish(stage, 1, console="TypeError")
    assert (rung(stage), stage.slack.texts("D1")) == ([], [])
    assert "TypeError" in stage.slack.replies("❌")[0]


@pytest.mark.parametrize("by", [RingBy.THREAD, RingBy.DIRECT])
def test_whoever_chose_failures_hears_of_no_success(stage: Stage, by: RingBy):
    chooses(stage, by, failures_only=True)
    launched(stage)
    finish(stage)
    assert (rung(stage), stage.slack.texts("D1")) == ([], [])


def test_what_ends_in_quiet_hours_is_told_in_one_message_when_they_are_over(stage: Stage):
    """They are those of Paris, where Slack says that the launcher is now."""
    chooses(stage, quiet_from=time(22), quiet_until=time(8), utc_offset=timedelta(hours=-8))
    stage.people.persons["U1"] = Person(name="Ada", utc_offset=timedelta(hours=1))
    stage.clock.now = datetime(2026, 11, 24, 21, 30, tzinfo=UTC)
    for code in (1, 2):
        launched(stage, argument=f'{{"a": {code}}}')
        run = stage.phantombuster.agents["785"].runs[-1]
        stage.phantombuster.finish(run, code)
        for _ in range(9):
            due = stage.process_workspace(2)
    assert (rung(stage), stage.slack.texts("D1")) == ([], [])
    assert due == datetime(2026, 11, 25, 7, 0, tzinfo=UTC)
    stage.clock.now = due
    stage.tend_until_told()
    (told,) = stage.slack.texts("D1")
    assert told.startswith("These runs ended:\n❌ *LinkedIn Search* · failed: exit code 1")
    assert "exit code 2" in told
    assert rung(stage) == []


def test_a_direct_message_that_slack_put_off_is_sent_later_and_once(stage: Stage):
    chooses(stage, RingBy.DIRECT)
    launched(stage)
    stage.process_workspace(2)
    stage.slack.fault("post", *[SlackUnavailable("ratelimited", retry_after=30)] * 2)
    finish(stage, 1)
    assert len(stage.slack.texts("D1")) == 1


@pytest.mark.parametrize("error", [SlackUnavailable("no_answer"), SlackRefused("user_disabled")])
def test_a_direct_message_that_may_have_arrived_or_cannot_is_not_repeated(
    stage: Stage, error: Exception
):
    chooses(stage, RingBy.DIRECT)
    launched(stage)
    stage.process_workspace(2)
    stage.slack.fault("post", error)
    finish(stage, 1)
    assert stage.slack.texts("D1") == []
    assert stage.rings.waiting("T1") == []


def test_a_direct_message_that_a_kill_left_begun_is_not_repeated(stage: Stage):
    chooses(stage, quiet_from=time(0), quiet_until=time(23, 59))
    launched(stage)
    run = stage.phantombuster.agents["785"].runs[-1]
    stage.phantombuster.finish(run, 1)
    for _ in range(9):
        stage.process_workspace(2)
    (waiting,) = stage.rings.waiting("T1")
    assert stage.rings.workspaces() == ["T1"]
    stage.rings.begin([waiting])
    stage.tend_until_told(step=3600)
    assert stage.slack.texts("D1") == []
    assert stage.rings.workspaces() == []


def press(stage: Stage, number: int, *users: str) -> list[str]:
    """Let everybody press [Notify me]; return the answers."""
    return [
        notify_of_run(stage.context, Invocation(asker(user), "1"), stage.run(number)).text
        for user in users
    ]


def test_whoever_pressed_notify_me_is_rung_with_the_launcher_in_one_post(stage: Stage):
    stage.rings.set("T1", "U4", RingSettings(RingBy.DIRECT))
    number = launched(stage)
    stage.process_workspace(4)
    assert all("I'll notify you" in said for said in press(stage, number, "U2", "U2", "U4"))
    finish(stage, 1)
    (text,) = rung(stage)
    assert text.startswith("<@U1> <@U2> ❌")
    assert len(stage.slack.texts("D4")) == 1


def test_whoever_asked_is_rung_by_a_short_success_too_and_the_launcher_is_not(stage: Stage):
    number = launched(stage)
    press(stage, number, "U2")
    finish(stage, lasts=9)
    (text,) = rung(stage)
    assert text.startswith("<@U2> ✅")
    assert "is over; its message says how it ended" in press(stage, number, "U3")[0]


def test_one_run_notifies_so_many_people_and_no_more(stage: Stage):
    number = launched(stage)
    said = press(stage, number, *(f"U{one}" for one in range(100, 100 + MOST + 1)))
    assert ["I'll notify you" in text for text in said] == [True] * MOST + [False]


def test_a_press_while_the_run_is_written_by_others_counts(stage: Stage):
    number = launched(stage)
    stale = stage.run(number)
    stage.process_workspace(4)
    said = notify_of_run(stage.context, Invocation(asker("U2"), "1"), stale)
    assert "I'll notify you" in said.text
    assert stage.run(number).also_rung == ("U2",)
