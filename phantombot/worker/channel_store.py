"""Store the channels that the bot can't post to."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, bindparam, delete, select

from phantombot.database.engine import Database
from phantombot.database.read_ahead import Asked
from phantombot.database.schema import closed_channels, runs
from phantombot.database.upsert import upsert

_OF_WORKSPACE = select(closed_channels).where(closed_channels.c.workspace == bindparam("of"))

_TO_RUN = select(closed_channels).join(
    runs,
    and_(
        runs.c.workspace == closed_channels.c.workspace,
        runs.c.channel == closed_channels.c.channel,
        runs.c.workspace == bindparam("of"),
        runs.c.id == bindparam("of_run"),
    ),
)


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

    def closed_to(self, workspace: str, run_id: int) -> dict[str, Closed]:
        """Return the channel that a run was asked for in, if it is closed."""
        row = self.database.row(*self.asked(workspace, run_id))
        return {} if row is None else {row.channel: Closed(row.closed_at, row.code)}

    def asked(self, workspace: str, run_id: int) -> Asked:
        """Return what `closed_to` asks the database, to be read ahead."""
        return _TO_RUN, {"of": workspace, "of_run": run_id}

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
