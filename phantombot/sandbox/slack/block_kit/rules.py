"""What Slack's reference of Block Kit forbids in the blocks of a message, a modal or a Home tab.

What is accepted here should be accepted by Slack. Not checked: whether an image can be fetched, and
the blocks that this bot doesn't use (video, file, markdown, and those for agents).
"""

from collections.abc import Iterator
from typing import Any, Literal

from phantombot.sandbox.slack.block_kit.checks import (
    Check,
    Fields,
    at,
    flag,
    kinds,
    one_of,
    several,
    shape,
    text,
)
from phantombot.sandbox.slack.block_kit.elements import BESIDE, FILLED, IMAGE, PRESSED
from phantombot.sandbox.slack.block_kit.parts import BLOCK_ID, marked, plain
from phantombot.sandbox.slack.block_kit.rich_text import RICH_TEXT
from phantombot.sandbox.slack.block_kit.tables import TABLES
from phantombot.sandbox.slack.values import Block

Surface = Literal["message", "modal", "home"]
MOST: dict[Surface, int] = {"message": 50, "modal": 100, "home": 100}
"""The most blocks on each surface."""


def faults(blocks: Any, surface: Surface, pointer: str = "/blocks") -> Iterator[str]:
    """Yield everything that is wrong with the blocks, in Slack's words."""
    known = _BLOCKS if surface == "message" else _IN_VIEWS
    wrong = list(several(kinds(known), 0, MOST[surface])(blocks, pointer))
    yield from wrong or _twice(blocks, pointer)


def elements(block: Block) -> list[Block]:
    """Yield the interactive elements of a block, in order."""
    found = [block.get("accessory"), block.get("element"), *block.get("elements", [])]
    return [element for element in found if element and "action_id" in element]


def _twice(blocks: list[Block], pointer: str) -> Iterator[str]:
    """Check that block ids are unique on a surface, and action ids in a block."""
    seen: set[str] = set()
    for number, block in enumerate(blocks):
        place = f"{pointer}/{number}"
        name = block.get("block_id")
        if name in seen:
            yield at(f"{place}/block_id", f'`block_id` "{name}" already exists')
        seen |= {name} if name else set()
        if block["type"] == "actions":
            yield from _actions_twice(block["elements"], f"{place}/elements")


def _actions_twice(row: list[Block], pointer: str) -> Iterator[str]:
    seen: set[str] = set()
    for number, element in enumerate(row):
        name = element.get("action_id")
        if name in seen:
            yield at(f"{pointer}/{number}/action_id", f'`action_id` "{name}" already exists')
        seen |= {name} if name else set()


def _says_something(section: Any, pointer: str) -> Iterator[str]:
    if "text" not in section and "fields" not in section:
        yield at(f"{pointer}/type", "must define either `text` or `fields`")


def _block(kind: str, needed: Fields, optional: Fields, *rules: Check) -> Check:
    common: Fields = {"block_id": BLOCK_ID}
    return shape({"type": one_of(kind), **needed}, {**common, **optional}, *rules)


_MRKDWN = shape({"type": one_of("mrkdwn"), "text": text(1, 2000)}, {"verbatim": flag})

_IN_VIEWS: dict[str, Check] = {
    "actions": _block("actions", {"elements": several(PRESSED, 1, 25)}, {}),
    "context": _block(
        "context",
        {
            "elements": several(
                kinds({"image": IMAGE, "mrkdwn": _MRKDWN, "plain_text": plain(2000)}), 1, 10
            )
        },
        {},
    ),
    "divider": _block("divider", {}, {}),
    "header": _block("header", {"text": plain(150)}, {}),
    "image": _block(
        "image", {"alt_text": text(0, 2000), "image_url": text(1, 3000)}, {"title": plain(2000)}
    ),
    "input": _block(
        "input",
        {"label": plain(2000), "element": FILLED},
        {"hint": plain(2000), "optional": flag, "dispatch_action": flag},
    ),
    "rich_text": RICH_TEXT,
    "section": _block(
        "section",
        {},
        {
            "text": marked(3000),
            "fields": several(marked(2000), 1, 10),
            "accessory": BESIDE,
            "expand": flag,
        },
        _says_something,
    ),
}
_BLOCKS: dict[str, Check] = {**_IN_VIEWS, **TABLES}
