"""A launch that is tried again later, over HTTP: killed at any point, it is launched once."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from patience import PATIENCE, becomes
from sqlalchemy import update

from phantombot.config import read_settings
from phantombot.database.engine import Database
from phantombot.database.schema import runs
from phantombot.processes import utc_now
from phantombot.sandbox.slack.values import Message

from .conftest import BotProcess, Wire, store_key
from .killing import CALLS, at_phantombusters, in_the_middle_of
from .pressing import told

LINE = 'launch 908 {"a": 1}'


def refused(wire: Wire) -> Message:
    """Return the message of a launch that Phantombuster refuses for now."""
    wire.phantombuster.fault("429", on="launch")
    wire.slack.command(LINE)
    assert wire.says("❌", "nothing was launched")
    (message,) = wire.slack.messages()
    return message


def is_due(wire: Wire) -> None:
    """Make the retry due, as if a quarter of an hour had passed."""
    database = Database(read_settings(wire.environ).database_url)
    with database.writing() as connection:
        waiting = update(runs).where(runs.c.due_at.is_not(None))
        assert connection.execute(waiting.values(due_at=utc_now() - timedelta(seconds=1))).rowcount
    database.close()


def at_the_press(wire: Wire, message: Message) -> None:
    wire.slack.press(message, "retry_later")
    assert told(wire, "I'll launch it again at")


def in_the_middle_of_the_post(wire: Wire, message: Message) -> None:
    posting = in_the_middle_of("chat.postMessage", "launches again")(wire)
    wire.slack.press(message, "retry_later")
    assert posting()


def while_it_waits(wire: Wire, message: Message) -> None:
    wire.slack.press(message, "retry_later")
    assert wire.says("launches again at")


POINTS = (at_the_press, in_the_middle_of_the_post, while_it_waits)


@pytest.mark.parametrize("form", CALLS)
@pytest.mark.parametrize("point", POINTS, ids=lambda point: point.__name__)
def test_a_retry_survives_a_kill_and_is_launched_once(
    make_wire: Callable[..., Wire],
    sqlite_url: str,
    start_bot: Callable[[Wire], BotProcess],
    point: Callable[[Wire, Message], None],
    form: str,
):
    wire = make_wire(sqlite_url, form)
    store_key(wire)
    bot = start_bot(wire)
    message = refused(wire)
    point(wire, message)
    bot.kill()
    is_due(wire)
    start_bot(wire)
    assert wire.says("✅ *Hello World*")
    assert len(wire.phantombuster.launches) == 1
    wire.slack.press(message, "retry_later")
    assert told(wire, "was launched already")
    assert len([one for one in wire.slack.messages() if "✅" in one.text]) == 1


@pytest.mark.parametrize("form", CALLS)
def test_a_bot_that_is_killed_as_a_retry_is_launched_launches_it_once(
    make_wire: Callable[..., Wire],
    sqlite_url: str,
    start_bot: Callable[[Wire], BotProcess],
    form: str,
):
    wire = make_wire(sqlite_url, form)
    store_key(wire)
    bot = start_bot(wire)
    while_it_waits(wire, refused(wire))
    bot.kill()
    is_due(wire)
    wire.phantombuster.fault("hang_after", on="launch")
    arrived = at_phantombusters("launch")(wire)
    bot = start_bot(wire)
    assert arrived()
    assert wire.phantombuster.wait_for_launch(1, PATIENCE)
    bot.kill()
    start_bot(wire)
    assert wire.says("✅ *Hello World*")
    assert len(wire.phantombuster.launches) == 1
    assert len([one for one in wire.slack.messages() if "✅" in one.text]) == 1


def waiting(wire: Wire) -> Message:
    """Return the retry's message, once its buttons are known to be its own."""
    while_it_waits(wire, refused(wire))
    assert becomes(lambda: wire.process.context.runs.open("T0SANDBOX")[-1].ts)
    return wire.slack.messages()[-1]


def test_a_waiting_retry_is_cancelled_by_its_button(knowing: Wire):
    wire = knowing
    wire.slack.press(waiting(wire), "cancel_retry", user="U0MAX")
    assert told(wire, "Cancelled: ", " isn't launched again", user="U0MAX")
    assert wire.says("not launched again", "cancelled by")
    assert wire.phantombuster.launches == []


def test_a_guest_neither_retries_nor_cancels(wire: Wire):
    message = waiting(wire)
    wire.slack.press(wire.slack.messages()[0], "retry_later", user="U0GUS")
    assert told(wire, "Nothing was launched: guests", user="U0GUS")
    wire.slack.press(message, "cancel_retry", user="U0GUS")
    assert told(wire, "Nothing was stopped: guests", user="U0GUS")
    assert wire.says("launches again at")
