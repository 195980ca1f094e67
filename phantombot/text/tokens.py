"""Recognize the words of a command by their form."""

import re
from difflib import get_close_matches
from typing import Literal

from phantombot.text.normalize import DOUBLE_QUOTES, INVISIBLE, SINGLE_QUOTES, folded, trimmed

LaunchCommand = Literal["casperjs", "phantomjs"]
"""The engines that v1 accepts as `command`."""

SCRIPTS: dict[str, LaunchCommand] = {"casperjs": "casperjs", "phantomjs": "phantomjs"}
"""The engines by their typed names."""
_ENGINES_ELSEWHERE = frozenset(
    {"casper", "chrome", "chromium", "firefox", "node", "nodejs", "phantom", "puppeteer"}
    | {"playwright", "selenium", "slimerjs"}
)

_TWO_DASHES = "(?:--|[\u2014\u2013])"  # keyboards turn two dashes into an em or en dash
FLAG = re.compile(rf"{_TWO_DASHES}(?P<name>[^\W\d_][\w-]*)(?P<more>.*)", re.DOTALL)

_SINGLE_KIND = SINGLE_QUOTES + "\u201a\u201b\u2039\u203a"
NAME_QUOTES = tuple(DOUBLE_QUOTES + _SINGLE_KIND)
"""Quotes around a name; an apostrophe inside single quotes belongs to the name."""
_QUOTED = re.compile(
    rf"(?:[{DOUBLE_QUOTES}]([^{DOUBLE_QUOTES}]*)[{DOUBLE_QUOTES}]"
    rf"|[{_SINGLE_KIND}]((?:[^{_SINGLE_KIND}]|(?<=\w)[{_SINGLE_KIND}](?=\w))*)[{_SINGLE_KIND}])"
    rf"[{INVISIBLE}]*(?:\s[\s{INVISIBLE}]*|\Z)"
)
_WORD = re.compile(rf"[\s{INVISIBLE}]*(\S*)[\s{INVISIBLE}]*")
LIKE_ARGUMENT = re.compile(r"[{\[`]|[^=]+=|['\u2018\u2019][{\[]")
"""The beginning of an argument where an agent, or another word of its name, could be."""


def first_word(text: str) -> tuple[str, str]:
    """Return the first word of `text` and the rest; both can be empty.

    Invisible characters around the word, and spaces before the rest, are removed.
    """
    found = _WORD.match(text)
    return (trimmed(found[1]), text[found.end() :]) if found else ("", "")


def each_word(text: str) -> list[str]:
    """Return the words of `text`, without invisible characters around them."""
    return list(filter(None, map(trimmed, text.split())))


def engine(word: str) -> LaunchCommand | None:
    """Return the engine that the word names, in any case."""
    return SCRIPTS.get(folded(word))


def like_engine(word: str) -> bool:
    """Return whether the word resembles an engine's name, or is one used elsewhere."""
    wanted = folded(word[:40])
    return wanted in _ENGINES_ELSEWHERE or bool(get_close_matches(wanted, SCRIPTS, cutoff=0.7))


def quoted_name(text: str) -> tuple[str, str] | None:
    """Return the quoted name that `text` begins with and the rest; None if no quote is closed."""
    found = _QUOTED.match(text)
    return (trimmed(found[1] or found[2] or ""), text[found.end() :]) if found else None
