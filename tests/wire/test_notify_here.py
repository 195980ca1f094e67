"""What a channel is told of runs, over HTTP: set by admins in a form."""

from collections.abc import Callable

import pytest
from patience import PATIENCE

from phantombot.access.audit import AuditAction, AuditEntry
from phantombot.config import read_settings
from phantombot.database.engine import Database
from phantombot.processes import utc_now
from phantombot.runs.channel_settings import ChannelSettings
from phantombot.runs.ring_store import Rings
from phantombot.sandbox.slack import View

from .conftest import BotProcess, Wire, store_key
from .killing import in_the_middle_of
from .pressing import press, private, told

ENDINGS, RESULTS = "notify_endings", "notify_results"
EVERYTHING = ChannelSettings(broadcast=True, count_only=True)


def opened(wire: Wire) -> View:
    assert wire.slack.wait_for(lambda slack: slack.views() != [], PATIENCE)
    return wire.slack.views()[-1]


def tells(wire: Wire, settings: ChannelSettings) -> None:
    """Store a channel's settings, as an admin's form would."""
    entry = AuditEntry(
        "T0SANDBOX", utc_now(), "U0ADA", AuditAction.CHANNEL_CHANGED, channel="C0GENERAL"
    )
    database = Database(read_settings(wire.environ).database_url)
    Rings(database).set_in_channel(settings, entry)
    database.close()


def test_an_admin_sets_in_a_form_what_the_channel_is_told(wire: Wire):
    wire.slack.command("notify here")
    chosen = {ENDINGS: "channel", RESULTS: "count"}
    assert wire.slack.submit(opened(wire), chosen).status == 200
    assert wire.slack.wait_for(lambda slack: "Saved" in str(slack.views()), PATIENCE)
    rings = wire.process.context.rings
    assert rings.in_channel("T0SANDBOX", "C0GENERAL") == EVERYTHING
    assert rings.in_channel("T0SANDBOX", "C0PAYLOAD") == ChannelSettings()
    wire.slack.command("audit")
    assert told(wire, "changed the notifications", "results counted only")


def test_the_form_shows_what_is_set(wire: Wire):
    tells(wire, ChannelSettings(count_only=True))
    wire.slack.command("notify here")
    shown = str(opened(wire).view)
    assert "'initial_option': {'text': {'type': 'plain_text', 'text': 'Only their number" in shown


def test_nobody_but_an_admin_changes_it(wire: Wire):
    wire.slack.command("notify here", user="U0MAX")
    assert told(wire, "Only admins and owners", "`/phantom notify here`", user="U0MAX")
    wire.slack.command("notify here")
    form = opened(wire)
    wire.slack.submit(form, {ENDINGS: "channel", RESULTS: "count"}, user="U0MAX")
    assert wire.slack.wait_for(lambda slack: "Only admins" in str(slack.views()), PATIENCE)
    assert wire.process.context.rings.in_channel("T0SANDBOX", "C0GENERAL") == ChannelSettings()


def test_a_mention_offers_the_button_that_opens_the_form(wire: Wire):
    wire.slack.write("@phantombot notify here")
    assert told(wire, "Press the button to open it")
    (offer,) = private(wire, "Press the button to open it")
    wire.slack.press(offer, "open_notify_here")
    assert "<#C0GENERAL>" in str(opened(wire).view)


def test_a_direct_message_has_no_such_settings(wire: Wire):
    wire.slack.command("notify here", channel="D0ADA")
    assert told(wire, "Nobody but you reads what I write here")


def test_the_private_button_shows_results_to_its_presser_alone(wire: Wire):
    tells(wire, ChannelSettings(count_only=True))
    wire.slack.command("launch 901")
    assert wire.says("✅", "40 results")
    (ending,) = wire.slack.messages()
    assert wire.slack.wait_for(lambda slack: slack.thread(ending.ts) != [], PATIENCE)
    (counted,) = wire.slack.thread(ending.ts)
    wire.slack.press(counted, "show_results", user="U0GUS")
    assert told(wire, "uests can't use phantombot", user="U0GUS")
    wire.slack.press(counted, "show_results", user="U0MAX")
    assert told(wire, "follower_1", user="U0MAX")
    assert_shown_nowhere(wire, "follower_1")


def assert_shown_nowhere(wire: Wire, text: str) -> None:
    """Assert that the channel holds neither the text nor a file."""
    assert not any(text in str(one) for one in wire.slack.messages(replies=True))
    assert wire.slack.files() == []


def test_the_file_of_a_counted_result_is_sent_to_its_presser_alone(wire: Wire):
    tells(wire, ChannelSettings(count_only=True))
    wire.slack.command("launch 785")
    assert wire.says("✅", "120 results")
    (ending,) = wire.slack.messages()
    assert wire.slack.wait_for(lambda slack: slack.thread(ending.ts) != [], PATIENCE)
    wire.slack.press(wire.slack.thread(ending.ts)[0], "show_results", user="U0MAX")
    assert told(wire, "Shown here: the first 30 rows", user="U0MAX")
    (results,) = private(wire, "Shown here: the first 30 rows", user="U0MAX")
    wire.slack.press(results, "export_result", user="U0MAX")
    assert told(wire, "I sent you the file in a direct message.", user="U0MAX")
    (file,) = wire.slack.files("D0MAX")
    _, below = wire.slack.messages("D0MAX")
    assert [one.name for one in below.files] == [file.name]
    assert file.name.startswith("result-785-")
    assert len(file.content.decode().splitlines()) == 1 + 120
    assert_shown_nowhere(wire, "person-120")
    press(wire, results, "export_result", "909:1", user="U0GUS")
    assert told(wire, "uests can't use phantombot", user="U0GUS")
    press(wire, results, "export_result", "785:1", user="U0MAX")
    assert told(wire, "Phantombuster has no record of that run", user="U0MAX")


@pytest.mark.parametrize("method", ["chat.update", "chat.postMessage"])
def test_a_bot_that_is_killed_as_it_broadcasts_an_ending_does_so_once(
    make_wire: Callable[..., Wire],
    sqlite_url: str,
    start_bot: Callable[[Wire], BotProcess],
    method: str,
):
    """In the middle of the edit that shows the ending, or of the reply in the channel."""
    wire = make_wire(sqlite_url, speed=4)
    store_key(wire)
    tells(wire, ChannelSettings(broadcast=True))
    bot = start_bot(wire)
    wire.slack.command("launch 905")
    assert wire.says("running")
    assert in_the_middle_of(method, "❌")(wire)()
    bot.kill()
    start_bot(wire)
    assert wire.slack.wait_for(lambda slack: len(slack.messages()) == 2, PATIENCE)
    ending, reply = wire.slack.messages()
    assert reply.thread_ts == ending.ts
    assert reply.text.startswith("<@U0ADA> ❌")
    assert wire.slack.wait_for(lambda slack: len(slack.thread(ending.ts)) == 2, PATIENCE)
    assert len(wire.slack.messages()) == 2
