"""The form that gives an agent a short name in a channel."""

from dataclasses import dataclass, field

from phantombot.agents.alias import LONGEST
from phantombot.messages.blocks import Block, Message
from phantombot.messages.form import (
    View,
    agent_menu,
    argument_input,
    channel_menu,
    command_menu,
    labelled,
    notice,
    opener,
    plain_text,
)
from phantombot.phantombuster.api import Agent

ALIAS_FORM = "alias_form"
OPEN_ALIAS = "open_alias"
WORD, AGENT, COMMAND, ARGUMENT, CHANNEL = (
    f"alias_{part}" for part in ("word", "agent", "command", "argument", "channel")
)
"""The form's inputs; each name is both block id and action id."""
_TITLE = "Set an alias"


@dataclass(frozen=True)
class AliasEntered:
    """What was entered in the form."""

    word: str = ""
    agent: Agent | None = None
    command: str | None = None
    argument: str = field(default="", repr=False)
    channel: str = ""


def alias_form(entered: AliasEntered, *, takes_command: bool) -> View:
    """Return the form with what is already entered.

    It offers a command only if the account's agents don't choose their own engine.
    """
    command = labelled(COMMAND, "Command", command_menu(entered.command))
    return {
        "type": "modal",
        "callback_id": ALIAS_FORM,
        "title": plain_text(_TITLE),
        "submit": plain_text("Save"),
        "close": plain_text("Cancel"),
        "blocks": [
            labelled(
                WORD,
                "Short name",
                _word(entered.word),
                hint="One word, such as leads: in the channel below, /phantom launch leads then"
                " launches the agent.",
            ),
            labelled(AGENT, "Agent", agent_menu(entered.agent)),
            *([command] if takes_command else []),
            labelled(
                ARGUMENT,
                "Argument",
                argument_input(entered.argument),
                optional=True,
                hint="JSON, or pairs: url=https://example.com n:=5. Stored encrypted, and never"
                " shown.",
            ),
            labelled(CHANNEL, "Channel", channel_menu(entered.channel)),
        ],
    }


def alias_notice(text: str) -> View:
    """Return a view that shows a few lines in place of the form."""
    return notice(_TITLE, text)


def open_alias_button() -> Message:
    """Offer a button that opens the form, for when Slack refused to open it."""
    return opener(OPEN_ALIAS, "alias")


def _word(typed: str) -> Block:
    element: Block = {"type": "plain_text_input", "max_length": LONGEST}
    return element | ({"initial_value": typed} if typed else {})
