"""Read the launch form as a launch, or as a problem at each input. Pure."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from phantombot.commands.argument import Argument, read_argument
from phantombot.commands.launch_line import Launch
from phantombot.errors import UsageError
from phantombot.messages.agent_menu import AGENT_GONE, AGENT_MISSING
from phantombot.messages.form import LONGEST_TYPED, SAVED_OPTIONS
from phantombot.messages.launch_form import (
    AGENT,
    ARGUMENT,
    CHANNEL,
    CHANNEL_MISSING,
    COMMAND,
    COMMAND_UNKNOWN,
    NOTHING_TO_SAVE,
    SAVE,
    TEXT_AS_JSON,
    TEXT_MISSING,
    TEXT_REPAIRED,
    TEXT_TOO_LONG,
    argument_note,
    argument_problem,
)
from phantombot.text.normalize import trimmed
from phantombot.text.repair import unmarked
from phantombot.text.tokens import SCRIPTS

_AGENT_ID = re.compile("[1-9][0-9]{0,17}")
_CHANNEL_ID = re.compile("[CDG][A-Z0-9]{1,30}")
_LIKE_JSON = ("{", "[")


@dataclass(frozen=True)
class Entered:
    """The values of the form's inputs; None if nothing was chosen.

    A form without a menu of commands means the saved settings.
    """

    agent: str | None
    command: str | None
    argument: str = field(repr=False)
    save: bool
    channel: str | None


@dataclass(frozen=True)
class Offer:
    """The argument and the command that the form opens with, and a note on the argument."""

    argument: str = field(default="", repr=False)
    note: str = field(default="", repr=False)
    command: str | None = None


NOTHING = Offer()


def read_form(entered: Entered, is_gone: Callable[[str], bool]) -> Launch | dict[str, str]:
    """Return the launch, or a sentence for each input that has to be corrected.

    `is_gone` returns whether the account certainly has no agent with that id.
    """
    problems = _problems(entered, is_gone)
    command = SCRIPTS.get(entered.command or "")
    argument, repaired = "{}" if command else None, False
    try:
        read = argument_entered(entered.argument)
        if read is not None:
            argument, repaired = read.text, read.repaired
    except UsageError as error:
        problems[ARGUMENT] = argument_problem(error)
    if entered.save and argument is None and ARGUMENT not in problems:
        problems[SAVE] = NOTHING_TO_SAVE
    if problems or entered.agent is None:
        return problems
    return Launch(
        agent=entered.agent,
        quoted=False,
        command=command,
        save=entered.save,
        argument=argument,
        repaired=repaired,
    )


def argument_entered(text: str) -> Argument | None:
    """Return the argument that was entered into a form; None if none was.

    Raises:
        UsageError: it can't be read.
    """
    if not trimmed(text):
        return None
    if "\0" in text:
        raise UsageError("The argument holds a NUL, which no keyboard types. Type it again.")
    return read_argument(text)


def offer(text: str) -> Offer:
    """Return a message's text as the form's argument; put text that isn't JSON into an object."""
    plain = unmarked(text)
    try:
        read = read_argument(plain) if plain else None
    except UsageError as error:
        if plain.startswith(_LIKE_JSON):
            return _fitting(plain, argument_note(error))
        return _fitting(json.dumps({"text": plain}, ensure_ascii=False), TEXT_AS_JSON)
    if read is None:
        return Offer(note=TEXT_MISSING)
    return _fitting(read.text, TEXT_REPAIRED if read.repaired else "")


def offer_typed(typed: str, command: str | None) -> Offer:
    """Return what was typed as the form's argument, with a note on what is wrong with it."""
    try:
        read_argument(typed)
    except UsageError as error:
        return replace(_fitting(typed, argument_note(error)), command=command)
    return replace(_fitting(typed, ""), command=command)


def _problems(entered: Entered, is_gone: Callable[[str], bool]) -> dict[str, str]:
    problems = {}
    if entered.agent is None or not _AGENT_ID.fullmatch(entered.agent):
        problems[AGENT] = AGENT_MISSING
    elif is_gone(entered.agent):
        problems[AGENT] = AGENT_GONE
    if entered.command != SAVED_OPTIONS and entered.command not in SCRIPTS:
        problems[COMMAND] = COMMAND_UNKNOWN
    if entered.channel is None or not _CHANNEL_ID.fullmatch(entered.channel):
        problems[CHANNEL] = CHANNEL_MISSING
    return problems


def _fitting(argument: str, note: str) -> Offer:
    return Offer(argument, note) if len(argument) <= LONGEST_TYPED else Offer(note=TEXT_TOO_LONG)
