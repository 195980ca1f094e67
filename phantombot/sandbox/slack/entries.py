"""What people enter into fields and menus, kept as the state of a form."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from phantombot.sandbox.slack.block_kit.rules import elements
from phantombot.sandbox.slack.values import Block

Names = tuple[str, str]
"""A field's block id and action id."""
Typed = Mapping[str | Names, str | list[str]]
"""Entered values by block id, action id or both; lists for fields of several values."""
State = dict[str, dict[str, Any]]
"""Entered values by block id and action id, as in `view.state.values`."""

_HOLDS = {
    "plain_text_input": "value",
    "number_input": "value",
    "email_text_input": "value",
    "url_text_input": "value",
    "datepicker": "selected_date",
    "timepicker": "selected_time",
    "static_select": "selected_option",
    "external_select": "selected_option",
    "radio_buttons": "selected_option",
    "checkboxes": "selected_options",
    "multi_static_select": "selected_options",
    "multi_external_select": "selected_options",
    "users_select": "selected_user",
    "multi_users_select": "selected_users",
    "channels_select": "selected_channel",
    "multi_channels_select": "selected_channels",
    "conversations_select": "selected_conversation",
    "multi_conversations_select": "selected_conversations",
}
"""The field of the state that holds what was entered, by kind of input."""


class Entries:
    """What is entered in each message and view, and the options suggested there.

    A place is the ts of a message or the id of a view. Call only while holding the workspace's
    lock.
    """

    def __init__(self) -> None:
        self._states: dict[str, State] = {}
        self._suggested: dict[tuple[str, str, str], list[Block]] = {}
        self._conversations: dict[str, str] = {}

    def look_at(self, place: str, conversation: str | None) -> None:
        """Record the conversation that a view was opened over, for menus that begin with it."""
        if conversation:
            self._conversations[place] = conversation

    def suggest(self, place: str, block_id: str, action_id: str, options: list[Block]) -> None:
        """Record the options that a menu shows; earlier ones can still be chosen."""
        before = self._suggested.get((place, block_id, action_id), [])
        self._suggested[place, block_id, action_id] = [*options, *before]

    def fill(self, place: str, blocks: list[Block], typed: Typed) -> State:
        """Enter values; the others stay as entered before, or as the blocks begin.

        Raises:
            LookupError: a value is for a field or an option that doesn't exist.
            ValueError: a field doesn't accept its value.
        """
        before = self._states.get(place, {})
        state: State = {}
        unread = set(typed)
        for block, element in _fields(blocks):
            names = (block["block_id"], element["action_id"])
            entered = next((typed[name] for name in (names, *names) if name in typed), None)
            if entered is None:
                held = _kept(before, names, element) or self._initial(place, element)
            else:
                held = _held(element, entered, self._offered(place, names, element))
            state.setdefault(names[0], {})[names[1]] = {"type": element["type"], **held}
            unread -= {names, *names}
        if unread:
            raise LookupError(f"the form has no field {', '.join(sorted(map(str, unread)))}")
        self._states[place] = state
        return state

    def _initial(self, place: str, element: Block) -> dict[str, Any]:
        """Return a field's initial value; Slack says null, or an empty list, for nothing."""
        name = _HOLDS[element["type"]]
        several = name.endswith("s")
        given = element.get(f"initial_{name.removeprefix('selected_')}")
        viewed = self._conversations.get(place)
        if given is None and viewed and element.get("default_to_current_conversation"):
            given = [viewed] if several else viewed
        return {name: ([] if several else None) if given is None else given}

    def _offered(self, place: str, names: Names, element: Block) -> list[Block]:
        """Return the options of a menu: its own, all suggested ones, and its initial ones."""
        groups = [element, *element.get("option_groups", [])]
        own = [option for group in groups for option in group.get("options", [])]
        began = [element.get("initial_option"), *element.get("initial_options", [])]
        return [*own, *self._suggested.get((place, *names), []), *filter(None, began)]


def action_of(block: Block, element: Block, value: str | None, state: State) -> Block:
    """Return an entry of `actions` as in `block_actions`; `value` overrides a button's."""
    kept = ("type", "action_id", "text", "value", "style", "placeholder")
    action = {name: element[name] for name in kept if name in element}
    action["block_id"] = block["block_id"]
    held = state.get(block["block_id"], {}).get(element["action_id"])
    if held is not None:
        return {**action, **held}
    if element["type"] == "overflow":
        return {**action, **_chosen(element, [value or ""], element["options"], several=False)}
    return action if value is None else {**action, "value": value}


def holds(element: Block) -> bool:
    """Return whether something can be entered into the element."""
    return element["type"] in _HOLDS


def sends(block: Block) -> bool:
    """Return whether Slack sends an action in the block at once; in a form only if
    the block says so.
    """
    return block["type"] != "input" or bool(block.get("dispatch_action"))


def _fields(blocks: list[Block]) -> Iterator[tuple[Block, Block]]:
    for block in blocks:
        for element in elements(block):
            if holds(element):
                yield block, element


def _kept(before: State, names: Names, element: Block) -> dict[str, Any] | None:
    """Return what was entered before an update, if block, action and kind are still the same."""
    entry = before.get(names[0], {}).get(names[1])
    return dict(entry) if entry and entry["type"] == element["type"] else None


def _held(element: Block, entered: str | list[str], offered: list[Block]) -> dict[str, Any]:
    name = _HOLDS[element["type"]]
    several = name.endswith("s")
    asked = entered.split(",") if isinstance(entered, str) and several else entered
    values = [one for one in ([asked] if isinstance(asked, str) else asked) if one]
    if len(values) > element.get("max_selected_items", len(values)):
        raise ValueError(f"{element['action_id']} takes fewer values")
    if name.startswith("selected_option"):
        return _chosen(element, values, offered, several=several)
    if name == "value":
        _check_typed(element, *values)
    return {name: values if several else next(iter(values), None)}


def _chosen(
    element: Block, values: list[str], offered: list[Block], *, several: bool
) -> dict[str, Any]:
    by_value = {option["value"]: dict(option) for option in reversed(offered)}
    strange = [value for value in values if value not in by_value]
    if strange:
        raise LookupError(f"{element['action_id']} has no option {strange[0]!r}")
    options = [by_value[value] for value in values]
    if several:
        return {"selected_options": options}
    return {"selected_option": next(iter(options), None)}


def _check_typed(element: Block, text: str = "") -> None:
    """Refuse text that Slack's own form wouldn't submit; empty text is checked elsewhere."""
    if element["type"] == "number_input":
        _check_number(element, text)
    elif text and not element.get("min_length", 0) <= len(text) <= element.get("max_length", 3000):
        raise ValueError(f"{element['action_id']} takes no text of {len(text)} characters")


def _check_number(element: Block, text: str) -> None:
    form = r"-?\d+(\.\d+)?" if element["is_decimal_allowed"] else r"-?\d+"
    if text and not re.fullmatch(form, text):
        raise ValueError(f"{element['action_id']} takes a number")
    if text and float(text) < float(element.get("min_value", text)):
        raise ValueError(f"{element['action_id']} takes no less than {element['min_value']}")
    if text and float(text) > float(element.get("max_value", text)):
        raise ValueError(f"{element['action_id']} takes no more than {element['max_value']}")
