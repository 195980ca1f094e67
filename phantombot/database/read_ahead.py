"""Lone rows that are read in one query, and asked for one by one afterwards."""

from collections.abc import Mapping, Sequence
from functools import lru_cache, reduce
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    IteratorResult,
    Row,
    Select,
    literal_column,
    select,
    true,
)
from sqlalchemy.engine.result import SimpleResultMetaData

Asked = tuple[Select[Any], Mapping[str, Any]]
"""A statement that is built once and finds one row or none, and its parameters."""

_IS_THERE: ColumnElement[int] = literal_column("1").label("is_there")


class RowsAhead:
    """Rows that were read ahead. Each is handed out once: what is asked for again may differ."""

    def __init__(self, connection: Connection, asked: Sequence[Asked]) -> None:
        """Read them; parameters of one name have one value."""
        query, columns = _together(tuple(statement for statement, _ in asked))
        given = {name: value for _, each in asked for name, value in each.items()}
        found = iter(connection.execute(query, given).one())
        self._rows: dict[Any, Row[Any] | None] = {}
        for (statement, each), names in zip(asked, columns, strict=True):
            *values, is_there = [next(found) for _ in names]
            row = _row(names[:-1], values) if is_there else None
            self._rows[statement, *each.values()] = row

    def has(self, statement: Select[Any], given: Mapping[str, Any]) -> bool:
        """Return whether the statement's row, or that there is none, was read and not taken."""
        return (statement, *given.values()) in self._rows

    def take(self, statement: Select[Any], given: Mapping[str, Any]) -> Row[Any] | None:
        """Return the statement's row, or None, and forget it."""
        return self._rows.pop((statement, *given.values()))


def _row(names: tuple[str, ...], values: Sequence[Any]) -> Row[Any]:
    result: IteratorResult[Any] = IteratorResult(SimpleResultMetaData(names), iter([values]))
    return result.one()


@lru_cache(maxsize=8)
def _together(statements: tuple[Select[Any], ...]) -> tuple[Select[Any], list[tuple[str, ...]]]:
    """Return one statement for all, and the names of each one's columns."""
    parts = [statement.add_columns(_IS_THERE).subquery() for statement in statements]
    anchor: FromClause = select(literal_column("1")).subquery()
    joined = reduce(lambda left, part: left.outerjoin(part, true()), parts, anchor)
    columns = [column for part in parts for column in part.c]
    return select(*columns).select_from(joined), [tuple(part.c.keys()) for part in parts]
