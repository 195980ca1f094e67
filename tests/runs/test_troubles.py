"""Bad days of Phantombuster and Slack while runs are followed: nothing guessed or hammered."""

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from stage import Stage

from phantombot.errors import (
    AgentNotFound,
    AnswerLost,
    AnswerTooLarge,
    AnswerUnreadable,
    BadParameters,
    CannotPost,
    KeyRejected,
    RateLimited,
    SlackRefused,
    SlackUnavailable,
    Unreachable,
)
from phantombot.messages.output import output_message
from phantombot.phantombuster.api import Progress
from phantombot.runs.ending import Kind
from phantombot.runs.model import State
from phantombot.runs.output import output_of

POLLED = True
BOTH_APIS = True

HOUR = 3600


def drive(stage: Stage, seconds: float) -> int:
    """Process the workspace whenever it is due, as an engine does; how often that was."""
    until, ticks = stage.clock() + timedelta(seconds=seconds), 0
    while True:
        due, ticks = stage.process_workspace(), ticks + 1
        if due is None or due > until:
            return ticks
        assert due > stage.clock()
        stage.clock.now = due


def raising(error: Exception, calls: list[int]) -> Callable[..., Any]:
    def call(*_: object, **__: object) -> None:
        calls.append(1)
        raise error

    return call


def three_that_end_while_a_fourth_goes_on(stage: Stage) -> None:
    for number in range(4):
        stage.type(argument=f'{{"n": {number}}}')
        stage.process_workspace(11)
    for run in stage.phantombuster.agents["785"].runs[:3]:
        stage.phantombuster.finish(run, 1)


def test_a_404_for_the_account_ends_no_run(stage: Stage):
    numbers = [stage.type(), stage.type(argument="2")]
    stage.process_workspace()
    stage.phantombuster.fault("account", AgentNotFound(status=404))
    stage.process_workspace(5)
    assert [stage.run(number).state for number in numbers] == [State.LAUNCHED] * 2


def test_one_404_for_its_output_does_not_end_a_run(stage: Stage):
    number = stage.type()
    stage.process_workspace()
    stage.phantombuster.start_elsewhere()
    stage.phantombuster.fault("output", AgentNotFound(status=404))
    stage.process_workspace(5)
    assert stage.run(number).state is State.LAUNCHED


def test_a_result_too_large_to_read_is_asked_for_once_and_told(stage: Stage):
    stage.type()
    stage.process_workspace()
    stage.phantombuster.finish(stage.phantombuster.agents["785"].runs[-1], 0, ["x"])
    stage.phantombuster.result_error = AnswerTooLarge()
    drive(stage, 1200)
    # For the ending and for its thread, each time as a small one first.
    assert stage.phantombuster.results_asked == 4
    assert "too large" in stage.slack.replies("✅")[0]


def test_patience_asked_for_a_result_is_given(stage: Stage):
    stage.type()
    stage.process_workspace()
    stage.phantombuster.finish(stage.phantombuster.agents["785"].runs[-1], 0, ["x"])
    waits = [RateLimited(retry_after=300) for _ in range(50)]
    stage.phantombuster.fault_after(1, "output", *waits)
    drive(stage, 900)
    assert Counter(stage.phantombuster.calls)["output"] <= 6


def test_patience_asked_for_a_run_that_goes_on_is_given(stage: Stage):
    stage.type()
    stage.process_workspace()
    stage.phantombuster.start_elsewhere()
    calls: list[int] = []
    stage.phantombuster.output = raising(RateLimited(retry_after=300), calls)
    drive(stage, 290)
    assert len(calls) <= 2


def test_patience_asked_by_phantombuster_delays_no_ending_that_waits_for_slack(stage: Stage):
    stage.type()
    stage.process_workspace(11)
    stage.type(argument="[1]")
    stage.process_workspace(11)
    stage.phantombuster.finish(stage.phantombuster.agents["785"].runs[0], 1)
    stage.slack.fault("edit", SlackUnavailable("ratelimited", retry_after=5))
    stage.process_workspace(5)
    stage.phantombuster.fault("account", RateLimited(retry_after=300))
    due = stage.process_workspace(2)
    assert due is not None
    assert due - stage.clock() < timedelta(seconds=30)


@pytest.mark.parametrize(("code", "retry_after"), [("token_revoked", 60), ("ratelimited", 30)])
def test_a_slack_that_takes_nothing_is_not_asked_every_second(
    stage: Stage, code: str, retry_after: float
):
    three_that_end_while_a_fourth_goes_on(stage)
    calls: list[int] = []
    refuse = raising(SlackUnavailable(code, retry_after=retry_after), calls)
    stage.slack.post = stage.slack.edit = refuse
    ticks = drive(stage, 2 * HOUR)
    assert ticks < 2.5 * 2 * HOUR / retry_after
    assert len(calls) <= ticks + 4


def test_a_question_that_cannot_be_told_is_not_open_forever(stage: Stage):
    stage.type()
    stage.type()
    stage.slack.fault("whisper", *[SlackRefused("expired_url") for _ in range(9)])
    stage.slack.closed["U1"] = SlackRefused("cannot_dm_bot")
    stage.process_workspace()
    stage.phantombuster.finish(stage.phantombuster.agents["785"].runs[-1], 0, [1])
    drive(stage, HOUR)
    assert stage.runs.open("T1") == []


def test_progress_that_nobody_can_be_told_is_not_tried_again_and_again(stage: Stage):
    stage.type()
    stage.slack.closed["C1"] = CannotPost("not_in_channel")
    stage.slack.closed["U1"] = SlackRefused("cannot_dm_bot")
    for step in range(300):
        stage.process_workspace(2)
        run = stage.phantombuster.agents["785"].runs[-1]
        run.progress = Progress(step / 300, "x", step)
    assert len(stage.slack.refused) <= 3


def test_the_output_of_an_old_run_is_shown_without_its_own_argument(stage: Stage):
    cookie = "AQEDARsecretcookie0001"
    first = stage.type(argument=json.dumps({"cookie": cookie}))
    stage.process_workspace(11)
    run = stage.phantombuster.agents["785"].runs[-1]
    stage.phantombuster.finish(run, 0, [1], console=f"cookie is {cookie}\n")
    stage.tend_until_told()
    for number in range(20):
        stage.type(argument=json.dumps({"cookie": f"another{number:04}cookie"}))
        stage.process_workspace(11)
        stage.phantombuster.finish(stage.phantombuster.agents["785"].runs[-1], 0, [1])
        stage.tend_until_told()
    assert cookie not in str(output_message(output_of(stage.context, stage.run(first))))


def test_a_secret_that_json_escapes_is_found_all_the_same(stage: Stage):
    stage.type(argument=json.dumps({"cookie": "li_at=AQED&x=1<secret>"}))
    stage.process_workspace()
    stage.phantombuster.finish(stage.phantombuster.agents["785"].runs[-1], 0, None)
    escaped = '[{"c": "li_at=AQED\\u0026x=1\\u003csecret\\u003e"}]'
    output = stage.phantombuster.output
    stage.phantombuster.output = lambda *a, **k: replace(output(*a, **k), result=escaped)
    stage.tend_until_told()
    assert "li_at" not in str(stage.slack.replies("✅"))


def test_an_argument_as_short_as_braces_is_no_secret(stage: Stage):
    stage.type(argument="{}")
    stage.process_workspace()
    rows = [[number, {}] for number in range(1000)]
    stage.phantombuster.finish(stage.phantombuster.agents["785"].runs[-1], 0, rows)
    stage.tend_until_told()
    assert json.loads(stage.slack.files[0][1].content) == rows


def test_half_a_character_in_a_result_does_not_keep_it_from_the_thread(stage: Stage):
    stage.type()
    stage.process_workspace()
    run = stage.phantombuster.agents["785"].runs[-1]
    stage.phantombuster.finish(run, 0, ["\ud83d" + "x" * 4000])
    stage.tend_until_told()
    assert stage.slack.files[0][1].content.encode()


def test_a_failure_is_not_put_down_to_a_stop_that_came_after_it(stage: Stage):
    stage.type()
    stage.process_workspace()
    stage.process_workspace(HOUR)
    run = stage.phantombuster.agents["785"].runs[-1]
    stage.phantombuster.start_elsewhere()
    stage.phantombuster.finish(run, 1, console="TypeError\n")
    container, ended_at = stage.phantombuster._container, stage.clock()
    stage.phantombuster._container = lambda run: replace(container(run), ended_at=ended_at)
    stage.clock.forward(30)
    stage.stopped("785", by="U2")
    stage.phantombuster.agents["785"].runs[-1].status = "not running"
    stage.process_workspace(30)
    assert "failed" in stage.last


@pytest.mark.v1
def test_an_end_that_is_listed_no_more_is_not_guessed_from_a_later_runs(stage: Stage):
    stage.type()
    stage.process_workspace()
    stage.process_workspace(5)
    stage.phantombuster.agents["785"].runs.clear()
    stage.phantombuster.finish(stage.phantombuster.start_elsewhere(), 0, [1])
    stage.phantombuster.containers = lambda _key, _agent: ()
    stage.clock.forward(8 * 24 * HOUR)
    stage.tend_until_told(step=15)
    assert "unknown outcome" in stage.last


def test_a_run_of_which_nothing_is_left_ends_although_its_agent_is_busy_for_days(stage: Stage):
    number = stage.type()
    stage.process_workspace()
    stage.process_workspace(5)
    stage.phantombuster.agents["785"].runs.clear()
    stage.phantombuster.start_elsewhere()
    for _ in range(24):
        stage.process_workspace(HOUR)
    assert stage.run(number).ending.kind is Kind.LOST


def test_a_lost_launch_is_not_looked_for_as_long_as_an_older_run_goes_on(stage: Stage):
    stage.phantombuster.start_elsewhere()
    stage.clock.forward(60)
    number = stage.type()
    stage.phantombuster.fault("launch", AnswerLost())
    stage.process_workspace()
    for _ in range(10):
        stage.process_workspace(10)
    assert stage.run(number).ending.kind is Kind.NOT_FOUND


def test_one_run_that_cannot_be_read_does_not_keep_the_others_from_their_turn(stage: Stage):
    stage.phantombuster.add("900", "Other")
    unreadable = stage.type()
    stage.process_workspace(11)
    other = stage.type(agent="900")
    stage.process_workspace(11)
    output = stage.phantombuster.output

    def read(key: str, agent_id: str, **names: Any) -> Any:
        if agent_id == "785":
            raise AnswerUnreadable
        return output(key, agent_id, **names)

    stage.phantombuster.output = read
    stage.phantombuster.finish(stage.phantombuster.agents["900"].runs[-1], 0, [1])
    stage.phantombuster.start_elsewhere("900")
    for _ in range(26 * 12):
        stage.process_workspace(300)
    assert stage.run(other).ending.kind is Kind.SUCCESS
    assert stage.run(unreadable).state is State.LAUNCHED


def test_two_failed_looks_with_days_of_our_own_absence_between_them_lose_nothing(stage: Stage):
    number = stage.type()
    stage.process_workspace()
    stage.phantombuster.fault("account", Unreachable())
    stage.process_workspace(5)
    stage.phantombuster.fault("account", Unreachable())
    stage.process_workspace(25 * HOUR)
    assert stage.run(number).state is State.LAUNCHED


def test_an_ending_that_slack_put_off_is_told_where_it_belongs(stage: Stage):
    stage.type()
    stage.phantombuster.fault("launch", BadParameters(status=400))
    stage.slack.fault("edit", SlackRefused("edit_window_closed"))
    post, posts = stage.slack.post, []

    def second_is_put_off(workspace: str, channel: str, message: Any, **names: Any) -> Any:
        posts.append(message)
        if len(posts) == 2:
            raise SlackUnavailable("ratelimited", retry_after=1)
        return post(workspace, channel, message, **names)

    stage.slack.post = second_is_put_off
    stage.tend_until_told()
    assert any("❌" in text for text in stage.slack.texts())
    assert stage.slack.texts("D0ADA") == []


def test_an_admin_who_cannot_be_told_of_a_refused_key_just_now_is_told_later(stage: Stage):
    stage.type()
    stage.process_workspace()
    stage.phantombuster.account = raising(KeyRejected(status=401), [])
    post, posts = stage.slack.post, []

    def first_is_put_off(workspace: str, channel: str, message: Any, **names: Any) -> Any:
        if channel == "U0ADA":
            posts.append(message)
            if len(posts) == 1:
                raise SlackUnavailable("ratelimited", retry_after=1)
        return post(workspace, channel, message, **names)

    stage.slack.post = first_is_put_off
    for _ in range(10):
        stage.process_workspace(10)
    assert len(stage.slack.texts("D0ADA")) == 1


def test_a_launch_without_a_response_url_is_asked_about_by_direct_message(stage: Stage):
    for _ in range(2):
        stage.type(response_url="")
        stage.process_workspace()
    assert any("Launch it once more?" in text for text in stage.slack.texts("D1"))
    assert len(stage.phantombuster.launches) == 1


def test_a_launch_without_a_response_url_is_refused_by_direct_message(stage: Stage):
    stage.type(response_url="", agent="no such agent")
    stage.process_workspace()
    assert any("Nothing was launched" in text for text in stage.slack.texts("D1"))
    assert stage.slack.texts("C1") == []


def test_without_a_response_url_the_mend_of_a_channel_is_told_directly_and_once(stage: Stage):
    stage.slack.closed["C1"] = CannotPost("channel_not_found")
    stage.type(response_url="")
    stage.process_workspace()
    stage.phantombuster.finish(stage.phantombuster.agents["785"].runs[0])
    stage.tend_until_told()
    told = stage.slack.texts("D1")
    assert [text for text in told if "I can't post in <#C1>" in text] == told[:1]
    assert "It is gone or private" in told[0]
    assert told[1].startswith("✅ *LinkedIn Search*")


def test_what_a_bad_token_kept_from_a_run_is_told_once_that_is_mended(stage: Stage):
    bad = SlackUnavailable("token_revoked", retry_after=60, refused=True)
    stage.type()
    stage.slack.fault("post", bad)
    stage.slack.fault("post_reply", bad)
    stage.process_workspace()
    assert stage.slack.texts() == []
    drive(stage, 120)
    assert len(stage.slack.texts()) == 1
    stage.phantombuster.finish(stage.phantombuster.agents["785"].runs[0], 1, console="Oh no")
    drive(stage, HOUR)
    (text,) = stage.slack.texts()
    assert len(stage.slack.replies(text)) == 1
