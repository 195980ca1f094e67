"""The building blocks of forms."""

from typing import Any

from phantombot.messages.blocks import Block, Message, actions, button, section
from phantombot.phantombuster.api import Agent
from phantombot.text.tokens import SCRIPTS

View = dict[str, Any]
"""A form, a notice that replaces it, or the App Home tab."""

LONGEST_TYPED = 3000
"""The most characters that Slack accepts in one input."""
SAVED_OPTIONS = "saved"
"""The value of the option for no command."""
FORM_NOT_OPENED = "Slack isn't answering right now. Try again in a minute."
CHANNEL_MISSING = "Choose the channel."
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


def agent_menu(chosen: Agent | None) -> Block:
    """Return a menu of agents that searches as the user types, with one chosen or none."""
    menu: Block = {
        "type": "external_select",
        "min_query_length": 0,
        "placeholder": plain_text("Type a name or an id"),
    }
    return menu | ({"initial_option": agent_option(chosen)} if chosen else {})


def agent_option(agent: Agent) -> Block:
    """Return the agent's option; only the name is shortened, as names are not unique."""
    name, number = " ".join(agent.name.split()), f" ({agent.id})"
    room = _LONGEST_OPTION - len(number)
    shown = name if len(name) <= room else name[: room - 1] + "…"
    return option(f"{shown}{number}" if shown else agent.id, agent.id)


def command_menu(chosen: str | None) -> Block:
    """Return a menu of the commands that API v1 accepts, and of none."""
    none = option("None: as saved in the agent", SAVED_OPTIONS)
    scripts = {name: option(name, name) for name in SCRIPTS}
    return {
        "type": "static_select",
        "options": [none, *scripts.values()],
        "initial_option": scripts.get(chosen or "", none),
    }


def argument_input(text: str) -> Block:
    """Return an input for an argument, with its initial text."""
    typed: Block = {"type": "plain_text_input", "multiline": True, "max_length": LONGEST_TYPED}
    return typed | ({"initial_value": text} if text else {})


def channel_menu(chosen: str = "") -> Block:
    """Return a menu of channels; the user's current channel is chosen, if no other is."""
    menu: Block = {"type": "conversations_select"}
    return menu | (
        {"initial_conversation": chosen} if chosen else {"default_to_current_conversation": True}
    )


def with_problem(view: View, problem: str, at: str = "") -> View:
    """Return the form with the problem above the input `at`, or at the top if that is empty.

    Slack accepts errors at inputs only in the acknowledgement; this is for problems found later.
    """
    blocks = list(view["blocks"])
    place = next((n for n, block in enumerate(blocks) if at and block.get("block_id") == at), 0)
    return view | {"blocks": [*blocks[:place], section(f"⚠️ {problem}"), *blocks[place:]]}


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
