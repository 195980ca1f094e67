"""The two blocks for tables. Source: Slack's references of `table` and `data_table`."""

from collections.abc import Iterator
from typing import Any

from phantombot.sandbox.slack.block_kit.checks import (
    Check,
    at,
    flag,
    kinds,
    one_of,
    several,
    shape,
    text,
    whole,
)
from phantombot.sandbox.slack.block_kit.parts import BLOCK_ID
from phantombot.sandbox.slack.block_kit.rich_text import RICH_TEXT

CELLS_MOST = 20
"""The most cells in a row."""


def _number(value: Any, pointer: str) -> Iterator[str]:
    if not isinstance(value, int | float) or isinstance(value, bool):
        yield at(pointer, "must provide a number")


def _even(table: Any, pointer: str) -> Iterator[str]:
    if len({len(row) for row in table["rows"]}) > 1:
        yield at(f"{pointer}/rows", "all rows must have as many cells")


def _plain_header(table: Any, pointer: str) -> Iterator[str]:
    for number, cell in enumerate(table["rows"][0]):
        if cell["type"] == "rich_text":
            yield at(f"{pointer}/rows/0/{number}/type", "unsupported type: rich_text")


_CELL = kinds(
    {
        "rich_text": RICH_TEXT,
        "raw_text": shape({"type": one_of("raw_text"), "text": text(1)}),
        "raw_number": shape({"type": one_of("raw_number"), "value": _number}, {"text": text(1)}),
    }
)
_COLUMN = shape({}, {"align": one_of("left", "center", "right"), "is_wrapped": flag})
_ROW = several(_CELL, 1, CELLS_MOST)

TABLES: dict[str, Check] = {
    "table": shape(
        {"type": one_of("table"), "rows": several(_ROW, 1, 100)},
        {"block_id": BLOCK_ID, "column_settings": several(_COLUMN, 0, CELLS_MOST)},
        _even,
    ),
    "data_table": shape(
        {"type": one_of("data_table"), "caption": text(1), "rows": several(_ROW, 2, 101)},
        {
            "block_id": BLOCK_ID,
            "page_size": whole(1, 100),
            "row_header_column_index": whole(0, CELLS_MOST - 1),
        },
        _even,
        _plain_header,
    ),
}
"""Both have their heading in the first row; people can only sort and page a `data_table`."""
