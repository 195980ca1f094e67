"""Runs that others started, told to the channels that watch their agents."""

from collections import Counter
from datetime import timedelta

import pytest
from fakes import FakeRun
from stage import Stage, asker

from phantombot.access.audit import AuditAction, AuditEntry
from phantombot.commands.again import WatchedRun, retry_later, retry_watched_later
from phantombot.errors import (
    AgentNotFound,
    CannotPost,
    KeyRejected,
    RateLimited,
    ServerFault,
    SlackRefused,
    SlackUnavailable,
)
from phantombot.slack.payload import Invocation
from phantombot.watches.model import News, Round
from phantombot.watches.poll import AT_ONCE

TITLE = "LinkedIn Search (785)"
FAILED = f"❌ {TITLE} · failed: exit code 1"


def seen(stage: Stage) -> None:
    """Process the workspace once, which polls the agents and posts nothing."""
    stage.process_workspace()
    stage.phantombuster.calls.clear()


def ended(stage: Stage, exit_code: int = 0, agent_id: str = "785", **how: object) -> FakeRun:
    """End a run that somebody else started between two passes, and return it."""
    run = stage.phantombuster.start_elsewhere(agent_id)
    stage.phantombuster.finish(run, exit_code, **how)
    return run


def later(stage: Stage, seconds: float = 60) -> None:
    stage.process_workspace(seconds)


def test_a_failure_of_a_run_that_others_started_is_told(stage: Stage):
    stage.watch()
    seen(stage)
    ended(stage, 1)
    later(stage)
    (text,) = stage.slack.texts()
    assert text.startswith(FAILED)
    assert stage.buttons == ["launch_saved", "watched_output"]


def test_a_failure_that_may_pass_offers_a_launch_later_with_the_saved_settings(stage: Stage):
    stage.watch()
    seen(stage)
    run = ended(stage, 1, console="❌ Rate limited by LinkedIn, stopping")
    later(stage)
    assert stage.buttons == ["launch_saved", "saved_later", "watched_output"]
    failed = WatchedRun("785", run.container_id)
    press = Invocation(asker("U2"), "press of U2")
    assert "I'll launch it again at" in retry_watched_later(stage.context, press, failed).text
    press = Invocation(asker("U1"), "press of U1")
    assert "That is set already" in retry_watched_later(stage.context, press, failed).text
    later(stage)
    assert stage.last.startswith("⏳ *LinkedIn Search* · launches again at")
    later(stage, 840)
    (launch,) = stage.phantombuster.launches
    assert (launch["agent"], launch["argument"]) == ("785", None)


def test_a_retry_set_from_a_run_or_from_the_watch_that_tells_of_it_is_one(stage: Stage):
    stage.watch(channel="C2")
    number = stage.type()
    stage.process_workspace()
    run = stage.phantombuster.agents["785"].runs[-1]
    stage.phantombuster.finish(run, 1, console="❌ Rate limited by LinkedIn, stopping")
    for _ in range(5):
        later(stage, 30)
    assert stage.buttons == ["watched_again", "watched_later", "watched_output"]
    for channel, said in (("C1", "I'll launch it again"), ("C2", "That is set already")):
        press = Invocation(asker(channel=channel), channel)
        assert said in retry_later(stage.context, press, stage.run(number)).text


def test_watched_agents_are_polled_on_when_the_clock_was_set_back(stage: Stage):
    stage.watch()
    seen(stage)
    stage.process_workspace(-3600)
    ended(stage, 1)
    later(stage)
    later(stage)
    assert stage.last.startswith(FAILED)


@pytest.mark.parametrize("elsewhere", [False, True])
@pytest.mark.parametrize(("before", "told"), [(249, True), (251, False)])
def test_what_ends_after_a_watch_was_set_is_told_even_if_it_is_looked_at_later(
    stage: Stage, elsewhere: bool, before: int, told: bool
):
    """A run ends 250 s after it began; the watch is set just before that, or just after."""
    if elsewhere:
        stage.watch(channel="C2")
        seen(stage)
    run = stage.phantombuster.start_elsewhere()
    stage.clock.forward(before)
    stage.watch()
    stage.clock.forward(5)
    stage.phantombuster.finish(run, 1)
    stage.process_workspace()
    assert [text[:1] for text in stage.slack.texts("C1")] == ["❌"] * told
    later(stage)
    later(stage, 300)
    assert len(stage.slack.texts("C1")) == told


def test_a_watch_set_while_others_are_looked_at_is_looked_at_next(stage: Stage):
    stage.phantombuster.add("900", "Other")
    stage.watch()
    seen(stage)
    stage.clock.forward(60)
    account = stage.phantombuster.account

    def meanwhile(key: str) -> object:
        stage.watch(agent_id="900", name="Other")
        return account(key)

    stage.phantombuster.account = meanwhile
    stage.process_workspace()
    round_ = stage.watches.round("T1")
    assert round_ is not None
    assert round_.seen_at is None, "what it was told to forget stays forgotten"


def test_what_ended_before_it_was_watched_is_not_told(stage: Stage):
    ended(stage, 1)
    stage.watch()
    seen(stage)
    later(stage)
    assert stage.slack.texts() == []


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("failure",), ["❌"]),
        (("recovery",), ["✅"]),
        (("empty",), ["⚠️"]),
        (("success",), ["✅", "✅"]),
        (("failure", "recovery"), ["❌", "✅"]),
        (("failure", "recovery", "empty", "success"), ["❌", "✅", "✅", "⚠️"]),
    ],
)
def test_a_channel_hears_of_what_it_asked_for(stage: Stage, words: tuple, told: list):
    stage.watch(*words)
    seen(stage)
    for exit_code, result in ((1, None), (0, [1]), (0, [1, 2]), (0, [])):
        ended(stage, exit_code, result=result)
        later(stage)
        later(stage)
        later(stage, 300)
    assert [text[: len(sign)] for text, sign in zip(stage.slack.texts(), told, strict=True)] == told


def test_an_input_that_was_processed_before_is_empty_and_no_fault(stage: Stage):
    stage.watch("empty", "failure")
    seen(stage)
    ended(stage, console="⚠️ Spreadsheet is empty OR everyone is processed\r\n")
    later(stage)
    assert stage.last == f"✅ {TITLE} · finished in 4 min 10 s, with nothing new to process"


@pytest.mark.parametrize("leaked", [False, True])
def test_a_watched_end_links_its_files_unless_an_argument_stands_in_them(
    stage: Stage, leaked: bool
):
    stage.watch("success")
    stage.type(argument='{"sessionCookie": "li_at-canary"}', channel="C2")
    seen(stage)
    link = f"https://phantombuster.s3.amazonaws.com/a/{'li_at-canary' if leaked else 'b'}.csv"
    ended(stage, console=f"✅ CSV saved at {link}\r\n")
    later(stage)
    assert (f"· results are in a file: <{link}|CSV>" in stage.last) is not leaked
    assert "canary" not in repr(stage.slack.history)


def test_the_same_failure_again_changes_the_message_of_the_one_before(stage: Stage):
    stage.watch()
    seen(stage)
    for _ in range(3):
        ended(stage, 1)
        later(stage, 300)
    (text,) = stage.slack.texts()
    assert text.endswith("· 3 times in a row")


def test_another_failure_is_a_message_of_its_own(stage: Stage):
    stage.watch()
    seen(stage)
    for exit_code in (1, 87):
        ended(stage, exit_code)
        later(stage)
    assert [text[:1] for text in stage.slack.texts()] == ["❌", "❌"]


def test_a_recovery_says_after_how_many_failures(stage: Stage):
    stage.watch()
    seen(stage)
    for exit_code in (1, 1, 0):
        ended(stage, exit_code, result=[1, 2])
        later(stage, 300)
    assert stage.last == f"✅ {TITLE} · finished in 4 min 10 s · 2 results · after 2 failures"


def test_an_agent_that_had_failed_before_it_was_watched_recovers(stage: Stage):
    ended(stage, 1)
    stage.watch("recovery")
    seen(stage)
    ended(stage, 0, result=[1])
    later(stage)
    assert stage.last.endswith("· after a failure")


def test_one_reading_of_the_account_serves_all_watches_at_rest(stage: Stage):
    for number in range(AT_ONCE):
        agent_id = str(1000 + number)
        stage.phantombuster.add(agent_id, f"Agent {number}")
        stage.watch(agent_id=agent_id, name=f"Agent {number}")
    stage.process_workspace()
    calls = stage.phantombuster.calls
    calls.clear()
    for _ in range(10):
        later(stage)
    assert Counter(calls) == {"account": 10, "containers": 5 * AT_ONCE}


def test_the_account_is_not_asked_again_before_it_is_time(stage: Stage):
    stage.watch()
    seen(stage)
    for _ in range(5):
        later(stage, 5)
    assert stage.phantombuster.calls == []


def test_a_run_of_ours_and_a_watch_share_the_reading_of_the_account(stage: Stage):
    stage.watch()
    stage.type()
    stage.process_workspace()
    stage.phantombuster.calls.clear()
    stage.process_workspace(4)
    assert Counter(stage.phantombuster.calls)["account"] == 1


def test_a_run_that_stands_in_the_channel_is_not_told_there_twice(stage: Stage):
    stage.watch("success")
    stage.watch("success", channel="C2")
    stage.type()
    stage.process_workspace()
    stage.phantombuster.finish(stage.phantombuster.agents["785"].runs[0], result=[1])
    for _ in range(10):
        stage.process_workspace(6)
    assert [text[:1] for text in stage.slack.texts()] == ["✅"]
    assert [text[:1] for text in stage.slack.texts("C2")] == ["✅"]


def test_a_run_whose_launch_went_unanswered_is_found_before_it_is_told_as_others(stage: Stage):
    stage.watch("success")
    seen(stage)
    stage.type()
    stage.phantombuster.launch_acts_before_its_fault = True
    stage.phantombuster.fault("launch", ServerFault(status=500))
    stage.process_workspace()
    stage.phantombuster.finish(stage.phantombuster.agents["785"].runs[0], result=[1])
    for _ in range(20):
        stage.process_workspace(6)
    assert [text[:1] for text in stage.slack.texts()] == ["✅"]
    assert "found again" in stage.last


def test_short_runs_with_the_same_end_are_found_in_their_turn(stage: Stage):
    stage.watch("success")
    ended(stage, 0, result=[1])
    seen(stage)
    ended(stage, 0, result=[1, 2])
    for _ in range(6):
        later(stage)
    assert len(stage.slack.texts()) == 1


def test_all_that_ended_meanwhile_is_told_and_only_the_last_ones_one_by_one(stage: Stage):
    stage.watch("success")
    seen(stage)
    for number in range(8):
        ended(stage, 0, result=[1] * number + [0])
    later(stage)
    (text,) = stage.slack.texts()
    assert text.startswith("News of the agents watched here:")
    assert text.count("✅") == 5


def test_few_at_once_are_told_one_by_one_a_second_apart(stage: Stage):
    stage.watch("success")
    seen(stage)
    for number in range(2):
        ended(stage, 0, result=[1] * number + [0])
    later(stage)
    assert len(stage.slack.texts()) == 1
    stage.process_workspace(1)
    assert len(stage.slack.texts()) == 2


@pytest.mark.parametrize("exit_code", [0, 1])
def test_in_the_2014_form_the_last_end_is_told(stage_2014: Stage, exit_code: int):
    stage = stage_2014
    stage.watch("failure", "success")
    stage.phantombuster.containers = lambda *_: (_ for _ in ()).throw(AgentNotFound(status=404))
    seen(stage)
    ended(stage, exit_code)
    later(stage)
    ended(stage, exit_code)
    for _ in range(6):
        later(stage)
    texts = stage.slack.texts()
    assert len(texts) == (1 if exit_code else 2)
    assert texts[0].startswith(("✅", "❌"))


def test_a_launch_that_failed_and_is_listed_nowhere_is_told_once(stage: Stage):
    stage.watch()
    seen(stage)
    stage.phantombuster.agents["785"].fails_to_start = "Agent has no associated script"
    for _ in range(10):
        later(stage, 20)
    (text,) = stage.slack.texts()
    assert text.startswith(f"❌ {TITLE} · launched, but did not start")


def test_a_renamed_agent_is_told_once(stage: Stage):
    stage.watch()
    seen(stage)
    stage.phantombuster.agents["785"].name = "Search of LinkedIn"
    for _ in range(3):
        later(stage)
    assert stage.slack.texts() == [
        "Search of LinkedIn (785) is the new name of “LinkedIn Search”; it is still watched here"
    ]


def test_a_deleted_agent_is_told_once_and_watched_again_when_it_is_back(stage: Stage):
    stage.watch()
    seen(stage)
    agent = stage.phantombuster.agents.pop("785")
    for _ in range(8):
        later(stage)
    (text,) = stage.slack.texts()
    assert "is no longer at Phantombuster" in text
    assert [watch.gone for watch in stage.watches.of_workspace("T1")] == [True]
    stage.phantombuster.agents["785"] = agent
    later(stage)
    ended(stage, 1)
    later(stage)
    assert stage.last.startswith(FAILED)


def test_where_phantombuster_does_not_answer_nothing_is_lost(stage: Stage):
    stage.watch()
    seen(stage)
    ended(stage, 1)
    stage.phantombuster.fault("account", ServerFault(status=500), ServerFault(status=500))
    stage.phantombuster.fault("containers", ServerFault(status=500))
    stage.phantombuster.fault("output", ServerFault(status=500))
    for _ in range(6):
        later(stage)
    assert [text[:1] for text in stage.slack.texts()] == ["❌"]


def test_patience_that_phantombuster_asks_for_is_given(stage: Stage):
    stage.watch()
    seen(stage)
    stage.phantombuster.fault("account", RateLimited(retry_after=300))
    due = stage.process_workspace(60)
    assert due is not None
    assert (due - stage.clock()).total_seconds() == 300


def test_a_refused_key_is_told_to_its_keeper_once_and_rarely_tried(stage: Stage):
    stage.watch()
    seen(stage)
    stage.phantombuster.fault("account", *[KeyRejected(status=401) for _ in range(9)])
    for _ in range(3):
        due = stage.process_workspace(600)
        assert (due - stage.clock()).total_seconds() == 600
    assert len(stage.slack.texts("D0ADA")) == 1


def test_without_a_key_a_watch_rests_and_goes_on_when_there_is_one(stage: Stage):
    stage.watch()
    seen(stage)
    stage.keys.remove_key("T1")
    assert stage.process_workspace(60) is None
    assert stage.watches.workspaces() == []
    stage.keys.store_key("T1", stage.key, by="U0ADA", at=stage.clock())
    assert stage.watches.workspaces() == ["T1"]
    ended(stage, 1)
    later(stage)
    assert stage.last.startswith(FAILED)


def test_where_the_bot_may_not_post_whoever_set_the_watch_hears_it_once_with_the_mend(
    stage: Stage,
):
    stage.watch()
    seen(stage)
    stage.slack.closed["C1"] = CannotPost("not_in_channel")
    for exit_code in (1, 87, 2):
        ended(stage, exit_code)
        later(stage)
    (text,) = stage.slack.texts("D1")
    assert text.startswith(FAILED)
    assert "`/invite @phantombot`" in text
    del stage.slack.closed["C1"]
    ended(stage, 3)
    later(stage)
    (text,) = stage.slack.texts()
    assert text.startswith(f"❌ {TITLE} · failed: exit code 3")
    assert "2 runs couldn't be posted here" in text


def test_each_who_set_a_watch_there_hears_that_it_cannot_be_told(stage: Stage):
    stage.phantombuster.add("786", "Other")
    stage.watch()
    stage.watch(agent_id="786", user="U2", name="Other")
    seen(stage)
    stage.slack.closed["C1"] = CannotPost("is_archived")
    ended(stage, 1)
    later(stage)
    assert len(stage.slack.texts("D1")) == len(stage.slack.texts("D2")) == 1


def test_whoever_left_is_stood_in_for_by_the_admin_who_stored_the_key(stage: Stage):
    stage.watch()
    seen(stage)
    stage.slack.closed["C1"] = CannotPost("channel_not_found")
    stage.slack.closed["U1"] = SlackRefused("user_not_found")
    ended(stage, 1)
    later(stage)
    assert stage.slack.texts("D0ADA")[0].startswith(FAILED)


def test_slack_s_wish_for_patience_is_heeded(stage: Stage):
    stage.watch()
    seen(stage)
    ended(stage, 1)
    stage.slack.fault("post", SlackUnavailable("ratelimited", retry_after=7))
    due = stage.process_workspace(60)
    assert (due - stage.clock()).total_seconds() == 7
    stage.process_workspace(3)
    assert stage.slack.texts() == []
    stage.process_workspace(5)
    assert [text[:1] for text in stage.slack.texts()] == ["❌"]


def test_a_post_whose_answer_was_lost_is_not_repeated_there_and_told_of(stage: Stage):
    stage.watch()
    seen(stage)
    ended(stage, 1)
    stage.slack.fault("post", SlackUnavailable("unreachable"))
    later(stage)
    later(stage)
    later(stage)
    assert stage.slack.texts() == []
    (text,) = stage.slack.texts("D1")
    assert text.startswith(FAILED)
    assert "may be missing in <#C1>" in text


def test_what_a_kill_cut_off_between_mark_and_post_is_told_of(stage: Stage):
    stage.watch()
    seen(stage)
    ended(stage, 1)

    def killed(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    post, stage.slack.post = stage.slack.post, killed
    with pytest.raises(KeyboardInterrupt):
        later(stage)
    stage.slack.post = post
    later(stage)
    assert len(stage.slack.texts("D1")) == 1


def test_a_kill_before_the_ends_are_on_disk_loses_none_of_them(stage: Stage):
    stage.watch()
    seen(stage)
    ended(stage, 1)

    def killed(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    output, stage.phantombuster.output = stage.phantombuster.output, killed
    with pytest.raises(KeyboardInterrupt):
        later(stage)
    stage.phantombuster.output = output
    later(stage)
    assert [text[:1] for text in stage.slack.texts()] == ["❌"]


def test_a_message_that_somebody_deleted_is_posted_anew(stage: Stage):
    stage.watch()
    seen(stage)
    ended(stage, 1)
    later(stage)
    stage.slack.fault("edit", SlackRefused("message_not_found"))
    ended(stage, 1)
    later(stage, 300)
    later(stage, 1)
    assert stage.last.endswith("· 2 times in a row")
    assert len(stage.slack.texts()) == 2


def test_what_a_script_prints_of_our_key_is_told_to_nobody(stage: Stage):
    stage.watch()
    seen(stage)
    ended(stage, 1, console=f"Error: the key {stage.key} is wrong")
    later(stage)
    assert stage.key not in stage.last
    assert "Error: the key" in stage.last


@pytest.mark.parametrize("ahead", [0, -60, 60])
def test_who_stopped_it_from_slack_is_named_and_not_rung(stage: Stage, ahead: int):
    stage.watch()
    seen(stage)
    stage.phantombuster.clock_ahead = timedelta(seconds=ahead)
    stage.clock.forward(245)
    stage.stopped("785", by="U2")
    stage.clock.forward(-245)
    ended(stage, 1, said="Agent killed").queued_at += stage.phantombuster.clock_ahead
    later(stage)
    assert stage.last.startswith(f"⏹️ {TITLE} · stopped by Max")


def test_a_hint_has_the_agent_looked_at_now_and_once_more(stage: Stage):
    stage.watch("success")
    seen(stage)
    secret = stage.watches.hook("T1", "785")
    assert secret is not None
    assert stage.watches.hint(secret, stage.clock()) == "T1"
    due = stage.process_workspace(1)
    assert Counter(stage.phantombuster.calls) == {"account": 1, "containers": 1}
    assert (due - stage.clock()).total_seconds() == 6
    ended(stage, 0, result=[1])
    stage.process_workspace(6)
    assert len(stage.slack.texts()) == 1
    due = stage.process_workspace(0)
    assert (due - stage.clock()).total_seconds() > 20


@pytest.mark.parametrize("method", ["account", "containers"])
def test_a_hint_that_cannot_be_followed_now_is_followed_later_and_not_at_once(
    stage: Stage, method: str
):
    stage.watch("success")
    seen(stage)
    stage.watches.hint(stage.watches.hook("T1", "785") or "", stage.clock())
    ended(stage, 0, result=[1])
    stage.phantombuster.fault(method, ServerFault(status=500))
    due = stage.process_workspace(1)
    assert due is not None
    assert (due - stage.clock()).total_seconds() >= 10
    stage.clock.now = due
    stage.process_workspace()
    assert len(stage.slack.texts()) == 1


def test_a_hint_for_an_agent_that_is_gone_hurries_nobody(stage: Stage):
    stage.watch()
    seen(stage)
    del stage.phantombuster.agents["785"]
    for _ in range(8):
        later(stage)
    stage.watches.hint(stage.watches.hook("T1", "785") or "", stage.clock())
    due = stage.process_workspace(1)
    assert due is not None
    assert due > stage.clock()


def test_what_ended_before_another_channel_watched_it_too_is_not_told_there(stage: Stage):
    stage.watch()
    seen(stage)
    ended(stage, 1)
    stage.watch(channel="C2")
    stage.process_workspace(1)
    assert [text[:1] for text in stage.slack.texts()] == ["❌"]
    ended(stage, 87)
    later(stage)
    assert [text[:1] for text in stage.slack.texts("C2")] == ["❌"]


def test_many_changes_at_once_are_looked_at_some_at_a_time(stage: Stage):
    for number in range(AT_ONCE + 5):
        agent_id = str(1000 + number)
        stage.phantombuster.add(agent_id, f"Agent {number}")
        stage.watch(agent_id=agent_id, name=f"Agent {number}")
    due = stage.process_workspace()
    assert Counter(stage.phantombuster.calls)["containers"] == AT_ONCE
    assert due is not None
    assert (due - stage.clock()).total_seconds() == 1
    stage.process_workspace(1)
    assert all(agent.last_end is not None for agent in stage.watches.agents("T1"))


def test_an_agent_that_cannot_be_read_is_not_tried_at_each_tick_of_a_run(stage: Stage):
    stage.watch()
    stage.type()
    stage.process_workspace()
    stage.phantombuster.add("900", "Unreadable")
    stage.watch(agent_id="900", name="Unreadable")
    stage.phantombuster.calls.clear()
    stage.phantombuster.fault("containers", *[ServerFault(status=500) for _ in range(60)])
    for _ in range(30):
        stage.process_workspace(2)
    assert Counter(stage.phantombuster.calls)["containers"] <= 14


def test_of_many_ends_the_last_failure_is_told_even_if_all_went_well_since(stage: Stage):
    stage.watch()
    seen(stage)
    for exit_code in (0, 1, 0, 1, 0, 0, 0, 0, 0, 0):
        ended(stage, exit_code, result=[1])
    later(stage)
    later(stage, 2)
    failed, recovered = stage.slack.texts()
    assert failed.startswith(FAILED)
    assert "4 earlier runs not posted" in failed
    assert recovered.startswith(f"✅ {TITLE}")
    assert "after a failure" in recovered


def test_a_channel_hears_how_many_ends_were_before_those_it_is_told_of(stage: Stage):
    stage.watch("failure")
    seen(stage)
    for exit_code in (0, 0, 0, 0, 1, 0, 0, 0):
        ended(stage, exit_code)
    later(stage)
    (text,) = stage.slack.texts()
    assert "3 earlier runs not posted" in text


def test_of_ends_told_in_one_message_those_before_are_counted_too(stage: Stage):
    stage.watch("success")
    seen(stage)
    for number in range(8):
        ended(stage, result=[number])
    later(stage)
    (text,) = stage.slack.texts()
    assert "3 earlier runs not posted" in text


def test_what_ends_before_a_changed_watch_is_looked_at_is_told(stage: Stage):
    stage.watch()
    seen(stage)
    ended(stage, 1)
    stage.watch("failure")
    later(stage)
    assert [text.startswith(FAILED) for text in stage.slack.texts()] == [True]


def test_an_agent_first_watched_during_a_look_is_looked_at_soon_after(stage: Stage):
    stage.watch(agent_id="786", name="Other")
    seen(stage)
    before = stage.watches.round("T1")
    stage.watch()
    stage.watches.polled("T1", Round(), before)
    stage.process_workspace(10)
    ended(stage, 1)
    later(stage)
    assert [text.startswith(FAILED) for text in stage.slack.texts()] == [True]


def test_patience_that_phantombuster_asks_for_at_an_agent_s_runs_is_given(stage: Stage):
    stage.watch()
    seen(stage)
    ended(stage, 1)
    stage.phantombuster.fault("containers", RateLimited(retry_after=300))
    due = stage.process_workspace(60)
    assert due is not None
    assert (due - stage.clock()).total_seconds() == 300


def test_what_slack_refused_for_the_token_is_told_once_that_is_mended(stage: Stage):
    stage.watch()
    seen(stage)
    ended(stage, 1)
    stage.slack.fault("post", SlackUnavailable("token_revoked", retry_after=60, refused=True))
    later(stage)
    later(stage)
    assert [text[:1] for text in stage.slack.texts()] == ["❌"]
    assert stage.slack.texts("U1") == []


def test_an_end_like_the_one_before_is_found_though_its_list_lags_behind(stage: Stage):
    stage.watch("success")
    ended(stage, result=[1])
    seen(stage)
    run = stage.phantombuster.start_elsewhere()
    later(stage)
    stage.phantombuster.finish(run, result=[1, 2])
    containers = stage.phantombuster.containers
    stage.phantombuster.containers = lambda *asked: containers(*asked)[1:]
    later(stage, 30)
    stage.phantombuster.containers = containers
    due = stage.process_workspace(6)
    assert due is not None
    assert [text[:1] for text in stage.slack.texts()] == ["✅"]


def mute(stage: Stage, minutes: float, channel: str = "C1") -> None:
    (watch,) = stage.watches.of_channel("T1", channel)
    entry = AuditEntry("T1", stage.clock(), "U1", AuditAction.MUTE, "785", channel)
    assert stage.watches.mute(watch, stage.clock() + timedelta(minutes=minutes), entry)


def test_what_ends_while_it_is_muted_is_counted_and_told_when_that_is_over(stage: Stage):
    stage.watch()
    seen(stage)
    mute(stage, 10)
    for code in (1, 2):
        ended(stage, code)
        later(stage)
    assert stage.slack.texts() == []
    stage.process_workspace(600)
    (text,) = stage.slack.texts()
    assert text.startswith(f"{TITLE} is no longer muted here. 2 of its runs ended meanwhile")
    ended(stage, 3)
    later(stage)
    assert "exit code 3" in stage.last
    assert len(stage.slack.texts()) == 2


def test_nothing_is_said_of_a_mute_during_which_nothing_ended(stage: Stage):
    stage.watch()
    seen(stage)
    mute(stage, 1)
    due = stage.process_workspace(10)
    assert due is not None
    assert due <= stage.clock() + timedelta(seconds=50)
    later(stage, 120)
    assert stage.slack.texts() == []
    assert stage.watches.of_workspace("T1")[0].muted_until is None


def test_one_channels_mute_is_not_anothers(stage: Stage):
    stage.watch()
    stage.watch(channel="C2")
    seen(stage)
    mute(stage, 10)
    ended(stage, 1)
    later(stage)
    later(stage, 1)
    assert (len(stage.slack.texts()), len(stage.slack.texts("C2"))) == (0, 1)


def test_a_mute_that_ends_where_nothing_can_be_posted_adds_to_what_was_not(stage: Stage):
    stage.watch()
    seen(stage)
    mute(stage, 10)
    for code in (1, 2):
        ended(stage, code)
        later(stage)
    stage.slack.closed["C1"] = CannotPost("not_in_channel")
    stage.process_workspace(600)
    assert "2 of its runs ended" in stage.slack.texts("D1")[0]
    ended(stage, 3)
    later(stage)
    stage.slack.closed.clear()
    ended(stage, 4)
    later(stage)
    assert "1 run couldn't be posted" in stage.last


def test_the_end_of_a_mute_is_told_once_whoever_is_killed_or_at_it_too(stage: Stage):
    stage.watch()
    seen(stage)
    mute(stage, 10)
    ended(stage, 1)
    later(stage)
    now = stage.clock() + timedelta(minutes=9)
    for _ in range(2):
        assert stage.watches.unmute("T1", now) is None
    (notice,) = stage.watches.waiting("T1")
    assert (notice.news, notice.count) == (News.UNMUTED, 1)
