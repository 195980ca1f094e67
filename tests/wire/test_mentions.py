"""`@phantombot …` in channels and threads, and direct messages: the same commands."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from patience import PATIENCE

from phantombot.sandbox.slack.values import Block, Message

from .conftest import UNHURRIED, Wire
from .gate import Gate
from .pressing import private, told

ARGUMENT = '{"url": "https://x.y/?a=1&b=2", "less": "<b>", "said": "&amp; “so”"}'
DIRECT = "D0ADA"


def under(wire: Wire, root: Message) -> list[Message]:
    """Return the public replies in a message's thread."""
    return wire.slack.thread(root.ts)


def answered_under(wire: Wire, root: Message, part: str) -> bool:
    return wire.slack.wait_for(
        lambda _: any(part in message.text for message in under(wire, root)), PATIENCE
    )


def told_again(wire: Wire, **changes: Any) -> int:
    """Send the last event again, perhaps with changes; return the answer's status."""
    payload: Block = wire.slack.told[-1].payload
    changed = {**payload, "event": {**payload["event"], **changes}}
    return wire.slack._tell(changed, {"X-Slack-Retry-Num": "1"}).status


def test_a_mention_launches_once_and_is_answered_in_its_thread(wire: Wire):
    said = wire.slack.write(f"@phantombot launch hello casperjs {ARGUMENT}", user="U0MAX")
    assert answered_under(wire, said, "✅ *Hello World*")
    assert answered_under(wire, said, "Last lines of the console")
    (launch,) = wire.phantombuster.launches
    assert (launch.command, launch.argument) == ("casperjs", ARGUMENT)
    assert wire.slack.messages() == [said]
    assert wire.slack.ephemerals() == []


def test_a_message_that_is_told_again_is_answered_once(wire: Wire):
    said = wire.slack.write("@phantombot launch hello")
    assert [told_again(wire), told_again(wire)] == [200, 200]
    assert answered_under(wire, said, "✅ *Hello World*")
    wire.slack.write("@phantombot status")
    assert told_again(wire) == 200
    assert told(wire, "Nothing is running")
    wire.slack.write("@phantombot runs @ada hello")
    assert told(wire, "Runs of Hello World (908) by <@U0ADA>:")
    assert len(private(wire, "Nothing is running")) == 1
    assert len(wire.phantombuster.launches) == 1
    assert len(private(wire, "Hello World (908)")) == 1


def test_another_process_that_is_told_again_launches_no_second_time(wire: Wire):
    wire.start()
    said = wire.slack.write("@phantombot launch hello")
    wire.slack.bot_url = f"http://127.0.0.1:{wire.started[0].port}/slack/events"
    assert told_again(wire) == 200
    assert answered_under(wire, said, "✅ *Hello World*")
    assert len(wire.phantombuster.launches) == 1


def test_help_is_in_the_words_of_where_it_is_asked(wire: Wire):
    wire.slack.command("help")
    assert told(wire, "Try `/phantom launch LinkedIn Search`", "*For admins*")
    wire.slack.command("help", user="U0MAX")
    assert told(wire, "Try `/phantom launch LinkedIn Search`", user="U0MAX")
    assert private(wire, "*For admins*", user="U0MAX") == []
    wire.slack.write("@phantombot help")
    assert told(wire, "Try `@phantombot launch LinkedIn Search`")
    wire.slack.write("help", channel=DIRECT)
    assert wire.says("You need no `/phantom` here.", channel=DIRECT)


def test_in_a_thread_everything_stays_in_that_thread(wire: Wire):
    root = wire.slack.write("What about the leads?", user="U0MAX")
    wire.slack.write("@phantombot launch hello", thread_ts=root.ts)
    assert answered_under(wire, root, "✅ *Hello World*")
    wire.slack.write("@phantombot status hello", thread_ts=root.ts)
    assert told(wire, "Hello World (908) · not running")
    (answer,) = private(wire, "Hello World (908) · not running")
    assert answer.thread_ts == root.ts
    ended = next(one for one in under(wire, root) if "✅ *Hello World*" in one.text)
    wire.slack.press(ended, "run_again")
    assert wire.slack.wait_for(
        lambda _: sum("✅ *Hello World*" in one.text for one in under(wire, root)) == 2, PATIENCE
    )


def test_private_answers_to_a_mention_outside_a_thread_stand_in_the_channel(wire: Wire):
    wire.slack.write("@phantombot launch nobody")
    assert told(wire, "no agent is called “nobody”")
    (answer,) = private(wire, "no agent is called")
    assert (answer.channel, answer.thread_ts) == ("C0GENERAL", None)


def test_a_direct_message_needs_no_mention_and_is_answered_plainly(wire: Wire):
    wire.slack.write("launch hello", channel=DIRECT)
    assert wire.says("✅ *Hello World*", channel=DIRECT)
    wire.slack.write("status", channel=DIRECT)
    assert wire.says("Nothing is running or queued.", channel=DIRECT)
    wire.slack.write("hi", channel=DIRECT)
    assert wire.says("I launch Phantombuster agents", channel=DIRECT)
    assert wire.slack.ephemerals() == []
    root = wire.slack.write("agents", channel=DIRECT)
    wire.slack.write("agents hello", channel=DIRECT, thread_ts=root.ts)
    assert answered_under(wire, root, "Hello World (908)")


def test_the_question_about_a_double_and_its_answer_stand_in_the_thread_too(
    make_wire: Callable[..., Wire], sqlite_url: str
):
    wire = make_wire(sqlite_url)
    wire.start(UNHURRIED)
    root = wire.slack.write("Leads!", user="U0MAX")
    for _ in range(2):
        wire.slack.write("@phantombot launch hello", thread_ts=root.ts)
    assert told(wire, "the same way a few seconds ago")
    (question,) = private(wire, "the same way")
    assert question.thread_ts == root.ts
    wire.slack.press(question, "launch_again")
    assert wire.slack.wait_for(
        lambda _: sum("✅ *Hello World*" in one.text for one in under(wire, root)) == 2, PATIENCE
    )
    assert not any(one.deleted for one in wire.slack.ephemerals())


def test_a_key_in_a_message_is_refused_and_is_to_be_deleted(wire: Wire, caplog: Any):
    wire.slack.write("@phantombot key canary-typed-key", user="U0ADA")
    assert told(wire, "delete your message, revoke the key")
    wire.slack.write("key canary-typed-key", channel=DIRECT)
    assert wire.says("delete your message", channel=DIRECT)
    assert "canary-typed-key" not in caplog.text


@pytest.mark.parametrize(
    ("line", "button"),
    [("key", "add_key"), ("access", "open_access"), ("launch", "open_launch")],
)
def test_a_form_is_opened_by_a_button_since_a_message_cannot(wire: Wire, line: str, button: str):
    wire.slack.write(f"@phantombot {line}")
    assert told(wire, "Press the button to open it")
    (answer,) = private(wire, "Press the button to open it")
    wire.slack.press(answer, button)
    assert wire.slack.wait_for(lambda slack: slack.views() != [], PATIENCE)


def test_what_is_no_command_of_a_persons_is_passed_over(wire: Wire):
    said = wire.slack.write("@phantombot help")
    assert told(wire, "I launch Phantombuster agents")
    text = f"<@{said.text[2:7]}> launch hello"
    for number, more in enumerate(
        (
            {"bot_id": "B0OTHER"},
            {"edited": {"user": "U0ADA", "ts": "2.0"}},
            {"subtype": "message_changed"},
            {"user": "USLACKBOT"},
            {"user": None},
            {"type": "message", "channel_type": "channel"},
        )
    ):
        assert told_again(wire, text=text, ts=f"170000000{number}.000100", **more) == 200
    wire.slack.write("@phantombot launch hello", user="U0GUS")
    assert told(wire, "guests can't use phantombot", user="U0GUS")
    wire.slack.write("do not let @phantombot launch hello")
    assert told(wire, "start with my name")
    assert wire.phantombuster.launches == []


def test_an_argument_that_had_to_be_repaired_is_told_so(wire: Wire):
    wire.slack.write("@phantombot launch hello {“a”: 1}")
    assert told(wire, "I repaired it")
    assert wire.phantombuster.wait_for_launch(1, PATIENCE)
    assert json.loads(wire.phantombuster.launches[0].argument or "") == {"a": 1}


def test_where_the_answer_cannot_stand_it_comes_by_direct_message(wire: Wire):
    wire.slack.fail("chat.postEphemeral", "user_not_in_channel")
    wire.slack.write("@phantombot status")
    assert wire.says("Nothing is running", channel=DIRECT)


def test_a_message_is_acknowledged_at_once_whatever_phantombuster_is_doing(wire: Wire):
    gate = Gate("/api/")
    wire.phantombuster.watch(gate)
    wire.slack.write("@phantombot status")
    assert wire.slack.told[-1].delivery.status == 200
    wire.slack.write("@phantombot launch hello")
    assert wire.slack.told[-1].delivery.status == 200
    assert wire.phantombuster.requests == []
    gate.open()
    # Whether the launch has begun by then is open.
    assert told(wire, "of execution time left")
    assert wire.phantombuster.wait_for_launch(1, PATIENCE)
