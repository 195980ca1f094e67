"""What forms are made of."""

from typing import Any

from phantombot.messages.blocks import Block, Message, actions, button, section

View = dict[str, Any]
"""A form, a notice in its place, or a tab of App Home."""

LONGEST_TYPED = 3000
"""Characters that Slack takes in one input."""
_LONGEST_OPTION = 75


def plain_text(text: str) -> Block:
    """Text in which Slack reads no marks."""
    return {"type": "plain_text", "text": text}


def labelled(
    name: str, label: str, element: Block, *, optional: bool = False, hint: str = ""
) -> Block:
    """An input under its label; `name` is what its block and its action go by."""
    block: Block = {
        "type": "input",
        "block_id": name,
        "label": plain_text(label),
        "optional": optional,
        "element": {**element, "action_id": name},
    }
    return block | ({"hint": plain_text(hint)} if hint else {})


def option(text: str, value: str) -> Block:
    """A choice of a menu."""
    return {"text": plain_text(text[:_LONGEST_OPTION]), "value": value}


def opener(action_id: str, value: str) -> Message:
    """A button that opens a form, for when there was no trigger_id, or it was too old."""
    text = "Slack does not let me open the form by itself; this button does."
    row = actions(button("Open the form", action_id, value, style="primary"))
    return Message(text, (section(text), row))


def notice(title: str, text: str) -> View:
    """A sentence in a form's place, with nothing left to type."""
    return {
        "type": "modal",
        "title": plain_text(title),
        "close": plain_text("Close"),
        "blocks": [section(text)],
    }
