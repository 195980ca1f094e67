"""Phantombuster away for ten minutes, a key withdrawn midway, Slack asking for patience."""

from collections.abc import Callable, Sequence

import pytest
from patience import PATIENCE

from phantombot.processes import utc_now
from phantombot.sandbox.phantombuster import numbered
from phantombot.sandbox.slack.values import Message
from phantombot.threads import ABREAST

from .conftest import KEY, Wire, api_of
from .gate import Gate

FOUR_MINUTES_A_SECOND = 240
LONG = "long"


@pytest.fixture(params=["later", "today", "v2"])
def long_run(
    request: pytest.FixtureRequest, make_wire: Callable[..., Wire], sqlite_url: str
) -> Wire:
    """Return a wire with a run that lasts until it is finished, 240 times as fast."""
    wire = make_wire(sqlite_url, form=request.param, speed=1)
    wire.phantombuster.add_account(LONG, "canary-long-key", numbered(1, first=785))
    # Launched in real time: while an answer may be on its way, nobody else posts its message.
    process = wire.start(1)
    store_key(wire, "canary-long-key")
    wire.slack.command('launch 785 {"a": 1}')
    assert wire.says("▶️")
    process.stop()
    wire.start(FOUR_MINUTES_A_SECOND)
    store_key(wire, "canary-long-key")
    return wire


def store_key(wire: Wire, key: str) -> None:
    assert wire.process
    wire.process.context.keys.store_key("T0SANDBOX", key, by="U0ADA", at=utc_now(), **api_of(wire))
    wire.process._engine.wake("T0SANDBOX")


def finish(wire: Wire) -> None:
    wire.phantombuster.finish("785", account=LONG)


def in_channel(wire: Wire) -> list[Message]:
    """Return the messages outside of threads, since a long run has printed something."""
    return [message for message in wire.slack.messages() if message.thread_ts is None]


def edits_with(wire: Wire, part: str) -> list[str]:
    calls = [call for call in wire.slack.calls if call.method == "chat.update"]
    return [text for call in calls if part in (text := str(call.fields["text"]))]


READS = ("user", "output", "containers", "agent")
"""The calls of v1, or their like in v2; a path that is none is not found all the while."""


@pytest.mark.parametrize(
    ("fault", "calls", "seconds"),
    [("500", "*", 0), ("silent", "*", 0.25), ("html", "*", 0), ("html", READS, 0)],
)
def test_ten_minutes_without_phantombuster_are_told_once_and_recovered_from(
    long_run: Wire, fault: str, calls: Sequence[str], seconds: float
):
    for call in calls:
        long_run.phantombuster.fault(fault, on=call, times=None, seconds=seconds)
    assert long_run.says("hasn't answered for over 10 minutes")
    assert len(edits_with(long_run, "for over a minute")) == 1
    assert len(edits_with(long_run, "for over 10 minutes")) == 1
    long_run.phantombuster.clear_faults()
    assert long_run.says("▶️")
    finish(long_run)
    assert long_run.says("✅")
    assert len(edits_with(long_run, "✅")) == 1
    assert len(in_channel(long_run)) == 1


def test_a_key_withdrawn_midway_is_told_once_and_followed_again_with_a_new_one(long_run: Wire):
    long_run.phantombuster.withdraw_key(LONG)
    assert long_run.says("no longer accepts the workspace's key")
    assert long_run.slack.wait_for(lambda slack: len(slack.messages("D0ADA")) == 1, PATIENCE)
    long_run.phantombuster.add_account("again", "canary-new-key", numbered(1, first=900))
    store_key(long_run, "canary-new-key")
    assert long_run.says("unknown outcome")
    assert len(edits_with(long_run, "no longer accepts")) == 1
    assert len(long_run.slack.messages("D0ADA")) == 1


def test_slack_asking_for_patience_delays_the_ending_and_never_loses_it(long_run: Wire):
    long_run.slack.fail("chat.update", "ratelimited", times=None, retry_after=30)
    finish(long_run)
    limited = len(long_run.slack.calls)
    assert long_run.slack.wait_for(lambda slack: len(slack.calls) > limited + 1, PATIENCE)
    long_run.slack.clear_failures()
    assert long_run.says("✅")
    assert len(edits_with(long_run, "✅")) <= 5
    assert len(in_channel(long_run)) == 1


def test_launches_of_one_workspace_do_not_wait_for_one_another(
    make_wire: Callable[..., Wire], sqlite_url: str
):
    wire = make_wire(sqlite_url, speed=1)
    wire.start(1)
    wire.phantombuster.withdraw_key()
    wire.phantombuster.add_account(LONG, KEY, numbered(10))
    wire.process._engine.stop()
    for number in range(10):
        wire.slack.command(f"launch {1000 + number}")
    gate = Gate("/launch")
    wire.phantombuster.watch(gate)
    wire.start(1)
    assert gate.holds(ABREAST)
    assert wire.phantombuster.launches == []
    gate.open()
    assert wire.phantombuster.wait_for_launch(10, PATIENCE)
