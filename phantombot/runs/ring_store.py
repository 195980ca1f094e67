"""Store the notification settings of people and channels, and direct messages to be sent."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import Connection, and_, delete, insert, select, update

from phantombot.access.audit import AuditEntry
from phantombot.access.audit_store import note_within
from phantombot.database.engine import Database
from phantombot.database.schema import channel_settings, ring_settings, rings
from phantombot.database.upsert import upsert
from phantombot.runs.channel_settings import ChannelSettings
from phantombot.runs.ring import DEFAULT, Ring, RingBy, RingSettings


@dataclass(frozen=True)
class Rings:
    """Notifications by workspace, and the settings of people and channels.

    Every method raises StoreUnavailable.
    """

    database: Database

    def settings(self, workspace: str, user: str) -> RingSettings:
        """Return how somebody wants to be notified."""
        mine = and_(ring_settings.c.workspace == workspace, ring_settings.c.user == user)
        with self.database.reading() as connection:
            row = connection.execute(select(ring_settings).where(mine)).mappings().one_or_none()
        if row is None:
            return DEFAULT
        offset = row["utc_offset"]
        return RingSettings(
            by=RingBy(row["by"]),
            failures_only=row["failures_only"],
            quiet_from=_time(row["quiet_from"]),
            quiet_until=_time(row["quiet_until"]),
            utc_offset=None if offset is None else timedelta(seconds=offset),
        )

    def set(self, workspace: str, user: str, settings: RingSettings) -> None:
        """Store how somebody wants to be notified from now on."""
        offset, begin, end = settings.utc_offset, settings.quiet_from, settings.quiet_until
        values = {
            "by": settings.by.value,
            "failures_only": settings.failures_only,
            "quiet_from": None if begin is None else f"{begin:%H:%M}",
            "quiet_until": None if end is None else f"{end:%H:%M}",
            "utc_offset": None if offset is None else int(offset.total_seconds()),
        }
        with self.database.writing() as connection:
            upsert(connection, ring_settings, {"workspace": workspace, "user": user}, values)

    def in_channel(self, workspace: str, channel: str) -> ChannelSettings:
        """Return the channel's settings."""
        its = channel_settings.c
        query = select(its.broadcast, its.count_only).where(
            its.workspace == workspace, its.channel == channel
        )
        with self.database.reading() as connection:
            row = connection.execute(query).mappings().one_or_none()
        return ChannelSettings() if row is None else ChannelSettings(**row)

    def set_in_channel(self, settings: ChannelSettings, entry: AuditEntry) -> None:
        """Store the settings of the entry's channel, together with the entry."""
        keys = {"workspace": entry.workspace, "channel": entry.channel}
        with self.database.writing() as connection:
            upsert(connection, channel_settings, keys, asdict(settings))
            note_within(connection, entry)

    def waiting(self, workspace: str) -> list[Ring]:
        """Return the direct messages still to be sent, by person, oldest first."""
        query = select(rings).where(rings.c.workspace == workspace)
        with self.database.reading() as connection:
            rows = connection.execute(query.order_by(rings.c.user, rings.c.id)).mappings().all()
        return [Ring(**row) for row in rows]

    def workspaces(self) -> list[str]:
        """Return the workspaces in which somebody is still to be notified."""
        with self.database.reading() as connection:
            return list(connection.execute(select(rings.c.workspace).distinct()).scalars())

    def begin(self, some: Sequence[Ring]) -> None:
        """Mark notifications as pending, before they are sent."""
        self._update(some, pending=True)

    def put_off(self, some: Sequence[Ring], until: datetime) -> None:
        """Put notifications off until then: they weren't sent."""
        self._update(some, pending=False, due_at=until)

    def drop(self, some: Sequence[Ring]) -> None:
        """Delete notifications that were sent, or can't be."""
        with self.database.writing() as connection:
            connection.execute(delete(rings).where(rings.c.id.in_([one.id for one in some])))

    def _update(self, some: Sequence[Ring], **values: Any) -> None:
        mine = rings.c.id.in_([one.id for one in some])
        with self.database.writing() as connection:
            connection.execute(update(rings).where(mine).values(values))


def add_rings_within(connection: Connection, some: Sequence[Ring]) -> None:
    """Store notifications in the transaction that ends their run, so that each is stored once."""
    for one in some:
        values = {"workspace": one.workspace, "user": one.user, "run": one.run}
        connection.execute(insert(rings).values(**values, due_at=one.due_at, pending=False))


def _time(text: str | None) -> time | None:
    return None if text is None else time.fromisoformat(text)
