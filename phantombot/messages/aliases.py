"""The list of a channel's aliases, the answers to whoever sets one, and the form that sets it."""

from dataclasses import dataclass, field
from difflib import get_close_matches

from phantombot.agents.alias import LONGEST, MOST, ShortName
from phantombot.agents.aliases import AliasList, AliasSet
from phantombot.messages.blocks import Block, Message, actions, button, escape, place, plain
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
from phantombot.messages.listing import agent_named, listing
from phantombot.phantombuster.api import Agent
from phantombot.text.normalize import folded

ALIAS_FORM = "alias_form"
OPEN_ALIAS = "open_alias"
WORD, AGENT, COMMAND, ARGUMENT, CHANNEL = (
    f"alias_{part}" for part in ("word", "agent", "command", "argument", "channel")
)
"""The form's inputs; each name is both block id and action id."""
_TITLE = "Set an alias"
_KEEPS = "with its own command or argument"


def alias_set(done: AliasSet, channel: str = "") -> Message:
    """Confirm the alias to the person who set it; the channel is named if one is given."""
    alias, word = done.alias, escape(done.alias.word)
    keeps = f", {_KEEPS}" if alias.keeps else ""
    where = place(channel) if channel else "this channel"
    lines = [f"In {where} `{word}` now stands for {_agent(alias)}{keeps}."]
    if done.before is not None and done.before.agent_id != alias.agent_id:
        lines.append(f"Until now it stood for {_agent(done.before)}.")
    if done.hides:
        lines.append(
            f'An agent has that name too. Type it in quotes to mean the agent: `"{word}"`.'
        )
    return plain(*lines, f"Try `/phantom launch {word}`.")


def alias_removed(alias: ShortName) -> Message:
    """Confirm that the alias is removed."""
    return plain(f"In this channel `{escape(alias.word)}` no longer stands for {_agent(alias)}.")


def no_alias(typed: str, words: list[str]) -> Message:
    """Say that there is no such alias; `words` are the channel's aliases."""
    near = get_close_matches(folded(typed[:40]), words, n=1)
    hint = f"Did you mean `{escape(near[0])}`?" if near else "`/phantom alias` lists them."
    return plain(f"This channel has no alias `{escape(typed, 40)}`. {hint}")


def alias_list(found: AliasList, *, may_set: bool = False) -> Message:
    """List all of the channel's aliases, with a button for another to whoever may set one."""
    if not found.aliases:
        message = plain(
            "This channel has no aliases yet. `/phantom alias leads 785` makes `leads` a short name"
            " for agent 785 here."
        )
    else:
        lines = [_line(alias, found.agents) for alias in found.aliases]
        message = listing("Aliases in this channel:", lines, longest=MOST)
    row = actions(button("Set an alias", OPEN_ALIAS, "alias"))
    return Message(message.text, (*message.blocks, row)) if may_set else message


def _line(alias: ShortName, agents: dict[str, str] | None) -> str:
    name, gone = alias.agent_name, ""
    if agents is not None:
        name = agents.get(alias.agent_id, name)
        gone = "" if alias.agent_id in agents else "no longer in the account's list"
    parts = (agent_named(alias.agent_id, name), gone, _KEEPS if alias.keeps else "")
    said = " · ".join(filter(None, (*parts, f"set by <@{alias.user}>")))
    return f"• `{escape(alias.word)}`: {said}"


def _agent(alias: ShortName) -> str:
    return agent_named(alias.agent_id, alias.agent_name)


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
