"""What is entered in menus and fields, and how the bot hears of it."""

from typing import Any

import pytest
from slack_sdk import WebClient
from slack_stage import BUTTON, FIELD, MENU, WORDS, Bot, label

from phantombot.sandbox.slack import LocalSlack, View

NUMBER = {"type": "number_input", "action_id": "n", "is_decimal_allowed": False, "max_value": "9"}
CHANNEL = {
    "type": "conversations_select",
    "action_id": "where",
    "default_to_current_conversation": True,
    "response_url_enabled": True,
}
SEARCH = {"type": "external_select", "action_id": "agent", "min_query_length": 1}


def asked(element: dict[str, Any], **block: Any) -> dict[str, Any]:
    name = f"b-{element['action_id']}"
    common = {"type": "input", "block_id": name, "label": label(name), "element": element}
    return {**common, **block}


def form(*blocks: dict[str, Any]) -> dict[str, Any]:
    view = {"type": "modal", "title": label("Launch"), "submit": label("Go")}
    return {**view, "blocks": list(blocks)}


def show(slack: LocalSlack, client: WebClient, *blocks: dict[str, Any]) -> View:
    """Open a modal as ada, and return it."""
    trigger = slack.command("", channel="C0PAYLOAD", deliver=False).trigger_id
    client.views_open(trigger_id=trigger, view=form(*blocks))
    return slack.views()[-1]


def state(bot: Bot, action_id: str) -> Any:
    values = bot.payload["view"]["state"]["values"]
    return values[f"b-{action_id}"][action_id]


def options(*values: str) -> list[dict[str, Any]]:
    return [{"text": label(value.title()), "value": value} for value in values]


def test_what_was_entered_goes_with_every_press_and_stays_through_an_update(
    slack: LocalSlack, bot: Bot, client: WebClient
):
    row = {"type": "actions", "elements": [BUTTON]}
    view = show(slack, client, asked(FIELD), row)
    slack.enter(view, {"typed": "[1]"})
    slack.press(view, "stop")
    assert state(bot, "typed")["value"] == "[1]"
    client.views_update(view_id=view.id, view=form(asked(FIELD), asked(MENU)))
    slack.submit(view, {"chosen": "casperjs"})
    assert state(bot, "typed")["value"] == "[1]"
    assert state(bot, "chosen")["selected_option"]["value"] == "casperjs"


def test_a_field_under_another_block_begins_anew(slack: LocalSlack, bot: Bot, client: WebClient):
    view = show(slack, client, asked(FIELD))
    slack.enter(view, {"typed": "[1]"})
    moved = {**asked(FIELD), "block_id": "other"}
    client.views_update(view_id=view.id, view=form(moved))
    slack.submit(view, {})
    assert bot.payload["view"]["state"]["values"]["other"]["typed"]["value"] == "{}"


def test_a_field_of_a_form_tells_of_itself_only_where_it_is_asked_to(
    slack: LocalSlack, bot: Bot, client: WebClient
):
    view = show(slack, client, asked(MENU, dispatch_action=True), asked(FIELD))
    slack.press(view, "chosen", value="phantomjs")
    (action,) = bot.payload["actions"]
    assert (action["type"], action["selected_option"]) == ("static_select", WORDS[1])
    assert state(bot, "chosen")["selected_option"] == WORDS[1]
    with pytest.raises(LookupError, match="until the form is submitted"):
        slack.press(view, "typed", value="[]")


def test_a_menu_of_a_message_tells_what_else_is_chosen_there(
    slack: LocalSlack, bot: Bot, client: WebClient
):
    row = {"type": "actions", "block_id": "row", "elements": [MENU, BUTTON]}
    client.chat_postMessage(channel="C0GENERAL", text="x", blocks=[row])
    slack.press(slack.messages()[0], "chosen", value="casperjs")
    slack.press(slack.messages()[0], "stop")
    assert bot.payload["actions"][0]["action_id"] == "stop"
    chosen = bot.payload["state"]["values"]["row"]["chosen"]
    assert chosen == {"type": "static_select", "selected_option": WORDS[0]}


def test_a_menu_of_conversations_begins_where_the_form_was_opened_and_gives_its_url(
    slack: LocalSlack, bot: Bot, client: WebClient
):
    view = show(slack, client, asked(CHANNEL))
    slack.submit(view, {})
    assert state(bot, "where")["selected_conversation"] == "C0PAYLOAD"
    (given,) = bot.payload["response_urls"]
    assert (given["channel_id"], given["block_id"], given["action_id"]) == (
        "C0PAYLOAD",
        "b-where",
        "where",
    )
    assert given["response_url"].startswith(slack.url)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ({**FIELD, "max_length": 3}, "four"),
        ({**FIELD, "min_length": 3}, "no"),
        (NUMBER, "1.5"),
        (NUMBER, "many"),
        (NUMBER, "10"),
        ({**NUMBER, "min_value": "0", "is_decimal_allowed": True}, "-0.5"),
        ({"type": "multi_users_select", "action_id": "u", "max_selected_items": 1}, "U0ADA,U0MAX"),
    ],
    ids=lambda one: one if isinstance(one, str) else one["type"],
)
def test_what_slacks_own_form_would_not_take_cannot_be_entered(
    slack: LocalSlack, bot: Bot, client: WebClient, field: dict[str, Any], value: str
):
    view = show(slack, client, asked(field))
    with pytest.raises(ValueError, match="takes"):
        slack.submit(view, {field["action_id"]: value})
    assert bot.received == []


def test_a_menu_asks_the_bot_for_its_options_and_takes_no_others(
    slack: LocalSlack, bot: Bot, client: WebClient
):
    view = show(slack, client, asked(SEARCH))
    with pytest.raises(LookupError, match="no option '785'"):
        slack.submit(view, {"agent": "785"})
    bot.says({"options": options("785", "786")})
    assert slack.suggest(view, "agent", "lin", user="U0MAX").values == ["785", "786"]
    payload = bot.payload
    assert (payload["type"], payload["value"]) == ("block_suggestion", "lin")
    assert (payload["block_id"], payload["action_id"]) == ("b-agent", "agent")
    assert (payload["user"]["id"], payload["view"]["id"]) == ("U0MAX", view.id)
    assert "trigger_id" not in payload
    bot.says(None)
    slack.submit(view, {"agent": "786"})
    assert state(bot, "agent")["selected_option"] == options("786")[0]


def test_a_menu_of_a_message_asks_for_its_options_too(
    slack: LocalSlack, bot: Bot, client: WebClient
):
    several = {**SEARCH, "type": "multi_external_select"}
    row = {"type": "section", "text": label("x"), "accessory": several}
    client.chat_postMessage(channel="C0GENERAL", text="x", blocks=[row])
    (message,) = slack.messages()
    groups = [{"label": label("Mine"), "options": options("785")}]
    bot.says({"option_groups": groups})
    suggestion = slack.suggest(message, "agent", "x")
    assert (suggestion.groups, suggestion.values) == (tuple(groups), ["785"])
    assert bot.payload["container"]["message_ts"] == message.ts
    slack.press(message, "agent", value="785")
    assert bot.payload["actions"][0]["selected_options"] == options("785")


def test_too_little_typed_asks_nothing(slack: LocalSlack, bot: Bot, client: WebClient):
    patient = {key: value for key, value in SEARCH.items() if key != "min_query_length"}
    suggestion = slack.suggest(show(slack, client, asked(patient)), "agent", "li")
    assert (suggestion.options, suggestion.delivery, bot.received) == ((), None, [])


@pytest.mark.parametrize(
    "answer",
    [
        None,
        {"options": options(*map(str, range(101)))},
        {"options": options("x" * 76)},
        {"options": [{"text": label("x"), "value": "x" * 151}]},
        {"option_groups": [{"label": label("x" * 76), "options": options("1")}]},
        {"option_groups": [{"label": label("x"), "options": options(*map(str, range(101)))}]},
    ],
    ids=["nothing", "too many", "long text", "long value", "long label", "too many in a group"],
)
def test_an_answer_that_slack_does_not_take_offers_nothing(
    slack: LocalSlack, bot: Bot, client: WebClient, answer: Any
):
    bot.says(answer)
    suggestion = slack.suggest(show(slack, client, asked(SEARCH)), "agent", "lin")
    assert suggestion.values == []
    assert suggestion.delivery is not None
    assert suggestion.delivery.error


def test_only_a_menu_of_the_bots_own_options_can_be_asked(slack: LocalSlack, client: WebClient):
    with pytest.raises(LookupError, match="do not come from the app"):
        slack.suggest(show(slack, client, asked(MENU)), "chosen", "casp")
