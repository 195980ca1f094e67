"""A launch that is due a quarter of an hour later: it waits on disk, and is launched once."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from stage import Stage, asker, confirmed

from phantombot.access.rules import Rules, Who
from phantombot.commands.again import RETRY_RUN_LATER, cancel_retry, retry_later
from phantombot.commands.spec import perform
from phantombot.database.epochs import Restored
from phantombot.errors import SlackUnavailable
from phantombot.messages.blocks import Message
from phantombot.runs.ending import Kind
from phantombot.runs.model import Run, State
from phantombot.slack.payload import Invocation
from phantombot.worker.launch import launch

BOTH_APIS = True
RATE_LIMITED = "❌ Rate limited by LinkedIn, stopping"


def failed(stage: Stage) -> Run:
    """Return a run that failed for a reason that passes by itself."""
    number = stage.type()
    stage.process_workspace()
    stage.phantombuster.finish(stage.phantombuster.agents["785"].runs[-1], 1, console=RATE_LIMITED)
    stage.tend_until_told()
    return stage.run(number)


def press(stage: Stage, run: Run, user: str = "U1", deed: Callable = retry_later) -> Message:
    return deed(stage.context, Invocation(asker(user), f"press of {user}"), run)


def retried(stage: Stage, user: str = "U1") -> Run:
    """Return the launch that is due, with its message posted."""
    press(stage, failed(stage), user)
    stage.process_workspace()
    (waiting,) = stage.runs.open("T1")
    return waiting


def forward(stage: Stage, minutes: float) -> None:
    stage.clock.forward(minutes * 60)
    stage.process_workspace()


def test_only_what_passes_by_itself_offers_a_retry(stage: Stage):
    failed(stage)
    assert stage.buttons == ["run_again", "retry_later", "show_output"]
    stage.clock.forward(60)
    stage.type()
    stage.process_workspace()
    stage.phantombuster.finish(stage.phantombuster.agents["785"].runs[-1], 84)
    stage.tend_until_told()
    assert stage.buttons == ["run_again", "show_output"]


def test_a_retry_is_announced_waits_and_is_launched_when_it_is_due(stage: Stage):
    waiting = retried(stage, user="U2")
    assert stage.last.startswith("⏳ *LinkedIn Search* · launches again at <!date^")
    assert stage.buttons == ["cancel_retry"]
    assert stage.process_workspace(60) == waiting.due_at
    forward(stage, 13.9)
    assert len(stage.phantombuster.launches) == 1
    forward(stage, 0.2)
    assert len(stage.phantombuster.launches) == 2
    assert stage.phantombuster.launches[0] == stage.phantombuster.launches[1]
    stage.phantombuster.finish(stage.phantombuster.agents["785"].runs[-1])
    stage.tend_until_told()
    assert len(stage.slack.texts()) == 2
    assert stage.last.startswith("✅ *LinkedIn Search*")
    assert "\nLaunched by <@U2> · " in stage.last


def test_however_often_it_is_pressed_it_is_launched_once(stage: Stage):
    run = failed(stage)
    said = [press(stage, run, user).text for user in ("U1", "U2", "U1")]
    assert ["I'll launch it again" in text for text in said] == [True, False, False]
    assert "That is set already" in said[1]
    forward(stage, 15.1)
    assert len(stage.phantombuster.launches) == 2
    assert "was launched already" in press(stage, run).text
    assert stage.woken == ["T1"]


def test_a_cancelled_retry_is_never_launched_and_its_message_says_so(stage: Stage):
    waiting = retried(stage)
    assert "isn't launched again" in press(stage, waiting, deed=cancel_retry).text
    assert "was cancelled already" in press(stage, stage.run(2), deed=cancel_retry).text
    stage.tend_until_told()
    line, below = stage.last.splitlines()
    assert line == "⏹️ *LinkedIn Search* · not launched again: cancelled"
    assert below.startswith("Asked for by <@U1>")
    assert stage.slack.replies("not launched again") == []
    forward(stage, 20)
    assert len(stage.phantombuster.launches) == 1
    assert "was cancelled" in press(stage, stage.run(1)).text


def test_somebody_elses_cancel_rings_whoever_asked_for_the_retry(stage: Stage):
    waiting = retried(stage)
    press(stage, waiting, "U2", cancel_retry)
    stage.tend_until_told()
    assert stage.last.splitlines()[0].endswith("cancelled by <@U2>")
    (told,) = stage.slack.replies("not launched again")
    assert told.startswith("<@U1> ⏹️")


def test_what_was_launched_by_now_is_not_cancelled(stage: Stage):
    waiting = retried(stage)
    forward(stage, 15.1)
    assert "was due by now" in press(stage, waiting, deed=cancel_retry).text
    assert len(stage.phantombuster.launches) == 2


def key_gone(stage: Stage) -> None:
    stage.keys.remove_key("T1")


def agent_gone(stage: Stage) -> None:
    stage.phantombuster.agents.pop("785")


def permission_gone(stage: Stage) -> None:
    stage.allow(Rules(who=Who.ADMINS))


@pytest.mark.parametrize(
    ("gone", "kind"),
    [
        (key_gone, Kind.NO_KEY),
        (agent_gone, Kind.NO_AGENT),
        (permission_gone, Kind.NOT_ALLOWED),
    ],
)
def test_what_is_gone_when_it_is_due_refuses_it_and_rings(
    stage: Stage, gone: Callable[[Stage], None], kind: Kind
):
    retried(stage)
    gone(stage)
    launches = len(stage.phantombuster.launches)
    forward(stage, 15.1)
    stage.tend_until_told()
    assert len(stage.phantombuster.launches) == launches
    assert stage.run(2).ending.kind is kind
    assert stage.last.startswith("❌ ")
    assert stage.slack.replies("❌ *LinkedIn Search* · Nothing")[0].startswith("<@U1> ❌")


def test_what_the_presser_may_not_launch_is_refused_at_once_and_noted(stage: Stage):
    run = failed(stage)
    stage.allow(Rules(who=Who.ADMINS))
    answer = perform(stage.context, Invocation(asker("U2"), "1"), RETRY_RUN_LATER, run)
    assert answer is not None
    assert answer.text.startswith("Nothing was launched")
    assert stage.runs.open("T1") == []
    assert [one.outcome for one in stage.audit.recent("T1", 1)] == ["launch"]


def test_a_restart_forgets_no_retry_and_asks_nobody(stage: Stage):
    retried(stage)
    stage.clock.forward(14 * 60)
    context = replace(stage.context, started_at=stage.clock())
    stage.phantombuster.start_elsewhere("785")  # somebody else's meanwhile
    launch(context, "T1", 2)
    assert len(stage.phantombuster.launches) == 1
    stage.clock.forward(61)
    launch(context, "T1", 2)
    assert len(stage.phantombuster.launches) == 2


def test_a_retry_that_was_due_after_a_backup_was_restored_is_launched(stage: Stage):
    retried(stage)
    stage.clock.forward(14 * 60)
    restored = Restored(stage.clock(), 99)
    stage.clock.forward(61)
    launch(replace(stage.context, restored=lambda: restored), "T1", 2)
    assert len(stage.phantombuster.launches) == 2


def test_what_was_due_too_long_ago_is_told_instead(stage: Stage):
    retried(stage)
    stage.clock.forward(21 * 60)
    stage.tend_until_told()
    assert len(stage.phantombuster.launches) == 1
    assert "more than 5 minutes after this was due" in stage.last


def test_a_clock_that_is_set_back_delays_it_by_a_quarter_of_an_hour_at_most(stage: Stage):
    retried(stage)
    stage.clock.forward(-86_400)
    stage.process_workspace()
    assert stage.run(2).due_at == stage.clock() + timedelta(minutes=15)


def test_a_stop_of_the_agent_cancels_it_as_well(stage: Stage):
    retried(stage)
    assert stage.run(2).state is State.INTENDED
    assert confirmed(stage.context, "U1").cancelled == 1
    stage.tend_until_told()
    assert "not launched again" in stage.last


def test_a_message_whose_post_was_not_answered_is_followed_by_one_that_says_so(stage: Stage):
    run = failed(stage)
    press(stage, run)
    stage.slack.fault("post", SlackUnavailable("no_answer"))
    stage.process_workspace()
    assert len(stage.slack.texts()) == 1
    forward(stage, 15.1)
    assert len(stage.phantombuster.launches) == 2
    assert "If there is an earlier message about this run" in stage.last
