"""Commands as the bot receives them, and the acknowledgements as the user sees them."""

import threading
from typing import Any

import pytest
from patience import PATIENCE
from slack_sdk import WebClient
from slack_stage import FORM, NOW, SECRET, TOKEN, Bot, is_signed

from phantombot.sandbox.server import Request, Response, json_response
from phantombot.sandbox.slack import Delivery, LocalSlack


def test_a_command_arrives_signed_with_all_of_slacks_fields(slack: LocalSlack, bot: Bot):
    delivery = slack.command("launch 785", user="U0MAX", channel="C0PAYLOAD")
    form = bot.received[0].form
    assert is_signed(bot.received[0])
    assert bot.received[0].path == "/slack/events"
    assert (delivery.status, delivery.error, delivery.body) == (200, None, None)
    assert form.pop("response_url").startswith(f"{slack.url}/response/")
    assert form.pop("trigger_id") == delivery.trigger_id
    assert form.pop("token")
    assert form == {
        "team_id": "T0SANDBOX",
        "team_domain": "sandbox",
        "channel_id": "C0PAYLOAD",
        "channel_name": "payload-alerts",
        "user_id": "U0MAX",
        "user_name": "max",
        "command": "/phantom",
        "text": "launch 785",
        "api_app_id": "A0SANDBOX",
        "is_enterprise_install": "false",
    }


@pytest.mark.parametrize(
    ("channel", "name"),
    [("C0PRIVATE", "privategroup"), ("D0ADA", "directmessage"), ("C0GENERAL", "general")],
)
def test_a_command_names_only_public_channels(slack: LocalSlack, bot: Bot, channel: str, name: str):
    slack.command("status", channel=channel)
    assert bot.received[0].form["channel_name"] == name


@pytest.mark.parametrize(
    "forged",
    [{"signature": "v0=00"}, {"timestamp": NOW - 600}],
    ids=["wrong signature", "old timestamp"],
)
def test_a_forged_request_does_not_verify(slack: LocalSlack, bot: Bot, forged: dict[str, Any]):
    slack.command("launch 785", **forged)
    assert not is_signed(bot.received[0])


def test_a_command_delivered_again_keeps_its_trigger_and_response_url(slack: LocalSlack, bot: Bot):
    first = slack.command("launch 785")
    again = slack.command("launch 785", trigger_id=first.trigger_id)
    other = slack.command("launch 785")
    one, two, three = (request.form for request in bot.received)
    assert again.trigger_id == first.trigger_id != other.trigger_id
    assert one == two
    assert one["response_url"] != three["response_url"]


def test_an_undelivered_command_does_not_reach_the_bot(slack: LocalSlack, bot: Bot):
    assert slack.command("launch 785", deliver=False).status == 0
    assert bot.received == []


def test_extra_fields_are_added_or_replace_others(slack: LocalSlack, bot: Bot):
    slack.command("status", extra={"enterprise_id": "E1", "channel_name": "payload"})
    assert bot.received[0].form["enterprise_id"] == "E1"
    assert bot.received[0].form["channel_name"] == "payload"


def test_an_acknowledgement_is_shown_to_the_caller_alone(slack: LocalSlack, bot: Bot):
    bot.says({"text": "On its way"})
    delivery = slack.command("launch 785", user="U0MAX")
    assert delivery.body == {"text": "On its way"}
    assert [message.text for message in slack.ephemerals("U0MAX")] == ["On its way"]
    assert slack.ephemerals("U0ADA") == slack.messages() == []


def test_a_plain_text_acknowledgement_is_shown_too(slack: LocalSlack, bot: Bot):
    bot.answer = lambda _: Response(200, b"On its way", "text/plain")
    assert slack.command("launch 785").body == "On its way"
    assert slack.ephemerals("U0ADA")[0].text == "On its way"


def test_an_acknowledgement_in_channel_publishes_the_typed_line(slack: LocalSlack, bot: Bot):
    bot.says({"text": "On its way", "response_type": "in_channel"})
    slack.command("launch 785 secret")
    typed, said = slack.messages()
    assert (typed.author, typed.text) == ("U0ADA", "/phantom launch 785 secret")
    assert said.text == "On its way"


@pytest.mark.parametrize(
    ("answer", "status", "error"),
    [
        (Response(500), 500, "dispatch_failed"),
        (Response(302, headers={"Location": "http://127.0.0.1:9/"}), 302, "dispatch_failed"),
        (Response(cut=True), 0, "dispatch_failed"),
        (json_response({"blocks": [{"type": "poem"}]}), 200, "invalid_command_response"),
    ],
    ids=["server error", "redirect", "reset", "forbidden blocks"],
)
def test_a_bad_acknowledgement_fails_in_slacks_words(
    slack: LocalSlack, bot: Bot, answer: Response, status: int, error: str
):
    bot.answer = lambda _: answer
    delivery = slack.command("status")
    assert (delivery.status, delivery.error) == (status, error)
    assert slack.ephemerals() == []


def test_a_late_acknowledgement_is_a_timeout_and_is_not_shown(slack: LocalSlack, bot: Bot):
    slack._courier.patience = 0.2
    late = threading.Event()
    bot.answer = lambda _: json_response({"text": f"late: {late.wait(PATIENCE)}"})
    delivery = slack.command("status")
    late.set()
    assert (delivery.error, delivery.body) == ("operation_timeout", None)
    assert delivery.seconds >= slack._courier.patience
    assert slack.ephemerals() == []


def test_a_bot_that_is_not_there_is_a_failed_dispatch(slack: LocalSlack):
    slack.bot_url = None
    assert slack.command("status").error == "dispatch_failed"


def test_a_bot_may_call_back_while_it_is_being_called(
    slack: LocalSlack, bot: Bot, client: WebClient
):
    def answer(request: Request) -> Response:
        client.views_open(trigger_id=request.form["trigger_id"], view=FORM)
        return Response(200)

    bot.answer = answer
    assert slack.command("launch").error is None
    assert [view.user for view in slack.views()] == ["U0ADA"]


def test_waiting_ends_with_the_change_or_with_the_time(slack: LocalSlack):
    slack.write("hello")
    assert slack.wait_for(lambda slack: len(slack.messages()) == 1, PATIENCE)
    assert not slack.wait_for(lambda slack: len(slack.messages()) == 2, 0.01)


def test_a_delivery_shows_no_secret(slack: LocalSlack):
    assert isinstance(delivery := slack.command("status"), Delivery)
    assert SECRET not in repr(delivery)
    assert TOKEN not in repr(slack.calls)
