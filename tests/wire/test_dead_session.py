"""A dead session is told once, over HTTP, wherever the bot is killed."""

from collections.abc import Callable

import pytest
from patience import PATIENCE, becomes

from phantombot.sandbox.slack.values import Message

from .conftest import BotProcess, Wire, store_key
from .pressing import told

SAME = "The same session failed another agent"


def fail_two(wire: Wire) -> None:
    """Launch two agents whose scripts use the same dead session, one after the other."""
    wire.slack.command("launch 906")
    assert wire.says("❌ *Sales Navigator Export*")
    fail_another(wire)


def fail_another(wire: Wire) -> None:
    wire.phantombuster.spoil_runs(expired=True)
    wire.slack.command("launch 785")


def rung(wire: Wire) -> list[Message]:
    said = wire.slack.messages(replies=True)
    return [one for one in said if one.text.startswith("<@U0ADA>")]


@pytest.mark.parametrize("method", ["chat.update", "chat.postMessage"])
def test_a_bot_that_is_killed_as_a_second_agent_fails_of_it_rings_once(
    make_wire: Callable[..., Wire],
    sqlite_url: str,
    start_bot: Callable[[Wire], BotProcess],
    method: str,
):
    """In the middle of the edit by which the first tells of it, or of the post that rings."""
    wire = make_wire(sqlite_url)
    store_key(wire)
    bot = start_bot(wire)
    wire.slack.command("launch 906")
    assert wire.says("*Sales Navigator Export*")
    if method == "chat.update":
        assert wire.says("❌ *Sales Navigator Export*")
        fail_another(wire)
    part = SAME if method == "chat.update" else "<@U0ADA> ❌"
    wire.slack.fail(method, "slow", seconds=2, times=None)
    assert wire.slack.wait_for(
        lambda slack: any(call.method == method and part in str(call) for call in slack.calls),
        PATIENCE,
    )
    bot.kill()
    wire.slack.clear_failures()
    start_bot(wire)
    if method == "chat.postMessage":
        fail_another(wire)
    assert wire.says("❌ *Sales Navigator Export*", SAME)
    assert wire.says("❌ *LinkedIn Search*")
    assert wire.slack.wait_for(lambda _: rung(wire) != [], PATIENCE)
    assert len(rung(wire)) == 1


def test_the_two_are_run_again_by_one_button_and_once(wire: Wire):
    fail_two(wire)
    assert wire.says("❌", SAME)
    assert becomes(lambda: not wire.process.context.runs.open("T0SANDBOX"))
    first = wire.slack.messages()[0]
    before = len(wire.phantombuster.launches)
    for user in ("U0MAX", "U0ADA"):
        wire.slack.press(first, "run_all_again", user=user)
    assert told(wire, "Launching again: ", user="U0MAX")
    assert told(wire, "launched again already")
    assert wire.phantombuster.wait_for_launch(before + 2, PATIENCE)
    assert becomes(lambda: not wire.process.context.runs.open("T0SANDBOX"))
    assert len(wire.phantombuster.launches) == before + 2
