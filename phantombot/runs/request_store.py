"""Store a request as a row, in the one statement before the acknowledgement."""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Dialect, Text, bindparam, exists, select, text
from sqlalchemy.dialects import registry
from sqlalchemy.sql.elements import ColumnElement

from phantombot.database.engine import Database
from phantombot.database.recalled import STAMP, stamped
from phantombot.database.schema import runs
from phantombot.database.upsert import inserting

_ENQUEUED = "WITH added AS ({added}) SELECT id, {enqueue} FROM added"


@dataclass(frozen=True)
class Condition:
    """What must still be true when a request is stored that was decided from cached rows."""

    stamp: str
    """The stamp of the rows, which hasn't changed."""
    since: datetime
    """The same user hasn't requested the same since then."""


def add_row(
    database: Database, row: dict[str, Any], enqueue: str, condition: Condition | None
) -> int | None:
    """Return the new row's id; None if its invocation is stored already, or the condition fails.

    `enqueue` is an SQL expression that enqueues the launch of the row in `added`; it can be empty.

    Raises:
        StoreUnavailable: nothing was stored.
    """
    given = {name: value for name, value in row.items() if value is not None}
    dialect = database.engine.dialect
    kind = f"{dialect.name}.{dialect.driver}"
    statement = _statement(kind, tuple(given), enqueue, conditional=condition is not None)
    if condition is not None:
        given |= stamped(row["workspace"], row["channel"])
        given |= {"known_stamp": condition.stamp, "since": condition.since}
    found = database.store(statement.sql, statement.parameters(given))
    return None if found is None else int(found[0])


@dataclass(frozen=True)
class _Statement:
    """A statement for the driver itself: SQLAlchemy would take longer than the database."""

    sql: str
    order: tuple[str, ...] | None
    """The names of its parameters, if the driver takes them by position."""
    processors: dict[str, Any]

    def parameters(self, given: dict[str, Any]) -> Any:
        """Return the values as the driver takes them."""
        for name, process in self.processors.items():
            given[name] = process(given[name])
        return given if self.order is None else tuple(map(given.__getitem__, self.order))


@lru_cache(maxsize=64)
def _statement(
    kind: str, columns: tuple[str, ...], enqueue: str, *, conditional: bool
) -> _Statement:
    dialect: Dialect = registry.load(kind)()
    types = {name: runs.c[name].type for name in columns}
    types |= {"since": runs.c.created_at.type} if conditional else {}
    values = select(*(bindparam(name, type_=runs.c[name].type) for name in columns))
    added = (
        inserting(dialect.name)(runs)
        # SQLite reads what follows a SELECT without WHERE as a join.
        .from_select(columns, values.where(_unchanged() if conditional else text("1 = 1")))
        .on_conflict_do_nothing(index_elements=["workspace", "trigger_id"])
        .returning(runs.c.id, runs.c.workspace)
    )
    compiled: Any = added.compile(dialect=dialect)
    sql = _ENQUEUED.format(added=compiled, enqueue=enqueue) if enqueue else str(compiled)
    processors = {
        name: of.dialect_impl(dialect).bind_processor(dialect) for name, of in types.items()
    }
    return _Statement(
        sql,
        tuple(compiled.positiontup) if dialect.positional else None,
        {name: process for name, process in processors.items() if process is not None},
    )


def _unchanged() -> ColumnElement[bool]:
    """Return the condition that the cached rows are unchanged and that this is no duplicate."""
    twin = exists().where(
        runs.c.workspace == bindparam("workspace"),
        runs.c.user == bindparam("user"),
        runs.c.fingerprint == bindparam("fingerprint"),
        runs.c.created_at >= bindparam("since"),
    )
    return (bindparam("known_stamp", type_=Text) == STAMP) & ~twin
