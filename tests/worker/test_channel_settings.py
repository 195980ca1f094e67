"""What a channel is told of runs: endings also among its messages, results only as a number."""

import json

import pytest
from stage import Stage

from phantombot.access.audit import AuditAction, AuditEntry
from phantombot.errors import SlackRefused, SlackUnavailable
from phantombot.phantombuster.api import Progress
from phantombot.runs.channel_settings import ChannelSettings

BOTH_APIS = True
CONSOLE = (
    "Scraping ada@example.com\n"
    "CSV saved at https://phantombuster.s3.amazonaws.com/org/agent/ada@example.com.csv\n"
    "Error: ada@example.com has no profile\n"
)
ROWS = [{"mail": "ada@example.com"}, {"mail": "ada@example.com"}]


def tells(stage: Stage, *, broadcast: bool = False, count_only: bool = False) -> None:
    entry = AuditEntry("T1", stage.clock(), "U0ADA", AuditAction.CHANNEL_CHANGED, channel="C1")
    stage.rings.set_in_channel(ChannelSettings(broadcast, count_only), entry)


def finish(stage: Stage, exit_code: int = 0, **more: object) -> None:
    run = stage.phantombuster.agents["785"].runs[-1]
    run.lasts = 9
    stage.phantombuster.finish(run, exit_code, **more)
    stage.tend_until_told()


def run_once(stage: Stage, exit_code: int = 0, **more: object) -> None:
    stage.type()
    stage.process_workspace()
    finish(stage, exit_code, **more)


def broadcast(stage: Stage) -> list[str]:
    return [one.message.text for one in stage.slack.shown.values() if one.broadcast]


def in_channel(stage: Stage) -> str:
    """Return all that was ever put in the channel, its threads and its files."""
    shown = [one.message.blocks for one in stage.slack.shown.values() if one.channel == "C1"]
    files = [file.content for posted, file in stage.slack.files if posted.channel == "C1"]
    return json.dumps([shown, stage.slack.history, files])


def test_an_ending_is_broadcast_once_with_a_mention_where_somebody_is_rung(stage: Stage):
    tells(stage, broadcast=True)
    run_once(stage, 1, console="TypeError: x is undefined")
    (text,) = broadcast(stage)
    assert text.startswith("<@U1> ❌ *LinkedIn Search* · failed")
    assert "TypeError" in stage.slack.replies("❌")[-1]
    assert len(stage.slack.replies("❌")) == 2


def test_an_ending_that_rings_nobody_is_broadcast_without_a_mention(stage: Stage):
    tells(stage, broadcast=True)
    run_once(stage, result=ROWS)
    (text,) = broadcast(stage)
    assert text.startswith("✅ *LinkedIn Search* · finished in 9 s · 2 results")


def test_without_the_setting_nothing_is_broadcast(stage: Stage):
    run_once(stage, 1)
    assert broadcast(stage) == []


@pytest.mark.parametrize(
    ("fault", "times"),
    [
        (SlackUnavailable("no_answer"), 0),
        (SlackUnavailable("ratelimited", retry_after=30), 1),
        (SlackRefused("thread_locked"), 0),
    ],
)
def test_a_broadcast_is_repeated_only_where_slack_surely_posted_nothing(
    stage: Stage, fault: Exception, times: int
):
    tells(stage, broadcast=True)
    stage.type()
    stage.process_workspace()
    stage.slack.fault("post_reply", fault)
    finish(stage, result=ROWS)
    assert len(broadcast(stage)) == times


def test_what_a_script_prints_returns_or_saves_is_kept_out_of_a_channel_that_counts(stage: Stage):
    tells(stage, count_only=True)
    for exit_code in (0, 1):
        stage.type(argument=json.dumps({"n": exit_code}))
        stage.process_workspace()
        run = stage.phantombuster.agents["785"].runs[-1]
        run.status, run.progress = "running", Progress(0.5, "ada@example.com", 9)
        stage.process_workspace(4)
        stage.process_workspace(10)
        finish(stage, exit_code, result=ROWS, console=CONSOLE, said="ada@example.com is private")
    assert stage.slack.files == []
    assert "example.com" not in in_channel(stage)


def test_a_channel_that_counts_is_told_the_number_with_a_private_button(stage: Stage):
    tells(stage, count_only=True)
    run_once(stage, result=ROWS)
    (detail,) = (one.message for one in stage.slack.shown.values() if one.thread)
    assert detail.text.startswith("*2 results*\nThis channel shows only their number.")
    (button,) = detail.blocks[-1]["elements"]
    assert (button["text"]["text"], button["action_id"]) == ("Show results", "show_results")
    assert button["value"] == stage.run(1).uid


def test_watch_notices_of_a_channel_that_counts_hold_none_of_it_either(stage: Stage):
    tells(stage, count_only=True)
    stage.watch("failure", "success")
    stage.process_workspace()
    for exit_code in (0, 1):
        run = stage.phantombuster.start_elsewhere("785")
        stage.phantombuster.finish(run, exit_code, result=ROWS, console=CONSOLE)
        for _ in range(6):
            stage.process_workspace(60)
    assert len(stage.slack.texts()) == 2
    assert "example.com" not in in_channel(stage)


def test_what_an_admin_keeps_out_while_the_result_is_read_stays_out(stage: Stage):
    stage.type()
    stage.process_workspace()
    output = stage.phantombuster.output

    def meanwhile(*given: object, result: bool = False, **more: object) -> object:
        if result:
            tells(stage, count_only=True)
        return output(*given, result=result, **more)

    stage.phantombuster.output = meanwhile
    finish(stage, result=ROWS)
    assert stage.slack.files == []
    assert "example.com" not in in_channel(stage)


def test_a_channel_that_does_not_count_is_shown_them(stage: Stage):
    run_once(stage, result=ROWS, console=CONSOLE)
    assert "ada@example.com" in in_channel(stage)
    assert len(stage.slack.files) == 1
