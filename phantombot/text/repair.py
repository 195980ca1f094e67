"""What keyboards, Slack and the habits of a shell do to a text, undone."""

import re
from collections.abc import Iterator

from phantombot.text.normalize import INVISIBLE, trimmed

DOUBLE_QUOTES = '"\u201c\u201d\u201e\u201f\u00ab\u00bb'
"""The straight one, the curly ones a keyboard makes of it, and guillemets."""
SINGLE_QUOTES = "'\u2018\u2019"
"""The straight one and the curly ones."""

_FENCE = re.compile(r"```(?:json\s|\w+\n)?(.*)```|`([^`]*)`", re.DOTALL | re.IGNORECASE)
_SHELL = re.compile(rf"'[\s{INVISIBLE}]*([{{\[].*)'", re.DOTALL)
_LINK = re.compile(r"<((?:https?://|mailto:|tel:)[^<>|\s]+)(?:\|([^<>]*))?>")
_ENTITY = re.compile("&(?:amp|lt|gt);")
_CHARACTERS = {"&amp;": "&", "&lt;": "<", "&gt;": ">"}

_MARKUP = re.compile(
    rf"<(?P<sign>[#!@]?)(?P<what>[^<>|]*)(?:\|(?P<label>[^<>]*))?>|{_ENTITY.pattern}"
)
_ALL_OF_THEM = frozenset({"here", "channel", "everyone"})

_CURLY_DOUBLE, _CURLY_SINGLE = DOUBLE_QUOTES[1:], SINGLE_QUOTES[1:]
_BODY = r"((?:\\.|[^\\])*?)"
_STRUCTURE = rf"(?=[\s{INVISIBLE}]*(?:[,:\]}}]|\Z))"
_CURLY = (
    f"|[{_CURLY_DOUBLE}]{_BODY}[{DOUBLE_QUOTES}]{_STRUCTURE}"
    f"|[{_CURLY_SINGLE}]{_BODY}[{_CURLY_SINGLE}]{_STRUCTURE}"
    f"|[{DOUBLE_QUOTES}{_CURLY_SINGLE}](?P<unclosed>.*)"
    rf"|[^\S \t\r\n]|[{INVISIBLE}]"  # outside of strings JSON knows four kinds of space
)
_STRICT = re.compile(r'"((?:\\.|[^"\\])*)"' + _CURLY, re.DOTALL)
"""A string opened by a straight quote ends at a straight one."""
_LENIENT = re.compile(
    rf'"((?:\\.|[^"\\])*?)(?:"|[{_CURLY_DOUBLE}]{_STRUCTURE})' + _CURLY, re.DOTALL
)
"""It may also end at a curly one that JSON's punctuation follows."""
_WITHIN = re.compile(r'\\.|"', re.DOTALL)


def stripped(text: str) -> Iterator[str]:
    """`text` with ever more of what was wrapped around it taken off, each different text once."""
    bare = _unwrapped(text)
    unlinked = _LINK.sub(_undone, bare)
    yield from dict.fromkeys((text, bare, unlinked, _unescaped(bare), _unescaped(unlinked)))


def unmarked(text: str) -> str:
    """What was written into a message, before Slack marked it up; without a fence around it."""
    return _unescaped(_LINK.sub(_undone, _unwrapped(trimmed(text))))


def straightened(text: str) -> Iterator[str]:
    """`text` as it is and with its quotes made straight, each different text once."""
    mended = (pattern.sub(_requoted, text) for pattern in (_STRICT, _LENIENT))
    yield from dict.fromkeys((text, *mended))


def undone(text: str) -> str:
    """What was typed before Slack made the text of a message of it.

    There, unlike in a slash command, Slack escapes `& < >` always, so that whatever stands between
    `<` and `>` is its own. A user's mention stays: it does not tell the name that was typed.
    Source: Slack's page on the formatting of message text.
    """
    return _MARKUP.sub(_as_typed, text)


def unlinked(text: str) -> str:
    """What was typed where `text` is one of Slack's links as a whole, else `text`."""
    link = _LINK.fullmatch(text)
    return _undone(link) if link else text


def _unwrapped(text: str) -> str:
    """Without a code fence, and without the single quotes that a shell would ask for."""
    fenced = _FENCE.fullmatch(text)
    bare = trimmed(fenced[1] or fenced[2] or "") if fenced else text
    quoted = _SHELL.fullmatch(bare)
    return quoted[1] if quoted else bare


def _undone(link: re.Match[str]) -> str:
    """What was typed before Slack made a link of it, or the address of a labelled link."""
    return _of_link(link[1], link[2] or "")


def _of_link(target: str, text: str) -> str:
    address = _unescaped(target).removeprefix("mailto:").removeprefix("tel:")
    label = _unescaped(text)
    return label if address == f"http://{label}" else address


def _as_typed(found: re.Match[str]) -> str:
    sign, what, label = found["sign"], found["what"], found["label"] or ""
    if what is None:
        return _CHARACTERS[found[0]]
    if sign == "":
        return _of_link(what, label)
    if sign == "#" and label:
        return f"#{_unescaped(label)}"
    if sign == "!":
        return f"@{what}" if what in _ALL_OF_THEM else _unescaped(label) or found[0]
    return found[0]


def _unescaped(text: str) -> str:
    return _ENTITY.sub(lambda found: _CHARACTERS[found[0]], text)


def _requoted(found: re.Match[str]) -> str:
    if found.lastindex is None:
        return " " if found[0].isspace() else ""
    body = found[found.lastindex]
    if found.lastgroup == "unclosed":
        return '"' + body
    return '"' + _WITHIN.sub(_rewritten, body) + '"'


def _rewritten(found: re.Match[str]) -> str:
    """A quote within a string: escaped, or its escape made one that JSON knows."""
    if found[0][-1] in DOUBLE_QUOTES:
        return '\\"'
    return found[0][-1] if found[0][-1] in _CURLY_SINGLE else found[0]
