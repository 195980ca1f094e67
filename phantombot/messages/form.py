"""The building blocks of forms."""

from typing import Any

from phantombot.messages.blocks import Block, Message, actions, button, section

View = dict[str, Any]
"""A form, a notice that replaces it, or the App Home tab."""

LONGEST_TYPED = 3000
"""The most characters that Slack accepts in one input."""
_LONGEST_OPTION = 75


def plain_text(text: str) -> Block:
    """Return text without formatting."""
    return {"type": "plain_text", "text": text}


def labelled(
    name: str, label: str, element: Block, *, optional: bool = False, hint: str = ""
) -> Block:
    """Return an input under its label; `name` is its block id and its action id."""
    block: Block = {
        "type": "input",
        "block_id": name,
        "label": plain_text(label),
        "optional": optional,
        "element": {**element, "action_id": name},
    }
    return block | ({"hint": plain_text(hint)} if hint else {})


def option(text: str, value: str) -> Block:
    """Return a choice of a menu."""
    return {"text": plain_text(text[:_LONGEST_OPTION]), "value": value}


def opener(action_id: str, value: str) -> Message:
    """Offer a button that opens a form, for when the trigger_id was missing or too old."""
    text = "Slack doesn't let me open the form directly. Press the button to open it."
    row = actions(button("Open the form", action_id, value, style="primary"))
    return Message(text, (section(text), row))


def notice(title: str, text: str) -> View:
    """Return a view that shows one sentence in place of a form, with nothing to fill in."""
    return {
        "type": "modal",
        "title": plain_text(title),
        "close": plain_text("Close"),
        "blocks": [section(text)],
    }
