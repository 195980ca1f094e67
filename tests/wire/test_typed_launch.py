"""What is answered to a launch in its acknowledgement, and what follows it, over HTTP."""

import json
from collections.abc import Callable

import pytest
from patience import PATIENCE

from phantombot.sandbox.slack.values import Delivery, Message

from .conftest import Wire
from .pressing import aborts, private, told


def answer(wire: Wire, line: str, **typed: str) -> str:
    """Return the acknowledgement's words."""
    delivery: Delivery = wire.slack.command(line, **typed)
    assert delivery.status == 200
    return delivery.body["text"]


def choice(wire: Wire, part: str, user: str = "U0ADA") -> Message:
    return private(wire, part, user=user)[-1]


@pytest.fixture
def knowing(knowing: Wire) -> Wire:
    """Return the same, after Slack has said who Ada is."""
    knowing.slack.command("status")
    assert told(knowing, "Nothing is running")
    return knowing


def assert_nothing_launched(wire: Wire) -> None:
    assert wire.phantombuster.launches == []
    assert wire.slack.messages() == []


@pytest.mark.parametrize("word", ["firefox", "caspejs"])
@pytest.mark.parametrize("argument", ["", ' {"a": 1}'])
def test_a_word_where_the_command_stands_is_told_with_those_that_work(
    knowing: Wire, word: str, argument: str
):
    said = answer(knowing, f"launch 785 {word}{argument}")
    assert "casperjs" in said
    assert "phantomjs" in said
    assert_nothing_launched(knowing)


def test_a_name_of_several_words_needs_no_quotes(knowing: Wire):
    said = answer(knowing, "launch LinkedIn Search")
    assert said == "Launching LinkedIn Search (785)."
    assert knowing.says("✅ *LinkedIn Search* · finished")
    assert len(knowing.phantombuster.launches) == 1


def test_an_unknown_name_offers_those_like_it_and_a_press_launches_once_as_typed(knowing: Wire):
    said = answer(knowing, 'launch LinkedIn Sarch casperjs {"a": 1}')
    assert "Nothing was launched: no agent is called" in said
    assert "LinkedIn Search (785)" in said
    assert_nothing_launched(knowing)
    asked = choice(knowing, "no agent is called")
    buttons = [one for block in asked.blocks for one in block.get("elements", [])]
    place = next(one for one in buttons if one.get("value", "").endswith(" 785"))["action_id"]
    knowing.slack.press(asked, place)
    assert knowing.says("✅ *LinkedIn Search* · finished")
    (launch,) = knowing.phantombuster.launches
    assert (launch.agent_id, launch.command, launch.argument) == ("785", "casperjs", '{"a": 1}')


def test_an_ambiguous_name_offers_each_that_it_may_be(knowing: Wire):
    said = answer(knowing, "launch LinkedIn")
    assert "Nothing was launched: “LinkedIn” may be" in said
    assert_nothing_launched(knowing)
    asked = choice(knowing, "may be")
    knowing.slack.press(asked, "launch_agent.0")
    assert knowing.phantombuster.wait_for_launch(1, PATIENCE)
    assert len(knowing.phantombuster.launches) == 1


def test_a_mistyped_id_is_told_to_its_author_alone(wire: Wire):
    answer(wire, "launch 78555 casperjs")
    assert told(wire, "no agent has the id 78555")
    assert_nothing_launched(wire)


def test_a_stop_while_a_launch_waits_for_its_answer_stops_it(
    make_wire: Callable[..., Wire], sqlite_url: str
):
    wire = make_wire(sqlite_url, speed=1)
    wire.start()
    wire.learn_agents()
    wire.phantombuster.fault("slow", on="launch", seconds=1)
    answer(wire, "launch 903")
    assert wire.says("*Google Maps Extractor*", "launching")
    wire.slack.command("stop 903")
    assert told(wire, "Stop it?")
    wire.slack.press(choice(wire, "Stop it?"), "stop_all")
    assert told(wire, "Stopped: Google Maps Extractor (903)")
    assert aborts(wire) == 1
    assert len(wire.phantombuster.launches) == 1


def test_a_launch_that_still_waits_for_slack_is_cancelled_by_a_stop(knowing: Wire):
    knowing.slack.fail("users.info", "internal_error", times=None)
    said = answer(knowing, "launch 908 casperjs", user="U0MAX")
    assert "once Slack confirms who you are" in said
    knowing.slack.command("stop 908")
    assert told(knowing, "1 launch not sent yet")
    knowing.slack.press(choice(knowing, "not sent yet"), "stop_all")
    assert told(knowing, "ancelled")
    assert knowing.phantombuster.launches == []


def test_what_is_saved_is_said_in_answer_message_and_audit(knowing: Wire):
    said = answer(knowing, 'launch --save 908 casperjs {"a": 1}')
    assert "saving this as its defaults" in said
    assert knowing.says("✅ *Hello World*")
    assert knowing.phantombuster.launches[0].save
    posted = [call for call in knowing.slack.calls if call.method == "chat.postMessage"]
    assert "saved as its defaults" in posted[0].fields["text"]
    knowing.slack.command("audit")
    assert told(knowing, "saved")


def test_no_key_a_guest_and_a_double_are_answered_at_once_and_nothing_besides(knowing: Wire):
    knowing.slack.command("status", user="U0GUS")
    assert told(knowing, "uests", user="U0GUS")
    answer(knowing, "launch 908")
    assert "Launch it once more?" in answer(knowing, "launch 908")
    assert knowing.says("✅ *Hello World*")
    before = len(knowing.slack.calls)
    assert "Nothing was launched: guests" in answer(knowing, "launch 908 phantomjs", user="U0GUS")
    knowing.process.context.keys.remove_key("T0SANDBOX")
    assert "has no Phantombuster key yet" in answer(knowing, "launch 908 casperjs 2")
    calls = {call.method for call in knowing.slack.calls[before:]}
    assert "response_url" not in calls
    assert len(knowing.phantombuster.launches) == 1


def test_the_form_opens_with_the_four_kilobytes_that_were_typed(knowing: Wire):
    typed = '{"note": "' + "🦄é" * 1000 + '"'
    answer(knowing, f"launch LinkedIn Search casperjs {typed}")
    asked = private(knowing, "JSON")[-1]
    knowing.slack.press(asked, "open_typed")
    assert knowing.slack.wait_for(lambda slack: slack.views() != [], PATIENCE)
    shown = json.dumps(knowing.slack.views()[0].view, ensure_ascii=False)
    assert "🦄é" * 1000 in shown
    assert "LinkedIn Search" in shown
    assert_nothing_launched(knowing)
