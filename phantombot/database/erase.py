"""Erase everything stored for a workspace."""

from collections.abc import Collection, Iterable
from typing import Any

from sqlalchemy import Column, Connection, Table, delete, select

from phantombot.database.schema import erasures, metadata, workspaces

_KEPT = frozenset({erasures.name})
"""Records of erasures, kept until nothing more of their workspaces can turn up."""


def tables_by_workspace() -> list[Table]:
    """Return the tables that have a column `workspace`."""
    own = [table for table in metadata.sorted_tables if "workspace" in table.c]
    return [table for table in own if table.name not in _KEPT]


def kept(connection: Connection) -> set[str]:
    """Return the workspaces for which anything is stored."""
    named = [table.c.workspace for table in tables_by_workspace()]
    return {one for column in (*named, workspaces.c.id) for one in _each(connection, column)}


def erase(connection: Connection, ids: Collection[str]) -> None:
    """Delete every row of these workspaces, in all tables."""
    for table in tables_by_workspace():
        connection.execute(delete(table).where(table.c.workspace.in_(ids)))
    connection.execute(delete(workspaces).where(workspaces.c.id.in_(ids)))


def _each(connection: Connection, column: Column[Any]) -> Iterable[str]:
    return connection.execute(select(column).distinct()).scalars()
