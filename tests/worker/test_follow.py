from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise
from threading import Barrier, BrokenBarrierError
from typing import Any

import pytest
from fakes import KEY, FakeRun
from patience import PATIENCE
from stage import Stage, rewrite

from phantombot.errors import (
    AgentNotFound,
    AnswerLost,
    CannotPost,
    KeyRejected,
    PhantombusterError,
    RateLimited,
    ServerFault,
    SlackRefused,
    SlackUnavailable,
    StaleWrite,
    Unreachable,
)
from phantombot.messages.runs import EARLIER_MESSAGE, run_message
from phantombot.phantombuster.api import Progress
from phantombot.runs.ending import Kind
from phantombot.runs.model import Run, State
from phantombot.threads import map_concurrently
from phantombot.worker.backoff import FIRST_PACE, SOON, pace
from phantombot.worker.follow import process_workspace
from phantombot.worker.launch import launch

POLLED = True
BOTH_APIS = True

FOLDER = "https://phantombuster.s3.amazonaws.com/xNdp30g5TSk/Fu1Js2zQ"
CSV, JSON = f"{FOLDER}/result.csv", f"{FOLDER}/result.json"


def launched(stage: Stage, **typed: object) -> int:
    number = stage.type(**typed)
    stage.process_workspace()
    return number


@pytest.mark.parametrize(
    ("age", "expected"),
    [(0, 2), (40, 2), (100, 5), (1200, 60), (86400, 60)],
)
def test_a_run_is_looked_at_quickly_at_first_and_slower_as_it_grows_old(age: int, expected: int):
    assert pace(timedelta(seconds=age)) == timedelta(seconds=expected)


@pytest.mark.parametrize("seconds", [0.1, 0.5, 30])
def test_however_many_runs_end_at_once_the_young_ones_keep_their_pace(stage: Stage, seconds: float):
    """Each edit takes Slack some seconds, one after the other."""
    old = [f"9{number:03}" for number in range(40)]
    for agent_id in old:
        stage.phantombuster.add(agent_id, f"Agent {agent_id}")
        stage.type(agent=agent_id)
    stage.process_workspace()
    stage.process_workspace(7200)
    launched(stage)
    edit, polled = stage.slack.edit, list[datetime]()

    def slow_edit(*given: Any) -> None:
        stage.clock.forward(seconds)
        edit(*given)

    for agent_id in old:
        stage.phantombuster.finish(stage.phantombuster.agents[agent_id].runs[0], result=[1])
    stage.slack.edit = slow_edit
    while any(text.startswith(("⏳", "▶️")) for text in stage.slack.texts()[: len(old)]):
        polled.append(stage.clock())
        due = stage.process_workspace()
        assert due is not None
        stage.clock.now = max(due, stage.clock())
    polled.append(stage.clock())
    gaps = [after - before for before, after in pairwise(polled)]
    assert max(gaps) <= FIRST_PACE + SOON + timedelta(seconds=2 * seconds)


def test_progress_and_label_are_shown_while_it_runs(stage: Stage):
    launched(stage)
    stage.phantombuster.agents["785"].runs[0].progress = Progress(0.544, "Scraping page 3", 72)
    stage.process_workspace(72)
    assert stage.line == "▶️ *LinkedIn Search* · running 54 % · Scraping page 3 · 1 min 12 s"


def test_progress_is_told_no_more_often_than_every_three_seconds(stage: Stage):
    launched(stage)
    run = stage.phantombuster.agents["785"].runs[0]
    stage.process_workspace(2)
    edits = len(stage.slack.history)
    for step in range(10):
        run.progress = Progress(step / 10, None, None)
        stage.process_workspace(1)
    assert len(stage.slack.history) - edits == 4


@pytest.mark.v1
@pytest.mark.parametrize(
    ("exit_code", "result", "words", "expected"),
    [
        (0, [1] * 120, {}, "✅ *LinkedIn Search* · finished in 4 min 10 s · 120 results"),
        (0, [1], {}, "✅ *LinkedIn Search* · finished in 4 min 10 s · 1 result"),
        (0, {"csv": "x"}, {}, "✅ *LinkedIn Search* · finished in 4 min 10 s"),
        (0, None, {}, "✅ *LinkedIn Search* · finished in 4 min 10 s"),
        (0, [], {}, "⚠️ *LinkedIn Search* · finished in 4 min 10 s, but returned nothing"),
        (
            87,
            None,
            {},
            (
                "❌ *LinkedIn Search* · The session cookie expired or is invalid."
                " Log in to the agent's site again and update the agent's cookie."
            ),
        ),
        (
            84,
            None,
            {},
            (
                "❌ *LinkedIn Search* · LinkedIn's session cookie expired."
                " Log in to LinkedIn and update the agent's cookie."
            ),
        ),
        (
            0,
            None,
            {"console": f"✅ CSV saved at {CSV}\r\n✅ JSON saved at {JSON}\r\n"},
            (
                "✅ *LinkedIn Search* · finished in 4 min 10 s"
                f" · results are in files: <{CSV}|CSV>, <{JSON}|JSON>"
            ),
        ),
        (
            0,
            None,
            {"console": "⚠️ Spreadsheet is empty OR everyone is processed\r\n"},
            "✅ *LinkedIn Search* · finished in 4 min 10 s, with nothing new to process",
        ),
        (
            1,
            None,
            {"console": "hello\nTypeError: undefined is not a <function>"},
            (
                "❌ *LinkedIn Search* · failed"
                " · “TypeError: undefined is not a &lt;function&gt;”"
                " · the cause is unknown; press Output to see its console"
            ),
        ),
        (
            1,
            None,
            {"said": "Agent aborted by user"},
            "⏹️ *LinkedIn Search* · stopped after 4 min 10 s · Agent aborted by user",
        ),
        (
            1,
            None,
            {"said": "Execution time limit: timed out"},
            (
                "❌ *LinkedIn Search* · timed out after 4 min 10 s"
                " · Execution time limit: timed out · Raise the limit in the agent's settings,"
                " or let it do less per launch."
            ),
        ),
    ],
    ids=lambda value: str(value)[:20],
)
def test_each_ending_is_told_in_its_own_words(
    stage: Stage, exit_code: int, result: object, words: dict, expected: str
):
    launched(stage)
    stage.phantombuster.finish(
        stage.phantombuster.agents["785"].runs[0], exit_code, result, **words
    )
    stage.tend_until_told()
    (text,) = stage.slack.texts()
    line, below = text.split("\n")
    assert line == expected
    assert below.startswith("Launched by <@U1> · casperjs · ")
    assert below.endswith(f" · exit code {exit_code}" if exit_code else ">")


def test_two_runs_of_one_agent_end_each_by_itself(stage: Stage):
    first = launched(stage)
    second = stage.type(argument='{"a": 2}')
    stage.process_workspace()
    stage.process_workspace(4)
    stage.phantombuster.finish(stage.phantombuster.agents["785"].runs[1], result=[1, 2])
    stage.process_workspace(4)
    assert stage.run(first).state is State.LAUNCHED
    assert stage.run(second).ending.results == 2
    stage.phantombuster.finish(stage.phantombuster.agents["785"].runs[0], result=[1])
    stage.process_workspace(4)
    assert stage.run(first).ending.results == 1


def test_a_run_started_elsewhere_afterwards_does_not_hide_the_ending_for_long(stage: Stage):
    number = launched(stage)
    stage.process_workspace(2)
    stage.phantombuster.finish(stage.phantombuster.agents["785"].runs[0], result=[1])
    stage.phantombuster.start_elsewhere()
    for _ in range(8):
        stage.process_workspace(2)
    assert stage.run(number).ending.kind is Kind.SUCCESS


@pytest.mark.v1
def test_one_account_answer_serves_all_runs_of_a_workspace(stage: Stage):
    for number in range(5):
        stage.phantombuster.add(str(800 + number), f"Agent {number}")
        stage.type(agent=str(800 + number))
    stage.process_workspace()
    stage.process_workspace(2)
    stage.phantombuster.calls.clear()
    stage.process_workspace(2)
    assert stage.phantombuster.calls == ["account"]


def test_a_silent_phantombuster_is_told_once_and_recovered_from(stage: Stage):
    number = launched(stage)
    stage.process_workspace(2)
    for call in ("account", "output", "containers"):
        stage.phantombuster.faults[call] = [ServerFault(status=500) for _ in range(50)]
    edits = len(stage.slack.history)
    for _ in range(20):
        stage.process_workspace(10)
    assert "Phantombuster hasn't answered for over a minute; still watching" in stage.last
    told = [text for text in stage.slack.history[edits:] if "hasn't answered" in text]
    assert len(told) == 1
    stage.phantombuster.faults.clear()
    stage.process_workspace(30)
    assert stage.last.startswith("▶️")
    stage.phantombuster.finish(stage.phantombuster.agents["785"].runs[0], result=[1])
    stage.tend_until_told()
    assert stage.run(number).ending.kind is Kind.SUCCESS


def test_a_run_whose_agent_is_gone_is_lost_sight_of(stage: Stage):
    number = launched(stage)
    del stage.phantombuster.agents["785"]
    stage.tend_until_told(step=10)
    assert stage.run(number).ending.kind is Kind.LOST
    assert stage.last.startswith("❔ *LinkedIn Search* · unknown outcome")


def test_a_run_nothing_was_heard_of_for_a_day_is_lost_sight_of(stage: Stage):
    number = launched(stage)
    for call in ("account", "output", "containers"):
        stage.phantombuster.fault(call, *[AnswerLost() for _ in range(60)])
    for _ in range(50):
        stage.process_workspace(1800)
    assert stage.run(number).ending.kind is Kind.LOST


def test_a_key_that_is_refused_is_told_to_the_admin_who_stored_it_once(stage: Stage):
    stage.phantombuster.faults["launch"] = [KeyRejected(status=401), KeyRejected(status=401)]
    stage.type()
    stage.tend_until_told()
    stage.type()
    stage.tend_until_told()
    assert len(stage.slack.texts("D0ADA")) == 1
    assert "no longer accepts the key you stored" in stage.slack.texts("D0ADA")[0]


def test_a_key_removed_while_a_run_goes_on_is_waited_for(stage: Stage):
    number = launched(stage)
    stage.keys.remove_key("T1")
    stage.process_workspace(10)
    stage.process_workspace(10)
    assert stage.run(number).state is State.LAUNCHED
    stage.keys.store_key("T1", KEY, by="U0ADA", at=stage.clock())
    stage.phantombuster.finish(stage.phantombuster.agents["785"].runs[0], result=[1])
    stage.tend_until_told()
    assert stage.run(number).ending.kind is Kind.SUCCESS


def test_where_the_bot_may_not_post_the_launcher_reads_the_mend_and_gets_the_rest_by_dm(
    stage: Stage,
):
    stage.slack.closed["C1"] = CannotPost("not_in_channel")
    launched(stage)
    ((url, message),) = stage.slack.whispers
    assert url == "https://hooks.test/1"
    assert "`/invite @phantombot`" in message.text
    stage.phantombuster.finish(stage.phantombuster.agents["785"].runs[0], result=[1])
    stage.tend_until_told()
    (text,) = stage.slack.texts("D1")
    line, below = text.split("\n")
    assert line == "✅ *LinkedIn Search* · finished in 4 min 10 s · 1 result"
    assert below.startswith("Launched by <@U1>")
    assert below.endswith(" · for <#C1>")
    assert len(stage.phantombuster.launches) == 1


def test_a_channel_that_is_archived_midway_moves_the_message_to_the_launcher(stage: Stage):
    launched(stage)
    stage.slack.closed["C1"] = CannotPost("is_archived")
    stage.phantombuster.finish(stage.phantombuster.agents["785"].runs[0], result=[1])
    stage.tend_until_told()
    assert stage.slack.texts("D1")[0].startswith("✅")


def test_a_message_that_somebody_deleted_is_posted_anew(stage: Stage):
    launched(stage)
    stage.slack.fault("edit", SlackRefused("message_not_found"))
    stage.phantombuster.finish(stage.phantombuster.agents["785"].runs[0], result=[1])
    stage.tend_until_told()
    assert stage.slack.texts()[-1].startswith("✅")


@pytest.mark.parametrize("method", ["post", "edit"])
def test_slack_asking_for_patience_delays_the_telling_and_never_the_launch(
    stage: Stage, method: str
):
    stage.slack.faults[method] = [SlackUnavailable("ratelimited", retry_after=7)]
    launched(stage)
    assert len(stage.phantombuster.launches) == 1
    stage.phantombuster.finish(stage.phantombuster.agents["785"].runs[0], result=[1])
    stage.process_workspace(2)
    stage.tend_until_told()
    assert sum(text.startswith("✅") for text in stage.slack.texts()) == 1


def test_a_first_post_that_slack_put_off_is_made_once_it_may_be(stage: Stage):
    stage.slack.faults["post"] = [SlackUnavailable("ratelimited", retry_after=1)]
    stage.type()
    stage.phantombuster.start_elsewhere = lambda _="785": FakeRun("9", 1, stage.clock(), "queued")
    stage.process_workspace()
    stage.process_workspace(2)
    assert stage.last.startswith("⏳ *LinkedIn Search* · queued")


def test_a_first_post_whose_answer_was_lost_is_not_repeated_as_it_was(stage: Stage):
    stage.slack.faults["post"] = [SlackUnavailable("unreachable", retry_after=1)]
    launched(stage)
    stage.process_workspace(2)
    assert stage.slack.texts() == []  # as long as its answer may still come
    stage.process_workspace(35)
    posts = [text for text in stage.slack.history if "launching" in text]
    assert posts == []
    assert stage.last.startswith("▶️")


def test_the_message_that_follows_an_unanswered_post_says_so_to_its_end(stage: Stage):
    stage.slack.faults["post"] = [SlackUnavailable("unreachable", retry_after=1)]
    number = launched(stage)
    stage.process_workspace(36)
    assert stage.last.splitlines()[2:] == [EARLIER_MESSAGE]
    stage.phantombuster.finish(stage.phantombuster.agents["785"].runs[0], result=[1])
    stage.tend_until_told()
    (ending,) = stage.slack.texts()
    assert ending.startswith("✅")
    assert ending.splitlines()[2:] == [EARLIER_MESSAGE]
    assert {shown.run for shown in stage.slack.shown.values() if shown.thread is None} == {
        stage.run(number).uid
    }


def test_an_ending_that_is_all_that_follows_an_unanswered_post_says_so_too(stage: Stage):
    stage.slack.faults["post"] = [SlackUnavailable("unreachable", retry_after=1)]
    launched(stage)
    stage.phantombuster.finish(stage.phantombuster.agents["785"].runs[0], result=[1])
    stage.tend_until_told()
    (ending,) = stage.slack.texts()
    assert ending.startswith("✅")
    assert ending.splitlines()[2:] == [EARLIER_MESSAGE]


class Killed(BaseException):
    """The process is gone."""


@pytest.mark.parametrize("lost", [False, True])
def test_an_edit_that_slack_makes_after_the_endings_is_edited_over(stage: Stage, lost: bool):
    launched(stage)
    stage.process_workspace(5)
    edit, held = stage.slack.edit, []

    def unanswered(*given: Any) -> None:
        held.append(given)
        raise SlackUnavailable("unreachable", retry_after=1) if lost else Killed

    stage.slack.edit = unanswered
    with suppress(Killed):
        stage.process_workspace(30)
    assert len(held) == 1
    stage.slack.edit = edit
    stage.phantombuster.finish(stage.phantombuster.agents["785"].runs[0], result=[1])
    stage.process_workspace(5)
    assert stage.last.startswith("✅")
    edit(*held[0])
    assert stage.last.startswith("▶️")
    stage.tend_until_told()
    assert stage.last.startswith("✅")


def test_where_every_edit_was_answered_the_ending_is_edited_once(stage: Stage):
    number = launched(stage)
    for _ in range(3):
        stage.process_workspace(30)
    stage.phantombuster.finish(stage.phantombuster.agents["785"].runs[0], result=[1])
    stage.process_workspace(5)
    assert stage.run(number).done
    assert sum(text.startswith("✅") for text in stage.slack.history) == 1


@pytest.mark.parametrize("code", ["", "ratelimited"])
def test_a_message_that_follows_no_unanswered_post_says_nothing_of_one(stage: Stage, code: str):
    stage.slack.faults["post"] = [SlackUnavailable(code, retry_after=1)] if code else []
    launched(stage)
    stage.process_workspace(36)
    stage.process_workspace(36)
    assert stage.last.startswith("▶️")
    assert EARLIER_MESSAGE not in stage.last


def test_a_line_that_says_that_it_goes_on_is_not_repeated_before_the_ending(stage: Stage):
    launching, running = [SlackUnavailable("unreachable", retry_after=1) for _ in range(2)]
    stage.slack.faults["post"] = [launching, running]
    launched(stage)
    for _ in range(9):
        stage.process_workspace(36)
    assert stage.slack.texts() == []
    stage.phantombuster.finish(stage.phantombuster.agents["785"].runs[0], result=[1])
    stage.tend_until_told()
    assert [text.splitlines()[0][:1] for text in stage.slack.texts()] == ["✅"]
    assert stage.last.splitlines()[2:] == [EARLIER_MESSAGE]


def test_a_refusal_whose_answer_was_lost_is_not_told_a_second_time(stage: Stage):
    tell = stage.slack.respond_ephemeral

    def lose_the_answer(*args: Any) -> None:
        tell(*args)
        raise SlackUnavailable("unreachable", retry_after=1)

    stage.slack.respond_ephemeral = lose_the_answer
    number = stage.type(agent="no such agent")
    stage.tend_until_told()
    assert len(stage.slack.whispers) == 1
    assert stage.slack.shown == {}
    assert stage.run(number).done


def test_a_refusal_that_slack_did_not_take_is_told_again(stage: Stage):
    stage.slack.fault("whisper", SlackUnavailable("unreachable", retry_after=1, refused=True))
    stage.type(agent="no such agent")
    stage.tend_until_told()
    assert len(stage.slack.whispers) == 1


def test_a_question_whose_answer_was_lost_is_asked_again(stage: Stage):
    launched(stage)
    stage.slack.fault("whisper", SlackUnavailable("unreachable", retry_after=1))
    stage.type()
    for _ in range(3):
        stage.process_workspace(6)
    ((_, question),) = stage.slack.whispers
    assert "Launch it once more?" in question.text


def test_a_user_who_cannot_be_told_at_all_is_given_up_on_and_logged(
    stage: Stage, caplog: pytest.LogCaptureFixture
):
    stage.slack.closed["C1"] = CannotPost("is_archived")
    stage.slack.closed["U1"] = CannotPost("channel_not_found")
    number = launched(stage)
    assert len(stage.phantombuster.launches) == 1
    stage.phantombuster.finish(stage.phantombuster.agents["785"].runs[0], result=[1])
    stage.tend_until_told()
    assert stage.run(number).done
    assert "this can't be told to anybody" in caplog.text


def test_a_worker_that_was_overtaken_leaves_the_run_alone(stage: Stage):
    number = stage.type()
    stale = stage.run(number)
    rewrite(stage.runs, stale, state=State.SENDING)
    with pytest.raises(StaleWrite):
        rewrite(stage.runs, stale, state=State.SENDING)


def test_a_tick_with_nothing_to_do_asks_nobody(stage: Stage):
    assert stage.process_workspace() is None
    assert stage.phantombuster.calls == []


@pytest.mark.parametrize("code", ["message_not_found", "cant_update_message", "edit_window_closed"])
def test_where_nothing_can_be_edited_the_ending_is_a_message_of_its_own(stage: Stage, code: str):
    number = launched(stage)
    stage.slack.faults["edit"] = [SlackRefused(code) for _ in range(9)]
    stage.phantombuster.finish(stage.phantombuster.agents["785"].runs[0], result=[1])
    stage.tend_until_told()
    assert [text[:1] for text in stage.slack.texts()] == ["⏳", "⏳", "✅"]
    assert stage.run(number).done


def test_progress_that_cannot_be_edited_is_not_posted_again_and_again(stage: Stage):
    launched(stage)
    stage.slack.faults["edit"] = [SlackRefused("edit_window_closed") for _ in range(9)]
    for _ in range(9):
        stage.process_workspace(4)
    assert len(stage.slack.texts()) == 1


def test_whatever_word_slack_refuses_a_channel_with_the_ending_reaches_the_launcher(stage: Stage):
    stage.slack.closed["C1"] = SlackRefused("posting_to_general_channel_denied")
    launched(stage)
    stage.phantombuster.finish(stage.phantombuster.agents["785"].runs[0], result=[1])
    stage.tend_until_told()
    assert stage.slack.texts("D1")[0].startswith("✅")


def test_a_script_that_prints_its_argument_does_not_print_it_in_the_channel(stage: Stage):
    number = stage.type(argument='{"sessionCookie": "li_at-canary-AQED", "n": 5}')
    stage.process_workspace()
    run = stage.phantombuster.agents["785"].runs[0]
    run.progress = Progress(0.5, f"with li_at-canary-AQED and {KEY}", 1)
    stage.process_workspace(4)
    run.progress = Progress(0.6, "cut in the middle of li_at-canary", 1)
    stage.process_workspace(15)
    words = "Error: li_at-canary-AQED is odd"
    stage.phantombuster.finish(run, 1, said=f"failed: {words}", console=words)
    stage.tend_until_told()
    everything = repr((stage.slack.history, stage.run(number)))
    assert "running 60 %" in everything
    assert "“Error: ••• is odd”" in stage.last
    assert "canary" not in everything
    assert KEY not in everything


@pytest.mark.parametrize(
    ("name", "linked"), [("result", True), ("leads", True), ("li_at-canary-AQED", False)]
)
def test_a_link_is_told_unless_the_argument_stands_in_it(stage: Stage, name: str, linked: bool):
    stage.type(argument='{"sessionCookie": "li_at-canary-AQED", "csvName": "result"}')
    stage.process_workspace()
    run = stage.phantombuster.agents["785"].runs[0]
    stage.phantombuster.finish(run, console=f"✅ CSV saved at {FOLDER}/{name}.csv\r\n")
    stage.tend_until_told()
    assert (f"<{FOLDER}/{name}.csv|CSV>" in stage.last) is linked
    assert "canary" not in repr(stage.slack.history)


def test_one_run_that_makes_an_exception_does_not_stop_the_others(stage: Stage):
    first = launched(stage)
    stage.phantombuster.add("786", "Other")
    second = stage.type(agent="786")
    stage.process_workspace()
    broken = stage.phantombuster.agents["785"].runs[0]
    broken.status = object()
    stage.phantombuster.finish(stage.phantombuster.agents["786"].runs[0], result=[1])
    del broken.number
    stage.process_workspace(30)
    assert stage.run(second).done
    assert stage.run(first).state is State.LAUNCHED


def test_a_key_withdrawn_midway_is_told_to_the_channel_and_to_its_keeper_once(stage: Stage):
    launched(stage)
    stage.phantombuster.faults["account"] = [KeyRejected(status=401) for _ in range(20)]
    for _ in range(20):
        stage.process_workspace(10)
    assert "no longer accepts the workspace's key" in stage.last
    assert len(stage.slack.texts("D0ADA")) == 1


@pytest.mark.v1
def test_phantombuster_asking_for_patience_is_given_it(stage: Stage):
    launched(stage)
    patience = timedelta(minutes=5)
    stage.phantombuster.faults["account"] = [RateLimited(retry_after=patience.total_seconds())]
    due = stage.process_workspace(2)
    assert due is not None
    assert due >= stage.clock() + patience


@pytest.mark.v1
def test_an_end_that_is_not_listed_yet_is_not_taken_from_the_agents_earlier_one(stage: Stage):
    stage.phantombuster.finish(stage.phantombuster.start_elsewhere())
    number = launched(stage)
    stage.process_workspace(2)
    ours = stage.phantombuster.agents["785"].runs[-1]
    listed, stage.phantombuster.containers = stage.phantombuster.containers, lambda *_: ()
    stage.phantombuster.finish(ours, 1)
    ours.console = ""
    stage.process_workspace(4)
    assert stage.run(number).state is State.LAUNCHED
    stage.phantombuster.containers = listed
    stage.tend_until_told()
    assert stage.run(number).ending.exit_code == 1


def test_in_the_2014_form_a_busy_agents_last_end_is_not_taken_for_this_runs(stage_2014: Stage):
    stage_2014.phantombuster.finish(stage_2014.phantombuster.start_elsewhere())
    number = launched(stage_2014)
    stage_2014.process_workspace(2)
    ours = stage_2014.phantombuster.agents["785"].runs[-1]
    stage_2014.phantombuster.finish(ours, 1)
    ours.console = ""
    stage_2014.process_workspace(2)
    stage_2014.tend_until_told()
    assert stage_2014.run(number).ending.kind is not Kind.SUCCESS


def test_a_run_overtaken_in_the_2014_form_is_lost_sight_of_and_never_guessed(stage_2014: Stage):
    first = launched(stage_2014)
    stage_2014.process_workspace(2)
    agent = stage_2014.phantombuster.agents["785"]
    stage_2014.phantombuster.finish(agent.runs[0], 87)
    stage_2014.phantombuster.start_elsewhere()
    answers = stage_2014.phantombuster.output
    stage_2014.phantombuster.output = lambda key, agent_id, **_: answers(key, agent_id)
    for _ in range(8):
        stage_2014.process_workspace(2)
    stage_2014.phantombuster.finish(agent.runs[1], 0)
    stage_2014.tend_until_told()
    assert stage_2014.run(first).ending.kind is Kind.LOST


def test_a_server_that_lists_no_ended_runs_is_followed_by_what_else_it_says(stage: Stage):
    def no_list(*_: object) -> None:
        raise AgentNotFound(status=404)

    number = launched(stage)
    stage.phantombuster.containers = no_list
    stage.process_workspace(2)
    stage.phantombuster.finish(stage.phantombuster.agents["785"].runs[0], 0, result=[1])
    stage.tend_until_told()
    assert stage.run(number).ending.kind is Kind.SUCCESS


def test_after_a_channel_was_closed_nothing_more_is_tried_there(stage: Stage):
    launched(stage)
    stage.process_workspace(2)
    stage.slack.closed["C1"] = CannotPost("is_archived")
    run = stage.phantombuster.agents["785"].runs[0]
    for step in range(10):
        run.progress = Progress(step / 10, None, None)
        stage.process_workspace(4)
    assert stage.slack.refused.count("C1") == 1
    stage.phantombuster.finish(run, result=[1])
    stage.tend_until_told()
    assert stage.slack.refused.count("C1") == 1
    assert "It is archived" in stage.slack.whispers[-1][1].text


def test_a_command_typed_after_the_channel_was_mended_is_told_there(stage: Stage):
    stage.slack.closed["C1"] = CannotPost("not_in_channel")
    launched(stage)
    assert "C1" in stage.channels.closed("T1")
    del stage.slack.closed["C1"]
    stage.clock.forward(60)
    launched(stage)
    assert stage.slack.texts()[-1].startswith("⏳")
    assert stage.channels.closed("T1") == {}


def test_a_run_in_flight_when_the_channel_was_closed_goes_on_with_its_launcher(stage: Stage):
    stage.type(agent="785", argument="1")
    stage.type(agent="785", argument="2", user="U2")
    stage.slack.closed["C1"] = CannotPost("is_archived")
    stage.process_workspace()
    assert stage.slack.refused.count("C1") == 1
    assert len(stage.slack.texts("D1")) == len(stage.slack.texts("D2")) == 1


def test_an_ending_that_its_launcher_cannot_be_told_goes_to_the_keys_keeper(stage: Stage):
    launched(stage)
    stage.slack.closed["C1"] = CannotPost("is_archived")
    stage.slack.closed["U1"] = SlackRefused("user_disabled")
    stage.phantombuster.finish(stage.phantombuster.agents["785"].runs[0], result=[1])
    stage.tend_until_told()
    (text,) = stage.slack.texts("D0ADA")
    assert "✅" in text
    assert "<@U1>" in text


def test_an_ending_that_nobody_can_be_posted_is_read_where_the_command_was_typed(stage: Stage):
    for place in ("C1", "U1", "U0ADA"):
        stage.slack.closed[place] = CannotPost("restricted_action")
    launched(stage)
    stage.phantombuster.finish(stage.phantombuster.agents["785"].runs[0], result=[1])
    stage.tend_until_told()
    assert stage.slack.whispers[-1][1].text.startswith("✅")


def test_an_ending_that_was_posted_as_it_is_and_may_stand_there_is_not_posted_again(stage: Stage):
    number = launched(stage)
    stage.phantombuster.finish(stage.phantombuster.agents["785"].runs[0], result=[1])
    stage.slack.fault("edit", SlackUnavailable("unreachable"))
    stage.process_workspace(2)
    # Nothing could be edited, and the process was killed while it posted the ending.
    run = rewrite(stage.runs, stage.run(number), message_channel="U1", ts=None)
    ending = run_message(run, stage.clock())
    assert ending is not None
    rewrite(stage.runs, run, pending_post=ending.digest)
    stage.tend_until_told()
    assert stage.slack.texts("D1") == []
    (text,) = stage.slack.texts("D0ADA")
    assert "✅" in text


def test_what_becomes_of_a_run_is_said_along_with_why_it_is_not_in_the_channel(stage: Stage):
    stage.slack.fault("post", SlackUnavailable("unreachable", retry_after=60))
    launched(stage)
    stage.phantombuster.finish(stage.phantombuster.agents["785"].runs[0], result=[1])
    stage.slack.closed["C1"] = CannotPost("not_in_channel")
    stage.clock.forward(60)
    stage.tend_until_told()
    ((_, mend),) = stage.slack.whispers
    assert mend.text.startswith("✅")
    assert "I can't post in this channel" in mend.text
    (text,) = stage.slack.texts("D1")
    assert text.startswith("✅")


def test_one_channel_that_asks_for_patience_is_left_alone_and_others_are_not(stage: Stage):
    for number in range(5):
        stage.type(argument=str(number))
    stage.slack.fault("post", SlackUnavailable("ratelimited", retry_after=30))
    stage.type(argument="9", channel="C2")
    stage.process_workspace()
    assert stage.slack.texts("C1") == []
    assert len(stage.slack.texts("C2")) == 1
    assert len(stage.phantombuster.launches) == 6
    stage.process_workspace(31)
    assert len(stage.slack.texts("C1")) == 5


def test_slack_being_away_costs_one_wait_a_tick_and_not_one_a_run(stage: Stage):
    for number in range(5):
        stage.type(argument=str(number))
    stage.slack.fault("post", *[SlackUnavailable("unreachable") for _ in range(5)])
    stage.process_workspace()
    assert len(stage.slack.faults["post"]) == 4  # the others wait until Slack may be back
    assert len(stage.phantombuster.launches) == 5


def test_edits_of_many_runs_share_what_slack_takes(stage: Stage):
    for number in range(50):
        stage.phantombuster.add(str(1000 + number), f"Agent {number}")
        stage.type(agent=str(1000 + number))
    stage.process_workspace()
    for _ in range(30):
        stage.process_workspace(2)
    edits = len(stage.slack.history)
    for step in range(30):
        for agent in stage.phantombuster.agents.values():
            for run in agent.runs:
                run.progress = Progress(step / 30, None, None)
        stage.process_workspace(2)
    assert len(stage.slack.history) - edits <= 60  # 50 a minute, and one tick's worth


@pytest.mark.parametrize("sent", [True, False])
def test_a_run_is_followed_on_when_the_clock_is_set_back_and_when_it_is_put_right(
    stage: Stage, sent: bool
):
    number = stage.type()
    if sent:
        stage.process_workspace()
        stage.process_workspace(5)
    stage.process_workspace(-3600)
    stage.tend_for(15)
    assert len(stage.phantombuster.launches) == 1
    assert "· running ·" in stage.last
    stage.process_workspace(3600)
    stage.phantombuster.finish(stage.phantombuster.agents["785"].runs[0], result=[1])
    stage.tend_until_told()
    assert stage.run(number).ending.kind is Kind.SUCCESS


def test_an_ending_is_told_although_the_clock_was_set_back_before(stage: Stage):
    number = launched(stage)
    stage.process_workspace(5)
    stage.process_workspace(-3600)
    stage.phantombuster.finish(stage.phantombuster.agents["785"].runs[0], result=[1])
    stage.tend_for(10)
    assert stage.run(number).done
    assert "✅" in stage.last


def test_a_lost_launch_is_looked_for_although_the_clock_was_set_back_meanwhile(stage: Stage):
    stage.phantombuster.fault("launch", AnswerLost())
    number = launched(stage)
    stage.process_workspace(-3600)
    stage.tend_for(40)
    assert stage.run(number).ending.kind is Kind.NOT_FOUND


def test_what_slack_asked_to_wait_for_is_not_waited_for_longer_after_the_clock_was_set_back(
    stage: Stage,
):
    stage.slack.fault("post", SlackUnavailable("ratelimited", retry_after=200))
    launched(stage)
    stage.process_workspace(-3600)
    stage.tend_for(10)
    assert "· running ·" in stage.last


@pytest.mark.parametrize("age", [0, 1, 60, 3600])
def test_a_run_whose_times_are_past_is_not_touched(stage: Stage, age: int):
    run = stage.run(launched(stage))
    later = stage.clock() + timedelta(seconds=age)
    assert run.without_times_ahead(later) is run


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [(9, "9 s"), (119, "1 min 59 s"), (130, "2 min"), (3599, "59 min"), (7300, "2 h")],
)
def test_how_long_it_runs_is_told_coarser_as_it_grows(stage: Stage, seconds: int, expected: str):
    launched(stage)
    stage.process_workspace(seconds)
    assert stage.line == f"▶️ *LinkedIn Search* · running · {expected}"


def test_a_running_message_can_be_stopped_and_an_ended_one_run_again(stage: Stage):
    launched(stage)
    assert stage.buttons == []
    stage.process_workspace(4)
    assert stage.buttons == ["stop_run", "show_output", "notify_me"]
    stage.phantombuster.finish(stage.phantombuster.agents["785"].runs[0], result=[1])
    stage.tend_until_told()
    assert stage.buttons == ["run_again", "show_output"]


def test_a_key_replaced_while_the_old_one_was_being_refused_alerts_nobody_about_the_new(
    stage: Stage,
):
    launched(stage)
    stage.process_workspace(2)
    account = stage.phantombuster.account

    def replaced_meanwhile(key: str) -> None:
        stage.keys.store_key("T1", "another-key", by="U0ADA", at=stage.clock())
        raise KeyRejected(status=401)

    stage.phantombuster.account = replaced_meanwhile
    stage.process_workspace(2)
    stage.phantombuster.account = account
    stage.process_workspace(2)
    assert stage.slack.texts("D0ADA") == []


def test_runs_of_one_agent_are_seen_to_in_turn_however_it_was_typed(stage: Stage):
    stage.phantombuster.fault("launch", AnswerLost())
    lost = stage.type()
    stage.process_workspace()
    stage.clock.forward(11)
    stage.phantombuster.fault("launch", AnswerLost())
    named = stage.type(agent="LinkedIn Search")
    launch(stage.context, "T1", named)
    seen: list[list[int]] = []

    def one_by_one(work: Callable[[list[Run]], Any], groups: list[list[Run]]) -> list[Any]:
        seen.extend([run.id for run in group] for group in groups)
        return [work(group) for group in groups]

    process_workspace(replace(stage.context, map_concurrently=one_by_one), "T1")
    assert [sorted(group) for group in seen] == [[lost, named]]


def test_two_runs_that_find_their_channel_mended_at_once_are_both_told_there(stage: Stage):
    stage.slack.closed["C1"] = CannotPost("not_in_channel")
    launched(stage)
    stage.slack.closed.clear()
    stage.phantombuster.add("900", "Other")
    stage.clock.forward(11)
    numbers = [stage.type(argument="[2]"), stage.type(agent="900")]
    both, post = Barrier(2), stage.slack.post

    def together(*message: Any, **names: Any) -> Any:
        posted = post(*message, **names)
        with suppress(BrokenBarrierError):
            both.wait(PATIENCE)
        return posted

    stage.slack.post = together
    map_concurrently(lambda number: launch(stage.context, "T1", number), numbers)
    assert all(stage.run(number).ts for number in numbers)
    assert len(stage.slack.texts("C1")) == 2


def test_an_ending_that_moves_to_the_launcher_is_told_as_it_stays(stage: Stage):
    stage.type()
    stage.process_workspace()
    stage.slack.fault("edit", CannotPost("not_in_channel"))
    stage.phantombuster.finish(stage.phantombuster.agents["785"].runs[0], result=[1])
    stage.tend_until_told()
    (shown,) = [
        one for one in stage.slack.shown.values() if one.channel == "D1" and one.thread is None
    ]
    assert "✅" in shown.message.text
    assert "for <#C1>" in shown.message.text
    assert shown.edits == 1


@pytest.mark.parametrize(
    "away",
    [Unreachable(), RateLimited(retry_after=1), KeyRejected(), ServerFault()],
    ids=lambda error: type(error).__name__,
)
def test_an_agents_name_that_is_learned_is_shown_while_phantombuster_is_away(
    stage: Stage, away: PhantombusterError
):
    stage.phantombuster.add("900", "Brand New")
    calls = ("account", "running", "output", "containers")
    for call in calls:
        stage.phantombuster.fault(call, *[away] * 100)
    launched(stage, agent="900")
    assert "*900*" in stage.line
    stage.poll()
    for _ in range(4):
        stage.process_workspace(30)
        assert "*Brand New*" in stage.line
    assert "⏳" in stage.line


def test_an_agents_name_stays_known_whatever_is_away(stage: Stage):
    launched(stage)
    stage.keys.remove_key("T1")
    stage.process_workspace(90)
    stage.process_workspace(90)
    assert stage.line.startswith("⏳ *LinkedIn Search* · the workspace's key was removed")


@pytest.mark.v1
def test_only_what_a_poll_finds_again_need_not_be_flushed(stage: Stage):
    flushed: list[bool] = []

    class Noting:
        """Notes of each write whether it waits for the disk."""

        def __getattr__(self, name: str) -> Any:
            return getattr(stage.runs, name)

        def write(self, run: Run, after: Run, **more: Any) -> Run:
            flushed.append(more.get("flushed", True))
            return stage.runs.write(run, after, **more)

    launched(stage)
    stage.process_workspace(2)
    run = stage.phantombuster.agents["785"].runs[0]
    run.progress = Progress(0.5, None, None)
    stage.clock.forward(4)
    process_workspace(replace(stage.context, runs=Noting()), "T1")
    assert flushed == [False, True, False]  # what was seen, what is begun, and what is shown
    flushed.clear()
    stage.phantombuster.finish(run, result=[1])
    stage.clock.forward(60)
    process_workspace(replace(stage.context, runs=Noting()), "T1")
    assert stage.line.startswith("✅")
    assert all(flushed)
