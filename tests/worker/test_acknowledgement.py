"""The acknowledgement of a launch goes once the run's message says the same."""

from datetime import timedelta

import pytest
from stage import Stage

from phantombot.errors import BadParameters, CannotPost, SlackError, SlackRefused, SlackUnavailable
from phantombot.worker.acknowledgement import TRIED_FOR
from phantombot.worker.follow import process_workspace
from phantombot.worker.launch import launch

POLLED = True
BOTH_APIS = True
URL = "https://hooks.test/1"


class Killed(BaseException):
    """The process is gone."""


def acknowledged(stage: Stage, **typed: object) -> int:
    number = stage.type(acknowledged=True, **typed)
    launch(stage.context, "T1", number)
    return number


def finish(stage: Stage) -> None:
    stage.phantombuster.finish(stage.phantombuster.agents["785"].runs[0], result=[1])
    stage.tend_until_told()


def test_an_acknowledgement_is_deleted_once_when_the_message_stands_and_slack_shows_both(
    stage: Stage,
):
    number = acknowledged(stage)
    stage.process_workspace()
    assert stage.slack.deleted == []
    stage.process_workspace(1)
    assert stage.slack.deleted == [URL]
    finish(stage)
    assert stage.slack.deleted == [URL]
    assert stage.run(number).done


def test_whoever_processes_the_workspace_comes_back_for_it_within_a_second(stage: Stage):
    acknowledged(stage)
    due = process_workspace(stage.context, "T1")
    assert due is not None
    assert due - stage.clock() <= timedelta(seconds=1)


def test_an_acknowledgement_that_was_asked_for_by_nobody_is_not_deleted(stage: Stage):
    launch(stage.context, "T1", stage.type())
    stage.process_workspace(1)
    finish(stage)
    assert stage.slack.deleted == []


def test_a_run_that_ends_at_once_is_not_done_before_its_acknowledgement_is_gone(stage: Stage):
    number = acknowledged(stage)
    stage.phantombuster.finish(stage.phantombuster.agents["785"].runs[0], result=[1])
    stage.process_workspace()
    assert not stage.run(number).done
    stage.tend_until_told()
    assert stage.slack.deleted == [URL]
    assert stage.run(number).done


def test_a_launch_that_is_refused_in_the_channel_deletes_it_too(stage: Stage):
    stage.phantombuster.fault("launch", BadParameters())
    number = acknowledged(stage)
    stage.tend_until_told()
    assert stage.line.startswith("❌ *LinkedIn Search* · nothing was launched")
    assert stage.slack.deleted == [URL]
    assert stage.run(number).done


def test_it_stays_where_the_message_is_somewhere_else(stage: Stage):
    stage.slack.closed["C1"] = CannotPost("not_in_channel")
    number = acknowledged(stage)
    stage.process_workspace(2)
    finish(stage)
    assert stage.slack.deleted == []
    assert stage.run(number).done


def test_it_stays_where_the_launcher_alone_is_told_why_nothing_was_launched(stage: Stage):
    acknowledged(stage, agent="786")
    stage.tend_until_told()
    assert stage.slack.deleted == []


@pytest.mark.parametrize("error", [SlackRefused("used_url"), CannotPost("channel_not_found")])
def test_it_stays_where_slack_does_not_delete_it_and_nobody_reads_an_error(
    stage: Stage, error: SlackError
):
    number = acknowledged(stage)
    stage.slack.fault("delete_original", error, error)
    stage.process_workspace(1)
    finish(stage)
    assert stage.slack.faults["delete_original"] == [error]
    assert stage.slack.whispers == []
    assert stage.line.startswith("✅")
    assert stage.run(number).done


def test_slack_is_asked_again_where_it_did_not_answer(stage: Stage):
    acknowledged(stage)
    stage.slack.fault("delete_original", SlackUnavailable("unreachable", retry_after=1))
    stage.process_workspace(1)
    assert stage.slack.deleted == []
    stage.process_workspace(1)
    assert stage.slack.deleted == [URL]


def test_slack_is_left_alone_where_it_does_not_answer_for_long(stage: Stage):
    number = acknowledged(stage)
    silent = SlackUnavailable("unreachable", retry_after=1)
    stage.slack.fault("delete_original", *[silent] * 9)
    stage.process_workspace(1)
    stage.process_workspace(TRIED_FOR.total_seconds())
    assert not stage.run(number).acknowledged
    left = len(stage.slack.faults["delete_original"])
    finish(stage)
    assert len(stage.slack.faults["delete_original"]) == left


@pytest.mark.parametrize("acted", [False, True])
def test_a_bot_killed_while_it_deletes_it_does_so_again_and_tells_one_ending(
    stage: Stage, acted: bool
):
    number = acknowledged(stage)
    delete = stage.slack.delete_original

    def killed(url: str) -> None:
        if acted:
            delete(url)
        stage.slack.delete_original = delete
        raise Killed

    stage.slack.delete_original = killed
    with pytest.raises(Killed):
        stage.process_workspace(1)
    finish(stage)
    assert stage.slack.deleted == [URL] * (1 + acted)
    assert [text[:1] for text in stage.slack.texts()] == ["✅"]
    assert stage.run(number).done


def test_it_is_deleted_while_the_launch_is_still_on_its_way(stage: Stage):
    number = stage.type(acknowledged=True)
    sent = stage.phantombuster.launch

    def slowly(*args: object, **named: object) -> object:
        stage.clock.forward(2)
        process_workspace(stage.context, "T1")
        return sent(*args, **named)

    stage.phantombuster.launch = slowly
    launch(stage.context, "T1", number)
    assert stage.slack.deleted == [URL]
    assert stage.run(number).container_id is not None
