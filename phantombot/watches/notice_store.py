"""Store the notices about watched agents until they are posted."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    RowMapping,
    and_,
    delete,
    insert,
    select,
    update,
)

from phantombot.database.engine import Database
from phantombot.database.schema import notices, watched, watches
from phantombot.errors import StaleWrite
from phantombot.runs.ending import Ending
from phantombot.watches.model import End, News, Notice, Watch, Word, ends_in

_COLUMNS = {"pending": "posting", "retry_after": "say_after"}
"""Columns named differently from the notice's field."""
_AGENT_OF = and_(
    watched.c.workspace == watches.c.workspace, watched.c.agent_id == watches.c.agent_id
)
_FIELDS = {column: name for name, column in _COLUMNS.items()}


@dataclass(frozen=True)
class Notices:
    """Notices by workspace. Every method raises StoreUnavailable."""

    database: Database

    def waiting(self, workspace: str) -> list[Notice]:
        """Return the notices to post, by channel, oldest first."""
        query = select(notices).where(notices.c.workspace == workspace)
        with self.database.reading() as connection:
            ordered = query.order_by(notices.c.channel, notices.c.id)
            rows = connection.execute(ordered).mappings().all()
        return [_notice(row) for row in rows]

    def begin(self, some: Sequence[Notice]) -> bool:
        """Mark notices as pending; return False, with none marked, if one of them is already."""
        try:
            with self.database.writing() as connection:
                _mark(connection, some)
        except StaleWrite:
            return False
        return True

    def posted(self, some: Sequence[Notice], ts: str | None) -> None:
        """Delete notices that were posted; `ts` is the message's, if it may be edited later."""
        here = and_(watches.c.workspace == some[0].workspace, watches.c.channel == some[0].channel)
        with self.database.writing() as connection:
            connection.execute(delete(notices).where(_among(some)))
            connection.execute(update(watches).where(here).values(stopped=None, unsaid=0))
            for notice in some:
                if notice.end is not None:
                    alike = notice.end.alike if ts else ""
                    mine = update(watches).where(here, watches.c.agent_id == notice.agent_id)
                    connection.execute(mine.values(ts=ts, alike=alike))

    def put_off(self, some: Sequence[Notice], until: datetime, *, pending: bool) -> None:
        """Put notices off until then; `pending` means that they may have arrived all the same."""
        values = {"say_after": until, "posting": pending}
        with self.database.writing() as connection:
            connection.execute(update(notices).where(_among(some)).values(values))

    def drop(self, some: Sequence[Notice], *, unsaid: bool = False) -> None:
        """Delete notices; with `unsaid`, count their ends as not posted."""
        self._drop(some, "unsaid" if unsaid else "")

    def hush(self, some: Sequence[Notice]) -> None:
        """Delete notices of muted agents, and count them for when the mute is over."""
        self._drop(some, "muted")

    def unmute(self, workspace: str, now: datetime) -> datetime | None:
        """End the mutes that are over, each with a notice; return when the next one ends.

        The next end gets a new message, since the last one is far above.
        """
        here = and_(watches.c.workspace == workspace, watches.c.muted_until.is_not(None))
        with self.database.reading() as connection:
            untils = list(connection.execute(select(watches.c.muted_until).where(here)).scalars())
        if any(until <= now for until in untils):
            with self.database.writing() as connection:
                _unmute(connection, and_(here, watches.c.muted_until <= now), now)
        return min((until for until in untils if until > now), default=None)

    def _drop(self, some: Sequence[Notice], counted: str) -> None:
        with self.database.writing() as connection:
            connection.execute(delete(notices).where(_among(some)))
            for notice in some if counted else ():
                more = {counted: watches.c[counted] + ends_in(notice)}
                connection.execute(update(watches).where(_of(notice)).values(more))

    def forget_message(self, watch: Watch) -> None:
        """Forget the watch's last message, which can no longer be edited."""
        with self.database.writing() as connection:
            connection.execute(update(watches).where(_of(watch)).values(ts=None, alike=""))

    def stopped(self, workspace: str, channel: str, user: str, code: str) -> None:
        """Store that the user was told that the bot can't post in the channel."""
        theirs = (watches.c.workspace == workspace, watches.c.channel == channel)
        with self.database.writing() as connection:
            connection.execute(
                update(watches).where(*theirs, watches.c.user == user).values(stopped=code)
            )


def add_within(connection: Connection, some: Sequence[Notice]) -> None:
    """Store notices in the transaction of the change that they report."""
    if some:
        connection.execute(insert(notices), [_values(notice) for notice in some])


def _unmute(connection: Connection, over: ColumnElement[bool], now: datetime) -> None:
    named = select(watches, watched.c.name.label("name")).join(watched, _AGENT_OF)
    for row in connection.execute(named.where(over)).mappings().all():
        mine = and_(
            *(watches.c[name] == row[name] for name in ("workspace", "channel", "agent_id")),
            watches.c.muted_until == row["muted_until"],
        )
        plain = {"muted_until": None, "muted": 0, "ts": None, "alike": ""}
        # Only one of two processes changes the row; the count is read again while it is locked.
        count = connection.execute(select(watches.c.muted).where(mine).with_for_update()).scalar()
        if connection.execute(update(watches).where(mine).values(plain)).rowcount and count:
            told = Notice(
                workspace=row["workspace"],
                channel=row["channel"],
                agent_id=row["agent_id"],
                agent_name=row["name"],
                news=News.UNMUTED,
                at=now,
                count=count,
            )
            add_within(connection, [told])


def _mark(connection: Connection, some: Sequence[Notice]) -> None:
    free = and_(_among(some), notices.c.posting.is_(False))
    marked = connection.execute(update(notices).where(free).values(posting=True))
    if marked.rowcount != len(some):
        raise StaleWrite("notices")


def _among(some: Sequence[Notice]) -> Any:
    return notices.c.id.in_([notice.id for notice in some])


def _of(one: Notice | Watch) -> Any:
    return and_(
        watches.c.workspace == one.workspace,
        watches.c.channel == one.channel,
        watches.c.agent_id == one.agent_id,
    )


def _values(notice: Notice) -> dict[str, Any]:
    values = asdict(notice)
    del values["id"]
    for name, column in _COLUMNS.items():
        values[column] = values.pop(name)
    end = values.pop("end")
    if end and notice.end and notice.end.ended_at:
        end["ended_at"] = notice.end.ended_at.isoformat()
    if end and not end["page"]:
        del end["page"]  # processes of an earlier release can't read it
    return values | {"news": notice.news.value, "end": end and json.dumps(end)}


def _notice(row: RowMapping) -> Notice:
    values = {_FIELDS.get(column, column): value for column, value in row.items()}
    return Notice(**values | {"news": News(row["news"]), "end": _end(row["end"])})


def _end(text: str | None) -> End | None:
    if text is None:
        return None
    read = json.loads(text)
    read.pop("run_id", None)  # from an earlier release: a number that may be another run's by now
    at = read.pop("ended_at")
    return End(
        **read
        | {
            "ending": Ending(**read["ending"]),
            "word": Word(read["word"]),
            "ended_at": datetime.fromisoformat(at) if at else None,
        }
    )
