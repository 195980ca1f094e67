"""Watches, from the typed line to the message about a run that somebody else started."""

import json
import re
from collections.abc import Callable

import pytest
from patience import PATIENCE, becomes

from phantombot.messages.watch_form import AGENT, CHANNEL, WATCH_FORM, WORDS
from phantombot.sandbox.slack import LocalSlack, View
from phantombot.watches.model import Watched

from .conftest import Wire, ask
from .pressing import press, private, told


def watching(wire: Wire, line: str = "watch 908 success", **typed: str) -> None:
    """Set the watch, and wait until its agent was polled."""
    wire.slack.command(line, **typed)
    assert told(wire, "now watches", user=typed.get("user", "U0ADA"))
    until(wire, lambda agent: agent.last_end is not None)


def until(wire: Wire, true: Callable[[Watched], bool]) -> None:
    """Wait for what the worker stores of the agent, which nothing announces."""
    assert becomes(lambda: all(map(true, wire.process.context.watches.agents("T0SANDBOX"))))


@pytest.mark.parametrize("form", ["later", "2014", "v2"])
def test_a_run_that_somebody_else_started_is_told(
    make_wire: Callable[..., Wire], sqlite_url: str, form: str
):
    wire = make_wire(sqlite_url, form=form, speed=100)
    wire.start(speed=100)
    watching(wire)
    wire.phantombuster.launch_elsewhere("908")
    assert wire.says("✅ Hello World (908) · finished")


def test_watches_are_listed_and_ended(wire: Wire):
    watching(wire, 'watch "Hello World" failure empty')
    wire.slack.command("watches", user="U0MAX")
    assert told(wire, "• Hello World (908) · failure, empty · set by <@U0ADA>", user="U0MAX")
    wire.slack.command("watches", channel="C0PAYLOAD")
    assert told(wire, "Nothing is watched in this channel")
    wire.slack.press(private(wire, "Nothing is watched in this channel")[-1], "open_watch")
    form_of(wire)
    wire.slack.command("unwatch hello")
    assert told(wire, "This channel no longer watches Hello World (908)")
    wire.slack.command("unwatch hello")
    assert told(wire, "Nothing called “hello” is watched in this channel")


def test_a_changed_watch_says_what_it_was(wire: Wire):
    watching(wire, "watch 908 failure")
    wire.slack.command("watch 908")
    assert told(wire, "Hello World (908)", "Was: failures. Now: failures and recoveries.")
    wire.slack.command("watch 908")
    assert told(wire, "This channel watches Hello World (908) already.")
    wire.slack.command("watch 908 failure", channel="C0PAYLOAD")
    assert told(wire, "This channel now watches Hello World (908). I'll post here when it fails.")


def form_of(wire: Wire) -> View:
    """Return the form, once it is open."""

    def is_open(slack: LocalSlack) -> bool:
        return any(view.view["callback_id"] == WATCH_FORM for view in slack.views())

    assert wire.slack.wait_for(is_open, PATIENCE)
    return next(view for view in wire.slack.views() if view.view["callback_id"] == WATCH_FORM)


def shows(wire: Wire, *parts: str) -> bool:
    """Wait until an open form shows all parts; return whether it did in time."""

    def said(slack: LocalSlack) -> bool:
        views = [json.dumps(view.view, ensure_ascii=False) for view in slack.views()]
        return any(all(part in view for part in parts) for view in views)

    return wire.slack.wait_for(said, PATIENCE)


def test_watch_alone_opens_a_form_for_the_channel_where_it_was_typed(knowing: Wire):
    knowing.slack.command("watch", channel="C0PAYLOAD")
    form = form_of(knowing)
    assert "908" in knowing.slack.suggest(form, AGENT, "hello").values
    knowing.slack.submit(form, {AGENT: "908", WORDS: ["failure", "empty"]})
    means = "I'll post there when it fails and when it returns nothing."
    assert shows(knowing, f"✅ <#C0PAYLOAD> now watches Hello World (908). {means}")
    (watch,) = knowing.process.context.watches.of_workspace("T0SANDBOX")
    assert (watch.channel, watch.agent_id) == ("C0PAYLOAD", "908")
    assert watch.words == ("failure", "empty")


def test_a_form_that_lacks_something_says_so_at_its_inputs(knowing: Wire):
    knowing.slack.command("watch")
    form = form_of(knowing)
    refused = knowing.slack.submit(form, {WORDS: []})
    assert refused.body["errors"].keys() == {AGENT, WORDS}


def test_a_form_refused_later_keeps_what_was_chosen(knowing: Wire):
    knowing.slack.command("watch")
    form = form_of(knowing)
    knowing.slack.suggest(form, AGENT, "hello")
    del knowing.phantombuster._account.agents["908"]
    knowing.slack.submit(form, {AGENT: "908", WORDS: ["success"], CHANNEL: "C0PAYLOAD"})
    assert shows(knowing, "⚠️ No agent", '"value": "908"', '"initial_conversation": "C0PAYLOAD"')
    assert knowing.process.context.watches.of_workspace("T0SANDBOX") == []


def test_watch_alone_in_a_message_answers_with_a_button_that_opens_the_form(knowing: Wire):
    knowing.slack.write("@phantombot watch")
    assert told(knowing, "Press the button to open it.")
    knowing.slack.press(private(knowing, "Press the button")[-1], "open_watch")
    form_of(knowing)


def test_guests_open_no_form_to_watch(wire: Wire):
    wire.slack.command("watch", user="U0GUS")
    assert told(wire, "uests can't use phantombot", user="U0GUS")


def test_an_agent_that_is_none_is_not_watched(wire: Wire):
    wire.slack.command("watch Twitter Followers")
    assert told(wire, "may be Twitter Followers (901) or Twitter Followers (902)")
    wire.slack.command("watch Hello Wurld")
    assert told(wire, "o agent is called", "Hello World (908)")
    assert wire.process.context.watches.of_workspace("T0SANDBOX") == []


def with_hooks(make_wire: Callable[..., Wire], url: str) -> Wire:
    """Return a bot in real time, so that only a webhook can be this fast."""
    wire = make_wire(url, speed=1)
    wire.environ["PUBLIC_URL"] = "https://phantombot.example.com"
    wire.start(speed=1)
    return wire


def hook(wire: Wire) -> str:
    """Return the webhook's address as an admin reads it, on this machine."""
    (shown_once,) = private(wire, "enter this address")
    (path,) = re.findall(r"`https://phantombot.example.com(/hooks/[\w-]{43})`", shown_once.text)
    return f"http://127.0.0.1:{wire.process.port}{path}"


def test_a_webhook_has_an_end_told_at_once(make_wire: Callable[..., Wire], sqlite_url: str):
    wire = with_hooks(make_wire, sqlite_url)
    watching(wire)
    wire.phantombuster.hook("908", hook(wire))
    wire.phantombuster.launch_elsewhere("908")
    assert wire.says("✅ Hello World (908) · finished")


def test_the_address_is_shown_to_admins_alone(make_wire: Callable[..., Wire], sqlite_url: str):
    wire = with_hooks(make_wire, sqlite_url)
    watching(wire, user="U0MAX")
    assert private(wire, "hooks", user="U0MAX") == []


def test_what_a_webhook_claims_is_not_believed(make_wire: Callable[..., Wire], sqlite_url: str):
    wire = with_hooks(make_wire, sqlite_url)
    watching(wire, "watch 908 failure success")
    path = hook(wire).partition(f":{wire.process.port}")[2]
    lie = b'{"agentId": "908", "exitCode": 1, "exitMessage": "killed", "containerId": "1"}'
    asked = len(wire.phantombuster.requests)
    assert ask(wire, "POST", path, lie)[0] == 200
    assert ask(wire, "POST", path, b"no JSON")[0] == 200
    assert ask(wire, "POST", path[:-1] + "-", lie)[0] == 404
    until(wire, lambda agent: agent.hinted_at is not None and not agent.hinted)
    assert len(wire.phantombuster.requests) == asked + 2
    assert wire.slack.messages() == []


def test_the_buttons_of_a_told_end_show_its_output_and_launch_anew(
    make_wire: Callable[..., Wire], sqlite_url: str
):
    wire = with_hooks(make_wire, sqlite_url)
    watching(wire)
    wire.phantombuster.hook("908", hook(wire))
    (container_id,) = wire.phantombuster.launch_elsewhere("908")
    assert wire.says("✅")
    (message,) = wire.slack.messages()
    press(wire, message, "watched_output", f"908:{container_id}", user="U0MAX")
    assert told(wire, "Hello, world!", user="U0MAX")
    press(wire, message, "watched_output", "908:1", user="U0MAX")
    assert told(wire, "has no record of that run", user="U0MAX")
    press(wire, message, "launch_saved", "908/launch", user="U0MAX")
    assert told(wire, "older phantombot", user="U0MAX")
    press(wire, message, "launch_saved", "908", user="U0MAX")
    assert wire.phantombuster.wait_for_launch(1, PATIENCE)
    (launch,) = wire.phantombuster.launches
    assert (launch.agent_id, launch.command, launch.argument) == ("908", None, None)


def test_a_told_end_is_retried_later_by_whoever_may_launch(wire: Wire):
    message = wire.slack.write("An end that was told")
    press(wire, message, "saved_later", "908:77", user="U0GUS")
    assert told(wire, "guests can't", user="U0GUS")
    press(wire, message, "saved_later", "908:77", user="U0MAX")
    assert told(wire, "I'll launch it again at", user="U0MAX")
    assert wire.says("⏳ *908* · launches again at", "saved settings")
    press(wire, message, "saved_later", "", user="U0MAX")
    assert told(wire, "older phantombot", user="U0MAX")


def test_run_again_below_a_told_end_launches_the_very_run_that_it_names(
    make_wire: Callable[..., Wire], sqlite_url: str
):
    wire = with_hooks(make_wire, sqlite_url)
    watching(wire, channel="C0PAYLOAD")
    wire.phantombuster.hook("908", hook(wire))
    wire.slack.command("launch 908 casperjs 7")
    assert wire.says("✅", channel="C0PAYLOAD")
    (message,) = wire.slack.messages("C0PAYLOAD")
    run = wire.process.context.runs.recent("T0SANDBOX", 1)[0]
    for value in (str(run.id), "x" * 16):
        press(wire, message, "watched_again", value)
    press(wire, message, "run_again", run.uid)
    assert wire.slack.wait_for(
        lambda _: len(private(wire, "I no longer know that run")) == 3, PATIENCE
    )
    assert len(wire.phantombuster.launches) == 1
    wire.slack.press(message, "watched_again", user="U0MAX")
    assert wire.phantombuster.wait_for_launch(2, PATIENCE)
    assert wire.phantombuster.launches[1].argument == "7"


@pytest.mark.parametrize("line", ["watch 908", "unwatch 908", "watches"])
def test_guests_neither_watch_nor_see_what_is_watched(wire: Wire, line: str):
    wire.slack.command(line, user="U0GUS")
    assert told(wire, "Guests", user="U0GUS")
    assert wire.process.context.watches.of_workspace("T0SANDBOX") == []


def test_a_muted_agents_ends_are_counted_and_told_as_one_line(
    make_wire: Callable[..., Wire], sqlite_url: str
):
    wire = make_wire(sqlite_url, speed=100)
    wire.start(speed=100)
    watching(wire)
    wire.slack.command("mute hello until noon")
    assert told(wire, "`30m`, `2h` or `until 9:00`")
    wire.slack.command("mute hello 2h")
    assert told(wire, "I'll post nothing of Hello World (908) in this channel")
    wire.phantombuster.launch_elsewhere("908")
    store = wire.process.context.watches
    assert becomes(lambda: [one.muted for one in store.of_workspace("T0SANDBOX")] == [1])
    wire.slack.command("mute hello off")
    assert wire.says("Hello World (908) is no longer muted here. 1 of its runs ended meanwhile")
    assert len(wire.slack.messages()) == 1
