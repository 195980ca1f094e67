"""Store each agent's last stop, and a lease so that two people don't stop it at once."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, delete, select, update

from phantombot.access.audit import AuditEntry
from phantombot.access.audit_store import note_within, set_outcome_within
from phantombot.database.engine import Database
from phantombot.database.schema import stops
from phantombot.database.upsert import insert_if_absent

LEASE = timedelta(seconds=35)
"""Longer than an abort can wait for its answer (3 s and 30 s)."""

NOT_STOPPED = "not stopped"
"""Outcome of a withdrawn stop in the audit trail."""


@dataclass(frozen=True)
class StopNote:
    """A stop: by whom and when; nobody else can stop the agent before `busy_until`."""

    user: str
    at: datetime
    busy_until: datetime


@dataclass(frozen=True)
class StopLease:
    """A right to stop an agent; `before` is the stop it replaced."""

    workspace: str
    agent_id: str
    note: StopNote
    before: StopNote | None = None
    entry: int = 0
    """Number of its entry in the audit trail."""


@dataclass(frozen=True)
class Stops:
    """Each agent's last stop."""

    database: Database

    def begin(self, entry: AuditEntry, agent_id: str) -> StopLease | str:
        """Return a lease to stop the agent, or Slack's id of the user who is stopping it.

        The entry is stored with the lease.

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
            # The holder withdrew its lease between the two reads.

    def finish(self, lease: StopLease, now: datetime, outcome: str) -> bool:
        """End the lease; the last stop stays known.

        Return False if the lease had expired. This is still stored as the last stop, at this time,
        unless another one is going on.
        """
        late = now > lease.note.busy_until
        mine = _values(StopNote(lease.note.user, now, now)) if late else {"busy_until": now}
        free = and_(_of(lease.workspace, lease.agent_id), stops.c.busy_until < now)
        with self.database.writing() as connection:
            set_outcome_within(connection, lease.entry, outcome)
            connection.execute(update(stops).where(free if late else _held(lease)).values(mine))
        return not late

    def withdraw(self, lease: StopLease) -> None:
        """Restore the agent's stop before this one; the audit trail shows this as withdrawn."""
        before = lease.before
        with self.database.writing() as connection:
            if before is None:
                connection.execute(delete(stops).where(_held(lease)))
            else:
                connection.execute(update(stops).where(_held(lease)).values(_values(before)))
            set_outcome_within(connection, lease.entry, NOT_STOPPED)

    def stopper(
        self, workspace: str, agent_id: str, since: datetime, until: datetime
    ) -> str | None:
        """Return Slack's id of the user who stopped the agent between these times, or None."""
        note = self._note(workspace, agent_id)
        return note.user if note is not None and since <= note.at <= until else None

    def _lease(self, entry: AuditEntry, agent_id: str) -> StopLease | None:
        """Return a lease; None if another user holds the agent, or took it just now."""
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
    """Return the condition for the lease's row, if nobody else took it after it expired."""
    mine = and_(stops.c.user == lease.note.user, stops.c.at == lease.note.at)
    return and_(_of(lease.workspace, lease.agent_id), mine)


def _values(note: StopNote) -> dict[str, Any]:
    return {"user": note.user, "at": note.at, "busy_until": note.busy_until}
