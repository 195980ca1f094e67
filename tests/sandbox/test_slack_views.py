"""Modals and Home tabs as Slack reads them: their limits, in Slack's words."""

from typing import Any

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_stage import FIELD, FORM, VIEW, label, refusal, section

from phantombot.access.rules import DEFAULT, Rules, Who
from phantombot.messages.access import LONGEST_AGENT, MOST, access_form
from phantombot.sandbox.slack import LocalSlack
from phantombot.sandbox.slack.block_kit.view_rules import view_faults

HOME = {"type": "home", "blocks": []}
ASKING = {"type": "input", "label": label("x"), "element": FIELD}


@pytest.mark.parametrize(
    ("view", "pointer", "why"),
    [
        ("x", "/view", "must provide an object"),
        ({}, "/view", "missing required field: type"),
        ({**VIEW, "type": "dialog"}, "/view/type", "must be a valid enum value"),
        ({"type": "modal", "blocks": []}, "/view", "missing required field: title"),
        ({"type": "modal", "title": label("x")}, "/view", "missing required field: blocks"),
        ({**VIEW, "blocks": {}}, "/view/blocks", "must provide an array"),
        ({**VIEW, "title": "x"}, "/view/title", "must provide an object"),
        ({**VIEW, "title": label("x" * 25)}, "/view/title/text", "less than 25 characters"),
        ({**VIEW, "submit": label("x" * 25)}, "/view/submit/text", "less than 25 characters"),
        ({**VIEW, "close": label("x" * 25)}, "/view/close/text", "less than 25 characters"),
        ({**VIEW, "close": None}, "/view/close", "must provide an object"),
        ({**VIEW, "private_metadata": "x" * 3001}, "/view/private_metadata", "less than 3001"),
        ({**VIEW, "private_metadata": {}}, "/view/private_metadata", "must provide a string"),
        ({**VIEW, "callback_id": "x" * 256}, "/view/callback_id", "less than 256 characters"),
        ({**VIEW, "external_id": "x" * 256}, "/view/external_id", "less than 256 characters"),
        ({**VIEW, "notify_on_close": "yes"}, "/view/notify_on_close", "must be a boolean"),
        ({**VIEW, "ok": True}, "/view", "invalid additional property: ok"),
        ({**VIEW, "blocks": [section(1)] * 101}, "/view/blocks", "no more than 100 items allowed"),
        ({**VIEW, "blocks": [section(3001)]}, "/view/blocks/0/text/text", "less than 3001"),
        (
            {**VIEW, "blocks": [{"type": "table", "rows": []}]},
            "/view/blocks/0/type",
            "unsupported type: table",
        ),
        (
            {**VIEW, "blocks": [section(1), ASKING]},
            "/view/blocks/1/input",
            "must define `submit` to use an `input` block in modals",
        ),
    ],
    ids=lambda given: str(given)[:40],
)
def test_what_the_reference_forbids_is_refused_in_slacks_words(
    slack: LocalSlack, client: WebClient, view: Any, pointer: str, why: str
):
    trigger = slack.command("", deliver=False).trigger_id
    with pytest.raises(SlackApiError) as refused:
        client.api_call("views.open", json={"trigger_id": trigger, "view": view})
    answer = refused.value.response
    messages = answer["response_metadata"]["messages"]
    assert answer["error"] == "invalid_arguments"
    assert any(one.startswith("[ERROR] ") and f"{why}" in one for one in messages), messages
    assert any(one.endswith(f"[json-pointer:{pointer}]") for one in messages), messages
    assert slack.views() == []


@pytest.mark.parametrize(
    ("view", "why"),
    [
        ({**HOME, "submit": label("x")}, "invalid additional property: submit"),
        ({**HOME, "blocks": [section(1)] * 101}, "no more than 100 items allowed"),
    ],
    ids=["submit", "blocks"],
)
def test_a_home_has_limits_of_its_own(client: WebClient, view: Any, why: str):
    with pytest.raises(SlackApiError, match="invalid_arguments") as refused:
        client.views_publish(user_id="U0ADA", view=view)
    assert why in str(refused.value.response["response_metadata"])


def test_a_home_may_ask_without_a_button_to_submit(client: WebClient):
    view = client.views_publish(user_id="U0ADA", view={**HOME, "blocks": [ASKING]})["view"]
    (block,) = view["blocks"]
    assert view["state"]["values"][block["block_id"]]["typed"]["value"] == "{}"


def test_a_view_of_more_than_250_kb_is_too_large(slack: LocalSlack, client: WebClient):
    view = {**VIEW, "blocks": [section(3000)] * 90}
    trigger = slack.command("", deliver=False).trigger_id
    assert refusal(client, "views.open", trigger_id=trigger, view=view) == "view_too_large"


def test_an_apps_own_id_stands_for_one_view_at_a_time(slack: LocalSlack, client: WebClient):
    named = {**VIEW, "external_id": "mine"}
    first = slack.command("", deliver=False).trigger_id
    view_id = client.views_open(trigger_id=first, view=named)["view"]["id"]
    second = slack.command("", deliver=False).trigger_id
    fields = {"trigger_id": second, "view": named}
    assert refusal(client, "views.open", **fields) == "duplicate_external_id"
    assert client.views_update(external_id="mine", view=named)["view"]["id"] == view_id


def test_the_form_of_who_may_do_what_keeps_to_it_however_much_was_set():
    many = tuple(f"S{number}" for number in range(MOST))
    full = Rules(Who.NAMED, many, many, many, ("x" * (LONGEST_AGENT - 1),) * 15, guests=True)
    groups = [(f"S{number}", "g" * 200) for number in range(300)]
    for rules, known in ((DEFAULT, []), (DEFAULT, groups), (full, groups), (full, [])):
        view = access_form(rules, 1, known, "Look again.")
        assert list(view_faults(view, "modal")) == []
    assert list(view_faults(FORM, "modal")) == []
