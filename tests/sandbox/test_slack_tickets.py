"""What expires: trigger ids and the modals they open, and response URLs."""

from typing import Any

import pytest
from slack_sdk import WebClient
from slack_stage import ACTIONS, VIEW, Bot, Clock, label, refusal, section

from phantombot.sandbox.slack import LocalSlack


def test_a_trigger_opens_a_modal_for_three_seconds(
    slack: LocalSlack, client: WebClient, slack_clock: Clock
):
    trigger, late = slack.command("launch").trigger_id, slack.command("launch").trigger_id
    slack_clock.time += 3.0
    opened = client.views_open(trigger_id=trigger, view=VIEW)["view"]
    assert [view.id for view in slack.views()] == [opened["id"]]
    slack_clock.time += 0.1
    assert refusal(client, "views.open", trigger_id=late, view=VIEW) == "expired_trigger_id"


def test_a_trigger_grows_no_younger_when_delivered_again(
    slack: LocalSlack, client: WebClient, slack_clock: Clock
):
    trigger = slack.command("launch").trigger_id
    slack_clock.time += 3.1
    slack.command("launch", trigger_id=trigger)
    assert refusal(client, "views.open", trigger_id=trigger, view=VIEW) == "expired_trigger_id"


def test_a_trigger_opens_one_modal(slack: LocalSlack, client: WebClient):
    trigger = slack.command("launch").trigger_id
    client.views_open(trigger_id=trigger, view=VIEW)
    assert refusal(client, "views.open", trigger_id=trigger, view=VIEW) == "exchanged_trigger_id"
    assert len(slack.views()) == 1


def test_an_invented_trigger_opens_nothing(client: WebClient):
    assert refusal(client, "views.open", trigger_id="1.2.3", view=VIEW) == "invalid_trigger_id"


@pytest.mark.parametrize(
    "wrong",
    [{"title": label("x" * 25)}, {"type": "home"}, {"private_metadata": "x" * 3001}],
    ids=["long title", "home", "long metadata"],
)
def test_a_modal_slack_would_refuse_is_refused(
    slack: LocalSlack, client: WebClient, wrong: dict[str, Any]
):
    trigger = slack.command("launch").trigger_id
    error = refusal(client, "views.open", trigger_id=trigger, view={**VIEW, **wrong})
    assert error == "invalid_arguments"


def test_a_modal_is_updated_unless_it_changed_meanwhile(slack: LocalSlack, client: WebClient):
    opened = client.views_open(trigger_id=slack.command("x").trigger_id, view=VIEW)["view"]
    changed = {**VIEW, "blocks": [section(3)]}
    client.views_update(view_id=opened["id"], hash=opened["hash"], view=changed)
    assert len(slack.views()[0].view["blocks"]) == 1
    late = {"view_id": opened["id"], "hash": opened["hash"], "view": VIEW}
    assert refusal(client, "views.update", **late) == "hash_conflict"


def test_modals_pile_up_to_three(slack: LocalSlack, client: WebClient):
    client.views_open(trigger_id=slack.command("x").trigger_id, view=VIEW)
    for _ in range(2):
        client.views_push(trigger_id=slack.command("x").trigger_id, view=VIEW)
    fourth = {"trigger_id": slack.command("x").trigger_id, "view": VIEW}
    assert refusal(client, "views.push", **fourth) == "push_limit_reached"
    assert len({view.view["root_view_id"] for view in slack.views()}) == 1


def test_a_response_url_reaches_where_the_bot_is_no_member(slack: LocalSlack, bot: Bot):
    slack.command("status", channel="C0PRIVATE", user="U0MAX")
    assert bot.webhook.send(text="for you").status_code == 200
    assert bot.webhook.send(text="for all", response_type="in_channel").status_code == 200
    assert [message.text for message in slack.ephemerals("U0MAX")] == ["for you"]
    assert [message.text for message in slack.messages("C0PRIVATE")] == ["for all"]


def test_a_response_url_replaces_and_deletes_the_pressed_message(slack: LocalSlack, bot: Bot):
    slack.command("stop")
    bot.webhook.send(text="Sure?", blocks=ACTIONS)
    slack.press(slack.ephemerals()[0], "stop")
    bot.webhook.send(text="Stopped", replace_original=True)
    assert [(one.text, one.edits) for one in slack.ephemerals()] == [("Stopped", 1)]
    bot.webhook.send_dict({"delete_original": "true"})
    assert slack.ephemerals()[0].deleted


def test_a_response_url_is_good_for_five_answers(slack: LocalSlack, bot: Bot):
    slack.command("status")
    answers = [bot.webhook.send(text="x") for _ in range(6)]
    assert [answer.status_code for answer in answers] == [200] * 5 + [404]
    assert "used_url" in answers[-1].body
    assert len(slack.ephemerals()) == 5


@pytest.mark.parametrize(("age", "status"), [(1800, 200), (1801, 404)])
def test_a_response_url_is_good_for_thirty_minutes(
    slack: LocalSlack, bot: Bot, slack_clock: Clock, age: float, status: int
):
    slack.command("status")
    slack_clock.time += age
    answer = bot.webhook.send(text="x")
    assert answer.status_code == status
    assert ("expired_url" in answer.body) == (status == 404)


def test_a_commands_response_url_deletes_its_acknowledgement_and_replaces_nothing(
    slack: LocalSlack, bot: Bot
):
    bot.says({"text": "Launching it."})
    slack.command("launch")
    bot.webhook.send(text="Anew", replace_original=True)
    assert [one.text for one in slack.ephemerals()] == ["Launching it.", "Anew"]
    for _ in range(2):
        assert bot.webhook.send_dict({"delete_original": "true"}).status_code == 200
    assert [one.deleted for one in slack.ephemerals()] == [True, False]


def test_a_response_url_without_a_message_deletes_nothing(slack: LocalSlack, bot: Bot):
    slack.command("launch")
    assert bot.webhook.send_dict({"delete_original": "true"}).status_code == 400
    assert slack.messages() == slack.ephemerals() == []
