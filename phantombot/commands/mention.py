"""What was said to the bot in a message → the line that it would be behind `/phantom`. Pure."""

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
    """Return the line that an event's `text` stands for; None where the bot is only spoken of.

    A mention of `bot`, Slack's id of its user, comes first; to the bot `directly` it may be left
    out. Within a sentence it is no command: "do not let @phantombot launch 785" must launch
    nothing. Nothing but a mention, and a greeting, ask for help.
    """
    said = trimmed(text)
    mention = _MENTION.match(said)
    if mention is not None and _is_the_bots(mention["user"], said, bot, directly=directly):
        said = said[mention.end() :]
    elif not directly:
        return None
    return _line(trimmed(said)) or HELP


def _is_the_bots(user: str, said: str, bot: str, *, directly: bool) -> bool:
    """Return whether the mention is the bot's; in a shared channel its id may be another one."""
    mentioned = {found["user"] for found in _MENTION.finditer(said)}
    return not bot or user == bot or (not directly and bot not in mentioned)


def _line(said: str) -> str:
    framed = _FRAMED.fullmatch(said)
    line = trimmed(undone(framed[2] if framed else said))
    word, rest = first_word(line)
    if folded(word) == _SLASH:
        line = rest
    return HELP if folded(line).rstrip("!.") in _GREETINGS else line
