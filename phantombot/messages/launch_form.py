"""The launch form, and the sentences in and around it."""

from phantombot.errors import UsageError
from phantombot.messages.agent_menu import NO_CHOICE
from phantombot.messages.blocks import (
    Block,
    Message,
    fixed_width,
    neutral,
    section,
)
from phantombot.messages.commands import REPAIRED
from phantombot.messages.form import (
    LONGEST_TYPED,
    View,
    agent_menu,
    argument_input,
    command_menu,
    labelled,
    notice,
    opener,
    option,
    plain_text,
)
from phantombot.phantombuster.api import Agent
from phantombot.text.caret import within

LAUNCH_FORM = "launch_form"
OPEN_LAUNCH = "open_launch"
AGENT, COMMAND, ARGUMENT, SAVE, CHANNEL = (
    f"launch_{part}" for part in ("agent", "command", "argument", "save", "channel")
)
"""The form's inputs; each name is both block id and action id."""

_TITLE = "Launch an agent"

COMMAND_UNKNOWN = "Choose one of the three."
NOTHING_TO_SAVE = "There is nothing to save: choose a command or type an argument."
CHANNEL_MISSING = "Choose the channel to post updates in."
NOT_LAUNCHED_YET = "Nothing was launched: the database isn't answering. Try again in a minute."
AGENT_GONE_SINCE = "That agent is no longer in the account. Choose another one."
TEXT_MISSING = "That message has no text of its own, so type the argument yourself."
TEXT_TOO_LONG = (
    f"That message is longer than the {LONGEST_TYPED:,} characters that a form accepts, so type the"
    " argument yourself. `/phantom launch` accepts a longer one."
)
TEXT_REPAIRED = "The message wasn't valid JSON, so I repaired it. This is how I read it."
TEXT_AS_JSON = (
    "The message isn't JSON, so I put it under `text`. Change that to what the agent expects."
)


def launch_form(
    agent: Agent | None,
    argument: str,
    note: str = "",
    command: str | None = None,
    *,
    takes_command: bool = True,
) -> View:
    """Return the form with its initial values, below a note.

    It offers a command only if the account's agents don't choose their own engine.
    """
    return {
        "type": "modal",
        "callback_id": LAUNCH_FORM,
        "title": plain_text(_TITLE),
        "submit": plain_text("Launch"),
        "close": plain_text("Cancel"),
        "blocks": [
            *([section(note)] if note else []),
            labelled(AGENT, "Agent", agent_menu(agent)),
            *([labelled(COMMAND, "Command", command_menu(command))] if takes_command else []),
            labelled(
                ARGUMENT,
                "Argument",
                argument_input(argument),
                optional=True,
                hint='JSON, or pairs: url=https://example.com n:=5 tags:=["a"]. Nobody else'
                " sees it.",
            ),
            labelled(SAVE, "Defaults", _save(), optional=True),
            labelled(CHANNEL, "Channel for updates", _channel()),
        ],
    }


def argument_problem(error: UsageError) -> str:
    """Return what is wrong with the argument and where, to show below its input."""
    sentence = error.sentence.replace("`", "")
    return f"{sentence} See the ^ in: {within(error.shown)}" if error.shown else sentence


def argument_note(error: UsageError) -> str:
    """Return the same for the text that the form opens with."""
    return "\n".join(
        [neutral(error.sentence), *([fixed_width(error.shown)] if error.shown else [])]
    )


def repaired_notice() -> View:
    """Say that the argument was repaired before it was sent."""
    return notice(_TITLE, f"Launching. {REPAIRED}")


def open_launch_button() -> Message:
    """Offer a button that opens the form, for when Slack refused to open it."""
    return opener(OPEN_LAUNCH, NO_CHOICE)


def _save() -> Block:
    return {"type": "checkboxes", "options": [option("Save as the agent's defaults", SAVE)]}


def _channel() -> Block:
    return {"type": "conversations_select", "default_to_current_conversation": True}
