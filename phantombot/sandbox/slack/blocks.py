"""Block Kit as Slack reads it: what it refuses, which ids it adds, what a form holds."""

import secrets
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

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

_BLOCK_TYPES = {"actions", "context", "divider", "header", "image", "input", "rich_text", "section"}


def checked(blocks: Any, most: int = 50) -> list[Block]:
    """The blocks, with an id for each block and each element that came without one.

    Raises:
        Refusal: `invalid_blocks`, with the first thing Slack's reference forbids.
    """
    fault = next(_faults(blocks, most), None)
    if fault:
        raise Refusal("invalid_blocks", fault)
    return [_identified(block) for block in blocks]


def elements(block: Block) -> list[Block]:
    """The interactive elements of a block, in order."""
    found = [block.get("accessory"), block.get("element"), *block.get("elements", [])]
    return [element for element in found if element and "action_id" in element]


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


def _faults(blocks: Any, most: int) -> Iterator[str]:
    if not isinstance(blocks, list) or not all(isinstance(block, dict) for block in blocks):
        yield "blocks must be a list of objects"
        return
    if len(blocks) > most:
        yield f"no more than {most} items allowed [json-pointer:/blocks]"
    ids = Counter(block["block_id"] for block in blocks if "block_id" in block)
    yield from (f"block_id {name!r} exists twice" for name, times in ids.items() if times > 1)
    for number, block in enumerate(blocks):
        for fault in _block_faults(block):
            yield f"{fault} [json-pointer:/blocks/{number}]"


def _block_faults(block: Block) -> Iterator[str]:
    kind = block.get("type")
    if kind not in _BLOCK_TYPES:
        yield f"unsupported type: {kind}"
    elif kind == "section":
        if not block.get("text") and not block.get("fields"):
            yield "section needs text or fields"
        yield from _text_faults(block.get("text"), 3000)
        for text in block.get("fields", []):
            yield from _text_faults(text, 2000)
    elif kind == "header":
        yield from _text_faults(block.get("text") or {}, 150)
    elif kind == "context":
        yield from _count_faults(block, 10)
    elif kind == "actions":
        yield from _count_faults(block, 25)
    elif kind == "input":
        yield from _text_faults(block.get("label") or {}, 2000)
        if not block.get("element"):
            yield "input needs an element"
    yield from _element_faults(block)


def _count_faults(block: Block, most: int) -> Iterator[str]:
    count = len(block.get("elements") or [])
    if not 1 <= count <= most:
        yield f"1 to {most} elements, not {count}"


def _text_faults(text: Block | None, most: int, least: int = 1) -> Iterator[str]:
    if text is None:
        return
    length = len(text.get("text", ""))
    if text.get("type") not in ("plain_text", "mrkdwn"):
        yield "a text object needs the type plain_text or mrkdwn"
    if not least <= length <= most:
        yield f"{least} to {most} characters, not {length}"


def _element_faults(block: Block) -> Iterator[str]:
    ids = Counter(element["action_id"] for element in elements(block))
    yield from (f"action_id {name!r} exists twice" for name, times in ids.items() if times > 1)
    for element in [block.get("accessory") or {}, *block.get("elements", [])]:
        if element.get("type") == "button":
            yield from _text_faults(element.get("text") or {}, 75)
            if len(element.get("value", "")) > 2000:  # noqa: PLR2004 - the reference's figure
                yield "a button's value has at most 2000 characters"
            for part, most in (("title", 100), ("text", 300), ("confirm", 30), ("deny", 30)):
                yield from _text_faults((element.get("confirm") or {}).get(part), most)
