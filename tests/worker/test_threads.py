"""Runs that were asked for in a message, and are told under it."""

from stage import Stage

from phantombot.errors import CannotPost, SlackRefused

ROOT = "1699999999.000100"


def in_thread(stage: Stage, text: str) -> bool:
    return any(
        shown.thread == ROOT and text in shown.message.text for shown in stage.slack.shown.values()
    )


def test_a_run_is_told_under_the_message_that_asked_for_it_and_its_detail_beside_it(stage: Stage):
    number = stage.type(thread_ts=ROOT)
    stage.process_workspace(1)
    stage.phantombuster.finish(stage.phantombuster.agents["785"].runs[-1], result=[1])
    stage.tend_until_told()
    assert in_thread(stage, "✅ *LinkedIn Search*")
    details = [shown for shown in stage.slack.shown.values() if "console" in shown.message.text]
    assert [shown.thread for shown in details] == [ROOT]
    assert stage.slack.texts() == []
    assert stage.run(number).done


def test_where_the_channel_is_closed_it_goes_on_with_the_launcher_and_in_no_thread(stage: Stage):
    stage.slack.closed["C1"] = CannotPost("is_archived")
    stage.type(thread_ts=ROOT)
    stage.process_workspace(1)
    stage.phantombuster.finish(stage.phantombuster.agents["785"].runs[-1], result=[1])
    stage.tend_until_told()
    (told,) = stage.slack.texts("D1")
    assert told.startswith("✅ *LinkedIn Search*")


def test_where_the_message_is_gone_the_ending_still_finds_somebody(stage: Stage):
    stage.slack.fault("post_reply", SlackRefused("thread_not_found"))
    stage.type(thread_ts=ROOT)
    stage.process_workspace(1)
    stage.phantombuster.finish(stage.phantombuster.agents["785"].runs[-1], result=[1])
    stage.tend_until_told()
    assert any(text.startswith("✅ *LinkedIn Search*") for text in stage.slack.texts("D1"))
    ((_, mend),) = stage.slack.whispers
    assert "The message I was replying to is gone." in mend.text


def test_where_nobody_can_be_answered_in_the_channel_the_mend_comes_by_direct_message(stage: Stage):
    stage.slack.closed["C1"] = CannotPost("restricted_action")
    stage.slack.fault("whisper", CannotPost("restricted_action"))
    stage.type(thread_ts=ROOT)
    stage.process_workspace(1)
    assert "Posting in the channel is restricted" in stage.slack.texts("D1")[0]
