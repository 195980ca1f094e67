"""Store the audit trail: recorded actions, together with launches read from the runs.

A launch has no row here: its run says who launched it, when, where and how it ended, so the trail
always matches what happened, and storing a launch stays one write.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from heapq import merge
from itertools import islice
from typing import Any

from sqlalchemy import Connection, Row, Select, delete, insert, select, update

from phantombot.access.audit import AuditAction, AuditEntry, agent_label
from phantombot.database.engine import Database
from phantombot.database.schema import audit, runs


@dataclass(frozen=True)
class Audit:
    """Audit entries by workspace. Every method raises StoreUnavailable."""

    database: Database

    def note(self, entry: AuditEntry) -> None:
        """Store an entry."""
        with self.database.writing() as connection:
            note_within(connection, entry)

    def recent(self, workspace: str, limit: int) -> list[AuditEntry]:
        """Return the last entries, including launches, newest first."""
        noted = (
            select(audit)
            .where(audit.c.workspace == workspace)
            .order_by(audit.c.at.desc(), audit.c.id.desc())
        )
        launched = (
            select(*_OF_A_LAUNCH)
            .where(runs.c.workspace == workspace)
            .order_by(runs.c.created_at.desc(), runs.c.id.desc())
        )
        with self.database.reading() as connection:
            entries = [_entry(row) for row in _rows(connection, noted, limit)]
            launches = [_launch(row) for row in _rows(connection, launched, limit)]
        newest_first = merge(entries, launches, key=lambda entry: entry.at, reverse=True)
        return list(islice(newest_first, limit))

    def forget(self, before: datetime) -> int:
        """Delete older entries and return their number. Launches are deleted with their runs."""
        with self.database.writing() as connection:
            return connection.execute(delete(audit).where(audit.c.at < before)).rowcount


def note_within(connection: Connection, entry: AuditEntry) -> int:
    """Store an entry in the transaction of its action; return its number."""
    done = connection.execute(insert(audit).values(_values(entry)))
    return int((done.inserted_primary_key or (0,))[0])


def set_outcome_within(connection: Connection, number: int, outcome: str) -> None:
    """Set an entry's outcome."""
    connection.execute(update(audit).where(audit.c.id == number).values(outcome=outcome))


_OF_A_LAUNCH = (
    runs.c.workspace,
    runs.c.created_at,
    runs.c.user,
    runs.c.agent,
    runs.c.agent_id,
    runs.c.agent_name,
    runs.c.channel,
    runs.c.state,
    runs.c.ended_at,
    runs.c.ending,
    runs.c.save,
)


def _rows(connection: Connection, query: Select[Any], limit: int) -> Sequence[Row[Any]]:
    return connection.execute(query.limit(limit)).all()


def _values(entry: AuditEntry) -> dict[str, Any]:
    return {
        "workspace": entry.workspace,
        "at": entry.at,
        "user": entry.user,
        "what": entry.what.value,
        "agent": entry.agent,
        "channel": entry.channel,
        "outcome": entry.outcome,
    }


def _entry(row: Row[Any]) -> AuditEntry:
    what = AuditAction(row.what)
    return AuditEntry(row.workspace, row.at, row.user, what, row.agent, row.channel, row.outcome)


def _launch(row: Row[Any]) -> AuditEntry:
    # A run that awaits a confirmation may have an ending, but hasn't ended.
    ended = row.ended_at is not None and row.ending
    return AuditEntry(
        workspace=row.workspace,
        at=row.created_at,
        user=row.user,
        what=AuditAction.LAUNCH_AND_SAVE if row.save else AuditAction.LAUNCH,
        # Text that matches no agent could be an argument typed in the agent's place.
        agent=agent_label(row.agent_id or _typed_id(row.agent), row.agent_name),
        channel=row.channel,
        outcome=json.loads(row.ending)["kind"] if ended else row.state,
    )


def _typed_id(typed: str) -> str:
    return typed if typed.isdecimal() else ""
