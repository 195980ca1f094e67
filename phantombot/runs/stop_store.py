"""Who stopped which agent last, and a lease so that two people do not stop it at once."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, delete, select, update

from phantombot.access.audit import AuditEntry
from phantombot.access.audit_store import note_within, settle_within
from phantombot.database.engine import Database
from phantombot.database.schema import stops
from phantombot.database.upsert import insert_if_absent

LEASE = timedelta(seconds=35)
"""Longer than an abort waits for its answer (3 s and 30 s)."""

NOT_STOPPED = "not stopped"
"""What the audit trail says of a stop that was withdrawn."""


@dataclass(frozen=True)
class StopNote:
    """Who stopped an agent, and when; nobody else may before `busy_until`."""

    user: str
    at: datetime
    busy_until: datetime


@dataclass(frozen=True)
class StopLease:
    """The right to stop an agent, and what it stands in the place of."""

    workspace: str
    agent_id: str
    note: StopNote
    before: StopNote | None = None
    entry: int = 0
    """The number of its entry in the audit trail."""


@dataclass(frozen=True)
class Stops:
    """One row per agent: its last stop."""

    database: Database

    def begin(self, entry: AuditEntry, agent_id: str) -> StopLease | str:
        """The right to stop the agent; or Slack's id of the user who is stopping it just now.

        The entry is in the audit trail with it.

        Raises:
            StoreUnavailable: nothing is changed.
        """
        while True:
            lease = self._lease(entry, agent_id)
            if lease is not None:
                return lease
            holder = self._note(entry.workspace, agent_id)
            if holder is not None:
                return holder.user
            # Whoever was at it has withdrawn between the two looks.

    def finish(self, lease: StopLease, now: datetime, outcome: str) -> None:
        """Let others stop the agent again; who stopped it, and when, stays known."""
        with self.database.writing() as connection:
            connection.execute(update(stops).where(_held(lease)).values(busy_until=now))
            settle_within(connection, lease.entry, outcome)

    def withdraw(self, lease: StopLease) -> None:
        """As if it had never begun, but for the trail: the stop before it is the last one again."""
        before = lease.before
        with self.database.writing() as connection:
            if before is None:
                connection.execute(delete(stops).where(_held(lease)))
            else:
                connection.execute(update(stops).where(_held(lease)).values(_values(before)))
            settle_within(connection, lease.entry, NOT_STOPPED)

    def stopper(
        self, workspace: str, agent_id: str, since: datetime, until: datetime
    ) -> str | None:
        """Slack's id of the user who stopped the agent between these times, or None."""
        note = self._note(workspace, agent_id)
        return note.user if note is not None and since <= note.at <= until else None

    def _lease(self, entry: AuditEntry, agent_id: str) -> StopLease | None:
        """None where another holds the agent, or was faster by a moment."""
        before = self._note(entry.workspace, agent_id)
        note = StopNote(entry.user, entry.at, entry.at + LEASE)
        lease = StopLease(entry.workspace, agent_id, note, before)
        with self.database.writing() as connection:
            if not _taken(connection, lease):
                return None
            return replace(lease, entry=note_within(connection, entry))

    def _note(self, workspace: str, agent_id: str) -> StopNote | None:
        with self.database.reading() as connection:
            query = select(stops).where(_of(workspace, agent_id))
            row: Row[Any] | None = connection.execute(query).one_or_none()
        return None if row is None else StopNote(row.user, row.at, row.busy_until)


def _taken(connection: Connection, lease: StopLease) -> bool:
    note, before = lease.note, lease.before
    if before is None:
        keys = {"workspace": lease.workspace, "agent_id": lease.agent_id}
        return insert_if_absent(connection, stops, keys, _values(note))
    taken = connection.execute(
        update(stops)
        .where(_of(lease.workspace, lease.agent_id), stops.c.at == before.at)
        .where(stops.c.busy_until < note.at)
        .values(_values(note))
    )
    return bool(taken.rowcount)


def _of(workspace: str, agent_id: str) -> ColumnElement[bool]:
    return and_(stops.c.workspace == workspace, stops.c.agent_id == agent_id)


def _held(lease: StopLease) -> ColumnElement[bool]:
    """A lease that ran out and went to another is the other's to end."""
    mine = and_(stops.c.user == lease.note.user, stops.c.at == lease.note.at)
    return and_(_of(lease.workspace, lease.agent_id), mine)


def _values(note: StopNote) -> dict[str, Any]:
    return {"user": note.user, "at": note.at, "busy_until": note.busy_until}
