"""What Slack's reference forbids where something is typed or chosen."""

from collections.abc import Iterator
from typing import Any

from phantombot.sandbox.slack.values import Block

OPTIONS_MOST = {
    "static_select": 100,
    "multi_static_select": 100,
    "radio_buttons": 10,
    "checkboxes": 10,
}
_SUGGESTED_MOST = 100
_TEXT_MOST = 75
_VALUE_MOST = 150
_PLACEHOLDER_MOST = 150
_TYPED_MOST = 3000


def choice_faults(element: Block) -> Iterator[str]:
    """Everything that is wrong with an element that is filled in or chosen from."""
    placeholder = (element.get("placeholder") or {}).get("text", "")
    if len(placeholder) > _PLACEHOLDER_MOST:
        yield f"placeholder must have at most {_PLACEHOLDER_MOST} characters"
    if element.get("max_selected_items", 1) < 1:
        yield "max_selected_items must be at least 1"
    if element.get("type") == "plain_text_input":
        yield from _typing_faults(element)
    if element.get("type") in OPTIONS_MOST:
        yield from _option_faults(element)


def suggested_faults(answer: Any) -> Iterator[str]:
    """What is wrong with the options that an app suggests; Slack's menu then shows none."""
    if not isinstance(answer, dict) or {"options", "option_groups"}.isdisjoint(answer):
        yield "the answer needs options or option_groups"
        return
    groups = answer.get("option_groups") or []
    for things in (answer.get("options") or [], groups, *(one.get("options") for one in groups)):
        if not isinstance(things, list) or len(things) > _SUGGESTED_MOST:
            yield f"no more than {_SUGGESTED_MOST} options"
            return
        for thing in things:
            yield from _label_faults(thing) if "options" in thing else _one_option_faults(thing)


def _label_faults(group: Any) -> Iterator[str]:
    if not 1 <= len((group.get("label") or {}).get("text", "")) <= _TEXT_MOST:
        yield f"a group's label has 1 to {_TEXT_MOST} characters"


def _typing_faults(element: Block) -> Iterator[str]:
    most = element.get("max_length", _TYPED_MOST)
    if not 1 <= most <= _TYPED_MOST:
        yield f"max_length must be 1 to {_TYPED_MOST}"
    if len(element.get("initial_value", "")) > most:
        yield "initial_value is longer than max_length"


def _option_faults(element: Block) -> Iterator[str]:
    groups = element.get("option_groups") or [{"options": element.get("options")}]
    options = [option for group in groups for option in group.get("options") or []]
    most = OPTIONS_MOST[element["type"]]
    for group in groups:
        if not 1 <= len(group.get("options") or []) <= most:
            yield f"1 to {most} options"
    for option in options:
        yield from _one_option_faults(option)
    initial = element.get("initial_options", [element.get("initial_option")])
    if "initial_options" in element and not initial:
        yield "initial_options must not be empty"
    if any(one is not None and one not in options for one in initial):
        yield "what is chosen at first must be one of the options, to the letter"


def _one_option_faults(option: Any) -> Iterator[str]:
    if not 1 <= len((option.get("text") or {}).get("text", "")) <= _TEXT_MOST:
        yield f"an option has 1 to {_TEXT_MOST} characters"
    if not 1 <= len(option.get("value", "")) <= _VALUE_MOST:
        yield f"an option's value has 1 to {_VALUE_MOST} characters"
