"""Store which channels watch which agents, and those agents as last polled."""

import hashlib
import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    RowMapping,
    Select,
    and_,
    delete,
    func,
    insert,
    select,
    union,
    update,
)
from sqlalchemy.exc import IntegrityError

from phantombot.access.audit import AuditEntry
from phantombot.access.audit_store import note_within
from phantombot.database.schema import notices, rounds, watched, watches, workspaces
from phantombot.database.vault import Place, Vault
from phantombot.errors import StaleWrite
from phantombot.watches.model import Notice, Round, Watch, Watched
from phantombot.watches.notice_store import Notices, add_within

MOST = 2_000
"""Watches of one workspace."""
_SECRET_BYTES = 32
_OF_WATCHED = [field.name for field in fields(Watched)]
_OF_WATCH = [
    field.name for field in fields(Watch) if field.name not in ("agent_name", "gone", "words")
]


@dataclass(frozen=True)
class Watches(Notices):
    """Watches by workspace. Every method raises StoreUnavailable."""

    vault: Vault
    most: int = MOST

    def set(self, watch: Watch, entry: AuditEntry) -> bool:
        """Watch an agent in a channel, or change the watch; return False if there are too many.

        The agent is first polled in the next pass. `entry` goes into the audit trail.
        """
        for _ in range(2):
            try:
                with self.database.writing() as connection:
                    return self._set(connection, watch, entry)
            except IntegrityError:
                continue  # somebody else set the agent's first watch at the same moment
        return False

    def unset(self, watch: Watch, entry: AuditEntry) -> bool:
        """End a watch, and delete what only it needed; return False if there was none."""
        here = _key(watches, watch.workspace, agent_id=watch.agent_id)
        with self.database.writing() as connection:
            mine = delete(watches).where(here, watches.c.channel == watch.channel)
            if not connection.execute(mine).rowcount:
                return False
            untold = _key(notices, watch.workspace, agent_id=watch.agent_id, channel=watch.channel)
            connection.execute(delete(notices).where(untold))
            if not _any(connection, here):
                alone = _key(watched, watch.workspace, agent_id=watch.agent_id)
                connection.execute(delete(watched).where(alone))
            if not _any(connection, _key(watches, watch.workspace)):
                connection.execute(delete(rounds).where(_key(rounds, watch.workspace)))
            note_within(connection, entry)
            return True

    def mute(self, watch: Watch, until: datetime, entry: AuditEntry) -> bool:
        """Mute the watch until then; return False if it was ended meanwhile."""
        mine = _key(watches, watch.workspace, channel=watch.channel, agent_id=watch.agent_id)
        with self.database.writing() as connection:
            muted = update(watches).where(mine).values(muted_until=until)
            if not connection.execute(muted).rowcount:
                return False
            note_within(connection, entry)
            return True

    def of_workspace(self, workspace: str) -> list[Watch]:
        """Return all watches of a workspace, by the agents' names."""
        return self._watches(_key(watches, workspace))

    def of_channel(self, workspace: str, channel: str) -> list[Watch]:
        """Return the watches of one channel, by the agents' names."""
        return self._watches(_key(watches, workspace, channel=channel))

    def of_agent(self, workspace: str, agent_id: str) -> list[Watch]:
        """Return the watches of one agent, in all channels."""
        return self._watches(_key(watches, workspace, agent_id=agent_id))

    def workspaces(self) -> list[str]:
        """Return the workspaces that have a key and agents to poll, or notices to post."""
        of_keyed = and_(workspaces.c.id == rounds.c.workspace, workspaces.c.api_key.is_not(None))
        keyed = select(rounds.c.workspace).join(workspaces, of_keyed)
        telling = select(notices.c.workspace)
        with self.database.reading() as connection:
            return list(connection.execute(union(keyed, telling)).scalars())

    def round(self, workspace: str) -> Round | None:
        """Return when the workspace's watches were polled; None if it has none."""
        query = select(rounds.c.seen_at, rounds.c.turned_at).where(_key(rounds, workspace))
        with self.database.reading() as connection:
            row = connection.execute(query).one_or_none()
        return None if row is None else Round(row.seen_at, row.turned_at)

    def polled(self, workspace: str, before: Round, after: Round) -> None:
        """Store when the workspace's watches were polled, unless one was set meanwhile."""
        values = {"seen_at": after.seen_at, "turned_at": after.turned_at}
        as_read = rounds.c.seen_at.is_not_distinct_from(before.seen_at)
        mine = and_(_key(rounds, workspace), as_read)
        with self.database.writing() as connection:
            connection.execute(update(rounds).where(mine).values(values))

    def agents(self, workspace: str) -> list[Watched]:
        """Return the agents that are watched in the workspace."""
        columns = [watched.c[name] for name in _OF_WATCHED]
        with self.database.reading() as connection:
            rows = connection.execute(select(*columns).where(_key(watched, workspace))).mappings()
            return [_watched(row) for row in rows]

    def write(
        self,
        before: Watched,
        after: Watched,
        news: Sequence[Notice] = (),
        seen: Sequence[Watch] = (),
    ) -> Watched:
        """Store how `after` differs from the agent as it was read; return the stored agent.

        The notices, and which watches have seen a poll, are stored in the same transaction.

        Raises:
            StaleWrite: somebody else wrote it, or nobody watches it any more; nothing is changed.
        """
        after = replace(after, version=before.version + 1)
        values = _changed_columns(before, after)
        mine = _key(watched, before.workspace, agent_id=before.agent_id)
        with self.database.writing() as connection:
            still = update(watched).where(mine, watched.c.version == before.version)
            if not connection.execute(still.values(values)).rowcount:
                raise StaleWrite(f"agent {before.agent_id}")
            add_within(connection, news)
            for watch in seen:
                own = _key(watches, watch.workspace, agent_id=watch.agent_id, channel=watch.channel)
                connection.execute(update(watches).where(own).values(seen=True))
        return after

    def hook(self, workspace: str, agent_id: str) -> str | None:
        """Return the secret in the address that the agent's webhook should call.

        Raises:
            DecryptionError: it was stored under another PHANTOMBOT_SECRET.
        """
        query = select(watched.c.hook).where(_key(watched, workspace, agent_id=agent_id))
        with self.database.reading() as connection:
            sealed = connection.execute(query).scalar()
        return None if sealed is None else self.vault.open(_hook(workspace, agent_id), sealed)

    def hint(self, secret: str, now: datetime) -> str | None:
        """Note that a webhook was called; return its workspace, None if the secret is unknown."""
        mine = watched.c.hook_digest == _digest(secret)
        with self.database.reading() as connection:
            found: str | None = connection.execute(select(watched.c.workspace).where(mine)).scalar()
        if found is None:
            return None  # checked before anything is written, so that guessing slows nobody down
        with self.database.writing() as connection:
            connection.execute(update(watched).where(mine).values(hinted_at=now))
        return found

    def _set(self, connection: Connection, watch: Watch, entry: AuditEntry) -> bool:
        values = {
            "words": " ".join(watch.words),
            "user": watch.user,
            "set_at": watch.set_at,
            "stopped": None,
        }
        mine = _key(watches, watch.workspace, channel=watch.channel, agent_id=watch.agent_id)
        if not connection.execute(update(watches).where(mine).values(values)).rowcount:
            if _count(connection, watch.workspace) >= self.most:
                return False
            named = {name: getattr(watch, name) for name in _OF_WATCH}
            connection.execute(insert(watches).values(**named | values))
        self._begin_to_watch(connection, watch)
        note_within(connection, entry)
        return True

    def _begin_to_watch(self, connection: Connection, watch: Watch) -> None:
        own = _key(watched, watch.workspace, agent_id=watch.agent_id)
        # A poll that is running now hasn't seen this watch, so its write has to fail.
        again = {"again_at": watch.set_at, "version": watched.c.version + 1}
        if not connection.execute(update(watched).where(own).values(again)).rowcount:
            secret = secrets.token_urlsafe(_SECRET_BYTES)
            connection.execute(
                insert(watched).values(
                    workspace=watch.workspace,
                    agent_id=watch.agent_id,
                    version=1,
                    name=watch.agent_name,
                    busy=0,
                    known="[]",
                    alike="",
                    times=0,
                    failures=0,
                    gone=False,
                    hook=self.vault.seal(_hook(watch.workspace, watch.agent_id), secret),
                    hook_digest=_digest(secret),
                )
            )
        # Whenever the others were polled, the new one should be polled now.
        anchor = update(rounds).where(_key(rounds, watch.workspace)).values(seen_at=None)
        if not connection.execute(anchor).rowcount:
            connection.execute(insert(rounds).values(workspace=watch.workspace))

    def _watches(self, which: ColumnElement[bool]) -> list[Watch]:
        columns = [watches.c[name] for name in _OF_WATCH]
        agent = and_(
            watched.c.workspace == watches.c.workspace, watched.c.agent_id == watches.c.agent_id
        )
        query: Select[Any] = (
            select(*columns, watches.c.words, watched.c.name.label("agent_name"), watched.c.gone)
            .join(watched, agent)
            .where(which)
            .order_by(watched.c.name, watches.c.agent_id, watches.c.channel)
        )
        with self.database.reading() as connection:
            return [_watch(row) for row in connection.execute(query).mappings()]


def _hook(workspace: str, agent_id: str) -> Place:
    return Place(workspace, "watched.hook", (agent_id,))


def _key(table: Any, workspace: str, **others: str) -> ColumnElement[bool]:
    return and_(
        table.c.workspace == workspace, *(table.c[name] == value for name, value in others.items())
    )


def _any(connection: Connection, which: ColumnElement[bool]) -> bool:
    return connection.execute(select(watches.c.channel).where(which).limit(1)).first() is not None


def _count(connection: Connection, workspace: str) -> int:
    query = select(func.count()).where(watches.c.workspace == workspace)
    return connection.execute(query).scalar_one()


def _digest(secret: str) -> str:
    """Return the digest of 32 random bytes; it needs no key, since they can't be guessed."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def _watch(row: RowMapping) -> Watch:
    return Watch(**dict(row) | {"words": tuple(row["words"].split())})


def _changed_columns(before: Watched, after: Watched) -> dict[str, Any]:
    columns = {
        name: getattr(after, name)
        for name in _OF_WATCHED
        if getattr(before, name) != getattr(after, name)
    }
    return columns | ({"known": json.dumps(after.known)} if "known" in columns else {})


def _watched(row: RowMapping) -> Watched:
    return Watched(**dict(row) | {"known": tuple(json.loads(row["known"]))})
