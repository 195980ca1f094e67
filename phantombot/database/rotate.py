"""Re-encrypt stored secrets under the first value of PHANTOMBOT_SECRET, each for its place.

Each value is replaced only if it is still what was read: another process's write in between stays,
and is read again. No row's version changes, so nobody's write becomes stale. Progress is stored:
after a kill, the next call continues with the rest.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from sqlalchemy import Column, Row, Select, Table, and_, or_, select, tuple_, update

from phantombot.database.engine import Database
from phantombot.database.schema import metadata
from phantombot.database.vault import Place, Vault
from phantombot.errors import DecryptionError

BATCH = 50
"""Rows per transaction: few, so that other processes wait only a moment for one."""
_MOST_PASSES = 5
"""Maximum passes: a process that still encrypts with an old secret would prolong them forever."""


class Seal(Enum):
    """Which secret a value is encrypted with."""

    FIRST = "first"
    OLDER = "older"
    """An older one, or the first in an earlier release's form."""
    UNKNOWN = "unknown"


@dataclass
class Tally:
    """Numbers of values, by `table.column`."""

    renewed: Counter[str] = field(default_factory=Counter)
    unknown: Counter[str] = field(default_factory=Counter)
    """Encrypted with none of the secrets."""
    older: Counter[str] = field(default_factory=Counter)
    """Encrypted with another secret or by an earlier release, and left so."""


@dataclass(frozen=True)
class _Value:
    """One encrypted value and its place."""

    column: Column[Any]
    row: Row[Any]
    sealed: str

    @property
    def place(self) -> Place:
        table = self.column.table
        row = tuple(str(getattr(self.row, name)) for name in row_names(table))
        return Place(str(getattr(self.row, _owner(table).name)), self.name, row)

    @property
    def name(self) -> str:
        return f"{self.column.table.name}.{self.column.name}"


def sealed_columns() -> tuple[Column[Any], ...]:
    """Return the columns whose comment begins with "sealed"."""
    columns = [column for table in metadata.sorted_tables for column in table.columns]
    return tuple(column for column in columns if (column.comment or "").startswith("sealed"))


def survey(database: Database, vault: Vault, workspace: str | None = None) -> Tally:
    """Count values encrypted with an old or unknown secret, or by an earlier release.

    Count those of all workspaces, or of one.

    Raises:
        StoreUnavailable: the database doesn't answer.
    """
    tally = Tally()
    for value in _values(database, workspace):
        match _seal_of(vault, value):
            case Seal.OLDER:
                tally.older[value.name] += 1
            case Seal.UNKNOWN:
                tally.unknown[value.name] += 1
    return tally


def rotate(database: Database, vault: Vault) -> Tally:
    """Re-encrypt everything with the first secret; can be repeated, and run while the bot runs.

    Raises:
        StoreUnavailable: the database doesn't answer; what was done until then stays.
    """
    tally = Tally()
    for _ in range(_MOST_PASSES):
        before = tally.renewed.total()
        tally.unknown, tally.older = Counter(), Counter()
        _pass(database, vault, tally)
        if not tally.older and tally.renewed.total() == before:
            break
    return tally


def _pass(database: Database, vault: Vault, tally: Tally) -> None:
    for table in {column.table: None for column in sealed_columns()}:
        for rows in _batches(database, table, None):
            _renew(database, vault, list(_of_rows(table, rows)), tally)


def _renew(database: Database, vault: Vault, values: list[_Value], tally: Tally) -> None:
    seals = [(value, _seal_of(vault, value)) for value in values]
    tally.unknown.update(value.name for value, seal in seals if seal is Seal.UNKNOWN)
    stale = [value for value, seal in seals if seal is Seal.OLDER]
    if not stale:
        return
    renewed: list[str] = []
    left: list[str] = []
    with database.writing() as connection:
        for value in stale:
            anew = vault.seal(value.place, vault.open(value.place, value.sealed))
            still = and_(_key_is(value), value.column == value.sealed)
            done = connection.execute(
                update(value.column.table).where(still).values({value.column.name: anew})
            )
            (renewed if done.rowcount else left).append(value.name)
    tally.renewed.update(renewed)
    tally.older.update(left)


def _seal_of(vault: Vault, value: _Value) -> Seal:
    if vault.is_newest(value.place, value.sealed):
        return Seal.FIRST
    try:
        vault.open(value.place, value.sealed)
    except DecryptionError:
        return Seal.UNKNOWN
    return Seal.OLDER


def _values(database: Database, workspace: str | None) -> Iterator[_Value]:
    for table in {column.table: None for column in sealed_columns()}:
        for rows in _batches(database, table, workspace):
            yield from _of_rows(table, rows)


def _of_rows(table: Table, rows: list[Row[Any]]) -> Iterator[_Value]:
    for row in rows:
        for column in _sealed_of(table):
            sealed = getattr(row, column.name)
            if sealed is not None:
                yield _Value(column, row, sealed)


def _batches(database: Database, table: Table, workspace: str | None) -> Iterator[list[Row[Any]]]:
    """Yield the rows that hold an encrypted value, sorted by key."""
    keys = list(table.primary_key.columns)
    query = _holding_sealed(table, workspace).order_by(*keys).limit(BATCH)
    after = query
    while True:
        with database.reading() as connection:
            rows = list(connection.execute(after).all())
        if not rows:
            return
        yield rows
        last = [getattr(rows[-1], key.name) for key in keys]
        after = query.where(tuple_(*keys) > tuple_(*last))


def _holding_sealed(table: Table, workspace: str | None) -> Select[Any]:
    sealed = _sealed_of(table)
    named = (table.columns[name] for name in row_names(table))
    needed = (*table.primary_key, _owner(table), *named, *sealed)
    columns = {column.name: column for column in needed}
    query = select(*columns.values()).where(or_(*(column.is_not(None) for column in sealed)))
    return query if workspace is None else query.where(_owner(table) == workspace)


def _sealed_of(table: Table) -> list[Column[Any]]:
    return [column for column in sealed_columns() if column.table is table]


def row_names(table: Table) -> tuple[str, ...]:
    """Return the columns that identify a row within its workspace."""
    keys = (key.name for key in table.primary_key if key is not _owner(table))
    return table.info.get("row") or tuple(keys)


def _owner(table: Table) -> Column[Any]:
    """Return the column with the workspace that a row's encrypted values are bound to."""
    if "workspace" in table.columns:
        return table.columns["workspace"]
    (key,) = table.primary_key.columns
    return key


def _key_is(value: _Value) -> Any:
    keys = value.column.table.primary_key.columns
    return and_(*(key == getattr(value.row, key.name) for key in keys))
