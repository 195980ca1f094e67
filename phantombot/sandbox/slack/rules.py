"""What Slack's reference of Block Kit forbids, in a sentence each."""

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

from phantombot.sandbox.slack.choices import choice_faults
from phantombot.sandbox.slack.rich_text import rich_text_faults
from phantombot.sandbox.slack.values import Block

STYLES = ("primary", "danger")


def faults(blocks: Any, most: int) -> Iterator[str]:
    """Everything that is wrong with the blocks of a message or a modal, in order."""
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


def elements(block: Block) -> list[Block]:
    """The interactive elements of a block, in order."""
    found = [block.get("accessory"), block.get("element"), *block.get("elements", [])]
    return [element for element in found if element and "action_id" in element]


def _block_faults(block: Block) -> Iterator[str]:
    kind = block.get("type")
    if kind not in _BLOCKS:
        yield f"unsupported type: {kind}"
        return
    if not _objects(block.get("elements", [])):
        yield "elements must be a list of objects"
        return
    yield from _length_faults("block_id", block.get("block_id", ""), 255)
    yield from _BLOCKS[kind](block)
    yield from _element_faults(block)


def _section(block: Block) -> Iterator[str]:
    fields = block.get("fields") or []
    if not block.get("text") and not fields:
        yield "section needs text or fields"
    yield from _text_faults(block.get("text"), 3000)
    if not _objects(fields) or len(fields) > 10:  # noqa: PLR2004 - the reference's figure
        yield "no more than 10 fields"
        return
    for text in fields:
        yield from _text_faults(text, 2000)


def _header(block: Block) -> Iterator[str]:
    yield from _text_faults(block.get("text") or {}, 150, plain=True)


def _context(block: Block) -> Iterator[str]:
    yield from _count_faults(block, 10)
    for element in block.get("elements", []):
        if element.get("type") != "image":
            yield from _text_faults(element, 2000)


def _actions(block: Block) -> Iterator[str]:
    yield from _count_faults(block, 25)


def _input(block: Block) -> Iterator[str]:
    yield from _text_faults(block.get("label") or {}, 2000, plain=True)
    yield from _text_faults(block.get("hint"), 2000, plain=True)
    if not block.get("element"):
        yield "input needs an element"


def _anything(_block: Block) -> Iterator[str]:
    yield from ()


_BLOCKS: dict[Any, Callable[[Block], Iterator[str]]] = {
    "actions": _actions,
    "context": _context,
    "divider": _anything,
    "header": _header,
    "image": _anything,
    "input": _input,
    "rich_text": rich_text_faults,
    "section": _section,
}


def _element_faults(block: Block) -> Iterator[str]:
    ids = Counter(element["action_id"] for element in elements(block))
    yield from (f"action_id {name!r} exists twice" for name, times in ids.items() if times > 1)
    places = [block.get("accessory") or {}, block.get("element") or {}]
    for element in [*places, *block.get("elements", [])]:
        yield from choice_faults(element)
        yield from _length_faults("action_id", element.get("action_id", ""), 255)
        if element.get("type") == "button":
            yield from _button_faults(element)
        if "confirm" in element:
            yield from _confirm_faults(element["confirm"])


def _button_faults(button: Block) -> Iterator[str]:
    yield from _text_faults(button.get("text") or {}, 75, plain=True)
    yield from _length_faults("value", button.get("value", ""), 2000)
    yield from _length_faults("url", button.get("url", ""), 3000)
    yield from _style_faults(button)


def _confirm_faults(confirm: Any) -> Iterator[str]:
    if not isinstance(confirm, dict):
        yield "confirm must be an object"
        return
    for part, most in (("title", 100), ("confirm", 30), ("deny", 30)):
        yield from _text_faults(confirm.get(part) or {}, most, plain=True)
    yield from _text_faults(confirm.get("text") or {}, 300)
    yield from _style_faults(confirm)


def _style_faults(thing: Block) -> Iterator[str]:
    if "style" in thing and thing["style"] not in STYLES:
        yield f"style must be one of {', '.join(STYLES)}"


def _length_faults(name: str, text: Any, most: int) -> Iterator[str]:
    if not isinstance(text, str) or len(text) > most:
        yield f"{name} must be text of at most {most} characters"


def _count_faults(block: Block, most: int) -> Iterator[str]:
    count = len(block.get("elements") or [])
    if not 1 <= count <= most:
        yield f"1 to {most} elements, not {count}"


def _text_faults(text: Any, most: int, *, plain: bool = False) -> Iterator[str]:
    """What is missing altogether is None where it may be, and empty where it must not."""
    if text is None:
        return
    if not isinstance(text, dict) or not isinstance(text.get("text", ""), str):
        yield "a text object is an object with text"
        return
    allowed = ("plain_text",) if plain else ("plain_text", "mrkdwn")
    length = len(text.get("text", ""))
    if text.get("type") not in allowed:
        yield f"a text object here needs the type {' or '.join(allowed)}"
    if not 1 <= length <= most:
        yield f"1 to {most} characters, not {length}"


def _objects(things: Any) -> bool:
    return isinstance(things, list) and all(isinstance(thing, dict) for thing in things)
