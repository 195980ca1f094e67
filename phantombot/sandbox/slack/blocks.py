"""Block Kit as Slack reads it: what it refuses, which ids it adds, what a form holds."""

import secrets
from collections.abc import Iterator, Mapping
from typing import Any

from phantombot.sandbox.slack.rules import elements, faults
from phantombot.sandbox.slack.values import Block, Refusal

Typed = Mapping[str, str | list[str]]
"""What somebody entered, by block id or action id; lists for fields of several values."""

_HOLDS = {
    "plain_text_input": "value",
    "number_input": "value",
    "email_text_input": "value",
    "url_text_input": "value",
    "static_select": "selected_option",
    "radio_buttons": "selected_option",
    "checkboxes": "selected_options",
    "multi_static_select": "selected_options",
    "users_select": "selected_user",
    "multi_users_select": "selected_users",
    "channels_select": "selected_channel",
    "multi_channels_select": "selected_channels",
    "conversations_select": "selected_conversation",
    "multi_conversations_select": "selected_conversations",
}
"""In which field of the state each kind of input holds what was entered."""

TOGETHER_MOST = 12_000
"""Characters in all blocks of a posted message.

No document has it. Source: Slack's maintainers on `msg_blocks_too_long`, "12,000 text characters
with a buffer for block containers"; others saw about 13,200 pass, and 11,341 of rich text refused.
"""


def checked(blocks: Any, most: int = 50) -> list[Block]:
    """The blocks, with an id for each block and each element that came without one.

    Raises:
        Refusal: `invalid_blocks`, with the first thing Slack's reference forbids.
    """
    fault = next(faults(blocks, most), None)
    if fault:
        raise Refusal("invalid_blocks", fault)
    return [_identified(block) for block in blocks]


def characters(blocks: Any) -> int:
    """How much text there is in blocks, at any depth."""
    return sum(len(text) for text in _texts(blocks))


def find_action(blocks: list[Block], action_id: str) -> tuple[Block, Block]:
    """The block and the element of an action.

    Raises:
        LookupError: there is none.
    """
    for block in blocks:
        for element in elements(block):
            if element["action_id"] == action_id:
                return block, element
    raise LookupError(f"nothing here has the action {action_id!r}")


def state_values(blocks: list[Block], typed: Typed) -> dict[str, Any]:
    """`view.state.values` for what was entered; what was not entered keeps its initial value.

    Raises:
        LookupError: something was entered into a field or an option that does not exist.
    """
    state: dict[str, Any] = {}
    unread = set(typed)
    for block in blocks:
        for element in elements(block):
            if element["type"] in _HOLDS:
                names = (block["block_id"], element["action_id"])
                entered = next((typed[name] for name in names if name in typed), None)
                held = _held(element, entered)
                state.setdefault(names[0], {})[names[1]] = {"type": element["type"], **held}
                unread -= set(names)
    if unread:
        raise LookupError(f"the form has no field {', '.join(sorted(unread))}")
    return state


def action_of(block: Block, element: Block, value: str | None) -> Block:
    """An entry of `actions` as `block_actions` carries it; `value` stands in for the element's."""
    kept = ("type", "action_id", "text", "value", "style", "placeholder")
    action = {name: element[name] for name in kept if name in element}
    action["block_id"] = block["block_id"]
    if element["type"] in _HOLDS:
        return {**action, **_held(element, value)}
    return action if value is None else {**action, "value": value}


def _held(element: Block, entered: str | list[str] | None) -> dict[str, Any]:
    """What one field holds: Slack says null, or an empty list, for nothing."""
    name = _HOLDS[element["type"]]
    several = name.endswith("s")
    if entered is None:
        nothing: list[str] | None = [] if several else None
        return {name: element.get(f"initial_{name.removeprefix('selected_')}", nothing)}
    one_by_one = entered.split(",") if isinstance(entered, str) and several else entered
    if name.startswith("selected_option"):
        asked = [one_by_one] if isinstance(one_by_one, str) else one_by_one
        options = [_option(element, value) for value in asked if value]
        return {name: options if several else next(iter(options), None)}
    if isinstance(one_by_one, list):
        return {name: [value for value in one_by_one if value]}
    return {name: one_by_one or None}


def _option(element: Block, value: str) -> Block:
    groups = [{"options": element.get("options", [])}, *element.get("option_groups", [])]
    for group in groups:
        for option in group["options"]:
            if option["value"] == value:
                return dict(option)
    raise LookupError(f"{element['action_id']} has no option {value!r}")


def _identified(block: Block) -> Block:
    """Slack names what the app left unnamed."""
    named = {**block, "block_id": block.get("block_id") or secrets.token_urlsafe(4)}
    if block["type"] == "actions":
        named["elements"] = [_with_action(element) for element in block["elements"]]
    for place in ("element", "accessory"):
        if block.get(place):
            named[place] = _with_action(block[place])
    return named


def _with_action(element: Block) -> Block:
    return {**element, "action_id": element.get("action_id") or secrets.token_urlsafe(4)}


def _texts(thing: Any) -> Iterator[str]:
    if isinstance(thing, list):
        for one in thing:
            yield from _texts(one)
    elif isinstance(thing, dict):
        for name, value in thing.items():
            if name == "text" and isinstance(value, str):
                yield value
            else:
                yield from _texts(value)
