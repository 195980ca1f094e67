"""A result that is a list of flat objects, read as a table. Pure."""

import json
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

MOST_COLUMNS = 200
MOST_CELLS = 1_000_000
"""Cells of a table: objects that share no names would fill far more than their JSON did."""


@dataclass(frozen=True)
class Rows:
    """Objects, and the union of their names in the order in which they first turn up."""

    columns: tuple[str, ...]
    objects: tuple[dict[str, Any], ...] = field(repr=False)

    def values(self, column: str) -> list[Any]:
        """What stands in a column; None where an object has nothing of that name."""
        return [one.get(column) for one in self.objects]


def value_of(result: str | None) -> Any:
    """Return what a result's JSON text says; None where there is none, or it cannot be read.

    A list or object may come as JSON text in a string.
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
    """The table that a result's JSON text is; None where it is something else, or too wide.

    Objects are flat where at least half of the columns hold no objects or lists: those that do
    are then cells of JSON.
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
    """The columns in which an object or a list stands."""
    return {
        name
        for one in rows.objects
        for name, value in one.items()
        if isinstance(value, dict | list)
    }
