"""The parts of a subcommand: its help, who can use it, its parser and its handlers."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from phantombot.commands.permission import Permission
from phantombot.context import Context
from phantombot.errors import (
    DecryptionError,
    Error,
    PhantombusterError,
    Refused,
    StoreUnavailable,
    StoreUndecided,
    UsageError,
)
from phantombot.messages.blocks import Message, plain
from phantombot.messages.commands import CommandHelp
from phantombot.messages.refusals import DATABASE_SILENT
from phantombot.phantombuster.account import KeyNote
from phantombot.slack.payload import Invocation

P = TypeVar("P")


@dataclass(frozen=True)
class CommandSpec(CommandHelp):
    """A subcommand's help, permission and synonyms."""

    who: Permission
    others: tuple[str, ...] = ()
    """Synonyms from other tools: understood, but not listed."""


@dataclass(frozen=True)
class Action(Generic[P]):
    """What a parsed command or a pressed button does: who can do it, and the handler."""

    who: Permission
    answer: Callable[[Context, Invocation, P], Message | None]
    why_not: Callable[[P, Error], Message] | None = None
    """Words a refusal, or an error of Phantombuster's; None if the handler does that."""
    at_once: bool = False
    """Answered in the acknowledgement, so its handler must not call Slack or Phantombuster."""
    says_nothing_done: bool = True
    """Whether to say "Nothing was done" if the database doesn't answer."""


@dataclass(frozen=True)
class Subcommand:
    """A subcommand: its spec, its parser, and the action for each class the parser returns."""

    spec: CommandSpec
    read: Callable[[str], Any]
    """Parses what follows the subcommand's word; raises UsageError if it can't."""
    actions: Mapping[type, Action[Any]]


def perform(
    context: Context, invocation: Invocation, action: Action[P], asked: P
) -> Message | None:
    """Check the permission and return the handler's answer to `asked`, or why it is refused.

    Raises:
        StoreUnavailable: the database doesn't answer, and the action leaves it to the caller to say
        so.
    """
    try:
        refusal = action.who.refusal(context, invocation.asker)
        return refusal or action.answer(context, invocation, asked)
    except StoreUnavailable as error:
        if not action.says_nothing_done or isinstance(error, StoreUndecided):
            raise
        return plain(DATABASE_SILENT)
    except (Refused, PhantombusterError, DecryptionError) as error:
        if action.why_not is None:
            raise
        return action.why_not(asked, error)


def known_key_note(context: Context, workspace: str) -> KeyNote | None:
    """Return what is known of the key; None while the database doesn't answer, too."""
    try:
        return context.keys.key_note(workspace)
    except StoreUnavailable:
        return None


def nothing_after(spec: CommandHelp, asked: P) -> Callable[[str], P]:
    """Return the parser of a subcommand that takes nothing after it."""

    def read(text: str) -> P:
        if text:
            raise UsageError(spec.explained(f"`{spec.name}` takes nothing after it."))
        return asked

    return read


def other_words(specs: Iterable[CommandSpec]) -> dict[str, str]:
    """Return the synonyms, each with the name of its subcommand."""
    return {word: spec.name for spec in specs for word in spec.others}
