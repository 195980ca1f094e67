"""Find the secret values in an argument, by their names or by their look. Pure."""

import re
from collections.abc import Iterator
from contextlib import suppress
from typing import Any
from unicodedata import normalize
from urllib.parse import unquote, unquote_plus

from phantombot.text.json_stream import read_json

SHORTEST_SECRET = 6
"""Characters; shorter strings of an argument are words that occur in any message."""

_NAME_HOLDS = re.compile(
    "apikey|bearer|cookie|credential|jwt|motdepasse|passphrase|passw|secret|session|signature"
    "|token|webhook"
)
_NAME_HAS = frozenset(
    [
        "auth",
        "authorization",
        "csrf",
        "key",
        "keys",
        "oauth",
        "otp",
        "pass",
        "pin",
        "pwd",
        "sid",
        "totp",
        "xsrf",
    ]
)
"""Words that only count as a whole: `key`, but not in `keyword`."""
_NAME_IS = frozenset({"liat"})
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_NAMING = ("name", "key", "id")
"""Members that name the secret in another member, as in a browser's exported cookies."""

_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://\S+")
_LOGIN = re.compile(r"://([^/?#\s@:]*):?([^/?#\s@]*)@")
_QUERY = re.compile(r"[?&;#]([^=&;#?]+)=([^&;#\s]*)")
_WEBHOOK = re.compile(r"://hooks?\.|/web-?hooks?/", re.IGNORECASE)
_JWT = re.compile(r"eyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*")

_LONG = re.compile(r"[!-?A-~]{20,}")  # each side of an e-mail address is checked by itself
_SEPARATED = re.compile(r"[=;,:&|\"'(){}<>\[\]]+")
_ALPHANUMERIC = re.compile("[A-Za-z0-9]+")
_LETTERS = "[a-z]+|[A-Z]+|[a-z]*(?:[A-Z][a-z]{2,})+"
_PLAIN = re.compile(rf"[0-9]+|(?:{_LETTERS})[0-9]*|[0-9]+(?:{_LETTERS})")
_UNSPEAKABLE = re.compile("[b-df-hj-np-tv-xz]{6}", re.IGNORECASE)
_HEX = re.compile("(?=.*[0-9])(?=.*[a-f])[0-9a-f]{32}", re.IGNORECASE)
_MOST_ODD = 7
"""How many characters of a long text may belong to neither words nor numbers, as in `28T17`."""
_PIECE = re.compile("[A-Z]?[a-z]+|[A-Z]+|[0-9]+")
_SHORTEST_PIECES = 4
"""Average length of pieces in mixed case; words have longer ones."""


def secrets_of(argument: str | None) -> list[str]:
    """Return the secrets in an argument, and the argument itself if it has any.

    In an object, those are the values under names such as `sessionCookie`, and values that look
    random. In anything else, whose values have no names, every string that is long enough.
    """
    value = None if argument is None else _parsed(argument)
    if argument is None:
        return []
    if not isinstance(value, dict):
        return [argument, *filter(is_long_enough, _strings(value))]
    found = dict.fromkeys(_secrets_in(value))
    return [argument, *filter(is_long_enough, found)] if found else []


def names_secret(name: str) -> bool:
    """Return whether a name implies that its value is secret."""
    words = [word.casefold() for word in _WORD.findall(normalize("NFKC", name))]
    joined = "".join(words)
    return bool(_NAME_HOLDS.search(joined)) or joined in _NAME_IS or not _NAME_HAS.isdisjoint(words)


def looks_random(text: str) -> bool:
    """Return whether a text without spaces is long, and made of neither words nor numbers."""
    if not _LONG.fullmatch(text):
        return False
    odd = (len(part) for part in _ALPHANUMERIC.findall(text) if not _is_plain(part))
    if sum(odd) > _MOST_ODD or _HEX.search(re.sub("[-:]", "", text)):
        return True
    pieces = _PIECE.findall(text)
    is_mixed = text not in (text.lower(), text.upper())
    return is_mixed and len("".join(pieces)) < _SHORTEST_PIECES * len(pieces)


def _is_plain(part: str) -> bool:
    return bool(_PLAIN.fullmatch(part)) and not _UNSPEAKABLE.search(part)


def is_long_enough(text: str) -> bool:
    """Return whether a secret is long enough not to occur in messages by chance."""
    return len(text) >= SHORTEST_SECRET


def _strings(value: Any) -> Iterator[str]:
    rest = [value]
    while rest:
        value = rest.pop()
        if isinstance(value, str):
            yield value
        elif isinstance(value, dict | list):
            rest.extend(value.values() if isinstance(value, dict) else value)


def _secrets_in(value: Any) -> Iterator[str]:
    rest = [(value, False)]
    while rest:
        value, named = rest.pop()
        if isinstance(value, dict):
            named = named or any(names_secret(_text(value.get(name))) for name in _NAMING)
            rest.extend((one, named or names_secret(name)) for name, one in value.items())
        elif isinstance(value, list):
            rest.extend((one, named) for one in value)
        elif isinstance(value, str):
            yield from (value, *_random_in(value)) if named else _random_in(value)
            rest.append((_parsed(value) if value.lstrip()[:1] in ("{", "[") else None, named))
        elif named and value is not None and not isinstance(value, bool):
            yield str(value)


def _random_in(text: str) -> Iterator[str]:
    """Yield what looks secret in a text, with the text around it unless that is an address."""
    yield from _JWT.findall(text)
    for address in _ADDRESS.findall(text):
        yield from _secrets_of_address(address)
    found = list(filter(looks_random, _LONG.findall(_ADDRESS.sub(" ", text))))
    if found:
        yield text
    for one in found:
        yield one
        yield from filter(looks_random, _SEPARATED.split(one))


def _secrets_of_address(address: str) -> Iterator[str]:
    """Yield the secrets in an address: its login and those of its query, but not its path."""
    if _WEBHOOK.search(address):
        yield address
    for user, password in _LOGIN.findall(address):
        yield from (f"{user}:{password}@" if password else f"{user}@", user, password)
        yield unquote(password)
    for name, value in _QUERY.findall(address):
        if names_secret(unquote(name)) or looks_random(unquote_plus(value)):
            yield from (value, unquote_plus(value))


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _parsed(text: str) -> Any:
    with suppress(ValueError):
        return read_json(text)
    return None
