"""Reads a result that is a list of flat objects as a table. Pure."""

import json
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from phantombot.text.json_stream import batches, is_list

MOST_COLUMNS = 200
MOST_CELLS = 1_000_000
"""Maximum cells of a table: objects with different names would fill far more cells than their JSON.
"""


@dataclass(frozen=True)
class Rows:
    """Objects, and the union of their names in order of appearance."""

    columns: tuple[str, ...]
    objects: tuple[dict[str, Any], ...] = field(repr=False)

    def values(self, column: str) -> list[Any]:
        """Return a column's values; None where an object lacks the name."""
        return [one.get(column) for one in self.objects]


def value_of(result: str | None) -> Any:
    """Return the value of a result's JSON text; None if there is none, or it can't be parsed.

    A list or object can be encoded once more, as JSON text in a string.
    """
    try:
        value = json.loads(result or "null")
    except (ValueError, RecursionError):
        return None
    if isinstance(value, str) and value.strip()[:1] in ("[", "{"):
        with suppress(ValueError, RecursionError):
            return json.loads(value)
    return value


def count_of(result: str | None) -> int | None:
    """Return the length of a result that is a list; None where it is none."""
    text = _unwrapped(result)
    if not is_list(text):
        return None
    try:
        return sum(map(len, batches(text)))
    except ValueError:
        return None


def rows_of(result: str | None) -> Rows | None:
    """Return a result's JSON text as a table; None if it is something else, or too wide.

    Objects are flat if at least half of the columns hold no objects or lists; the other columns
    become cells of JSON.
    """
    try:
        rows = _read_rows(_unwrapped(result))
    except ValueError:
        return None
    if rows is None or not rows.columns:
        return None
    return rows if len(nested_columns(rows)) * 2 <= len(rows.columns) else None


def _read_rows(text: str) -> Rows | None:
    """The objects of a list; None as soon as it is seen that they are no table."""
    columns: dict[str, None] = {}
    objects: list[dict[str, Any]] = []
    for batch in batches(text):
        for one in batch:
            if not isinstance(one, dict):
                return None
            columns |= dict.fromkeys(one)
            objects.append(one)
        if len(columns) > MOST_COLUMNS or max(len(columns), 1) * len(objects) > MOST_CELLS:
            return None
    return Rows(tuple(columns), tuple(objects))


def _unwrapped(result: str | None) -> str:
    """The text of a list or object that stands in a string."""
    text = (result or "").lstrip()
    if text.startswith('"'):
        with suppress(ValueError):
            value = json.loads(text)
            return value if value.lstrip()[:1] in ("[", "{") else text
    return text


def nested_columns(rows: Rows) -> set[str]:
    """Return the columns that hold an object or a list."""
    return {
        name
        for one in rows.objects
        for name, value in one.items()
        if isinstance(value, dict | list)
    }
