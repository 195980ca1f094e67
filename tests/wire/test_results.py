"""What stands in the thread of an ended run, over HTTP."""

import csv
import io

import pytest
from patience import PATIENCE

from phantombot.sandbox.slack.values import File, Message

from .conftest import Wire

BOTH_APIS = True


def finish(
    wire: Wire, counted: str, line: str = "launch 901", user: str = "U0ADA"
) -> tuple[Message, File]:
    """Follow a run to its end; return its thread's message, and the file."""
    wire.slack.command(line, user=user)
    assert wire.says("✅", counted)
    (ending,) = [one for one in wire.slack.messages() if counted in one.text]
    assert wire.slack.wait_for(lambda slack: len(slack.thread(ending.ts)) == 2, PATIENCE)
    thread = wire.slack.thread(ending.ts)
    (told,) = [one for one in thread if not one.files]
    return told, next(file for one in thread for file in one.files)


def test_a_list_is_a_table_and_a_csv_file_and_its_new_rows_are_counted(wire: Wire):
    told, file = finish(wire, "40 results")
    assert [block["type"] for block in told.blocks] == ["section", "data_table", "section"]
    assert told.blocks[1]["rows"][1] == [{"type": "raw_text", "text": "follower_1"}]
    assert file.name.endswith(".csv")
    rows = list(csv.reader(io.StringIO(file.content.decode("utf-8-sig"), newline="")))
    assert (len(rows), rows[0], rows[40]) == (41, ["screenName"], ["follower_40"])
    # The same user would be asked first whether the same launch is meant so soon.
    again, _ = finish(wire, "42 results, 5 new", user="U0MAX")
    assert "5 new since the last run with the same argument" in again.text
    other, _ = finish(wire, "44 results", 'launch 901 {"other": "search"}')
    assert "new" not in other.text


@pytest.mark.parametrize("code", ["invalid_blocks", "invalid_attachments"])
def test_where_slack_takes_no_table_the_rows_are_told_as_text(wire: Wire, code: str):
    wire.slack.command("launch 901")
    assert wire.says("Twitter Followers")
    wire.slack.fail("chat.postMessage", code, times=2)
    assert wire.says("✅", "40 results")
    (ending,) = wire.slack.messages()
    assert wire.slack.wait_for(lambda slack: len(slack.thread(ending.ts)) == 2, PATIENCE)
    told = next(one for one in wire.slack.thread(ending.ts) if not one.files)
    assert "follower_3" in told.blocks[1]["text"]["text"]


def test_output_shows_the_first_rows_to_the_one_who_asks(wire: Wire):
    finish(wire, "40 results")
    wire.slack.command("output 901")
    assert wire.whispers("40 results in")
    (shown,) = [one for one in wire.slack.ephemerals() if "40 results in" in one.text]
    assert [block["type"] for block in shown.blocks[-2:]] == ["data_table", "actions"]
    assert "Shown here: the first 30 rows; the full result is at Phantombuster." in shown.text


def test_a_file_that_a_channel_without_the_bot_does_not_take_is_told_with_the_mend(wire: Wire):
    wire.slack.change_channel("C0GENERAL", bot=False)
    wire.slack.command("launch 901")
    assert wire.says("✅", "40 results")
    (ending,) = [one for one in wire.slack.messages() if "40 results" in one.text]
    assert wire.slack.wait_for(lambda slack: len(slack.thread(ending.ts)) == 2, PATIENCE)
    shown = wire.slack.thread(ending.ts)[1].text
    assert "files need me in the channel. Type `/invite @phantombot`" in shown
    assert "*Export as CSV* sends it to you" in shown
