"""How little is asked of Phantombuster while runs go on, and what is known all the same."""

import pytest
from stage import Stage

from phantombot.errors import (
    AnswerTooLarge,
    AnswerUnreadable,
    PhantombusterError,
    ServerFault,
)
from phantombot.phantombuster.api import Progress
from phantombot.runs.ending import Kind
from phantombot.runs.model import State

POLLED = True
BOTH_APIS = True


def open_runs(stage: Stage, count: int, *, agents: int) -> list[int]:
    """Launch and poll so many runs of ours, spread over agents; return their numbers."""
    for number in range(agents):
        stage.phantombuster.add(str(1000 + number), f"Agent {number}")
    numbers = [
        stage.type(agent=str(1000 + number % agents), argument=f'{{"n": {number}}}')
        for number in range(count)
    ]
    stage.process_workspace()
    for _ in range(count):
        stage.process_workspace(2)
    return numbers


def calls_of_a_minute(stage: Stage) -> list[str]:
    stage.phantombuster.calls.clear()
    for _ in range(30):
        stage.process_workspace(2)
    return stage.phantombuster.calls


@pytest.mark.v1
def test_calls_do_not_grow_with_the_runs_of_a_workspace(stage: Stage):
    open_runs(stage, 40, agents=40)
    calls = calls_of_a_minute(stage)
    assert calls.count("account") == 30
    assert len(calls) <= 2 * 30


@pytest.mark.v1
def test_calls_do_not_grow_with_runs_that_share_an_agent_either(stage: Stage):
    open_runs(stage, 40, agents=2)
    calls = calls_of_a_minute(stage)
    assert calls.count("account") == 30
    assert len(calls) <= 2 * 30


def test_each_of_many_runs_is_read_in_its_turn(stage: Stage):
    numbers = open_runs(stage, 10, agents=10)
    for _ in range(10):
        stage.process_workspace(30)
    midway = stage.clock()
    for _ in range(30):
        stage.process_workspace(30)
    assert all(stage.run(number).seen_at > midway for number in numbers)


def test_the_one_that_ended_of_several_on_one_agent_is_found_at_the_next_look(stage: Stage):
    numbers = open_runs(stage, 5, agents=1)
    stage.phantombuster.finish(stage.phantombuster.agents["1000"].runs[3], result=[1])
    stage.process_workspace(10)
    ended = [number for number in numbers if stage.run(number).state is State.ENDED]
    assert ended == [numbers[3]]


def test_a_run_that_ended_as_another_began_elsewhere_is_found_in_its_turn(stage: Stage):
    (number,) = open_runs(stage, 1, agents=1)
    stage.phantombuster.finish(stage.phantombuster.agents["1000"].runs[0], result=[1])
    stage.phantombuster.start_elsewhere("1000")
    for _ in range(8):
        stage.process_workspace(3)
    assert stage.run(number).ending.kind is Kind.SUCCESS


@pytest.mark.v1
def test_which_of_two_is_queued_is_known_without_asking_for_each(stage: Stage):
    numbers = open_runs(stage, 2, agents=1)
    stage.phantombuster.agents["1000"].runs[1].status = "queued"
    for _ in range(3):
        stage.process_workspace(10)
    assert [stage.run(number).status for number in numbers] == ["running", "queued"]
    stage.phantombuster.calls.clear()
    stage.process_workspace(1)
    assert stage.phantombuster.calls.count("output") <= 1


@pytest.mark.v1
def test_progress_of_runs_that_share_an_agent_is_each_its_own(stage: Stage):
    numbers = open_runs(stage, 2, agents=1)
    first, second = stage.phantombuster.agents["1000"].runs
    first.progress, second.progress = Progress(0.1, "one", 1), Progress(0.9, "two", 1)
    for _ in range(8):
        stage.process_workspace(4)
    assert [stage.run(number).label for number in numbers] == ["one", "two"]


def test_the_console_is_read_on_from_where_it_was_left(stage: Stage):
    (number,) = open_runs(stage, 1, agents=1)
    run = stage.phantombuster.agents["1000"].runs[0]
    run.console = "Error: the first\n" + "x" * 1000
    for _ in range(10):
        stage.process_workspace(4)
    assert stage.runs.console(stage.run(number)).position == str(len(run.console))
    said = "\nError: the second\n"
    run.status, run.exit_code, run.end_status = "not running", 1, "error"
    run.console += said
    stage.tend_until_told()
    read, rest = str(len(run.console) - len(said)), str(len(run.console))
    assert stage.phantombuster.from_positions[-2:] == [read, rest]
    assert stage.run(number).ending.line == "Error: the first"


def test_a_result_is_read_only_once_its_run_has_ended(stage: Stage):
    (number,) = open_runs(stage, 1, agents=1)
    for _ in range(30):
        stage.process_workspace(4)
    assert stage.phantombuster.results_asked == 0
    stage.phantombuster.finish(stage.phantombuster.agents["1000"].runs[0], result=[1, 2])
    stage.tend_until_told()
    assert stage.run(number).ending.results == 2
    assert stage.phantombuster.results_asked == 2  # for the ending, and for its thread


@pytest.mark.parametrize("error", [AnswerTooLarge(), AnswerUnreadable(), ServerFault(status=500)])
def test_an_ending_is_told_although_its_result_cannot_be_read(
    stage: Stage, error: PhantombusterError
):
    (number,) = open_runs(stage, 1, agents=1)
    stage.process_workspace(30)
    stage.phantombuster.finish(stage.phantombuster.agents["1000"].runs[0], result=[1, 2])
    stage.phantombuster.result_error = error
    stage.tend_until_told(step=10, ticks=200)
    ending = stage.run(number).ending
    assert (ending.kind, ending.results) == (Kind.SUCCESS, None)
    assert "returned nothing" not in stage.last


def test_an_output_too_large_to_read_does_not_hide_the_end(stage: Stage):
    (number,) = open_runs(stage, 1, agents=1)
    stage.phantombuster.finish(stage.phantombuster.agents["1000"].runs[0], result=[1])
    stage.phantombuster.fault("output", *[AnswerUnreadable() for _ in range(5)])
    stage.process_workspace(4)
    assert stage.run(number).ending.kind is Kind.SUCCESS


def test_an_output_that_cannot_be_read_while_it_runs_is_waited_for(stage: Stage):
    (number,) = open_runs(stage, 1, agents=1)
    stage.phantombuster.fault("output", AnswerUnreadable())
    for _ in range(12):
        stage.process_workspace(2)
    assert stage.run(number).state is State.LAUNCHED


def test_a_run_stopped_from_slack_is_put_down_to_who_stopped_it(stage: Stage):
    (number,) = open_runs(stage, 1, agents=1)
    stage.stopped("1000", by="U0BOB")
    stage.phantombuster.finish(stage.phantombuster.agents["1000"].runs[0], exit_code=137)
    stage.tend_until_told()
    assert stage.run(number).ending.kind is Kind.STOPPED
    assert "⏹️ *Agent 0* · stopped by <@U0BOB> after" in stage.last


def test_a_stop_of_before_the_launch_is_not_what_ended_it(stage: Stage):
    stage.phantombuster.add("1000", "Agent 0")
    stage.stopped("1000", by="U0BOB")
    stage.clock.forward(60)
    (number,) = open_runs(stage, 1, agents=1)
    stage.phantombuster.finish(stage.phantombuster.agents["1000"].runs[0], exit_code=1)
    stage.tend_until_told()
    assert stage.run(number).ending.kind is Kind.FAILED


def test_a_run_that_succeeded_before_the_stop_reached_it_was_not_stopped(stage: Stage):
    (number,) = open_runs(stage, 1, agents=1)
    stage.stopped("1000", by="U0BOB")
    stage.phantombuster.finish(stage.phantombuster.agents["1000"].runs[0], result=[1])
    stage.tend_until_told()
    assert stage.run(number).ending.kind is Kind.SUCCESS
