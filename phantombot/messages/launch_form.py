"""The form from which an agent is launched, and what is said in and around it."""

from collections.abc import Iterable

from phantombot.commands.caret import within
from phantombot.errors import UsageError
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
    labelled,
    notice,
    opener,
    option,
    plain_text,
)
from phantombot.phantombuster.api import Agent
from phantombot.text import tokens as words

LAUNCH_FORM = "launch_form"
OPEN_LAUNCH = "open_launch"
AGENT, COMMAND, ARGUMENT, SAVE, CHANNEL = (
    f"launch_{part}" for part in ("agent", "command", "argument", "save", "channel")
)
"""The inputs of the form, and their actions."""
SAVED_OPTIONS = "saved"
"""The choice of no command."""
NO_CHOICE = "none"
"""The value of a choice that is a sentence and no agent."""

_TITLE = "Launch an agent"
_TITLE_LENGTH = 75  # Slack's limit of a choice's text

AGENT_MISSING = "Choose an agent. Type a part of its name, or its id, to find it."
AGENT_GONE = "This agent is no longer in the account. Choose another one."
COMMAND_UNKNOWN = "Choose one of the three."
NOTHING_TO_SAVE = "There is nothing to save: choose a command, or give an argument."
CHANNEL_MISSING = "Choose the channel that is told what becomes of it."
LAUNCH_SLACK_SILENT = "Slack does not answer me just now. Try again in a minute."
NOT_LAUNCHED_YET = "Nothing was launched: the database does not answer. Try again in a minute."
AGENT_GONE_SINCE = "That agent is no longer in the account. Choose another one."
TEXT_MISSING = "That message has no text of its own, so the argument is yours to type."
TEXT_TOO_LONG = (
    f"That message is longer than the {LONGEST_TYPED:,} characters that a form takes, so the"
    " argument is yours to type. `/phantom launch` takes a longer one."
)
TEXT_REPAIRED = "The message was no JSON as it stood; this is how I read it."
TEXT_AS_JSON = (
    "The message is no JSON, so it stands here under `text`. Change that to what the agent expects."
)
_BEING_READ = "Agents are being read; open this again in a moment"
_NONE_FOUND = "No agent of that name or id; a new one shows in a moment"


def launch_form(
    agent: Agent | None, argument: str, note: str = "", command: str | None = None
) -> View:
    """The form, with what is chosen and typed already, and a note above it."""
    return {
        "type": "modal",
        "callback_id": LAUNCH_FORM,
        "title": plain_text(_TITLE),
        "submit": plain_text("Launch"),
        "close": plain_text("Cancel"),
        "blocks": [
            *([section(note)] if note else []),
            labelled(AGENT, "Agent", _agents(agent)),
            labelled(COMMAND, "Command", _commands(command)),
            labelled(
                ARGUMENT,
                "Argument",
                _argument(argument),
                optional=True,
                hint='JSON, or pairs: url=https://example.com n:=5 tags:=["a"]. It is shown to'
                " nobody.",
            ),
            labelled(SAVE, "Defaults", _save(), optional=True),
            labelled(CHANNEL, "Channel to tell", _channel()),
        ],
    }


def agent_choices(agents: Iterable[Agent] | None) -> list[Block]:
    """The menu of agents, as somebody types; None while they are not known yet."""
    if agents is None:
        return [option(_BEING_READ, NO_CHOICE)]
    return [_choice(agent) for agent in agents] or [option(_NONE_FOUND, NO_CHOICE)]


def argument_problem(error: UsageError) -> str:
    """What is wrong with the argument, and where, for the place under its input."""
    sentence = error.sentence.replace("`", "")
    return f"{sentence} See the ^ in: {within(error.shown)}" if error.shown else sentence


def argument_note(error: UsageError) -> str:
    """The same of a text that the form opens with."""
    return "\n".join(
        [neutral(error.sentence), *([fixed_width(error.shown)] if error.shown else [])]
    )


def repaired_notice() -> View:
    """Shown where what is sent is not what was typed."""
    return notice(_TITLE, f"Launching. {REPAIRED}")


def open_launch_button() -> Message:
    """A way to the form for when Slack did not let it be opened."""
    return opener(OPEN_LAUNCH, NO_CHOICE)


def _agents(chosen: Agent | None) -> Block:
    menu: Block = {
        "type": "external_select",
        "min_query_length": 0,
        "placeholder": plain_text("Type a name or an id"),
    }
    return menu | ({"initial_option": _choice(chosen)} if chosen else {})


def _choice(agent: Agent) -> Block:
    """The id stays whole: names are not unique."""
    name, number = " ".join(agent.name.split()), f" ({agent.id})"
    room = _TITLE_LENGTH - len(number)
    shown = name if len(name) <= room else name[: room - 1] + "…"
    return option(f"{shown}{number}" if shown else agent.id, agent.id)


def _commands(chosen: str | None) -> Block:
    none = option("None: as saved with the agent", SAVED_OPTIONS)
    scripts = {name: option(name, name) for name in words.SCRIPTS}
    return {
        "type": "static_select",
        "options": [none, *scripts.values()],
        "initial_option": scripts.get(chosen or "", none),
    }


def _argument(text: str) -> Block:
    typed: Block = {"type": "plain_text_input", "multiline": True, "max_length": LONGEST_TYPED}
    return typed | ({"initial_value": text} if text else {})


def _save() -> Block:
    return {"type": "checkboxes", "options": [option("Save as the agent's defaults", SAVE)]}


def _channel() -> Block:
    return {"type": "conversations_select", "default_to_current_conversation": True}
