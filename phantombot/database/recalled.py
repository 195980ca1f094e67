"""What was read about a workspace before, for a decision whose write checks that it still is so.

Who may launch what, and by which key, changes seldom, and is asked for at each command. The stamp
changes with each of these tables' rows of a workspace; a write that rests on what is recalled is
made on the condition that the stamp is the one that was read before the rows.
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
"""Channels, and rows of each, that are remembered."""

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
"""Of a workspace and one of its channels, which are `stamped`'s."""
READ_STAMP = select(STAMP.label("stamp"))


def stamped(workspace: str, channel: str) -> dict[str, str]:
    """Return the parameters of STAMP."""
    return {"stamped_workspace": workspace, "stamped_channel": channel}


class Recalled:
    """Rows about a workspace and a channel; all were read after the stamp."""

    def __init__(self, stamp: str) -> None:
        self.stamp = stamp
        self._rows: dict[Any, Row[Any] | None] = {}

    def row(
        self, statement: Select[Any], given: Mapping[str, Any], read: ReadRow
    ) -> Row[Any] | None:
        """Return the row that was read before, or read it now."""
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
    """What is recalled, by workspace and channel."""

    def __init__(self) -> None:
        self._places: dict[tuple[str, str], Recalled] = {}

    def get(self, workspace: str, channel: str) -> Recalled | None:
        """Return what is recalled of a channel; None if nothing is."""
        return self._places.get((workspace, channel))

    def begin(self, workspace: str, channel: str, stamp: str) -> Recalled:
        """Forget what is recalled of a channel, and begin anew with the stamp."""
        if len(self._places) >= MOST_PLACES:
            self._places.clear()
        recalled = self._places[workspace, channel] = Recalled(stamp)
        return recalled
