"""Store the welcomes to people who installed the app, and the channels that the bot joined."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, or_, select, union, update

from phantombot.database.engine import Database
from phantombot.database.schema import joined_channels, runs, welcomes, workspaces
from phantombot.database.upsert import insert_if_absent
from phantombot.messages.welcome import Steps
from phantombot.slack.client import Posted


@dataclass(frozen=True)
class Welcome:
    """The direct message to whoever installed the app in a workspace."""

    workspace: str
    user: str
    due_at: datetime
    pending: bool
    """It was being sent, and may have arrived."""
    posted: Posted | None
    shown: Steps
    """The steps that the message shows as done."""
    done: Steps
    """The steps that are done now, or were when the message was changed last."""


@dataclass(frozen=True)
class Joined:
    """A channel that the bot has joined and should greet."""

    workspace: str
    channel: str
    at: datetime
    """Slack's time of the event, which tells one join from another."""
    due_at: datetime
    pending: bool = False
    """It was being sent, and may have arrived."""


@dataclass(frozen=True)
class Welcomes:
    """Welcomes and joined channels by workspace. Every method raises StoreUnavailable."""

    database: Database

    def of(self, workspace: str) -> Welcome | None:
        """Return the workspace's welcome; None if there is none, or it is over."""
        query = _WELCOMES.where(welcomes.c.workspace == workspace)
        with self.database.reading() as connection:
            row = connection.execute(query).first()
        return None if row is None else _welcome(row)

    def begin(self, welcome: Welcome) -> bool:
        """Mark it as pending, before it is sent; return False if another process did."""
        mine = _of(welcome) & welcomes.c.pending.is_(False) & welcomes.c.ts.is_(None)
        with self.database.writing() as connection:
            return (
                connection.execute(update(welcomes).where(mine).values(pending=True)).rowcount > 0
            )

    def put_off(self, welcome: Welcome, until: datetime) -> None:
        """Put the welcome off until then: it wasn't sent."""
        self._update(welcome, pending=False, due_at=until)

    def shown(self, welcome: Welcome, posted: Posted, steps: Steps) -> None:
        """Store where the welcome was posted and what it shows; with all steps done, it is over."""
        self._update(
            welcome,
            pending=False,
            channel=posted.channel,
            ts=posted.ts,
            key_stored=steps.key_stored,
            launched=steps.launched,
            invited=steps.invited,
            over=steps == Steps(key_stored=True, launched=True, invited=True),
        )

    def finish(self, welcome: Welcome) -> None:
        """Store that the welcome is over; the row stays, so that none is sent again."""
        self._update(welcome, pending=False, over=True)

    def join(self, workspace: str, channel: str, at: datetime, now: datetime) -> bool:
        """Store that the bot has joined a channel; return False if this join is known already."""
        keys = {"workspace": workspace, "channel": channel}
        values = {"at": at, "due_at": now, "pending": False}
        older = (
            (joined_channels.c.workspace == workspace)
            & (joined_channels.c.channel == channel)
            & (joined_channels.c.at < at)
        )
        with self.database.writing() as connection:
            if insert_if_absent(connection, joined_channels, keys, values):
                return True
            again = update(joined_channels).where(older).values(**values)
            return connection.execute(again).rowcount > 0

    def to_greet(self, workspace: str) -> list[Joined]:
        """Return the joined channels that are still to be greeted."""
        due = joined_channels.c.due_at.is_not(None)
        query = select(joined_channels).where(joined_channels.c.workspace == workspace, due)
        with self.database.reading() as connection:
            rows = connection.execute(query.order_by(joined_channels.c.at)).mappings().all()
        return [Joined(**row) for row in rows]

    def begin_greeting(self, joined: Joined) -> bool:
        """Mark a greeting as pending, before it is sent; return False if another process did."""
        mine = _of_join(joined) & joined_channels.c.pending.is_(False)
        mine &= joined_channels.c.due_at.is_not(None)
        with self.database.writing() as connection:
            begun = connection.execute(update(joined_channels).where(mine).values(pending=True))
        return begun.rowcount > 0

    def greet_later(self, joined: Joined, until: datetime | None) -> None:
        """Put a greeting off until then, since it wasn't sent; None means for good."""
        changes = {"pending": False, "due_at": until}
        with self.database.writing() as connection:
            connection.execute(update(joined_channels).where(_of_join(joined)).values(changes))

    def workspaces(self) -> list[str]:
        """Return the workspaces with a welcome to send or change, or a channel to greet."""
        news = or_(welcomes.c.ts.is_(None), *(seen & ~shown for shown, seen in _STEPS))
        unwelcomed = select(welcomes.c.workspace).where(welcomes.c.over.is_(False), news)
        due = joined_channels.c.due_at.is_not(None)
        ungreeted = select(joined_channels.c.workspace).where(due)
        with self.database.reading() as connection:
            return list(connection.execute(union(unwelcomed, ungreeted)).scalars())

    def _update(self, welcome: Welcome, **values: Any) -> None:
        with self.database.writing() as connection:
            connection.execute(update(welcomes).where(_of(welcome)).values(values))


_HERE = welcomes.c.workspace
_STEPS: tuple[tuple[ColumnElement[bool], ColumnElement[bool]], ...] = (
    (
        welcomes.c.key_stored,
        exists().where(workspaces.c.id == _HERE, workspaces.c.api_key.is_not(None)),
    ),
    (
        welcomes.c.launched,
        exists().where(
            runs.c.workspace == _HERE,
            or_(runs.c.container_id.is_not(None), runs.c.launch_number.is_not(None)),
        ),
    ),
    (welcomes.c.invited, exists().where(joined_channels.c.workspace == _HERE)),
)
"""Each step: whether the message shows it as done, and whether it is."""
_WELCOMES: Select[Any] = select(
    welcomes, *(seen.label(f"seen_{shown.name}") for shown, seen in _STEPS)
).where(welcomes.c.over.is_(False))


def _welcome(row: Any) -> Welcome:
    shown = Steps(row.key_stored, row.launched, row.invited)
    return Welcome(
        row.workspace,
        row.user,
        row.due_at,
        row.pending,
        Posted(row.channel, row.ts) if row.ts else None,
        shown,
        Steps(
            shown.key_stored or row.seen_key_stored,
            shown.launched or row.seen_launched,
            shown.invited or row.seen_invited,
        ),
    )


def _of(welcome: Welcome) -> ColumnElement[bool]:
    return (welcomes.c.workspace == welcome.workspace) & welcomes.c.over.is_(False)


def _of_join(joined: Joined) -> ColumnElement[bool]:
    return (
        (joined_channels.c.workspace == joined.workspace)
        & (joined_channels.c.channel == joined.channel)
        & (joined_channels.c.at == joined.at)
    )
