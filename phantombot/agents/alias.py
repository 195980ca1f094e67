"""An alias: a word that stands for an agent in one channel, and what such a word may be. Pure."""

import unicodedata
from dataclasses import dataclass, field
from datetime import datetime

from phantombot.commands.spec import COMMANDS
from phantombot.text.normalize import folded, trimmed
from phantombot.text.tokens import SCRIPTS

LONGEST = 30
"""Characters of an alias."""
MOST = 100
"""Aliases of a channel."""

_TAKEN = frozenset({spec.name for spec in COMMANDS} | {"abort"} | set(SCRIPTS))
_SIGNS = "-_."


@dataclass(frozen=True)
class ShortName:
    """An alias as it is kept. It does not hold what is launched by it, which may be secret."""

    word: str
    """Folded, as `folded` makes it or an earlier release did."""
    agent_id: str
    agent_name: str
    """As the agent was called when the alias was set; empty where that is not known."""
    user: str
    """Slack's id of who set it."""
    made_at: datetime
    keeps: bool
    """Whether it has a command or an argument of its own."""


@dataclass(frozen=True)
class Kept:
    """A command and an argument that an alias has of its own; None where it has none."""

    command: str | None = None
    argument: str | None = field(default=None, repr=False)


def stored_as(word: str) -> tuple[str, ...]:
    """Return how an alias that was typed like this may be stored, the oldest way first.

    Earlier releases made fewer words alike; what they stored keeps its meaning.
    """
    composed = unicodedata.normalize("NFC", trimmed(word))
    earlier = unicodedata.normalize("NFC", composed.casefold())
    return tuple(dict.fromkeys((earlier, folded(word))))


def may_be_alias(word: str) -> bool:
    """Whether the word may stand for an agent: with digits alone it would hide an id."""
    shown = folded(word)
    return (
        0 < len(shown) <= LONGEST
        and any(map(str.isalpha, shown))
        and not shown.startswith(tuple(_SIGNS))
        and all(char in _SIGNS or unicodedata.category(char)[0] in "LNM" for char in shown)
    )


def is_taken(word: str) -> bool:
    """Whether the word has a meaning of its own behind `/phantom`."""
    return folded(word) in _TAKEN
