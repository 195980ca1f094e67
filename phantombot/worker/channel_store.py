"""Stores the channels that the bot can't post to."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, delete, select

from phantombot.database.engine import Database
from phantombot.database.schema import closed_channels
from phantombot.database.upsert import upsert

_OF_WORKSPACE = select(closed_channels).where(closed_channels.c.workspace == bindparam("of"))


@dataclass(frozen=True)
class Closed:
    """A channel that the bot can't post to: since when, and Slack's error code."""

    at: datetime
    code: str


@dataclass(frozen=True)
class Channels:
    """Closed channels by workspace. Every method raises StoreUnavailable."""

    database: Database

    def closed(self, workspace: str) -> dict[str, Closed]:
        """Return the workspace's closed channels."""
        with self.database.reading() as connection:
            rows = connection.execute(_OF_WORKSPACE, {"of": workspace}).all()
        return {row.channel: Closed(row.closed_at, row.code) for row in rows}

    def close(self, workspace: str, channel: str, closed: Closed) -> None:
        """Store that Slack refused the channel."""
        keys = {"workspace": workspace, "channel": channel}
        values = {"code": closed.code, "closed_at": closed.at}
        with self.database.writing() as connection:
            upsert(connection, closed_channels, keys, values)

    def open(self, workspace: str, channel: str) -> None:
        """Store that Slack accepted a message for the channel again."""
        with self.database.writing() as connection:
            connection.execute(
                delete(closed_channels).where(
                    closed_channels.c.workspace == workspace,
                    closed_channels.c.channel == channel,
                )
            )
