"""Blocks as Slack processes them: what it refuses, and the ids it adds."""

import secrets
from collections.abc import Iterator
from typing import Any

from phantombot.sandbox.slack.block_kit.rules import elements, faults
from phantombot.sandbox.slack.values import Block, Refusal

TOGETHER_MOST = 12_000
"""The most characters in all blocks of a posted message.

Undocumented. Source: Slack's maintainers on `msg_blocks_too_long`, "12,000 text characters
with a buffer for block containers"; others saw about 13,200 pass, and 11,341 of rich text refused.
"""


def checked(blocks: Any) -> list[Block]:
    """Return the blocks of a message, with an id for each block and element that has none.

    Raises:
        Refusal: `invalid_blocks_format` or `invalid_blocks`, with all that is forbidden.
    """
    if not isinstance(blocks, list):
        raise Refusal("invalid_blocks_format")
    wrong = tuple(faults(blocks, "message"))
    if wrong:
        raise Refusal("invalid_blocks", *wrong, more={"errors": wrong})
    if sum(block["type"] in ("table", "data_table") for block in blocks) > 1:
        raise Refusal("invalid_attachments", "only_one_table_allowed")
    return identified(blocks)


def identified(blocks: list[Block]) -> list[Block]:
    """Return the blocks with ids for those that the app left without."""
    return [_identified(block) for block in blocks]


def characters(blocks: Any) -> int:
    """Return the number of characters of text in blocks, at any depth."""
    return sum(len(text) for text in _texts(blocks))


def find_action(
    blocks: list[Block], action_id: str, block_id: str | None = None
) -> tuple[Block, Block]:
    """Return the block and the element of an action: the first, unless `block_id` says which.

    A block without an id from the app gets a new one whenever its view is redrawn. So if no block
    has the id any more, and only one block has the action, that block is meant.

    Raises:
        LookupError: there is none.
    """
    found = [
        (block, element)
        for block in blocks
        for element in elements(block)
        if element["action_id"] == action_id
    ]
    for block, element in found:
        if block_id in (None, block["block_id"]):
            return block, element
    if len(found) == 1 and block_id not in {block["block_id"] for block in blocks}:
        return found[0]
    raise LookupError(f"nothing here has the action {action_id!r}")


def _identified(block: Block) -> Block:
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
