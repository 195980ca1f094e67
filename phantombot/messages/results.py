"""Results that are tables: the first rows for Slack, and all rows as a file."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from math import isfinite
from typing import Any

from phantombot.messages.blocks import (
    FIXED_WIDTH_LIMIT,
    Block,
    File,
    Message,
    date,
    fixed_width,
    neutral,
    section,
    sections,
)
from phantombot.messages.sheet import csv_text, text_cell
from phantombot.runs.ending import Ending
from phantombot.runs.result_files import is_result_file, kind_of
from phantombot.runs.rows import ROWS, Rows, nested_columns

COLUMNS = 6
"""The most columns shown."""
CELL = 80
"""The most characters shown per cell."""
CHARACTERS = 9_000
"""The most characters shown in all cells; Slack accepts 10,000 in a message's tables."""
PAGE = 10
"""Rows per page in Slack's paged table."""
_TABLES = {"data_table", "table"}
_NOTHING = "\u2013"  # Slack refuses an empty cell


def count_of(ending: Ending) -> str:
    """Return `120 results, 37 new`; empty if the result is not a list."""
    if ending.results is None:
        return ""
    counted = f"{ending.results} result" + ("" if ending.results == 1 else "s")
    return counted if ending.new is None else f"{counted}, {_new(ending.new, ending.results)}"


def told_of(ending: Ending) -> str:
    """Return how many results there are and where; empty if neither is known."""
    counted, linked = count_of(ending), links_to(ending.files)
    if not linked or counted:
        return " · ".join(filter(None, (counted, linked)))
    return f"results are in {'a file' if len(ending.files) == 1 else 'files'}: {linked}"


def links_to(files: Sequence[str]) -> str:
    """Return links such as `CSV, JSON`, to Phantombuster's own files only."""
    return ", ".join(f"<{link}|{kind_of(link)}>" for link in files if is_result_file(link))


def link_to_page(page: str) -> str:
    """Return a link to a run at Phantombuster; empty if its address isn't known."""
    return f"<{page}|Open at Phantombuster>" if page else ""


def heading(count: int, ending: Ending) -> str:
    """Return how many results there are, and how many of them are new."""
    counted = f"*{count} result{'' if count == 1 else 's'}*"
    if ending.new is None or ending.new_since is None:
        return counted
    since = date(datetime.fromtimestamp(ending.new_since, UTC))
    new = f"{_new(ending.new, count)} since the last run with the same argument"
    return f"{counted}, {new}, {since}"


def excerpt(rows: Rows, count: int, whole: str) -> str:
    """Return how many of the `count` rows and of the columns are shown; empty if all are."""
    heading, *lines = _cells(rows)
    parts = [f"the first {len(lines)} rows"] if count > len(lines) else []
    if len(rows.columns) > len(heading):
        parts.append(f"{len(heading)} of {len(rows.columns)} columns")
    return f"Shown here: {' and '.join(parts)}; {whole}." if parts else ""


def with_table(rows: Rows, *texts: str, after: Sequence[str] = ()) -> Message:
    """Return the texts, the first rows below, and `after` below these.

    Screen readers get the rows as text.
    """
    lines = "\n".join(neutral(" · ".join(line)) for line in _cells(rows))
    below = sections(*after).blocks if after else ()
    blocks = (*sections(*texts).blocks, _data_table(rows), *below)
    return Message(sections(*texts, lines, *after).text, blocks)


def with_plainer_table(message: Message) -> Message:
    """Return the message with its table in the next plainer form, for when Slack refuses it.

    That is a table that can't be sorted, then a code block.
    """
    return Message(message.text, tuple(map(_plainer, message.blocks)))


def has_table(message: Message) -> bool:
    """Return whether the message has a table, in any form."""
    return any(block["type"] in _TABLES for block in message.blocks)


def shown_columns(rows: Rows) -> tuple[str, ...]:
    """Return the columns that fit, without those that are empty or nested in the first rows."""
    nested = nested_columns(rows)
    first = rows.objects[:ROWS]
    telling = [
        name
        for name in rows.columns
        if name not in nested and any(one.get(name) not in (None, "") for one in first)
    ]
    return tuple(telling or rows.columns)[:COLUMNS]


def rows_file(name: str, rows: Rows) -> File:
    """Return all rows and columns as CSV."""
    cells = ([_csv_cell(one.get(column)) for column in rows.columns] for one in rows.objects)
    return File(f"{name}.csv", "Result", csv_text(rows.columns, cells))


def _data_table(rows: Rows) -> Block:
    """Return a table that readers can sort and page through."""
    names, (heading, *lines) = shown_columns(rows), _cells(rows)
    shown = [
        [_cell(one.get(name), text) for name, text in zip(names, line, strict=True)]
        for one, line in zip(rows.objects, lines, strict=False)
    ]
    return {
        "type": "data_table",
        "caption": "Result",
        "page_size": PAGE,
        "rows": [[_cell(None, text) for text in heading], *shown],
    }


def _cell(value: Any, text: str) -> Block:
    """Return a cell; Slack sorts a column by number if all of its cells are numbers."""
    if isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value):
        return {"type": "raw_number", "value": value, "text": text}
    return {"type": "raw_text", "text": text}


def _new(new: int, of: int) -> str:
    if new == 0:
        return "none new"
    return "all new" if new == of else f"{new} new"


def _cells(rows: Rows) -> list[list[str]]:
    """Return the heading and as many of the first rows as Slack accepts."""
    names = shown_columns(rows)
    first = ([_shown(one.get(name)) for name in names] for one in rows.objects[:ROWS])
    cells, room = [], CHARACTERS
    for line in ([_shown(name) for name in names], *first):
        room -= sum(map(len, line))
        if room < 0:
            break
        cells.append(line)
    return cells


def _shown(value: Any) -> str:
    text = " ".join(_text(value).split(maxsplit=CELL))  # more words than that can't fit
    return (text if len(text) <= CELL else f"{text[: CELL - 1]}…") or _NOTHING


def _text(value: Any) -> str:
    if value is None or isinstance(value, str):
        return value or ""
    return json.dumps(value, ensure_ascii=False)


def _csv_cell(value: Any) -> str:
    """Return the cell's text; numbers stay numbers so that a spreadsheet can add them up."""
    numeric = isinstance(value, int | float)
    return _text(value) if numeric else text_cell(_text(value))


def _plainer(block: Block) -> Block:
    if block["type"] == "data_table":
        return _table(block["rows"])
    if block["type"] == "table":
        lines = "\n".join(" · ".join(cell["text"] for cell in row) for row in block["rows"])
        return section(fixed_width(lines, FIXED_WIDTH_LIMIT))
    return block


def _table(rows: Sequence[Sequence[Block]]) -> Block:
    """Return a table of the same cells that can't be sorted."""
    _, *lines = rows
    aligned = [{"align": _align(column)} for column in zip(*lines, strict=True)]
    cells = [[{"type": "raw_text", "text": cell["text"]} for cell in line] for line in rows]
    return {"type": "table", "rows": cells, "column_settings": aligned}


def _align(cells: Sequence[Block]) -> str:
    told = [cell["type"] for cell in cells if cell["text"] != _NOTHING]
    return "right" if told and set(told) == {"raw_number"} else "left"
