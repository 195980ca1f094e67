"""What is said before a launch, and what is asked: never without a way on."""

from datetime import timedelta

import pytest
from stage import Stage, rewrite

from phantombot.runs.admit import LITTLE_TIME
from phantombot.runs.ending import Kind
from phantombot.runs.model import ConfirmReason, State
from phantombot.runs.snapshot import ASKED_LIVES

POLLED = True


def confirm(stage: Stage, number: int) -> None:
    rewrite(stage.runs, stage.run(number), state=State.INTENDED, confirmed=True)


def queued(stage: Stage) -> None:
    stage.phantombuster.agents["785"].runs[-1].status = "queued"


@pytest.mark.parametrize("left", [0, -5])
def test_with_the_time_used_up_the_launcher_is_asked_first_and_can_go_on(stage: Stage, left: int):
    stage.phantombuster.time_left = left
    stage.poll()
    number = stage.type()
    stage.process_workspace()
    assert (stage.run(number).state, stage.run(number).doubt) == (
        State.ASKED,
        ConfirmReason.TIME_USED_UP,
    )
    ((_, question),) = stage.slack.whispers
    assert "The account's execution time is used up" in question.text
    assert stage.phantombuster.launches == []
    assert stage.slack.texts() == []
    confirm(stage, number)
    stage.process_workspace(1)
    assert len(stage.phantombuster.launches) == 1
    stage.process_workspace(5)
    assert "with the account's execution time used up" in stage.last


def test_who_does_not_answer_launches_nothing(stage: Stage):
    stage.phantombuster.time_left = 0
    stage.poll()
    number = stage.type()
    stage.process_workspace()
    stage.process_workspace((ASKED_LIVES + timedelta(seconds=1)).total_seconds())
    run = stage.run(number)
    assert run.ending is not None
    assert (run.ending.kind, stage.phantombuster.launches) == (Kind.CANCELLED, [])


def test_a_double_that_is_confirmed_is_not_asked_about_again(stage: Stage):
    stage.type()
    number = stage.type()
    stage.process_workspace()
    assert stage.run(number).doubt == ConfirmReason.DOUBLE
    stage.phantombuster.time_left = 0
    stage.poll()
    confirm(stage, number)
    stage.process_workspace(1)
    assert len(stage.phantombuster.launches) == 2


def test_one_who_is_asked_for_the_time_may_not_double_without_being_asked(stage: Stage):
    stage.phantombuster.time_left = 0
    stage.poll()
    first, second = stage.type(), stage.type()
    stage.process_workspace()
    assert [stage.run(number).doubt for number in (first, second)] == [
        ConfirmReason.TIME_USED_UP,
        ConfirmReason.DOUBLE,
    ]
    assert stage.phantombuster.launches == []


@pytest.mark.parametrize(("left", "note"), [(250, True), (LITTLE_TIME, False), (None, False)])
def test_little_time_is_mentioned_in_the_runs_message(stage: Stage, left: int | None, note: bool):
    stage.phantombuster.time_left = left
    stage.poll()
    stage.type()
    stage.process_workspace(1)
    stage.process_workspace(5)
    assert "· running" in stage.last
    assert ("with only 4 min 10 s of execution time left" in stage.last) is note


@pytest.mark.parametrize(("others", "note"), [(0, ""), (1, "another run"), (2, "2 other runs")])
def test_runs_that_go_on_already_are_mentioned_in_the_runs_message(
    stage: Stage, others: int, note: str
):
    for _ in range(others):
        stage.phantombuster.start_elsewhere()
    stage.poll()
    stage.type()
    stage.process_workspace(1)
    queued(stage)
    stage.process_workspace(5)
    assert "· queued" in stage.last
    assert (f"alongside {note} of this agent" in stage.last) is bool(note)
    stage.phantombuster.agents["785"].runs[-1].status = "running"
    stage.process_workspace(5)
    assert ("alongside" in stage.last) is bool(note)


def test_what_was_noted_is_no_edit_of_its_own_and_not_repeated_at_the_end(stage: Stage):
    stage.phantombuster.start_elsewhere()
    stage.type()
    stage.process_workspace(1)
    stage.phantombuster.finish(stage.phantombuster.agents["785"].runs[-1], result=[1])
    stage.tend_until_told()
    assert "alongside" not in stage.last
