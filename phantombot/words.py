"""The words of a command: how each kind looks, before anybody asks what they mean together."""

import re
from typing import Literal

from phantombot.repair import DOUBLE_QUOTES, SINGLE_QUOTES

LaunchCommand = Literal["casperjs", "phantomjs"]
"""The engines v1 takes as `command`."""

SCRIPTS: dict[str, LaunchCommand] = {"casperjs": "casperjs", "phantomjs": "phantomjs"}
"""The engines, as they are typed."""

_DASHES = "(?:--|[\u2014\u2013])"  # keyboards join two dashes into an em or en dash
FLAG = re.compile(rf"{_DASHES}(?P<name>[^\W\d_][\w-]*)(?P<more>.*)", re.DOTALL)

_SINGLE_KIND = SINGLE_QUOTES + "\u201a\u201b\u2039\u203a"
NAME_QUOTES = tuple(DOUBLE_QUOTES + _SINGLE_KIND)
"""What a name may be quoted with; an apostrophe within single ones belongs to it."""
_QUOTED = re.compile(
    rf"(?:[{DOUBLE_QUOTES}]([^{DOUBLE_QUOTES}]*)[{DOUBLE_QUOTES}]"
    rf"|[{_SINGLE_KIND}]((?:[^{_SINGLE_KIND}]|(?<=\w)[{_SINGLE_KIND}](?=\w))*)[{_SINGLE_KIND}])"
    r"(?:\s+|\Z)"
)
LIKE_ARGUMENT = re.compile(r"[{\[`]|[^=]+=")
"""How an argument begins, where an agent was expected."""


def first_word(text: str) -> tuple[str, str]:
    """The first word of `text` and what follows it; both may be empty."""
    word, rest = (*text.split(None, 1), "", "")[:2]
    return word, rest


def folded(name: str) -> str:
    """A name as it is compared: in no case, with single spaces."""
    return " ".join(name.split()).casefold()


def quoted_name(text: str) -> tuple[str, str] | None:
    """The name in quotes that `text` begins with and what follows it; None where none is closed."""
    found = _QUOTED.match(text)
    return ((found[1] or found[2] or "").strip(), text[found.end() :]) if found else None
