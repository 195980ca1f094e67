"""Block Kit as Slack reads it: what it takes and what it refuses."""

from typing import Any

import pytest
from slack_stage import BUTTON, label

from phantombot.sandbox.slack.blocks import characters, checked
from phantombot.sandbox.slack.values import Refusal

CONFIRM = {
    "title": label("Stop it?"),
    "text": {"type": "mrkdwn", "text": "All runs of *785* end."},
    "confirm": label("Stop"),
    "deny": label("Keep it running"),
    "style": "danger",
}


def mrkdwn(length: int) -> dict[str, str]:
    return {"type": "mrkdwn", "text": "x" * length}


def actions(**button: Any) -> dict[str, Any]:
    return {"type": "actions", "elements": [{**BUTTON, **button}]}


def asking(**confirm: Any) -> dict[str, Any]:
    return actions(confirm={**CONFIRM, **confirm})


def rich(*parts: dict[str, Any]) -> dict[str, Any]:
    return {"type": "rich_text", "elements": list(parts)}


def part(kind: str, *words: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"type": f"rich_text_{kind}", "elements": list(words), **more}


WORD = {"type": "text", "text": "* Container started"}
LINK = {"type": "link", "url": "https://example.com"}
BOLD = {**WORD, "style": {"bold": True}}


@pytest.mark.parametrize(
    "block",
    [
        actions(style="primary", url="https://example.com", confirm=CONFIRM),
        asking(title=label("x" * 100), text=mrkdwn(300), confirm=label("x" * 30)),
        {"type": "section", "text": mrkdwn(3000), "accessory": {**BUTTON, "confirm": CONFIRM}},
        {"type": "section", "fields": [mrkdwn(2000)] * 10},
        {
            "type": "context",
            "elements": [mrkdwn(1), {"type": "image", "image_url": "", "alt_text": ""}],
        },
        {"type": "divider"},
        {"type": "header", "text": label("x" * 150)},
        rich(part("preformatted", WORD, LINK, border=0)),
        rich(part("section", BOLD, LINK, {"type": "emoji", "name": "ghost"}), part("quote", WORD)),
        rich(part("list", part("section", WORD), style="bullet")),
    ],
    ids=str,
)
def test_what_the_reference_allows_is_taken(block: dict[str, Any]):
    assert checked([block])[0]["type"] == block["type"]


@pytest.mark.parametrize(
    "block",
    [
        actions(style="green"),
        actions(text=mrkdwn(1)),
        actions(text=label("x" * 76)),
        actions(value="x" * 2001),
        actions(url="x" * 3001),
        actions(action_id="x" * 256),
        actions(confirm="sure?"),
        actions(confirm={}),
        asking(title=mrkdwn(1)),
        asking(title=label("x" * 101)),
        asking(text=mrkdwn(301)),
        asking(confirm=label("x" * 31)),
        asking(deny=label("")),
        asking(style="green"),
        {"type": "section", "text": mrkdwn(1), "block_id": "x" * 256},
        {"type": "section", "text": "plain"},
        {"type": "section", "fields": [mrkdwn(1)] * 11},
        {"type": "section", "fields": [mrkdwn(2001)]},
        {"type": "section", "fields": ["x"]},
        {"type": "context", "elements": [mrkdwn(1)] * 11},
        {"type": "context", "elements": [BUTTON]},
        {"type": "context", "elements": ["x"]},
        {"type": "header", "text": mrkdwn(1)},
        {"type": "header", "text": label("x" * 151)},
        {"type": "rich_text"},
        rich(),
        rich(WORD),
        rich({"type": "rich_text_section"}),
        rich(part("section", {"type": "text", "text": ""})),
        rich(part("section", {"type": "link"})),
        rich(part("preformatted", {"type": "emoji", "name": "ghost"})),
        rich(part("list", part("section", WORD))),
        rich(part("list", WORD, style="bullet")),
    ],
    ids=lambda block: str(block)[:60],
)
def test_what_the_reference_forbids_is_refused(block: dict[str, Any]):
    with pytest.raises(Refusal, match="invalid_blocks"):
        checked([block])


def test_text_is_counted_at_any_depth():
    blocks = [rich(part("preformatted", WORD)), actions(confirm=CONFIRM), {"type": "divider"}]
    said = [WORD["text"], "Stop", "Stop it?", "All runs of *785* end.", "Stop", "Keep it running"]
    assert characters(blocks) == sum(len(text) for text in said)
