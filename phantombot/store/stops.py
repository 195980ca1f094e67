"""Who stopped which agent last, and a lease so that two people do not stop it at once."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from phantombot.ports import StopLease, StopNote
from phantombot.store.database import Database
from phantombot.store.schema import stops

LEASE = timedelta(seconds=35)
"""Longer than an abort waits for its answer (3 s and 30 s)."""


@dataclass(frozen=True)
class Stops:
    """One row per agent: its last stop."""

    database: Database

    def begin(self, workspace: str, agent_id: str, user: str, now: datetime) -> StopLease | str:
        """The right to stop the agent; or Slack's id of the user who is stopping it just now.

        Raises:
            StoreUnavailable: nothing is changed.
        """
        while True:
            lease = self._lease(workspace, agent_id, StopNote(user, now, now + LEASE))
            if lease is not None:
                return lease
            holder = self._note(workspace, agent_id)
            if holder is not None:
                return holder.user
            # Whoever was at it has withdrawn between the two looks.

    def finish(self, lease: StopLease, now: datetime) -> None:
        """Let others stop the agent again; who stopped it, and when, stays known."""
        with self.database.writing() as connection:
            connection.execute(update(stops).where(_held(lease)).values(busy_until=now))

    def withdraw(self, lease: StopLease) -> None:
        """As if it had never begun: the stop before it is the last one again."""
        before = lease.before
        with self.database.writing() as connection:
            if before is None:
                connection.execute(delete(stops).where(_held(lease)))
            else:
                connection.execute(update(stops).where(_held(lease)).values(_values(before)))

    def stopper(
        self, workspace: str, agent_id: str, since: datetime, until: datetime
    ) -> str | None:
        """Slack's id of the user who stopped the agent between these times, or None."""
        note = self._note(workspace, agent_id)
        return note.user if note is not None and since <= note.at <= until else None

    def _lease(self, workspace: str, agent_id: str, note: StopNote) -> StopLease | None:
        """None where another holds the agent, or was faster by a moment."""
        before = self._note(workspace, agent_id)
        lease = StopLease(workspace, agent_id, note, before)
        try:
            with self.database.writing() as connection:
                if before is None:
                    ids = {"workspace": workspace, "agent_id": agent_id}
                    connection.execute(insert(stops).values(ids | _values(note)))
                    return lease
                taken = connection.execute(
                    update(stops)
                    .where(_of(workspace, agent_id), stops.c.at == before.at)
                    .where(stops.c.busy_until < note.at)
                    .values(_values(note))
                )
                return lease if taken.rowcount else None
        except IntegrityError:
            return None

    def _note(self, workspace: str, agent_id: str) -> StopNote | None:
        with self.database.reading() as connection:
            query = select(stops).where(_of(workspace, agent_id))
            row: Row[Any] | None = connection.execute(query).one_or_none()
        return None if row is None else StopNote(row.user, row.at, row.busy_until)


def _of(workspace: str, agent_id: str) -> ColumnElement[bool]:
    return and_(stops.c.workspace == workspace, stops.c.agent_id == agent_id)


def _held(lease: StopLease) -> ColumnElement[bool]:
    """A lease that ran out and went to another is the other's to end."""
    mine = and_(stops.c.user == lease.note.user, stops.c.at == lease.note.at)
    return and_(_of(lease.workspace, lease.agent_id), mine)


def _values(note: StopNote) -> dict[str, Any]:
    return {"user": note.user, "at": note.at, "busy_until": note.busy_until}
