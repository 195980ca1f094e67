"""Cache what decides about launches, for decisions whose write checks that it is still true.

Who can launch what, and with which key, rarely changes and is needed for each command. The stamp
changes with each write to a workspace's rows in these tables. A write that depends on cached rows
has the condition that the stamp is still the one that was read before the rows.
"""

from collections.abc import Callable, Mapping
from functools import reduce
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Row,
    Select,
    Text,
    bindparam,
    cast,
    func,
    literal_column,
    select,
)

from phantombot.database.schema import access, agent_lists, aliases, workspaces

MOST_PLACES, MOST_ROWS = 5_000, 64
"""Maximum channels cached, and rows of each."""

ReadRow = Callable[[Select[Any], Mapping[str, Any]], Row[Any] | None]


def _said(found: ColumnElement[Any], *where: ColumnElement[bool]) -> ColumnElement[str]:
    read = select(cast(found, Text)).where(*where).scalar_subquery()
    return func.coalesce(read, literal_column("''", Text))


_OF, _IN = bindparam("stamped_workspace", type_=Text), bindparam("stamped_channel", type_=Text)
_ALIAS = aliases.c.word + literal_column("' '", Text) + cast(aliases.c.made_at, Text)
_COMMA: Any = literal_column("','", Text)
_HERE = (aliases.c.workspace == _OF, aliases.c.channel == _IN)
_PARTS: tuple[ColumnElement[str], ...] = (
    _said(workspaces.c.key_at, workspaces.c.id == _OF),
    _said(workspaces.c.api, workspaces.c.id == _OF),
    _said(agent_lists.c.read_at, agent_lists.c.workspace == _OF),
    _said(access.c.version, access.c.workspace == _OF),
    _said(func.aggregate_strings(_ALIAS, _COMMA), *_HERE),
)
STAMP = reduce(lambda one, other: one + literal_column("'/'", Text) + other, _PARTS)
"""SQL for the stamp of a workspace and a channel, the parameters that `stamped` returns."""
READ_STAMP = select(STAMP.label("stamp"))


def stamped(workspace: str, channel: str) -> dict[str, str]:
    """Return the parameters of STAMP."""
    return {"stamped_workspace": workspace, "stamped_channel": channel}


class Recalled:
    """Cached rows about a workspace and a channel, all read after the stamp."""

    def __init__(self, stamp: str) -> None:
        self.stamp = stamp
        self._rows: dict[Any, Row[Any] | None] = {}

    def row(
        self, statement: Select[Any], given: Mapping[str, Any], read: ReadRow
    ) -> Row[Any] | None:
        """Return the cached row, or read it now."""
        key = (statement, *given.values())
        try:
            return self._rows[key]
        except KeyError:
            row = read(statement, given)
        if len(self._rows) >= MOST_ROWS:
            self._rows.clear()
        self._rows[key] = row
        return row


class Recollections:
    """The cache, by workspace and channel."""

    def __init__(self) -> None:
        self._places: dict[tuple[str, str], Recalled] = {}

    def get(self, workspace: str, channel: str) -> Recalled | None:
        """Return what is cached for a channel, or None."""
        return self._places.get((workspace, channel))

    def begin(self, workspace: str, channel: str, stamp: str) -> Recalled:
        """Drop what is cached for a channel, and start again with this stamp."""
        if len(self._places) >= MOST_PLACES:
            self._places.clear()
        recalled = self._places[workspace, channel] = Recalled(stamp)
        return recalled
