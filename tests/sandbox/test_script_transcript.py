"""The channel as text: which states of a message are printed, and how."""

from dataclasses import replace
from typing import Any

import pytest
from slack_stage import ACTIONS

from phantombot.sandbox.script.transcript import Transcript, readable
from phantombot.sandbox.slack.values import File, Message


def message(ts: str, text: str, **more: Any) -> Message:
    return Message(ts, more.pop("channel", "C0GENERAL"), text, **more)


def printed(*heard: Message) -> tuple[Transcript, list[str]]:
    lines: list[str] = []
    transcript = Transcript(lines.append)
    for one in heard:
        transcript.hear(one)
    return transcript, lines


RUN = message("1", "queued")
STATES = [
    replace(RUN, text=text, edits=number)
    for number, text in enumerate(["queued", "54 %", "77 %", "done"])
]


def test_a_message_is_printed_as_it_was_first_and_as_it_is_last():
    transcript, lines = printed(*STATES)
    transcript.print_rest()
    transcript.print_rest()
    assert lines == ["phantombot   queued", "             done"]


def test_a_state_that_is_waited_for_is_printed_too():
    transcript, lines = printed(*STATES)
    assert transcript.print_said("54")
    assert transcript.print_said("54")
    assert not transcript.print_said("54 percent")
    transcript.print_rest()
    assert [line[13:] for line in lines] == ["queued", "54 %", "done"]


def test_a_state_before_one_that_is_printed_is_past():
    transcript, _ = printed(*STATES)
    assert transcript.print_said("done")
    assert not transcript.print_said("77")


def test_replies_come_after_what_they_reply_to_has_ended():
    reply = message(
        "2", "```line 1\nline 2```", thread_ts="1", files=(File("F1", "a.json", "a", b"12"),)
    )
    transcript, lines = printed(STATES[0], reply, STATES[3])
    transcript.print_new()
    transcript.print_rest()
    assert [line[13:] for line in lines] == [
        "queued",
        "└ line 1",
        "  line 2",
        "  📎 a.json, 2 bytes",
        "done",
    ]


@pytest.mark.parametrize(
    ("more", "shown"),
    [
        ({"user": "U0MAX"}, "(only max sees this) x"),
        ({"channel": "C0PRIVATE"}, "(in #private-ops) x"),
        ({"channel": "C0PRIVATE", "user": "U0ADA"}, "(in #private-ops, only ada sees this) x"),
        ({"channel": "D0MAX"}, "(to max alone) x"),
        ({"blocks": ACTIONS}, "x  [Stop]"),
        ({"deleted": True}, "(deleted)"),
    ],
    ids=str,
)
def test_it_is_told_who_sees_a_message_and_what_can_be_pressed(more: dict[str, Any], shown: str):
    transcript, lines = printed(message("1", "x", **more))
    transcript.print_rest()
    assert lines == [f"phantombot   {shown}"]


def test_what_people_say_is_printed_as_they_do_and_not_again():
    transcript, lines = printed(message("1", "hello", author="U0ADA"))
    transcript.print_typed("U0ADA", "hello")
    transcript.print_typed("U0ADA", "again")
    transcript.hear(message("2", "hi"))
    transcript.print_rest()
    assert lines == ["ada          hello", "", "ada          again", "", "phantombot   hi"]


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("*LinkedIn* by <@U0ADA> in <#C0PAYLOAD>", "LinkedIn by @ada in #payload-alerts"),
        ("<https://x.y|here> &lt;b&gt; &amp;amp;", "here <b> &amp;"),
        ("<https://x.y> <@U0NOBODY> 2*3*4", "https://x.y @U0NOBODY 2*3*4"),
    ],
)
def test_text_is_printed_without_slacks_marks(text: str, plain: str):
    assert readable(text) == plain
