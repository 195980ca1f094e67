"""What a restored backup shows as not launched is asked about before it is launched."""

from dataclasses import replace
from datetime import timedelta

import pytest
from stage import Stage, rewrite

from phantombot.database.epochs import Restored
from phantombot.errors import ServerFault
from phantombot.runs.ending import Kind
from phantombot.runs.model import ConfirmReason, State
from phantombot.worker.follow import process_workspace
from phantombot.worker.launch import launch

POLLED = True


def restarted(stage: Stage, *, restored: bool, ago: float = 0) -> None:
    """Let another process take over, which has noticed a restored backup, if there is one."""
    at = stage.clock() - timedelta(seconds=ago)
    newest = max((run.id for run in stage.runs.open("T1")), default=0)
    found = Restored(at, newest) if restored else None
    context = replace(stage.context, restored=lambda: found, started_at=stage.clock())
    for run in stage.runs.open("T1"):
        launch(context, "T1", run.id)
    process_workspace(context, "T1")


def typed(stage: Stage, argument: str = "{}") -> int:
    """Type a launch whose agent is known at once; return the run's number."""
    number = stage.type(argument=argument)
    return rewrite(stage.runs, stage.run(number), agent_id="785").id


def answered(stage: Stage, number: int) -> None:
    """Confirm the launch, as its launcher."""
    again = stage.run(number).intended_again(stage.clock())
    rewrite(stage.runs, stage.run(number), **(again.__dict__ | {"confirmed": True}))


def test_what_an_older_state_shows_as_unsent_is_asked_about_and_launched_on_a_yes(stage: Stage):
    numbers = [stage.type(argument=f'{{"n": {n}}}') for n in range(3)]
    stage.clock.forward(60)
    restarted(stage, restored=True)
    assert [stage.run(number).doubt for number in numbers] == [ConfirmReason.RESTORED] * 3
    assert stage.phantombuster.launches == []
    assert "It may have been launched already" in stage.slack.whispers[0][1].text
    stage.clock.forward(20)
    answered(stage, numbers[1])
    restarted(stage, restored=True, ago=20)
    assert [one["argument"] for one in stage.phantombuster.launches] == ['{"n": 1}']


def test_what_is_typed_after_an_older_state_was_noticed_is_launched_at_once(stage: Stage):
    restored = Restored(stage.clock(), stage.type())
    new = stage.type(argument='{"new": 1}')
    context = replace(stage.context, restored=lambda: restored, started_at=stage.clock())
    launch(context, "T1", new)
    assert [one["argument"] for one in stage.phantombuster.launches] == ['{"new": 1}']


def test_long_after_an_older_state_was_noticed_runs_of_the_same_number_are_launched(stage: Stage):
    number = stage.type()
    restarted(stage, restored=True, ago=3600)
    assert stage.run(number).state is State.LAUNCHED


def test_a_question_after_a_restore_that_nobody_answers_is_a_no(stage: Stage):
    number = stage.type()
    restarted(stage, restored=True)
    stage.clock.forward(601)
    stage.process_workspace()
    assert stage.run(number).ending.kind is Kind.CANCELLED
    assert stage.phantombuster.launches == []


def test_a_request_that_is_older_than_five_minutes_is_told_and_not_asked_about(stage: Stage):
    number = stage.type()
    stage.clock.forward(301)
    restarted(stage, restored=True)
    assert stage.run(number).ending.kind is Kind.EXPIRED


def test_where_no_marker_tells_an_unknown_run_at_phantombuster_does(stage: Stage):
    number = typed(stage)
    stage.clock.forward(1)
    there = stage.phantombuster
    there.finish(there.start_elsewhere())
    stage.clock.forward(20)
    restarted(stage, restored=False)
    assert stage.run(number).doubt == ConfirmReason.RESTORED
    assert there.launches == []


@pytest.mark.parametrize("before", [True, False])
def test_without_an_unknown_run_since_it_is_launched_by_the_next_process(
    stage: Stage, before: bool
):
    there = stage.phantombuster
    if before:
        there.finish(there.start_elsewhere())
        stage.clock.forward(60)
    typed(stage)
    stage.clock.forward(20)
    restarted(stage, restored=False)
    assert len(there.launches) == 1


def test_our_own_run_of_the_agent_is_no_unknown_one(stage: Stage):
    first = typed(stage, "1")
    launch(stage.context, "T1", first)
    second = typed(stage, "2")
    rewrite(stage.runs, stage.run(second), created_at=stage.run(first).created_at)
    stage.clock.forward(20)
    restarted(stage, restored=False)
    assert len(stage.phantombuster.launches) == 2


def test_what_this_process_took_itself_is_launched_whatever_else_runs(stage: Stage):
    context = replace(stage.context, started_at=stage.clock())
    stage.clock.forward(1)
    number = typed(stage)
    stage.phantombuster.start_elsewhere()
    launch(context, "T1", number)
    assert len(stage.phantombuster.launches) == 1


def test_a_phantombuster_that_does_not_answer_keeps_nothing_from_being_launched(stage: Stage):
    typed(stage)
    stage.clock.forward(20)
    for call in ("output", "containers"):
        stage.phantombuster.fault(call, ServerFault())
    restarted(stage, restored=False)
    assert len(stage.phantombuster.launches) == 1
