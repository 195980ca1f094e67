"""Read large JSON text piece by piece.

Decoded at once, megabytes of it would take ten times their size, and no other thread would run
meanwhile.
"""

import json
import re
from collections.abc import Iterator
from typing import Any, NoReturn

BATCH = 64_000
"""Characters of a list that are decoded in one batch."""
_SPACE = r"[ \t\n\r]*+"
_OPENED = re.compile(rf"{_SPACE}([\[{{]){_SPACE}")
_CLOSED = re.compile(rf"\]{_SPACE}\Z")
_FOLLOWS = re.compile(rf"{_SPACE}(?:,{_SPACE}|(\]){_SPACE}\Z)")
_COLON = re.compile(rf"{_SPACE}:{_SPACE}")
_NEXT = re.compile(rf"{_SPACE}([,}}]){_SPACE}")
_STRING = r'"[^"\\]*+(?:\\.[^"\\]*+)*+"'
_TO_BRACKET = re.compile(rf'(?:[^"\[\]{{}}]++|{_STRING})*+(?:(?P<opens>[\[{{])|[\]}}])', re.DOTALL)
_VALUE = re.compile(rf"{_STRING}|[^\s,\]}}]+", re.DOTALL)


def read_json(text: str | bytes) -> Any:
    """Read strict JSON, without NaN and Infinity.

    Raises:
        ValueError: it isn't JSON, or nested too deeply.
    """
    try:
        return json.loads(text, parse_constant=_not_json)
    except RecursionError:
        raise ValueError("nested too deeply") from None


def is_list(text: str) -> bool:
    """Return whether the text begins like a JSON list."""
    opened = _OPENED.match(text)
    return bool(opened and opened[1] == "[")


def batches(text: str) -> Iterator[list[Any]]:
    """Yield the elements of a JSON list, a batch at a time.

    Raises:
        ValueError: it isn't a list, or can't be read to its end.
    """
    opened = _OPENED.match(text)
    if not opened or opened[1] != "[":
        raise ValueError("no list")
    batch: list[Any] = []
    begun = at = opened.end()
    ended = bool(_CLOSED.match(text, at))
    while not ended:
        value, at = _decoded(text, at)
        batch.append(value)
        follows = _FOLLOWS.match(text, at)
        if not follows:
            raise ValueError("no end")
        at, ended = follows.end(), bool(follows[1])
        if at - begun >= BATCH:
            yield batch
            batch, begun = [], at
    yield batch


def find_member(text: str, name: str, within: str) -> tuple[int, int] | None:
    """Return where a member's value begins and ends, in an object or in its object `within`.

    Other values are skipped without being decoded.

    Raises:
        ValueError: the text isn't an object.
    """
    return _find(text, 0, name, within)


def _find(text: str, at: int, name: str, within: str | None) -> tuple[int, int] | None:
    opened = _OPENED.match(text, at)
    if not opened or opened[1] != "{":
        raise ValueError("no object")
    at = opened.end()
    more = not text.startswith("}", at)
    while more:
        key, at = _decoded(text, at)
        colon = _COLON.match(text, at)
        if not colon:
            raise ValueError("no value")
        at = colon.end()
        if key == within and text[at : at + 1] == "{":
            return _find(text, at, name, None)
        end = _end_of(text, at)
        if key == name:
            return at, end
        after = _NEXT.match(text, end)
        if not after:
            raise ValueError("no end")
        at, more = after.end(), after[1] == ","
    return None


def _end_of(text: str, at: int) -> int:
    if text[at : at + 1] not in ("[", "{"):
        value = _VALUE.match(text, at)
        if not value:
            raise ValueError("no value")
        return value.end()
    depth = 0
    while bracket := _TO_BRACKET.match(text, at):
        depth += 1 if bracket["opens"] else -1
        at = bracket.end()
        if depth == 0:
            return at
    raise ValueError("no end")


def _decoded(text: str, at: int) -> tuple[Any, int]:
    try:
        return _DECODER.raw_decode(text, at)
    except RecursionError:
        raise ValueError("nested too deeply") from None


def _not_json(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not JSON")


_DECODER = json.JSONDecoder(parse_constant=_not_json)
