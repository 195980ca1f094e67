"""Read single fields of Phantombuster's answers, whatever their type.

Missing, odd or undocumented values are read as unknown.
"""

import math
import re
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from phantombot.errors import AnswerUnreadable
from phantombot.text.controls import without_controls

_LARGEST = 2**63 - 1  # for an id or a launch number: the most that a database accepts
_LARGEST_INTEGER = 2**31 - 1  # for any other number
_MOST_RUNS = 2**30 - 1
"""Maximum running, or queued: a database accepts the sum of both."""
_LAST_YEAR = 9000
"""Later times are ignored, since durations are added to times."""
_LONGEST_ID = 100
LONGEST_LABEL = 50
LONGEST_NAME = 500
LONGEST_MESSAGE = 2_000
"""Maximum characters of an agent's name and of its end message, which are searched and stored."""
_LAST_SECOND = 1e11  # above it, a time is in milliseconds
AGENT_ID = re.compile(r"[1-9][0-9]*")  # not \d, which matches the digits of every script
_NUMBER = re.compile(r"-?[0-9]{1,18}(\.[0-9]{1,18})?")


def read_time(value: Any) -> datetime | None:
    """Return Unix seconds, or milliseconds above 1e11 (seen on the wire), as UTC; else None."""
    seconds = read_number(value)
    if seconds is None or not seconds > 0:
        return None
    try:
        at = datetime.fromtimestamp(seconds / 1000 if seconds > _LAST_SECOND else seconds, UTC)
    except (OverflowError, ValueError, OSError):
        return None
    return at if at.year <= _LAST_YEAR else None


def read_list(value: Any) -> list[Any]:
    """Return a list.

    Raises:
        AnswerUnreadable: it isn't one.
    """
    if isinstance(value, list):
        return value
    raise AnswerUnreadable


def read_id(value: Any) -> str | None:
    """Return an id as text; None for 0, the empty text and null."""
    whole = isinstance(value, float) and value.is_integer()
    number = int(value) if whole or type(value) is int else None
    text = str(number) if number is not None and 0 < number <= _LARGEST else value
    if not isinstance(text, str) or not text.isprintable() or not text.strip("0 "):
        return None
    return text if len(text) <= _LONGEST_ID else None


def read_count(value: Any) -> int | None:
    """Return a number of runs; None if it isn't one."""
    number = read_whole(value)
    return None if number is None or number < 0 else min(number, _MOST_RUNS)


def read_number(value: Any) -> float | None:
    """Return a number, even if it comes as text; else None."""
    if isinstance(value, str) and _NUMBER.fullmatch(value):
        return float(value) if "." in value else int(value)
    if isinstance(value, Decimal):
        value = float(value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return value if isinstance(value, int) or math.isfinite(value) else None


def read_whole(value: Any) -> int | None:
    """Return a number without its fraction; None if it isn't one, or too large."""
    number = read_number(value)
    return int(number) if number is not None and abs(number) <= _LARGEST else None


def read_clamped(value: Any) -> int | None:
    """Return an amount, cut to the most that fits."""
    number = read_whole(value)
    return None if number is None else max(min(number, _LARGEST_INTEGER), -_LARGEST_INTEGER)


def read_small(value: Any) -> int | None:
    """Return a number such as an exit code; None if it doesn't fit."""
    number = read_whole(value)
    return number if number is not None and abs(number) <= _LARGEST_INTEGER else None


def read_position(value: Any) -> str | None:
    """Return the position unchanged, to send back in a query; None if it doesn't fit in one."""
    text = str(value) if type(value) is int and abs(value) <= _LARGEST else value
    sane = isinstance(text, str) and text.isprintable() and 0 < len(text) <= _LONGEST_ID
    return text if sane else None


def read_text(value: Any, longest: int | None = None) -> str | None:
    """Return text cut to `longest`, with what databases refuse replaced: lone surrogates, NUL."""
    if not isinstance(value, str):
        return None
    text = value if longest is None else without_controls(value[: 4 * longest])[:longest]
    return text.encode(errors="replace").decode().replace("\0", "\ufffd")


def read_fraction(value: Any) -> float | None:
    """Return a number, clamped to 0..1."""
    number = read_number(value)
    return None if number is None else float(min(max(number, 0), 1))
