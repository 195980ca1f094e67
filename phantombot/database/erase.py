"""Everything that is stored of a workspace, gone."""

from collections.abc import Collection, Iterable
from typing import Any

from sqlalchemy import Column, Connection, Table, delete, select

from phantombot.database.schema import erasures, metadata, workspaces

_KEPT = frozenset({erasures.name})
"""That something was erased must be known until nothing can turn up any more."""


def tables_by_workspace() -> list[Table]:
    """The tables whose rows are a workspace's own: any that has a column `workspace`."""
    own = [table for table in metadata.sorted_tables if "workspace" in table.c]
    return [table for table in own if table.name not in _KEPT]


def kept(connection: Connection) -> set[str]:
    """The workspaces of which anything is stored."""
    named = [table.c.workspace for table in tables_by_workspace()]
    return {one for column in (*named, workspaces.c.id) for one in _each(connection, column)}


def erase(connection: Connection, ids: Collection[str]) -> None:
    """Delete every row of these workspaces, in whatever table."""
    for table in tables_by_workspace():
        connection.execute(delete(table).where(table.c.workspace.in_(ids)))
    connection.execute(delete(workspaces).where(workspaces.c.id.in_(ids)))


def _each(connection: Connection, column: Column[Any]) -> Iterable[str]:
    return connection.execute(select(column).distinct()).scalars()
