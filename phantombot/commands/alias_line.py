"""The text after `alias` and `unalias` → the alias that is meant."""

from dataclasses import dataclass

from phantombot.agents.alias import LONGEST, may_be_alias
from phantombot.commands.launch_line import Launch, read_launch
from phantombot.commands.spec import ALIAS, COMMANDS, UNALIAS
from phantombot.errors import UsageError
from phantombot.text.normalize import folded
from phantombot.text.tokens import SCRIPTS, each_word, first_word

_TAKEN = frozenset({spec.name for spec in COMMANDS} | {"abort"} | set(SCRIPTS))


@dataclass(frozen=True)
class Alias:
    """Let `word`, as typed, stand for the agent of `launch`, with its command and argument."""

    word: str
    launch: Launch


@dataclass(frozen=True)
class Aliases:
    """List the channel's aliases."""


@dataclass(frozen=True)
class Unalias:
    """Take the alias away; `word` is as typed."""

    word: str


def read_alias(text: str) -> Alias | Aliases:
    """What `text`, typed after `alias`, stands for.

    Raises:
        UsageError: the word may not be an alias, or no agent is named.
    """
    word, rest = first_word(text)
    if not word:
        return Aliases()
    _check(word)
    return Alias(word, read_launch(rest, ALIAS))


def read_unalias(text: str) -> Unalias:
    """The alias that `text`, typed after `unalias`, names.

    Raises:
        UsageError: it names none, or more follows.
    """
    words = each_word(text)
    if len(words) != 1:
        raise UsageError(UNALIAS.explained("Which alias? It is one word."))
    return Unalias(words[0])


def _check(word: str) -> None:
    # Not what was typed: where an agent was named at once, it may be an argument.
    if folded(word) in _TAKEN:
        raise UsageError(
            ALIAS.explained(f"`{word.lower()}` is a word of mine; choose another one.")
        )
    if not may_be_alias(word):
        raise UsageError(
            ALIAS.explained(
                f"An alias is one word of at most {LONGEST} letters, digits, `-`, `_` and `.`, with"
                " a letter among them."
            )
        )
