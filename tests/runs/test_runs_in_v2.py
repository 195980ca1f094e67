"""Runs of an account in v2, and of one that was moved there while they went on."""

from dataclasses import replace
from datetime import timedelta

import pytest
from stage import INTENT, Stage, alias

from phantombot.access.rules import Asker
from phantombot.agents.alias import Kept
from phantombot.agents.aliases import set_alias
from phantombot.errors import AnswerLost, EngineChosen, ServerFault, SlackUnavailable
from phantombot.phantombuster.account import Api, Org
from phantombot.phantombuster.api import Progress
from phantombot.runs.admit import decide_at_once
from phantombot.runs.ending import OF_ALIAS, Ending, Kind
from phantombot.runs.model import State
from phantombot.worker.launch import launch

POLLED = True


def test_a_launch_carries_the_runs_own_tag(stage_v2: Stage) -> None:
    number = stage_v2.type()
    stage_v2.process_workspace()
    (run,) = stage_v2.phantombuster.agents["785"].runs
    assert run.tag == stage_v2.run(number).uid


def test_a_launch_whose_answer_was_lost_is_found_by_its_tag_among_others(stage_v2: Stage) -> None:
    phantombuster = stage_v2.phantombuster
    phantombuster.launch_acts_before_its_fault = True
    phantombuster.fault("launch", AnswerLost())
    number = stage_v2.type()
    stage_v2.process_workspace()
    (mine,) = phantombuster.agents["785"].runs
    for _ in range(3):
        phantombuster.finish(phantombuster.start_elsewhere())
    stage_v2.process_workspace(2)
    run = stage_v2.run(number)
    assert (run.state, run.container_id, run.adopted) == (State.LAUNCHED, mine.container_id, True)


def test_a_run_gets_its_agents_name_though_the_agents_were_read_before_it_was_found(
    stage_v2: Stage,
) -> None:
    phantombuster = stage_v2.phantombuster
    phantombuster.add("999", "New One")
    phantombuster.launch_acts_before_its_fault = True
    phantombuster.fault("launch", AnswerLost())
    phantombuster.fault("tagged", ServerFault())
    stage_v2.clock.forward(3_600)
    number = stage_v2.type(agent="999")
    launch(stage_v2.context, "T1", number)
    stage_v2.tend_for(5)
    assert stage_v2.run(number).agent_name == "New One"


def test_a_launch_that_left_no_tag_is_told_not_to_be_found(stage_v2: Stage) -> None:
    stage_v2.phantombuster.fault("launch", AnswerLost())
    number = stage_v2.type()
    stage_v2.process_workspace()
    stage_v2.phantombuster.start_elsewhere()
    stage_v2.tend_for(30)
    ending = stage_v2.run(number).ending
    assert ending is not None
    assert ending.kind is Kind.NOT_FOUND


def test_one_that_appears_afterwards_is_adopted_all_the_same(stage_v2: Stage) -> None:
    stage_v2.phantombuster.fault("launch", AnswerLost())
    number = stage_v2.type()
    stage_v2.process_workspace()
    stage_v2.tend_for(30)
    late = stage_v2.phantombuster.start_elsewhere()
    late.tag = stage_v2.run(number).uid
    stage_v2.tend_for(12)
    run = stage_v2.run(number)
    assert (run.state, run.container_id) == (State.LAUNCHED, late.container_id)


@pytest.mark.parametrize(
    ("end_type", "exit_code", "kind", "words"),
    [
        ("finished", 0, Kind.SUCCESS, "finished in 4 min 10 s"),
        ("finished", 84, Kind.FAILED, "LinkedIn's session cookie expired."),
        ("killed", None, Kind.STOPPED, "stopped after 4 min 10 s"),
        ("agent timeout", None, Kind.TIMED_OUT, "timed out after 4 min 10 s · agent timeout"),
        ("global timeout", 1, Kind.TIMED_OUT, "Raise the limit in the agent's settings"),
        ("org timeout", None, Kind.TIMED_OUT, "Wait for the next period"),
        ("no log timeout", None, Kind.TIMED_OUT, "Check at Phantombuster what it waits for."),
        ("eaten by a grue", 1, Kind.FAILED, "“eaten by a grue”"),
        ("unknown", None, Kind.LOST, "unknown outcome"),
        (None, None, Kind.LOST, "unknown outcome"),
    ],
)
def test_an_end_is_told_as_v2_calls_it(
    stage_v2: Stage, end_type: str | None, exit_code: int | None, kind: Kind, words: str
) -> None:
    number = stage_v2.type()
    stage_v2.process_workspace()
    (run,) = stage_v2.phantombuster.agents["785"].runs
    run.status, run.exit_code, run.end_type = "not running", exit_code, end_type
    stage_v2.tend_until_told()
    ending = stage_v2.run(number).ending
    assert ending is not None
    assert ending.kind is kind
    assert words in stage_v2.last


def test_progress_is_shown_although_the_account_tells_none(stage_v2: Stage) -> None:
    stage_v2.type()
    stage_v2.process_workspace()
    (run,) = stage_v2.phantombuster.agents["785"].runs
    run.progress = Progress(0.54, "Scraping page 3", None)
    stage_v2.tend_for(10)
    assert "running 54 % · Scraping page 3" in stage_v2.last


def test_many_runs_that_go_on_are_followed_by_one_call_and_one_output_each_time(
    stage_v2: Stage,
) -> None:
    for number in range(20):
        stage_v2.phantombuster.add(str(1000 + number), f"Agent {number}")
    stage_v2.poll()
    for number in range(20):
        stage_v2.type(agent=str(1000 + number))
    stage_v2.process_workspace()
    stage_v2.tend_for(10)
    stage_v2.phantombuster.calls.clear()
    stage_v2.clock.forward(2)
    stage_v2.process_workspace()
    assert stage_v2.phantombuster.calls.count("running") == 1
    assert stage_v2.phantombuster.calls.count("output") <= 1


def test_the_address_of_a_run_is_told_once_it_is_known(stage_v2: Stage) -> None:
    move_to_v2(stage_v2)
    number = stage_v2.type()
    assert stage_v2.run(number).page == ""
    stage_v2.process_workspace()
    run = stage_v2.run(number)
    assert run.page == (f"https://phantombuster.com/12345/phantoms/785/console/{run.container_id}")


def test_runs_of_a_moved_account_are_followed_by_the_api_that_launched_them(stage: Stage) -> None:
    before = stage.type()
    stage.process_workspace()
    move_to_v2(stage)
    after = stage.type(user="U2")
    stage.process_workspace()
    stage.tend_for(4)
    assert [stage.run(number).api for number in (before, after)] == ["v1", "v2"]
    assert {"account", "running"} <= set(stage.phantombuster.calls)
    for run in stage.phantombuster.agents["785"].runs:
        stage.phantombuster.finish(run)
    stage.tend_until_told()
    assert [text.count("finished") for text in stage.slack.texts()] == [1, 1]


def test_a_launch_that_was_lost_in_v1_is_looked_for_in_v1(stage: Stage) -> None:
    stage.phantombuster.launch_acts_before_its_fault = True
    stage.phantombuster.fault("launch", AnswerLost())
    number = stage.type()
    stage.process_workspace()
    move_to_v2(stage)
    stage.process_workspace(2)
    assert stage.run(number).adopted
    assert "tagged" not in stage.phantombuster.calls


def test_a_command_is_refused_before_anything_is_sent(stage_v2: Stage) -> None:
    admission = decide_at_once(stage_v2.context, replace(INTENT, command="casperjs"))
    assert admission.decided.state is State.ENDED
    number = stage_v2.type(command="casperjs", argument='{"a": 1}')
    stage_v2.process_workspace()
    ending = stage_v2.run(number).ending
    assert ending is not None
    assert (ending.kind, ending.said) == (Kind.ENGINE_CHOSEN, "casperjs")
    assert "leave `casperjs` out" in str(stage_v2.slack.whispers)
    assert stage_v2.phantombuster.calls == []


def test_a_command_is_refused_at_once_though_the_launcher_is_not_known_yet(stage_v2: Stage) -> None:
    stage_v2.people.faults = [SlackUnavailable("users.info")]
    admission = decide_at_once(stage_v2.context, replace(INTENT, command="casperjs"))
    assert admission.decided.ending == Ending(Kind.ENGINE_CHOSEN, said="casperjs")
    assert admission.waits_for == ""


def test_an_alias_with_a_command_is_refused_where_it_is_set_and_where_it_is_used(
    stage_v2: Stage,
) -> None:
    asker = Asker("T1", "U1", "C1")
    own = Kept("phantomjs", None)
    with pytest.raises(EngineChosen):
        set_alias(stage_v2.context, asker, "leads", "785", own, quoted=False)
    alias(stage_v2, "leads", "785", own)
    decided = decide_at_once(stage_v2.context, replace(INTENT, agent="leads", command=None)).decided
    assert decided.ending == Ending(Kind.ENGINE_CHOSEN, cause=OF_ALIAS, said="phantomjs")


def test_a_word_where_a_command_would_stand_is_refused_as_one(stage_v2: Stage) -> None:
    decided = decide_at_once(
        stage_v2.context, replace(INTENT, agent="785 firefox", command=None)
    ).decided
    assert decided.ending == Ending(Kind.ENGINE_CHOSEN, said="firefox")


def move_to_v2(stage: Stage) -> None:
    stage.phantombuster.form = "v2"
    stage.keys.store_key(
        "T1",
        stage.key,
        by="U0ADA",
        at=stage.clock() + timedelta(seconds=1),
        api=Api.V2,
        org=Org("12345"),
    )
