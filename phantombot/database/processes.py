"""Store the heartbeats of processes, which show which are alive."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select

from phantombot.database.engine import Database
from phantombot.database.schema import processes
from phantombot.database.upsert import upsert

FORGOTTEN_AFTER = timedelta(hours=1)
_SIGNATURES = "signatures"
"""The role of rows that count wrong signatures, stored as if they were processes."""


@dataclass(frozen=True)
class Processes:
    """Heartbeats, one row per process; in real time, even if the bot's clock runs faster."""

    database: Database

    def seen(self, process: str, role: str, now: datetime, figures: str = "") -> None:
        """Store a process's heartbeat and metrics; delete those of processes silent for an hour.

        Raises:
            StoreUnavailable: the database doesn't answer.
        """
        values = {"role": role, "seen_at": now, "figures": figures}
        with self.database.writing(afresh=True) as connection:
            connection.execute(delete(processes).where(processes.c.seen_at < now - FORGOTTEN_AFTER))
            upsert(connection, processes, {"id": process}, values)

    def gone(self, process: str) -> None:
        """Delete a process that has ended.

        Raises:
            StoreUnavailable: the database doesn't answer.
        """
        with self.database.writing() as connection:
            connection.execute(delete(processes).where(processes.c.id == process))

    def mismatched(self, process: str, now: datetime, count: int) -> None:
        """Store how many wrong signatures a web process received in the last hour.

        Raises:
            StoreUnavailable: the database doesn't answer.
        """
        self.seen(process, _SIGNATURES, now, str(count))

    def mismatches(self, now: datetime) -> tuple[int, datetime] | None:
        """Return how many all of them received in the last hour, and when the last was stored.

        Raises:
            StoreUnavailable: the database doesn't answer.
        """
        lately = processes.c.seen_at >= now - FORGOTTEN_AFTER
        query = select(processes).where(processes.c.role == _SIGNATURES, lately)
        with self.database.reading() as connection:
            found = connection.execute(query).all()
        if not found:
            return None
        return sum(int(row.figures) for row in found), max(row.seen_at for row in found)

    def last_seen(self, *roles: str) -> datetime | None:
        """Return when a process of one of the roles was last seen.

        Raises:
            StoreUnavailable: the database doesn't answer.
        """
        query = (
            select(processes.c.seen_at)
            .where(processes.c.role.in_(roles))
            .order_by(processes.c.seen_at.desc())
            .limit(1)
        )
        with self.database.reading() as connection:
            return connection.execute(query).scalar()

    def figures(self, *roles: str) -> dict[str, str]:
        """Return the metrics of these roles' processes, by id, in Prometheus's text format.

        Raises:
            StoreUnavailable: the database doesn't answer.
        """
        query = select(processes.c.id, processes.c.figures).where(processes.c.role.in_(roles))
        with self.database.reading() as connection:
            return {row.id: row.figures or "" for row in connection.execute(query)}
