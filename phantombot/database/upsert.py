"""Insert or update a row in one statement, on SQLite and PostgreSQL.

If two processes write the same new row at once, one inserts and the other updates; neither fails.
"""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Table

if TYPE_CHECKING:
    from sqlalchemy.dialects import postgresql, sqlite

    _Insert = postgresql.Insert | sqlite.Insert


def upsert(
    connection: Connection,
    table: Table,
    keys: Mapping[str, Any],
    values: Mapping[str, Any],
    new: Mapping[str, Any] | None = None,
) -> None:
    """Update the row that has these primary keys, or insert it.

    `new` holds values for an inserted row only, which override `values` there.
    """
    insert = inserting(connection.dialect.name)(table).values({**keys, **values, **(new or {})})
    connection.execute(insert.on_conflict_do_update(index_elements=list(keys), set_=dict(values)))


def insert_if_absent(
    connection: Connection, table: Table, keys: Mapping[str, Any], values: Mapping[str, Any]
) -> bool:
    """Insert a row; return False and change nothing if one has these primary keys."""
    insert = inserting(connection.dialect.name)(table).values({**keys, **values})
    done = connection.execute(
        insert.on_conflict_do_nothing(index_elements=list(keys)),
        execution_options={"preserve_rowcount": True},
    )
    return done.rowcount > 0


def inserting(dialect: str) -> "Callable[[Table], _Insert]":
    """Return the dialect's INSERT, which can skip or update an existing row."""
    # Users of one database must not wait for the other's module to load.
    if dialect == "postgresql":
        from sqlalchemy.dialects import postgresql  # noqa: PLC0415

        return postgresql.insert
    from sqlalchemy.dialects import sqlite  # noqa: PLC0415

    return sqlite.insert
