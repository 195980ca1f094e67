"""Shortcuts: of the whole workspace, and of one message."""

import pytest
from slack_sdk import WebClient
from slack_stage import VIEW, Bot, is_signed

from phantombot.sandbox.slack import LocalSlack


def test_a_shortcut_of_the_workspace_opens_a_modal_and_tells_no_channel(
    slack: LocalSlack, bot: Bot, client: WebClient
):
    delivery = slack.shortcut("launch_agent", user="U0MAX")
    payload = bot.payload
    assert (delivery.status, is_signed(bot.received[0])) == (200, True)
    assert (payload["type"], payload["callback_id"]) == ("shortcut", "launch_agent")
    assert (payload["user"]["id"], payload["team"]["id"]) == ("U0MAX", "T0SANDBOX")
    assert payload["action_ts"]
    assert {"channel", "message", "response_url"}.isdisjoint(payload)
    client.views_open(trigger_id=payload["trigger_id"], view=VIEW)
    assert [view.user for view in slack.views()] == ["U0MAX"]


def test_a_shortcut_of_a_message_carries_it_and_may_be_answered(slack: LocalSlack, bot: Bot):
    message = slack.write("785 broke", user="U0MAX")
    slack.shortcut("run_output", message=message)
    payload = bot.payload
    assert (payload["type"], payload["callback_id"]) == ("message_action", "run_output")
    assert payload["message_ts"] == payload["message"]["ts"] == message.ts
    assert (payload["message"]["text"], payload["message"]["user"]) == ("785 broke", "U0MAX")
    assert payload["channel"] == {"id": "C0GENERAL", "name": "general"}
    assert payload["trigger_id"]
    bot.webhook.send(text="Here it is.")
    assert [one.text for one in slack.ephemerals("U0ADA")] == ["Here it is."]


def test_an_ephemeral_message_has_no_shortcuts(slack: LocalSlack, bot: Bot):
    bot.says({"text": "Usage"})
    slack.command("help")
    with pytest.raises(LookupError):
        slack.shortcut("run_output", message=slack.ephemerals()[0])
