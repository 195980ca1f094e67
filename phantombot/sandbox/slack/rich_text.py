"""What Slack's reference of rich text forbids: which parts may hold which words."""

from collections.abc import Iterator
from typing import Any

from phantombot.sandbox.slack.values import Block

_NEEDS = {
    "text": "text",
    "link": "url",
    "user": "user_id",
    "usergroup": "usergroup_id",
    "channel": "channel_id",
    "emoji": "name",
    "broadcast": "range",
    "date": "timestamp",
    "color": "value",
    "team": "team_id",
}
"""What each kind of word cannot be without."""

_PREFORMATTED = ("text", "link")
_PARTS = ("rich_text_section", "rich_text_list", "rich_text_preformatted", "rich_text_quote")
_LIST_STYLES = ("bullet", "ordered")


def rich_text_faults(block: Block) -> Iterator[str]:
    """Everything that is wrong with a block of rich text; only its parts may be empty."""
    if not block.get("elements"):
        yield "rich_text needs elements"
    for part in block.get("elements", []):
        if part.get("type") not in _PARTS:
            yield f"unsupported type of rich text: {part.get('type')}"
        else:
            yield from _part_faults(part)


def _part_faults(part: Block) -> Iterator[str]:
    inner = part.get("elements")
    if not isinstance(inner, list) or not all(isinstance(one, dict) for one in inner):
        yield f"{part['type']} needs a list of elements"
    elif part["type"] == "rich_text_list":
        yield from _list_faults(part)
    else:
        allowed = _PREFORMATTED if part["type"] == "rich_text_preformatted" else tuple(_NEEDS)
        for word in inner:
            yield from _word_faults(word, allowed)


def _list_faults(part: Block) -> Iterator[str]:
    if part.get("style") not in _LIST_STYLES:
        yield f"the style of a list must be one of {', '.join(_LIST_STYLES)}"
    for item in part["elements"]:
        if item.get("type") != "rich_text_section":
            yield "a list holds sections of rich text"
        else:
            yield from _part_faults(item)


def _word_faults(word: Block, allowed: tuple[str, ...]) -> Iterator[str]:
    kind: Any = word.get("type")
    if kind not in allowed:
        yield f"unsupported type here: {kind}"
    elif not word.get(_NEEDS[kind]):
        yield f"{kind} needs {_NEEDS[kind]}"
