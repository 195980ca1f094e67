"""An alias: a word for an agent in one channel, and the words that are allowed. Pure."""

import unicodedata
from dataclasses import dataclass, field
from datetime import datetime

from phantombot.text.normalize import folded, trimmed

LONGEST = 30
"""Maximum characters of an alias."""
MOST = 100
"""Maximum aliases of a channel."""

_SIGNS = "-_."


@dataclass(frozen=True)
class ShortName:
    """A stored alias. Its command and argument are kept apart, since they can be secret."""

    word: str
    """Folded by this release's `folded`, or an earlier one's."""
    agent_id: str
    agent_name: str
    """The agent's name when the alias was set; empty if unknown."""
    user: str
    """Slack's id of the user who set it."""
    made_at: datetime
    keeps: bool
    """True if it has a command or an argument of its own."""


@dataclass(frozen=True)
class Kept:
    """An alias's own command and argument; None where it has none."""

    command: str | None = None
    argument: str | None = field(default=None, repr=False)


def stored_as(word: str) -> tuple[str, ...]:
    """Return the forms under which a typed alias can be stored, the oldest first.

    Earlier versions folded fewer differences; their stored aliases stay valid.
    """
    composed = unicodedata.normalize("NFC", trimmed(word))
    earlier = unicodedata.normalize("NFC", composed.casefold())
    return tuple(dict.fromkeys((earlier, folded(word))))


def may_be_alias(word: str) -> bool:
    """Return whether the word can be an alias: digits alone would hide an agent's id."""
    shown = folded(word)
    return (
        "\0" not in word  # a command with a NUL in it is refused
        and 0 < len(shown) <= LONGEST
        and any(map(str.isalpha, shown))
        and not shown.startswith(tuple(_SIGNS))
        and all(char in _SIGNS or unicodedata.category(char)[0] in "LNM" for char in shown)
    )
