"""What a subcommand is made of: what help says of it, who may use it, its parser, its handlers."""

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
from phantombot.slack.payload import Invocation

P = TypeVar("P")


@dataclass(frozen=True)
class CommandSpec(CommandHelp):
    """What help says of a subcommand, who may use it, and what else it is called."""

    who: Permission
    others: tuple[str, ...] = ()
    """Words of other tools for it: understood, but not listed."""


@dataclass(frozen=True)
class Action(Generic[P]):
    """What a parsed line or a pressed button asks for: who may, and the handler that answers."""

    who: Permission
    answer: Callable[[Context, Invocation, P], Message | None]
    why_not: Callable[[P, Error], Message] | None = None
    """Words a refusal, or that Phantombuster does not answer; None where the handler does."""
    at_once: bool = False
    """Answered in the acknowledgement; a handler that asks Slack or Phantombuster can't be."""
    says_nothing_done: bool = True
    """Whether it says "Nothing was done" where the database does not answer."""


@dataclass(frozen=True)
class Subcommand:
    """A subcommand: its spec, its parser, and the action for each class the parser returns."""

    spec: CommandSpec
    read: Callable[[str], Any]
    """Reads what follows the subcommand's word; raises UsageError where that has no meaning."""
    actions: Mapping[type, Action[Any]]


def perform(
    context: Context, invocation: Invocation, action: Action[P], asked: P
) -> Message | None:
    """Return the action's answer to `asked`, or why the asker gets none.

    Raises:
        StoreUnavailable: the database does not answer, and the action leaves it to the caller to
            say so.
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


def nothing_after(spec: CommandHelp, asked: P) -> Callable[[str], P]:
    """Return the parser of a subcommand that takes nothing after it."""

    def read(text: str) -> P:
        if text:
            raise UsageError(spec.explained(f"`{spec.name}` takes nothing after it."))
        return asked

    return read


def other_words(specs: Iterable[CommandSpec]) -> dict[str, str]:
    """Return the words of other tools, each with the name of the subcommand that it means."""
    return {word: spec.name for spec in specs for word in spec.others}
