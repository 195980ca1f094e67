"""Buttons and modals, as the bot hears of them and as its answers change them."""

import json

import pytest
from slack_sdk import WebClient
from slack_stage import (
    ACTIONS,
    FORM,
    Bot,
    is_signed,
    label,
)

from phantombot.sandbox.server import Response, json_response
from phantombot.sandbox.slack import LocalSlack, View


def open_form(slack: LocalSlack, client: WebClient, view: object = FORM) -> View:
    client.views_open(trigger_id=slack.command("", deliver=False).trigger_id, view=view)
    return slack.views()[-1]


def test_a_button_of_a_message_carries_the_message(slack: LocalSlack, bot: Bot, client: WebClient):
    ts = client.chat_postMessage(channel="C0GENERAL", text="runs", blocks=ACTIONS)["ts"]
    slack.press(slack.messages()[0], "stop", user="U0MAX")
    payload = bot.payload
    (action,) = payload["actions"]
    assert is_signed(bot.received[0])
    assert (payload["type"], payload["team"]["id"]) == ("block_actions", "T0SANDBOX")
    assert payload["user"]["id"] == "U0MAX"
    assert (action["action_id"], action["block_id"], action["value"]) == ("stop", "what", "7")
    assert payload["container"]["message_ts"] == payload["message"]["ts"] == ts
    assert payload["channel"] == {"id": "C0GENERAL", "name": "general"}
    assert payload["response_url"].startswith(slack.url)


def test_a_button_of_an_ephemeral_message_tells_only_where_it_is(slack: LocalSlack, bot: Bot):
    bot.says({"text": "Sure?", "blocks": ACTIONS})
    slack.command("stop 785")
    slack.press(slack.ephemerals()[0], "stop", value="other")
    assert bot.payload["container"]["is_ephemeral"] is True
    assert "message" not in bot.payload
    assert bot.payload["actions"][0]["value"] == "other"


def test_a_button_that_is_not_there_cannot_be_pressed(slack: LocalSlack, client: WebClient):
    client.chat_postMessage(channel="C0GENERAL", text="runs", blocks=ACTIONS)
    with pytest.raises(LookupError, match="launch"):
        slack.press(slack.messages()[0], "launch")


def test_a_submission_carries_what_was_entered_and_what_was_there(
    slack: LocalSlack, bot: Bot, client: WebClient
):
    view = open_form(slack, client)
    slack.submit(view, {"command": "phantomjs"})
    sent = bot.payload["view"]
    values = sent["state"]["values"]
    assert bot.payload["type"] == "view_submission"
    assert (sent["callback_id"], sent["private_metadata"]) == ("launch", "785")
    assert values["argument"]["typed"] == {"type": "plain_text_input", "value": "{}"}
    assert values["command"]["chosen"]["selected_option"]["value"] == "phantomjs"


@pytest.mark.parametrize("values", [{"nothing": "x"}, {"command": "ruby"}], ids=["field", "option"])
def test_only_what_the_form_offers_can_be_entered(
    slack: LocalSlack, bot: Bot, client: WebClient, values: dict[str, str]
):
    with pytest.raises(LookupError):
        slack.submit(open_form(slack, client), values)
    assert bot.received == []


def test_an_empty_answer_closes_the_modal(slack: LocalSlack, client: WebClient):
    slack.submit(open_form(slack, client), {})
    assert slack.views() == []


def test_errors_stay_on_the_modal_until_the_next_submission(
    slack: LocalSlack, bot: Bot, client: WebClient
):
    view = open_form(slack, client)
    bot.says({"response_action": "errors", "errors": {"argument": "no JSON"}})
    slack.submit(view, {"typed": "{"})
    assert slack.views()[0].errors == {"argument": "no JSON"}
    bot.says({"response_action": "clear"})
    slack.submit(view, {"typed": "{}"})
    assert slack.views() == []


@pytest.mark.parametrize(
    ("action", "titles"),
    [("update", ["Sure?"]), ("push", ["Launch", "Sure?"]), ("clear", [])],
)
def test_the_answer_to_a_submission_is_followed(
    slack: LocalSlack, bot: Bot, client: WebClient, action: str, titles: list[str]
):
    view = open_form(slack, client)
    bot.says({"response_action": action, "view": {**FORM, "title": label("Sure?")}})
    assert slack.submit(view, {}).error is None
    assert [one.view["title"]["text"] for one in slack.views()] == titles


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (Response(500), "dispatch_failed"),
        (json_response({"response_action": "errors", "errors": {"x": "?"}}), "invalid_arguments"),
        (json_response({"response_action": "update", "view": {}}), "invalid_arguments"),
    ],
    ids=["server error", "errors at no field", "no view"],
)
def test_a_modal_stays_where_the_answer_cannot_be_followed(
    slack: LocalSlack, bot: Bot, client: WebClient, answer: Response, error: str
):
    view = open_form(slack, client)
    bot.answer = lambda _: answer
    assert slack.submit(view, {}).error == error
    assert [one.id for one in slack.views()] == [view.id]


@pytest.mark.parametrize("told", [True, False])
def test_the_bot_hears_of_a_closed_modal_only_where_it_asked_to(
    slack: LocalSlack, bot: Bot, client: WebClient, told: bool
):
    slack.close(open_form(slack, client, {**FORM, "notify_on_close": told}))
    assert slack.views() == []
    assert [json.loads(one.form["payload"])["type"] for one in bot.received] == (
        ["view_closed"] if told else []
    )
