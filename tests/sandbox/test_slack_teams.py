"""Many teams in one local Slack, and channels that change."""

from slack_sdk import WebClient
from slack_stage import ACTIONS, FORM, Bot, refusal

from phantombot.sandbox.slack import LocalSlack


def test_a_command_comes_from_the_team_of_its_channel(slack: LocalSlack, bot: Bot):
    for number in range(50):
        (channel,) = slack.add_team(f"T{number:04}")
        slack.command("status", channel=channel)
    teams = [request.form["team_id"] for request in bot.received]
    assert teams == [f"T{number:04}" for number in range(50)]
    assert bot.received[7].form["channel_id"] == "C0007X1"
    assert bot.received[7].form["team_domain"] == "t0007"


def test_a_command_may_name_a_team_that_nobody_knows(slack: LocalSlack, bot: Bot):
    slack.command("status", team="T0OTHER")
    assert bot.received[0].form["team_id"] == "T0OTHER"


def test_each_team_has_its_own_channels(slack: LocalSlack, client: WebClient):
    channels = [*slack.add_team("T0001", 2), *slack.add_team("T0002", 2)]
    for channel in channels:
        answer = client.chat_postMessage(channel=channel, text=channel)
        assert answer["message"]["team"] == f"T{channel[1:5]}"
    assert [[one.text for one in slack.messages(channel)] for channel in channels] == [
        [channel] for channel in channels
    ]


def test_a_button_and_a_modal_belong_to_the_team_they_were_shown_in(
    slack: LocalSlack, client: WebClient, bot: Bot
):
    (channel,) = slack.add_team("T0042")
    client.chat_postMessage(channel=channel, text="x", blocks=ACTIONS)
    pressed = slack.press(slack.messages(channel)[0], "stop")
    assert bot.payload["team"]["id"] == bot.payload["message"]["team"] == "T0042"
    client.views_open(trigger_id=pressed.trigger_id, view=FORM)
    slack.submit(slack.views()[0], {"argument": "{}"})
    assert bot.payload["team"]["id"] == bot.payload["view"]["team_id"] == "T0042"


def test_a_channel_can_be_archived_and_reopened(slack: LocalSlack, client: WebClient):
    slack.change_channel("C0GENERAL", archived=True)
    asked = {"channel": "C0GENERAL", "text": "x"}
    assert refusal(client, "chat.postMessage", **asked) == "is_archived"
    slack.change_channel("C0GENERAL", archived=False)
    assert client.chat_postMessage(**asked)["ok"]


def test_the_bot_can_be_removed_from_a_private_channel_and_invited(
    slack: LocalSlack, client: WebClient
):
    slack.change_channel("C0PRIVATE", bot=True)
    asked = {"channel": "C0PRIVATE", "text": "x"}
    assert client.chat_postMessage(**asked)["ok"]
    slack.change_channel("C0PRIVATE", bot=False)
    assert refusal(client, "chat.postMessage", **asked) == "not_in_channel"


def test_a_public_channel_takes_messages_of_a_stranger(slack: LocalSlack, client: WebClient):
    slack.add_channel("C0STRANGER", bot=False)
    assert client.chat_postMessage(channel="C0STRANGER", text="x")["ok"]
