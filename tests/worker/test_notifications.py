"""Who is notified, and by which message: Slack notifies nobody of an edit."""

import pytest
from stage import Stage

from phantombot.access.rules import Person
from phantombot.errors import CannotPost, ServerFault, SlackRefused, SlackUnavailable
from phantombot.runs.ending import Kind

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
    """Each post that mentions somebody, as it was posted: edits change none in a thread."""
    return [one.message.text for one in stage.slack.shown.values() if one.message.text[:2] == "<@"]


def test_the_first_post_names_the_launcher_and_mentions_nobody(stage: Stage):
    stage.people.persons["U1"] = Person(name="Ada <!channel> L")
    launched(stage)
    assert "launched by Ada &lt;!channel&gt; L" in stage.slack.history[0]
    assert "<@" not in stage.slack.history[0]
    stage.process_workspace(4)
    assert stage.last.endswith("<@U1>")


def test_somebody_whom_slack_does_not_name_is_not_mentioned_either(stage: Stage):
    stage.people.persons["U1"] = Person()
    launched(stage)
    assert "launched by somebody" in stage.slack.history[0]


def test_a_failure_rings_its_launcher_once_with_how_it_ended(stage: Stage):
    launched(stage)
    finish(stage, 1, lasts=9, console="TypeError: x is undefined")
    (text,) = rung(stage)
    assert text.startswith("<@U1> ❌ LinkedIn Search (785) · failed: exit code 1")
    assert "TypeError" in stage.slack.replies("❌")[0]
    assert stage.last.endswith("<@U1>")


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
    assert told.startswith("❌ LinkedIn Search (785) · failed")
    assert told.endswith(" · in <#C1>")


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
