"""The launch form on the wire: opened, searched in, filled in wrongly and rightly, sent twice."""

import json
from collections.abc import Callable
from dataclasses import replace

import pytest
from patience import PATIENCE

from phantombot.access.rules import Rules, Who
from phantombot.commands.launch_form import offer
from phantombot.listeners.launch_form import LAUNCH_ANYWHERE, LAUNCH_WITH_TEXT
from phantombot.messages import launch_form as said
from phantombot.messages.agent_menu import AGENT_GONE, AGENT_MISSING, NO_CHOICE
from phantombot.sandbox.slack import View

from .conftest import Wire
from .pressing import told
from .test_access_form import allow

ARGUMENT = '{"cookie": "canary-cookie"}'


def form(wire: Wire, user: str = "U0ADA") -> View:
    """Wait for a form on the user's screen, and return it."""

    def opened(_: object) -> bool:
        return any(
            view.user == user and view.view["callback_id"] == said.LAUNCH_FORM
            for view in wire.slack.views()
        )

    assert wire.slack.wait_for(opened, PATIENCE)
    return next(view for view in wire.slack.views() if view.user == user)


def type_launch(wire: Wire, user: str = "U0ADA", channel: str = "C0GENERAL") -> View:
    assert wire.slack.command("launch", user=user, channel=channel).body in (None, "")
    return form(wire, user)


def known(wire: Wire) -> None:
    """Read the agents."""
    wire.process.context.agents._read("T0SANDBOX")


def choose(wire: Wire, view: View, typed: str, agent: str = "785", user: str = "U0ADA") -> dict:
    """Search for an agent and choose it."""
    offered = wire.slack.suggest(view, said.AGENT, typed, user=user)
    assert agent in offered.values
    return {said.AGENT: agent}


def told_directly(wire: Wire, *parts: str, user: str = "U0MAX") -> bool:
    """Wait for all parts in the user's direct messages; return whether they came in time."""
    return wire.says(*parts, channel=f"D{user[1:]}")


def errors(wire: Wire, view: View) -> dict[str, str]:
    return next(one for one in wire.slack.views() if one.id == view.id).errors


def test_launch_alone_opens_a_form_from_which_the_channel_is_told(wire: Wire):
    known(wire)
    view = type_launch(wire, "U0MAX", "C0PAYLOAD")
    chosen = choose(wire, view, "linkedin s", user="U0MAX")
    values = chosen | {said.COMMAND: "casperjs", said.ARGUMENT: ARGUMENT, said.SAVE: [said.SAVE]}
    assert wire.slack.submit(view, values, user="U0MAX").status == 200
    assert wire.says("✅ *LinkedIn Search* · finished", channel="C0PAYLOAD")
    (launch,) = wire.phantombuster.launches
    assert (launch.agent_id, launch.command, launch.argument) == ("785", "casperjs", ARGUMENT)
    assert launch.save
    assert wire.slack.views() == []


def test_a_form_sent_several_times_is_one_launch(wire: Wire):
    known(wire)
    view = type_launch(wire)
    values = choose(wire, view, "785")
    for _ in range(3):
        assert wire.slack.submit(view, values).status == 200
    assert wire.says("✅ *LinkedIn Search*")
    assert len(wire.phantombuster.launches) == 1
    assert len(wire.slack.messages()) == 1


def test_a_shortcut_opens_the_form_and_the_conversation_at_hand_is_chosen(wire: Wire):
    known(wire)
    wire.slack.shortcut(LAUNCH_ANYWHERE, channel="C0PAYLOAD")
    view = form(wire)
    wire.slack.submit(view, choose(wire, view, ""))
    assert wire.says("✅ *LinkedIn Search*", channel="C0PAYLOAD")


def test_a_message_s_text_becomes_the_argument(wire: Wire):
    known(wire)
    message = wire.slack.write('{"q": "a & b <c>"}')
    wire.slack.shortcut(LAUNCH_WITH_TEXT, message=message)
    view = form(wire)
    wire.slack.submit(view, choose(wire, view, "785"))
    assert wire.says("✅ *LinkedIn Search*")
    (launch,) = wire.phantombuster.launches
    assert launch.argument == '{"q": "a & b <c>"}'


def test_a_bad_argument_is_shown_at_its_input_and_nothing_typed_is_lost(wire: Wire):
    known(wire)
    view = type_launch(wire)
    values = choose(wire, view, "785") | {said.ARGUMENT: '{"a": tru}'}
    wire.slack.submit(view, values)
    assert 'See the ^ in: {"a": ^tru}' in errors(wire, view)[said.ARGUMENT]
    wire.slack.submit(view, {said.ARGUMENT: '{"a": true}'})
    assert wire.says("✅ *LinkedIn Search*")
    (launch,) = wire.phantombuster.launches
    assert launch.argument == '{"a": true}'


def test_a_repaired_argument_is_told_in_the_form_s_place(wire: Wire):
    known(wire)
    view = type_launch(wire)
    wire.slack.submit(view, choose(wire, view, "785") | {said.ARGUMENT: "{“a”: 1}"})
    assert "I repaired it" in json.dumps(wire.slack.views()[0].view)
    assert wire.says("✅ *LinkedIn Search*")


def test_nothing_chosen_is_told_at_each_input(wire: Wire):
    known(wire)
    wire.slack.command("launch")
    view = form(wire)
    wire.slack.submit(view, {said.SAVE: [said.SAVE]})
    assert errors(wire, view) == {said.AGENT: AGENT_MISSING, said.SAVE: said.NOTHING_TO_SAVE}
    assert wire.phantombuster.launches == []


def test_an_agent_deleted_since_it_was_chosen_is_told_at_its_input(wire: Wire):
    known(wire)
    view = type_launch(wire)
    values = choose(wire, view, "785")
    account = wire.process.context.phantombuster.account
    agents = wire.process.context.agents
    key = wire.process.context.keys.key("T0SANDBOX")
    without = replace(account(key), agents=())
    note = wire.process.context.keys.key_note("T0SANDBOX")
    agents.learn("T0SANDBOX", without, note.stored_at)
    wire.slack.submit(view, values)
    assert errors(wire, view) == {said.AGENT: AGENT_GONE}


def test_a_channel_that_vanished_is_told_to_the_launcher_with_the_mend(wire: Wire):
    known(wire)
    view = type_launch(wire, "U0MAX")
    values = choose(wire, view, "785", user="U0MAX")
    wire.slack.fail("*", "channel_not_found", channel="C0GENERAL", times=None)
    wire.slack.submit(view, values, user="U0MAX")
    assert told_directly(wire, "I can't post in <#C0GENERAL>", "It is gone or private")


def test_the_menu_searches_and_offers_what_may_be_launched(wire: Wire):
    known(wire)
    view = type_launch(wire)
    assert wire.slack.suggest(view, said.AGENT, "hello").values == ["908"]
    assert wire.slack.suggest(view, said.AGENT, "no such").values == [NO_CHOICE]
    allow(wire, Rules(agents=("908",)))
    assert wire.slack.suggest(view, said.AGENT, "").values == ["908"]


def test_what_may_not_be_launched_is_refused_in_private_whatever_the_form_says(wire: Wire):
    known(wire)
    view = type_launch(wire, "U0MAX")
    values = choose(wire, view, "785", user="U0MAX")
    allow(wire, Rules(Who.EVERYONE, channels=("C0PAYLOAD",)))
    wire.slack.submit(view, values, user="U0MAX")
    assert "Nothing was launched: agents can't be launched" in errors(wire, view)[said.AGENT]
    assert wire.slack.messages() == []
    assert wire.phantombuster.launches == []


def test_a_guest_gets_a_sentence_and_no_form(wire: Wire):
    wire.slack.command("launch", user="U0GUS")
    assert told(wire, "uests can't use phantombot", user="U0GUS")
    wire.slack.shortcut(LAUNCH_ANYWHERE, user="U0GUS")
    assert told_directly(wire, "uests can't use phantombot", user="U0GUS")
    assert wire.slack.views() == []


def test_a_message_opens_the_form_by_a_button(wire: Wire, caplog: pytest.LogCaptureFixture):
    wire.slack.write("@phantombot launch")
    assert told(wire, "Press the button to open it")
    assert "cannot be opened" not in caplog.text
    wire.slack.press(wire.slack.ephemerals("U0ADA")[-1], said.OPEN_LAUNCH)
    form(wire)


def test_without_a_key_the_form_does_not_open(wire: Wire):
    wire.process.context.keys.remove_key("T0SANDBOX")
    wire.slack.command("launch", user="U0MAX")
    assert told(wire, "no Phantombuster key yet", user="U0MAX")
    assert wire.slack.views() == []


def test_the_argument_stands_neither_in_the_log_nor_in_what_slack_keeps(
    make_wire: Callable[..., Wire], sqlite_url: str, caplog: pytest.LogCaptureFixture
):
    wire = make_wire(sqlite_url)
    wire.start()
    known(wire)
    view = type_launch(wire)
    assert view.view["private_metadata"] == ""
    wire.slack.submit(view, choose(wire, view, "785") | {said.ARGUMENT: ARGUMENT})
    assert wire.says("✅ *LinkedIn Search*")
    assert "canary-cookie" not in caplog.text
    assert all("canary-cookie" not in json.dumps(call.fields) for call in wire.slack.calls)


def test_what_is_offered_fits_the_form(wire: Wire):
    known(wire)
    message = wire.slack.write("x" * 3500)
    wire.slack.shortcut(LAUNCH_WITH_TEXT, message=message)
    assert said.TEXT_TOO_LONG in json.dumps(form(wire).view)
    assert offer("x" * 3500).argument == ""
