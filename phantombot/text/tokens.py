"""The words of a command: how each kind looks, before anybody asks what they mean together."""

import re
from difflib import get_close_matches
from typing import Literal

from phantombot.text.normalize import INVISIBLE, folded, trimmed
from phantombot.text.repair import DOUBLE_QUOTES, SINGLE_QUOTES

LaunchCommand = Literal["casperjs", "phantomjs"]
"""The engines v1 takes as `command`."""

SCRIPTS: dict[str, LaunchCommand] = {"casperjs": "casperjs", "phantomjs": "phantomjs"}
"""The engines, as they are typed."""
_ENGINES_ELSEWHERE = frozenset(
    {"casper", "chrome", "chromium", "firefox", "node", "nodejs", "phantom", "puppeteer"}
    | {"playwright", "selenium", "slimerjs"}
)

_TWO_DASHES = "(?:--|[\u2014\u2013])"  # keyboards join them into an em or en dash
FLAG = re.compile(rf"{_TWO_DASHES}(?P<name>[^\W\d_][\w-]*)(?P<more>.*)", re.DOTALL)

_SINGLE_KIND = SINGLE_QUOTES + "\u201a\u201b\u2039\u203a"
NAME_QUOTES = tuple(DOUBLE_QUOTES + _SINGLE_KIND)
"""What a name may be quoted with; an apostrophe within single ones belongs to it."""
_QUOTED = re.compile(
    rf"(?:[{DOUBLE_QUOTES}]([^{DOUBLE_QUOTES}]*)[{DOUBLE_QUOTES}]"
    rf"|[{_SINGLE_KIND}]((?:[^{_SINGLE_KIND}]|(?<=\w)[{_SINGLE_KIND}](?=\w))*)[{_SINGLE_KIND}])"
    rf"[{INVISIBLE}]*(?:\s[\s{INVISIBLE}]*|\Z)"
)
_WORD = re.compile(rf"[\s{INVISIBLE}]*(\S*)[\s{INVISIBLE}]*")
LIKE_ARGUMENT = re.compile(r"[{\[`]|[^=]+=|['\u2018\u2019][{\[]")
"""How an argument begins, where an agent was expected or a further word of its name."""


def first_word(text: str) -> tuple[str, str]:
    """Return the first word of `text` and what follows it; both may be empty.

    The word has no invisible characters around it, and neither they nor spaces precede the rest.
    """
    found = _WORD.match(text)
    return (trimmed(found[1]), text[found.end() :]) if found else ("", "")


def each_word(text: str) -> list[str]:
    """Return the words of `text`, without invisible characters around them."""
    return list(filter(None, map(trimmed, text.split())))


def engine(word: str) -> LaunchCommand | None:
    """Return the engine that the word is, in any case."""
    return SCRIPTS.get(folded(word))


def like_engine(word: str) -> bool:
    """Return whether the word is like an engine's name, or is one that others know."""
    wanted = folded(word[:40])
    return wanted in _ENGINES_ELSEWHERE or bool(get_close_matches(wanted, SCRIPTS, cutoff=0.7))


def quoted_name(text: str) -> tuple[str, str] | None:
    """The name in quotes that `text` begins with and what follows it; None where none is closed."""
    found = _QUOTED.match(text)
    return (trimmed(found[1] or found[2] or ""), text[found.end() :]) if found else None
