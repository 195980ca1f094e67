"""What the user typed → the JSON text that is sent.

JSON is sent as typed, byte for byte. `key=value` pairs are composed into an object. Anything else
is repaired, as little as possible; see `_readings` for the order.
"""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import NoReturn

from phantombot.errors import UsageError
from phantombot.text.caret import shown
from phantombot.text.normalize import DOUBLE_QUOTES, INVISIBLE, SINGLE_QUOTES, trimmed
from phantombot.text.repair import straightened, stripped, unlinked

_PLAIN = "An argument is JSON or `key=value` pairs, and a value with spaces needs quotes."
_EXPECTED = {
    "Expecting property name": "expected a property name in double quotes",
    "Expecting ',' delimiter": "expected a comma or the closing bracket",
    "Expecting ':' delimiter": "expected a colon",
    "Expecting value": "expected a value",
    "Extra data": "expected the end here",
    "Unterminated string": "this string is not closed",
    "Invalid control character": "a line break or tab in a string is written `\\n` or `\\t`",
    "Invalid \\": "expected `n`, `t`, `u` and four digits, a quote or a backslash after this",
    "Illegal trailing comma": "this comma is one too many",
}


@dataclass(frozen=True)
class Argument:
    """An argument as it will be sent; its repr hides the text, which may hold session cookies.

    `repaired` is true if the text sent isn't what was typed: quotes, fences or Slack's links were
    undone. Composing `key=value` pairs is no repair.
    """

    text: str = field(repr=False)
    repaired: bool = False


def read_argument(typed: str) -> Argument:
    """Parse `typed` as JSON or as `key=value` pairs.

    Raises:
        UsageError: it is neither; `shown` is the faulty line over a caret.
    """
    text = trimmed(typed)
    faults: list[_Fault] = []
    for read, candidate in _readings(text):
        try:
            found = read(candidate)
        except _Fault as fault:
            faults.append(fault)
        else:
            return Argument(found.text, repaired=found.repaired or candidate != text)
    furthest = min(faults, key=lambda fault: len(fault.text) - fault.at)
    raise UsageError(furthest.sentence, shown(furthest.text, furthest.at))


class _Fault(Exception):
    """A failed reading: `sentence` says why, `at` says where in `text`."""

    def __init__(self, sentence: str, text: str, at: int) -> None:
        super().__init__(sentence)
        self.sentence, self.text, self.at = sentence, text, at


def _readings(text: str) -> Iterator[tuple[Callable[[str], Argument], str]]:
    """Yield every way to read `text`, the least invasive first."""
    yield _read_json, text
    for plain in stripped(text):
        if _ANY_PAIR.key.match(plain):
            yield _read_pairs, plain
            yield _read_curly_pairs, plain
        else:
            yield from ((_read_json, mended) for mended in straightened(plain))


# --- JSON


class _Constant(ValueError):
    """NaN, Infinity or -Infinity, which Python accepts and RFC 8259 doesn't allow."""


def _refuse(name: str) -> NoReturn:
    raise _Constant(name)


# Numbers stay text: an integer of thousands of digits is JSON, but int() refuses it.
_JSON = json.JSONDecoder(parse_int=str, parse_float=str, parse_constant=_refuse)
_STRING_OR_CONSTANT = re.compile(r'"(?:\\.|[^"\\])*"|(NaN|-?Infinity)', re.DOTALL)
_LIKE_JSON = tuple("{[" + DOUBLE_QUOTES + SINGLE_QUOTES)


def _read_json(text: str) -> Argument:
    try:
        _JSON.decode(text)
    except json.JSONDecodeError as error:
        raise _Fault(_not_json(text, error.msg), text, error.pos) from None
    except _Constant as error:
        sentence = f"{error} is not JSON; write a number, a string or `null`."
        raise _Fault(sentence, text, _constant_at(text)) from None
    except RecursionError:
        raise _Fault("The argument is nested too deeply.", text, 0) from None
    return Argument(text)


def _not_json(text: str, message: str) -> str:
    if not text.startswith(_LIKE_JSON):
        return _PLAIN
    expected = (ours for theirs, ours in _EXPECTED.items() if message.startswith(theirs))
    return f"The argument is not JSON: {next(expected, 'expected valid JSON')}."


def _constant_at(text: str) -> int:
    return next(found.start() for found in _STRING_OR_CONSTANT.finditer(text) if found[1])


# --- key=value pairs

_END = rf"[{INVISIBLE}]*(?:\s|\Z)"


class _Grammar:
    """The syntax of pairs, given the quotes that can open and close a quoted part."""

    def __init__(self, double: str, single: str) -> None:
        key_quoted, quoted = (
            "|".join(rf"[{kind}](?:\\.|[^\\])*?[{kind}](?={end})" for kind in (double, single))
            for end in (rf"{_END}|:?=", _END)
        )
        key = rf"(?P<key>(?>{key_quoted})|[^{_NO_KEY}:{SINGLE_QUOTES}{INVISIBLE}][^{_NO_KEY}]*?)"
        bare = rf"(?![{DOUBLE_QUOTES}{SINGLE_QUOTES}])\S*"
        bracketed = rf"(?>\[.*?\](?={_END})|\{{.*?\}}(?={_END}))"
        raw = rf":=(?P<raw>(?>{quoted})|{bracketed}|{bare})"
        string = rf"=(?P<string>(?>{quoted})|{bare})"
        between = rf"[{INVISIBLE}]*\s[\s{INVISIBLE}]*"
        self.key = re.compile(key + ":?=", re.DOTALL)
        self.pair = re.compile(rf"{key}(?:{raw}|{string})(?:{between}|\Z)", re.DOTALL)


# A piece of JSON, a URL or a fence isn't a key.
_NO_KEY = rf"\s={DOUBLE_QUOTES}`<>{{}}\[\]/?&,"
_STRAIGHT_PAIR = _Grammar('"', "'")
_ANY_PAIR = _Grammar(DOUBLE_QUOTES, SINGLE_QUOTES)
_DOUBLE_ESCAPED = re.compile(rf"\\([{DOUBLE_QUOTES}\\])")
_SINGLE_ESCAPED = re.compile(rf"\\([{SINGLE_QUOTES}])")


def _read_pairs(text: str) -> Argument:
    return _composed(text, _STRAIGHT_PAIR)


def _read_curly_pairs(text: str) -> Argument:
    return Argument(_composed(text, _ANY_PAIR).text, repaired=True)


def _composed(text: str, grammar: _Grammar) -> Argument:
    pairs: dict[str, Argument] = {}
    at = 0
    while at < len(text):
        found = grammar.pair.match(text, at)
        if not found:
            raise _no_pair(text, at, grammar)
        key = _unquoted(found["key"])
        if key in pairs:
            raise _Fault(f"`{_named(key)}` is given twice.", text, at)
        pairs[key] = _raw(found, grammar) if found["raw"] is not None else _string(found["string"])
        at = found.end()
    members = (f"{_dumped(key)}: {value.text}" for key, value in pairs.items())
    return Argument("{" + ", ".join(members) + "}", any(value.repaired for value in pairs.values()))


def _no_pair(text: str, at: int, grammar: _Grammar) -> _Fault:
    found = grammar.key.match(text, at)
    if not found:
        return _Fault(_PLAIN, text, at)
    key = _named(_unquoted(found["key"]))
    sentence = f"The value of `{key}` opens with a quote and must end with one, before a space."
    return _Fault(sentence, text, found.end())


def _raw(found: re.Match[str], grammar: _Grammar) -> Argument:
    value = _unquoted(found["raw"])
    for candidate in straightened(value) if grammar is _ANY_PAIR else (value,):
        with suppress(_Fault):
            return _read_json(candidate)
    key = _named(_unquoted(found["key"]))
    sentence = f"Expected JSON after `{key}:=`; a string takes `{key}=`."
    raise _Fault(sentence, found.string, found.start("raw"))


def _string(typed: str) -> Argument:
    value = _unquoted(typed)
    plain = unlinked(value)
    return Argument(_dumped(plain), repaired=plain != value)


def _unquoted(part: str) -> str:
    """Undo escapes: of quotes and backslashes in double quotes, of quotes in single ones."""
    if part.startswith(tuple(DOUBLE_QUOTES)):
        return _DOUBLE_ESCAPED.sub(r"\1", part[1:-1])
    if part.startswith(tuple(SINGLE_QUOTES)):
        return _SINGLE_ESCAPED.sub(r"\1", part[1:-1])
    return trimmed(part)


def _dumped(value: str) -> str:
    return json.dumps(value, ensure_ascii=False)


def _named(key: str) -> str:
    """Return a key to quote in a sentence. Values are never quoted, since they may be secret."""
    return " ".join(key.replace("`", "").split())[:40]
