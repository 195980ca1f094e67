"""What may be chosen and typed in a form, as Slack takes it and refuses it."""

from typing import Any

import pytest
from slack_stage import label

from phantombot.access import DEFAULT, Rules, Who
from phantombot.messages.access import LONGEST_AGENT, MOST, access_form
from phantombot.sandbox.slack.blocks import checked
from phantombot.sandbox.slack.values import Block, Refusal

ONE, TWO = ({"text": label(text), "value": text} for text in ("one", "two"))


def options(count: int) -> list[Block]:
    return [{"text": label(str(number)), "value": str(number)} for number in range(count)]


def asked(kind: str, **element: Any) -> list[Block]:
    return [{"type": "input", "label": label("x"), "element": {"type": kind, **element}}]


@pytest.mark.parametrize(
    "blocks",
    [
        asked("radio_buttons", options=[ONE, TWO], initial_option=TWO),
        asked("checkboxes", options=options(10), initial_options=options(2)),
        asked("multi_static_select", options=options(100), max_selected_items=1),
        asked("static_select", option_groups=[{"options": [ONE]}], initial_option=ONE),
        asked("plain_text_input", max_length=3000, initial_value="x" * 3000),
        asked("multi_users_select", initial_users=["U1"]),
    ],
)
def test_what_the_reference_allows_is_taken(blocks: list[Block]):
    assert checked(blocks)


@pytest.mark.parametrize(
    ("blocks", "why"),
    [
        (asked("radio_buttons", options=options(11)), "1 to 10 options"),
        (asked("multi_static_select", options=[]), "1 to 100 options"),
        (asked("static_select", options=options(101)), "1 to 100 options"),
        (asked("radio_buttons", options=[ONE], initial_option=TWO), "to the letter"),
        (asked("checkboxes", options=[ONE], initial_options=[]), "must not be empty"),
        (asked("checkboxes", options=[{**ONE, "text": label("x" * 76)}]), "1 to 75"),
        (asked("checkboxes", options=[{**ONE, "value": "x" * 151}]), "1 to 150"),
        (asked("plain_text_input", max_length=3001), "max_length"),
        (asked("plain_text_input", max_length=2, initial_value="xxx"), "longer than max_length"),
        (asked("multi_users_select", max_selected_items=0), "at least 1"),
        (asked("multi_users_select", placeholder=label("x" * 151)), "placeholder"),
        ([{**asked("plain_text_input")[0], "hint": label("x" * 2001)}], "2000 characters"),
    ],
)
def test_what_it_forbids_is_refused(blocks: list[Block], why: str):
    with pytest.raises(Refusal) as refused:
        checked(blocks)
    assert why in refused.value.why


def test_the_form_of_who_may_do_what_keeps_to_it_however_much_was_set():
    many = tuple(f"S{number}" for number in range(MOST))
    full = Rules(Who.NAMED, many, many, many, ("x" * (LONGEST_AGENT - 1),) * 15, guests=True)
    groups = [(f"S{number}", "g" * 200) for number in range(300)]
    for rules, known in ((DEFAULT, []), (DEFAULT, groups), (full, groups), (full, [])):
        assert checked(access_form(rules, 1, known, "Look again.")["blocks"])
