"""agents, alias and unalias: names for agents, for the caller alone."""

from patience import PATIENCE

from phantombot.messages.launch_form import OPEN_LAUNCH
from phantombot.processes import utc_now
from phantombot.sandbox.phantombuster.agents import numbered
from phantombot.sandbox.slack.values import Message

from .conftest import Wire
from .pressing import private, shown, told

COOKIE = "li_at-canary-cookie"


def the_list(wire: Wire) -> Message:
    (message,) = private(wire, " agents")
    return message


def test_two_thousand_agents_are_turned_over_in_one_private_message(wire: Wire):
    wire.phantombuster.add_account("large", "canary-large-key", numbered(2000, first=1))
    wire.process.context.keys.store_key("T0SANDBOX", "canary-large-key", by="U0ADA", at=utc_now())
    wire.slack.command("agents")
    assert told(wire, "1-20 of 2,000 agents:")
    wire.slack.press(the_list(wire), "next_agents")
    assert told(wire, "21-40 of 2,000 agents:")
    wire.phantombuster.fault("500", on="user", times=3)
    wire.slack.press(the_list(wire), "next_agents")
    assert told(wire, "Phantombuster has an internal error")
    (message,) = private(wire, "has an internal")
    wire.slack.press(message, "next_agents")
    assert told(wire, "41-60 of 2,000 agents:")
    wire.slack.press(the_list(wire), "previous_agents", value="1999 ")
    assert told(wire, "1,981-2,000 of 2,000 agents:")


def test_agents_are_filtered_by_name_or_id_with_state_and_last_end(wire: Wire):
    wire.slack.command("launch 908")
    assert wire.says("✅ *Hello World*")
    wire.slack.command("agents hello")
    assert told(wire, "• Hello World (908)\nLast run: ✅ finished", "· <@U0ADA> ")
    wire.slack.command("agents “Twitter Followers”")
    assert told(wire, "Twitter Followers (901)", "Twitter Followers (902)")


def test_an_agent_is_launched_from_the_list(wire: Wire):
    wire.slack.command("agents hello")
    assert told(wire, "• Hello World (908)")
    wire.slack.press(private(wire, "• Hello World (908)")[-1], OPEN_LAUNCH)
    assert wire.slack.wait_for(lambda slack: slack.views() != [], PATIENCE)
    (form,) = wire.slack.views()
    wire.slack.submit(form, {})
    assert wire.says("✅ *Hello World*")


def test_an_alias_is_set_used_listed_and_taken_away(wire: Wire):
    wire.slack.command(f'alias Hi hello casperjs {{"cookie": "{COOKIE}"}}', user="U0MAX")
    assert told(wire, "`hi` now stands for Hello World (908), with its own command", user="U0MAX")
    wire.slack.command("launch HI")
    assert wire.says("✅ *Hello World*")
    (launch,) = wire.phantombuster.launches
    assert (launch.command, launch.argument) == ("casperjs", f'{{"cookie": "{COOKIE}"}}')
    for line in ("status hi", "output hi", "stop hi"):
        wire.slack.command(line)
    assert told(wire, "Hello World (908) · not running")
    assert told(wire, "Hello World (908) is not running, so nothing was stopped.")
    wire.slack.command("alias", channel="C0GENERAL")
    assert told(wire, "• `hi`: Hello World (908) · with its own command or argument")
    wire.slack.press(private(wire, "• `hi`: Hello World (908)")[-1], "open_alias")
    assert wire.slack.wait_for(lambda slack: slack.views() != [], PATIENCE)
    wire.slack.command("unalias Hi")
    assert told(wire, "`hi` no longer stands for Hello World (908)")
    wire.slack.command("launch hi casperjs")
    assert told(wire, "no agent is called “hi”")
    wire.slack.command("audit")
    agent = "Hello World (908) in <#C0GENERAL>"
    assert told(wire, f"set the alias `hi` for {agent}", f"removed the alias `hi` of {agent}")
    everything = [*wire.slack.messages(), *wire.slack.ephemerals(), *wire.slack.ephemerals("U0MAX")]
    assert not any(COOKIE in shown(message) for message in everything)


def test_a_guest_gets_neither_list_nor_alias(wire: Wire):
    for line in ("agents", "alias", "alias hi 908", "unalias hi"):
        wire.slack.command(line, user="U0GUS")
    assert wire.slack.wait_for(
        lambda _: len(private(wire, "uests can't use phantombot", user="U0GUS")) == 4, PATIENCE
    )
    wire.slack.command("audit")
    assert told(wire, "refused `agents`", "refused `alias`", "refused `unalias`")
