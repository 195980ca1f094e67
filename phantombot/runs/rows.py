"""Reads a result that is a list of flat objects as a table. Pure."""

import json
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

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


def rows_of(result: str | None) -> Rows | None:
    """Return a result's JSON text as a table; None if it is something else, or too wide.

    Objects are flat if at least half of the columns hold no objects or lists; the other columns
    become cells of JSON.
    """
    objects = value_of(result)
    if not isinstance(objects, list) or not all(isinstance(one, dict) for one in objects):
        return None
    columns = tuple(dict.fromkeys(name for one in objects for name in one))
    if not 0 < len(columns) <= MOST_COLUMNS or len(columns) * len(objects) > MOST_CELLS:
        return None
    rows = Rows(columns, tuple(objects))
    return rows if len(nested_columns(rows)) * 2 <= len(columns) else None


def nested_columns(rows: Rows) -> set[str]:
    """Return the columns that hold an object or a list."""
    return {
        name
        for one in rows.objects
        for name, value in one.items()
        if isinstance(value, dict | list)
    }
