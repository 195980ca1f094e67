"""From installing the app to the first run: one message ticks off what is done, and each joined
channel is told what can be done there.
"""

from collections.abc import Callable

from patience import PATIENCE, becomes

from phantombot.sandbox.slack.values import Message

from .conftest import KEY, BotProcess, Wire, for_many, store_key
from .installing import Browser

TEAM, CHANNEL = "T0SANDBOX", "C0PRIVATE"


def welcomes(wire: Wire) -> list[Message]:
    """Return the direct messages of the bot's that speak of the steps."""
    return [one for one in wire.slack.messages("D0ADA") if "Three steps" in one.text]


def ticked(wire: Wire) -> list[str]:
    (message,) = welcomes(wire)
    return [line[3] for line in message.text.splitlines() if line.startswith("✅")]


def welcomed(wire: Wire, *done: str) -> bool:
    """Wait until a welcome shows exactly these steps as done; return whether it was in time."""
    return wire.slack.wait_for(
        lambda _: len(welcomes(wire)) == 1 and ticked(wire) == [*done], PATIENCE
    )


def greetings(wire: Wire, channel: str = CHANNEL) -> list[str]:
    lines = (one.text for one in wire.slack.messages(channel))
    return [line for line in lines if line.startswith("I launch Phantombuster agents in this")]


def test_who_installs_the_app_is_led_through_three_steps_by_one_message(many: Wire):
    Browser(many).install(TEAM)
    assert welcomed(many)
    many.slack.press(welcomes(many)[0], "add_key")
    assert many.slack.wait_for(lambda slack: slack.views() != [], PATIENCE)
    (form,) = many.slack.views()
    many.slack.submit(form, {"key_input": KEY})
    assert welcomed(many, "1")
    many.slack.command("launch hello")
    assert welcomed(many, "1", "2")
    many.slack.invite(CHANNEL)
    assert welcomed(many, "1", "2", "3")
    assert becomes(lambda: len(greetings(many)) == 1)


def test_installing_again_sends_no_second_welcome_unless_everything_was_erased(many: Wire):
    browser = Browser(many)
    assert "A message in Slack leads you" in browser.install(TEAM)[1]
    assert welcomed(many)
    assert "It was installed before" in browser.install(TEAM)[1]
    store = many.process.context.welcomes
    assert becomes(lambda: store.workspaces() == [])
    assert len(welcomes(many)) == 1
    many.slack.uninstall(TEAM)
    browser.install(TEAM)
    assert many.slack.wait_for(lambda _: len(welcomes(many)) == 2, PATIENCE)


def test_a_killed_bot_and_the_next_send_one_welcome(
    make_wire: Callable[..., Wire], database_url: str, start_bot: Callable[..., BotProcess]
):
    wire = for_many(make_wire(database_url))
    bot = start_bot(wire)
    Browser(wire).install(TEAM)
    assert welcomed(wire)
    wire.slack.invite(CHANNEL)
    assert welcomed(wire, "3")  # so it is on disk where the message stands
    bot.kill()
    store_key(wire, TEAM)
    start_bot(wire)
    assert welcomed(wire, "1", "3")


def test_a_channel_is_greeted_once_though_slack_tells_of_it_again(wire: Wire):
    wire.slack.invite("C0PRIVATE")
    assert wire.slack.wait_for(lambda _: len(greetings(wire, "C0PRIVATE")) == 1, PATIENCE)
    (told,) = wire.slack.told
    assert wire.slack._tell(told.payload, {"X-Slack-Retry-Num": "1"}).status == 200
    wire.slack.change_channel("C0PRIVATE", bot=False)
    wire.slack.invite("C0PRIVATE")
    assert wire.slack.wait_for(lambda _: len(greetings(wire, "C0PRIVATE")) == 2, PATIENCE)
    assert becomes(lambda: wire.process.context.welcomes.to_greet("T0SANDBOX") == [])
    assert len(greetings(wire, "C0PRIVATE")) == 2


def test_what_others_join_is_greeted_by_nobody(wire: Wire):
    for who in ({"user": "U0MAX"}, {"user": ""}, {}):
        joined = {"channel": "C0GENERAL", "channel_type": "C", **who}
        assert wire.slack.event("member_joined_channel", "T0SANDBOX", **joined).status == 200
    broken = {"user": "U0BOT", "channel": "C0GENERAL", "event_ts": "never"}
    assert wire.slack.event("member_joined_channel", "T0SANDBOX", **broken).status == 200
    assert wire.process.context.welcomes.workspaces() == []


def test_a_join_is_not_stored_where_the_app_is_not_installed(many: Wire):
    joined = {"user": "U0BOT", "channel": CHANNEL, "channel_type": "C", "team": TEAM}
    assert many.slack.event("member_joined_channel", TEAM, **joined).status == 200
    assert many.process.context.welcomes.workspaces() == []


def test_in_the_one_workspace_of_a_token_nobody_is_welcomed(wire: Wire):
    wire.slack.command("launch hello")
    assert wire.says("✅ *Hello World*")
    assert welcomes(wire) == []
