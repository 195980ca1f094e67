"""Read a result's JSON: as a table if it is a list of flat objects, else as text. Pure."""

import json
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from phantombot.text.controls import without_controls, without_controls_in_json
from phantombot.text.json_stream import BATCH, batches, is_list

ROWS = 30
"""Maximum rows shown. Slack accepts 100, of 20 columns, with 10,000 characters in all."""
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

    A list or object may be encoded twice, as JSON text in a string.
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
    """Return the length of a result that is a list; None if it isn't one."""
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
    """Return the objects of a list; None as soon as they turn out not to be a table."""
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
    """Return the list or object that a JSON string contains, as text; other text unchanged."""
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


def readable(result: str, indent: int | None = 2) -> str:
    """Return JSON indented and without needless escapes; return anything else unchanged.

    Remove terminal codes and characters that reverse text. Replace lone surrogates, which scripts
    make by cutting text, since no file can hold them.
    """
    try:
        if len(result) > BATCH and is_list(result):
            return _readable_list(result, indent)
        text = json.dumps(json.loads(result), indent=indent, ensure_ascii=False)
        text = without_controls_in_json(text)
    except (ValueError, RecursionError):
        text = without_controls(result)
    return text.encode(errors="replace").decode()


def _readable_list(result: str, indent: int | None) -> str:
    """Do the same for a large list, one batch at a time."""
    edge = "" if indent is None else "\n"
    dumped = (json.dumps(batch, indent=indent, ensure_ascii=False) for batch in batches(result))
    written = map(without_controls_in_json, dumped)
    inner = (text[1:-1].strip("\n").encode(errors="replace").decode() for text in written)
    joined = (", " if indent is None else ",\n").join(filter(None, inner))
    return f"[{edge}{joined}{edge}]"
