import json
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from phantombot.commands.launch_line import Launch
from phantombot.commands.mention import line_said
from phantombot.commands.parse import parse
from phantombot.sandbox.slack.typed import composed
from phantombot.sandbox.slack.values import Person
from phantombot.text.repair import undone

BOT = "U0BOT"
PERSON = Person(BOT, "phantombot", "bot")


def line(text: str, *, directly: bool = False, bot: str = BOT) -> str | None:
    return line_said(text, bot, directly=directly)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<@U0BOT> launch 785", "launch 785"),
        ("  <@U0BOT>\u00a0launch 785\n", "launch 785"),
        ("<@U0BOT|phantombot>: launch 785", "launch 785"),
        ("<@U0BOT>, status", "status"),
        ("<@U0BOT> /phantom launch 785", "launch 785"),
        ("<@U0BOT> /phantom\u00a0launch 785", "launch 785"),
        ("<@U0BOT> /PHANTOM\nlaunch 785", "launch 785"),
        ("\u200b<@U0BOT>\u200b /phantom\u3000launch 785\ufeff", "launch 785"),
        ("<@U0BOT> `launch 785`", "launch 785"),
        ("<@U0BOT> ```launch 785 {}```", "launch 785 {}"),
        ("<@U0BOT> launch 785 ```{}```", "launch 785 ```{}```"),
        ("<@U0BOT>", "help"),
        ("<@U0BOT> Hi!", "help"),
        ("<@U0BOT> /phantom", "help"),
        ("<@U0BOT> launch 785 for <@U0MAX>", "launch 785 for <@U0MAX>"),
        ("do not let <@U0BOT> launch 785", None),
        ("<@U0MAX> ask <@U0BOT>", None),
        ("<@U0BOTELSEWHERE> status", "status"),
        ("launch 785", None),
        ("", None),
    ],
)
def test_a_command_follows_the_mention_that_begins_a_message(text: str, expected: str | None):
    assert line(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("launch 785", "launch 785"),
        ("<@U0BOT> launch 785", "launch 785"),
        ("", "help"),
        ("hello", "help"),
        ("/phantom\u00a0status", "status"),
        ("/phantom\nstatus", "status"),
        ("/phantom\u200b", "help"),
        ("\u200b", "help"),
        ("<@U0MAX> is away", "<@U0MAX> is away"),
    ],
)
def test_directly_no_mention_is_needed(text: str, expected: str):
    assert line(text, directly=True) == expected


def test_where_slack_does_not_say_who_the_bot_is_any_mention_will_do():
    assert line("<@U0ANY> status", bot="") == "status"


@pytest.mark.parametrize(
    ("text", "typed"),
    [
        ("&amp;lt; &lt;b&gt;", "&lt; <b>"),
        ("<https://x.y/?a=1&amp;b=2>", "https://x.y/?a=1&b=2"),
        ("<https://x.y|here>", "https://x.y"),
        ("<http://x.y|x.y>", "x.y"),
        ("<mailto:a@b.c|a@b.c>", "a@b.c"),
        ("<tel:+4912|+49 12>", "+4912"),
        ("<#C1|general> <!here> <!subteam^S1|@team>", "#general @here @team"),
        ("<@U1> <#C1> <!subteam^S1>", "<@U1> <#C1> <!subteam^S1>"),
    ],
)
def test_what_slack_makes_of_a_message_is_undone(text: str, typed: str):
    assert undone(text) == typed


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)


@given(values, st.booleans())
def test_json_reaches_the_launch_byte_for_byte(value: Any, ascii_only: bool):
    typed = json.dumps([value, "https://x.y/?a=1&b=2"], ensure_ascii=ascii_only)
    assume(f"@{PERSON.name}" not in typed and BOT not in typed)  # Slack makes mentions of these
    said = line(composed(f"<@U0BOT> launch 785 {typed}", [PERSON]))
    launch = parse(said or "")
    assert isinstance(launch, Launch)
    assert (launch.argument, launch.repaired) == (typed, False)


@given(st.text())
def test_whatever_is_typed_comes_back_from_slacks_escaping(text: str):
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    assert undone(escaped) == text
