"""A message to the bot → the text that it would be after `/phantom`. Pure."""

import re

from phantombot.commands.help import HELP
from phantombot.text.normalize import folded, trimmed
from phantombot.text.repair import undone
from phantombot.text.tokens import first_word

_MENTION = re.compile(r"<@(?P<user>[UW][A-Z0-9]+)(?:\|[^<>]*)?>[:,]?")
_FRAMED = re.compile(r"(`{1,3})([^`]+)\1")
_GREETINGS = frozenset({"hello", "hey", "hi"})
_SLASH = "/phantom"


def line_said(text: str, bot: str, *, directly: bool) -> str | None:
    """Return the command in an event's `text`; None if it only mentions the bot in passing.

    It must begin with a mention of `bot`, the id of its user, except in a message `directly` to it.
    A mention within a sentence is no command: "do not let @phantombot launch 785" must launch
    nothing. A mention alone, and a greeting, ask for help.
    """
    said = trimmed(text)
    mention = _MENTION.match(said)
    if mention is not None and _is_the_bots(mention["user"], said, bot, directly=directly):
        said = said[mention.end() :]
    elif not directly:
        return None
    return _line(trimmed(said)) or HELP


def _is_the_bots(user: str, said: str, bot: str, *, directly: bool) -> bool:
    """Return whether the mention is the bot's, whose id can differ in a shared channel."""
    mentioned = {found["user"] for found in _MENTION.finditer(said)}
    return not bot or user == bot or (not directly and bot not in mentioned)


def _line(said: str) -> str:
    framed = _FRAMED.fullmatch(said)
    line = trimmed(undone(framed[2] if framed else said))
    word, rest = first_word(line)
    if folded(word) == _SLASH:
        line = rest
    return HELP if folded(line).rstrip("!.") in _GREETINGS else line
