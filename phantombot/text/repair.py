"""Undo what keyboards, Slack and shell habits do to a text."""

import re
from collections.abc import Iterator

from phantombot.text.normalize import DOUBLE_QUOTES, INVISIBLE, SINGLE_QUOTES, trimmed

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
    rf"|[^\S \t\r\n]|[{INVISIBLE}]"  # outside of strings, JSON allows four kinds of space
)
_STRICT = re.compile(r'"((?:\\.|[^"\\])*)"' + _CURLY, re.DOTALL)
"""A string that a straight quote opens ends at a straight quote."""
_LENIENT = re.compile(
    rf'"((?:\\.|[^"\\])*?)(?:"|[{_CURLY_DOUBLE}]{_STRUCTURE})' + _CURLY, re.DOTALL
)
"""It can also end at a curly quote that JSON punctuation follows."""
_WITHIN = re.compile(r'\\.|"', re.DOTALL)


def stripped(text: str) -> Iterator[str]:
    """Yield `text` with more and more of its wrapping removed, each different text once."""
    bare = _unwrapped(text)
    unlinked = _LINK.sub(_undone, bare)
    yield from dict.fromkeys((text, bare, unlinked, _unescaped(bare), _unescaped(unlinked)))


def unmarked(text: str) -> str:
    """Return a message's text as it was typed, without Slack's markup and a fence around it."""
    return _unescaped(_LINK.sub(_undone, _unwrapped(trimmed(text))))


def straightened(text: str) -> Iterator[str]:
    """Yield `text` unchanged and with straight quotes, each different text once."""
    mended = (pattern.sub(_requoted, text) for pattern in (_STRICT, _LENIENT))
    yield from dict.fromkeys((text, *mended))


def undone(text: str) -> str:
    """Return what was typed before Slack formatted it as a message.

    Unlike in a slash command, Slack always escapes `& < >` there, so everything between `<` and `>`
    is its own. A user's mention stays, since the typed name is unknown. Source: Slack's page on the
    formatting of message text.
    """
    return _MARKUP.sub(_as_typed, text)


def unlinked(text: str) -> str:
    """Return what was typed if `text` is one of Slack's links as a whole, else `text`."""
    link = _LINK.fullmatch(text)
    return _undone(link) if link else text


def _unwrapped(text: str) -> str:
    """Return the text without a code fence, or the single quotes that a shell would need."""
    fenced = _FENCE.fullmatch(text)
    bare = trimmed(fenced[1] or fenced[2] or "") if fenced else text
    quoted = _SHELL.fullmatch(bare)
    return quoted[1] if quoted else bare


def _undone(link: re.Match[str]) -> str:
    """Return what was typed before Slack turned it into a link, or a labelled link's address."""
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
    """Return a quote inside a string escaped, or its escape as JSON allows it."""
    if found[0][-1] in DOUBLE_QUOTES:
        return '\\"'
    return found[0][-1] if found[0][-1] in _CURLY_SINGLE else found[0]
