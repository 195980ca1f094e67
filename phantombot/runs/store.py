"""Store runs in the database."""

import json
import secrets
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any, TypeVar

from sqlalchemy import (
    Column,
    ScalarSelect,
    bindparam,
    delete,
    func,
    literal,
    select,
    update,
)

from phantombot.database.read_ahead import Asked
from phantombot.database.recalled import Recalled
from phantombot.database.schema import runs, workspaces
from phantombot.database.vault import Place, Vault
from phantombot.errors import StaleWrite, StoreUnavailable
from phantombot.runs.console import Console
from phantombot.runs.known_rows import KeptRows, KnownRows
from phantombot.runs.known_rows_store import forget_within, keep_within, kept, launch_of
from phantombot.runs.model import UNDECIDED, Before, Decision, Intent, Run, State
from phantombot.runs.recent_store import RecentRuns
from phantombot.runs.request_store import Condition, add_row
from phantombot.runs.ring import Ring
from phantombot.runs.ring_store import add_rings_within
from phantombot.runs.siblings import Siblings, siblings_of
from phantombot.runs.store_rows import changed_columns, row_of, run_of
from phantombot.text.normalize import folded

UID_BYTES = 12
"""Random bytes in a run's uid."""
SIBLINGS_KEPT = timedelta(days=8)
"""Phantombuster keeps ended containers for 7 days, so older runs can't be mistaken for new."""

_TRIES = 9
T = TypeVar("T")

# Built once: building a statement takes longer than executing it.
_OPEN = (
    select(runs)
    .where(runs.c.workspace == bindparam("of"), runs.c.told.is_(False))
    .order_by(runs.c.id)
)
_EARLIER = select(runs).where(
    runs.c.workspace == bindparam("workspace"),
    runs.c.user == bindparam("user"),
    runs.c.fingerprint == bindparam("fingerprint"),
    runs.c.created_at >= bindparam("since"),
)
_BY_ID = select(runs).where(runs.c.workspace == bindparam("of"), runs.c.id == bindparam("of_run"))
_SEALED = {
    column.name: select(column).where(runs.c.id == bindparam("of_run"))
    for column in (runs.c.argument, runs.c.response_url, runs.c.console)
}


def _its(column: Column[Any]) -> ScalarSelect[Any]:
    its = runs.alias()
    return select(its.c[column.name]).where(its.c.id == bindparam("of_run")).scalar_subquery()


_LAST_ALIKE = (
    select(runs.c.created_at)
    .where(
        runs.c.workspace == bindparam("of"),
        runs.c.user == _its(runs.c.user),
        runs.c.fingerprint == _its(runs.c.fingerprint),
        runs.c.id < bindparam("of_run"),
    )
    .order_by(runs.c.created_at.desc())
    .limit(1)
)
_RESUMES_AT = select(func.max(runs.c.say_after).label("at")).where(
    runs.c.workspace == bindparam("of"),
    runs.c.told.is_(False),
    func.coalesce(runs.c.home, runs.c.channel) == _its(runs.c.channel),
)
_WRITE = update(runs).where(
    runs.c.id == bindparam("of_id"), runs.c.version == bindparam("of_version")
)


@dataclass(frozen=True)
class Runs(RecentRuns):
    """The store of runs. Every write increases a run's version."""

    vault: Vault
    enqueue: str = ""
    """SQL that enqueues the launch of a row of `added`; empty if the engine can't do that."""

    def add(
        self,
        intent: Intent,
        now: datetime,
        decided: Decision = UNDECIDED,
        condition: Condition | None = None,
    ) -> Run | None:
        """Store a request as a run; None if its invocation is stored already, or `condition` fails.

        If the engine keeps launches in the database, enqueue it in the same statement.

        Raises:
            StoreUnavailable: nothing was stored.
        """
        new = _first(intent, decided, now)
        row = row_of(new) | self._sealed_columns(intent, decided, new)
        at_once = new.state is State.INTENDED and new.due_at is None
        number = add_row(self.database, row, self.enqueue if at_once else "", condition)
        return None if number is None else replace(new, id=number)

    def reading_together(self) -> AbstractContextManager[None]:
        """Share one connection for all reads of this thread; writes aren't allowed meanwhile."""
        return self.database.reading_together()

    def recalling(
        self, intent: Intent, *, afresh: bool = False
    ) -> AbstractContextManager[Recalled | None]:
        """Decide from the rows cached for the intent's channel, or cache those that are read."""
        return self.database.recalling(intent.workspace, intent.channel, afresh=afresh)

    @property
    def launches_what_it_adds(self) -> bool:
        """Return whether `add` enqueues the launch by itself, in the same transaction."""
        return bool(self.enqueue)

    def open(self, workspace: str) -> list[Run]:
        """Return the workspace's runs that are not done, oldest first."""
        return self._read(_OPEN, of=workspace)

    def workspaces_with_open(self) -> list[str]:
        """Return the workspaces that have open runs."""
        query = select(runs.c.workspace).where(runs.c.told.is_(False)).distinct()
        with self.database.reading() as connection:
            return list(connection.execute(query).scalars())

    def resumes_at(self, run: Run) -> datetime | None:
        """Return until when Slack rate-limits its channel, as stored with any open run."""
        row = self.database.row(_RESUMES_AT, _named(run.workspace, run.id))
        return row.at if row else None

    def count_open(self) -> int:
        """Return how many runs are open, in all workspaces."""
        query = select(func.count()).where(runs.c.told.is_(False))
        with self.database.reading() as connection:
            return connection.execute(query).scalar_one()

    def get(self, workspace: str, run_id: int) -> Run | None:
        """Return one run of this workspace; None if it is another workspace's."""
        row = self.database.row(_BY_ID, _named(workspace, run_id))
        return None if row is None else run_of(row._mapping)  # noqa: SLF001 - SQLAlchemy's own name

    def reading_ahead(
        self, workspace: str, run_id: int, *others: Asked
    ) -> AbstractContextManager[None]:
        """Read in one query all that a launch goes by, `others` included, before it is asked for.

        What is then asked for once is as it was read; a second time, it is read again.
        """
        named = _named(workspace, run_id)
        mine = [(statement, named) for statement in (_BY_ID, _LAST_ALIKE, _RESUMES_AT)]
        argument = (_SEALED["argument"], {"of_run": run_id})
        return self.database.reading_ahead(*mine, argument, *others)

    def by_uid(self, workspace: str, uid: str) -> Run | None:
        """Return the workspace's run with this uid, which Slack's messages use."""
        found = self._read(select(runs).where(runs.c.workspace == workspace, runs.c.uid == uid))
        return found[0] if found else None

    def of_request(self, workspace: str, trigger_id: str) -> Run | None:
        """Return the run that an invocation requested; None if none is stored."""
        return self.of_requests(workspace, [trigger_id]).get(trigger_id)

    def of_requests(self, workspace: str, trigger_ids: Sequence[str]) -> dict[str, Run]:
        """Return the runs that these invocations requested, by the invocations' ids."""
        mine = (runs.c.workspace == workspace, runs.c.trigger_id.in_(trigger_ids))
        with self.database.reading() as connection:
            rows = connection.execute(select(runs).where(*mine)).mappings().all()
        return {row["trigger_id"]: run_of(row) for row in rows}

    def told_with(self, workspace: str, uid: str) -> list[Run]:
        """Return the runs whose dead session that run's message reports, itself first."""
        mine = (runs.c.workspace == workspace, runs.c.told_with == uid)
        return self._read(select(runs).where(*mine).order_by(runs.c.ended_at, runs.c.id))

    def first_of_sessions(self, run: Run, since: datetime) -> list[Run]:
        """Return the launcher's runs that ended since and whose message can list other runs."""
        return self._read(
            select(runs).where(
                runs.c.workspace == run.workspace,
                runs.c.told_with.is_not(None),  # few have one, and there is an index
                runs.c.told_with == runs.c.uid,
                runs.c.user == run.user,
                runs.c.ended_at >= since,
            )
        )

    def twins(self, run: Run, within: timedelta) -> list[Run]:
        """Return the same user's earlier runs, no older than `within`, that launched the same."""
        last = self.database.row(_LAST_ALIKE, _named(run.workspace, run.id))
        if last is None or last.created_at < run.created_at - within:
            return []
        alike = select(runs.c.fingerprint).where(runs.c.id == run.id).scalar_subquery()
        return self._read(
            select(runs).where(
                runs.c.workspace == run.workspace,
                runs.c.user == run.user,
                runs.c.fingerprint == alike,
                runs.c.created_at >= run.created_at - within,
                runs.c.id < run.id,
            )
        )

    def earlier(self, intent: Intent, since: datetime) -> list[Run]:
        """Return the same user's runs since then that launched the same, as `twins` does."""
        return self._read(
            _EARLIER,
            workspace=intent.workspace,
            user=intent.user,
            fingerprint=self._fingerprint(intent),
            since=since,
        )

    def siblings(self, run: Run, in_flight_since: datetime) -> Siblings:
        """Return our other runs of its agent, in any workspace of the account.

        Several workspaces may have the key of one account, and launch the same agent.
        """
        hint = select(workspaces.c.key_hint).where(workspaces.c.id == run.workspace)
        sharing = select(workspaces.c.id).where(workspaces.c.key_hint == hint.scalar_subquery())
        # One set of workspaces: with "or" PostgreSQL reads the index of all of them.
        mine = select(literal(run.workspace)).union(sharing)
        found = self._read(
            select(runs).where(
                runs.c.workspace.in_(mine),
                runs.c.agent_id == run.agent_id,
                runs.c.created_at >= run.created_at - SIBLINGS_KEPT,
                runs.c.id != run.id,
            )
        )
        return siblings_of(found, in_flight_since)

    def argument(self, run: Run) -> str | None:
        """Return the argument to send, as JSON text.

        Raises:
            DecryptionError: it was stored under another PHANTOMBOT_SECRET.
        """
        return self._opened(run, runs.c.argument)

    def response_url(self, run: Run) -> str | None:
        """Return the response_url, valid for 30 minutes and erased at the end of the run.

        Raises:
            DecryptionError: it was stored under another PHANTOMBOT_SECRET.
        """
        return self._opened(run, runs.c.response_url)

    def console(self, run: Run) -> Console:
        """Return what was read of the run's console so far.

        Raises:
            DecryptionError: it was stored under another PHANTOMBOT_SECRET.
        """
        opened = self._opened(run, runs.c.console)
        return Console(**json.loads(opened)) if opened else Console()

    def kept_rows(self, run: Run) -> KeptRows | None:
        """Return what is kept of the last result of the same agent and argument.

        Raises:
            DecryptionError: it, or the run's argument, was stored under another PHANTOMBOT_SECRET.
        """
        launch = launch_of(self.vault, run, self.argument(run))
        with self.database.reading() as connection:
            return kept(connection, self.vault, launch)

    def forget(self, before: datetime) -> int:
        """Delete the finished runs that were typed before then, and return how many.

        The digests of their results are deleted too.

        Raises:
            StoreUnavailable: none is deleted.
        """
        with self.database.writing() as connection:
            forget_within(connection, before)
            done = connection.execute(
                delete(runs).where(runs.c.told.is_(True), runs.c.created_at < before)
            )
            return done.rowcount

    def write(  # noqa: PLR0913 - what is stored with the run, each by its name
        self,
        run: Run,
        after: Run,
        *,
        console: Console | None = None,
        argument: str | None = None,
        response_url: str | None = None,
        known: KnownRows | None = None,
        rings: Sequence[Ring] = (),
        flushed: bool = True,
    ) -> Run:
        """Store how `after` differs from `run`, as it was read; return the stored run.

        `console`, `argument`, `response_url` and `known`, if given, replace the run's stored
        console, its argument, its response_url, and what `kept_rows` returns. `rings` are stored
        with it. What need not be `flushed` is found out again if the database loses it.

        Raises:
            StaleWrite: the run was written since it was read; nothing is changed.
            StoreUnavailable: nothing is changed.
        """
        after = replace(after, version=run.version + 1)
        columns = changed_columns(run, after)
        if console is not None:
            columns["console"] = self._sealed(run, "console", json.dumps(asdict(console)))
        if argument is not None:
            columns["argument"] = self._sealed(run, "argument", argument)
        if response_url is not None:
            columns["response_url"] = self._sealed(run, "response_url", response_url)
        launch = None if known is None else launch_of(self.vault, run, self.argument(run))
        with self.database.writing(shared=True, flushed=flushed) as connection:
            of_run = {"of_id": run.id, "of_version": run.version}
            done = connection.execute(_WRITE, columns | of_run)
            if not done.rowcount:
                raise StaleWrite(f"run {run.id}")
            add_rings_within(connection, rings)
            if known is not None and launch is not None:
                at = after.ended_at or after.created_at
                keep_within(connection, self.vault, launch, KeptRows(known, at))
        return after

    def with_newest(self, run: Run, work: Callable[[Run], T]) -> T:
        """Return what `work` makes of the run, read anew each time others wrote it meanwhile.

        Raises:
            StoreUnavailable: others write it over and over.
        """
        for _ in range(_TRIES):
            try:
                return work(run)
            except StaleWrite:
                run = self.by_uid(run.workspace, run.uid) or run
        raise StoreUnavailable("the run is being written by others")

    def _sealed_columns(self, intent: Intent, decided: Decision, run: Run) -> dict[str, Any]:
        """Return the encrypted columns of a request."""
        argument = intent.argument if decided.argument is None else decided.argument
        url = None if decided.state is State.ENDED else intent.response_url or None
        return {
            "trigger_id": intent.trigger_id,
            "response_url": self._sealed(run, "response_url", url),
            "argument": self._sealed(run, "argument", argument),
            "fingerprint": self._fingerprint(intent),
        }

    def _fingerprint(self, intent: Intent) -> str:
        launched = (folded(intent.agent), intent.command, intent.to_send)
        return self.vault.digest(intent.workspace, *launched)

    def _sealed(self, run: Run, column: str, text: str | None) -> str | None:
        return None if text is None else self.vault.seal(_place(run, column), text)

    def _opened(self, run: Run, column: Column[Any]) -> str | None:
        row = self.database.row(_SEALED[column.name], {"of_run": run.id})
        sealed = row[0] if row else None
        return None if sealed is None else self.vault.open(_place(run, column.name), sealed)


def _named(workspace: str, run_id: int) -> dict[str, Any]:
    return {"of": workspace, "of_run": run_id}


def _place(run: Run, column: str) -> Place:
    return Place(run.workspace, f"runs.{column}", (run.uid,))


def _first(intent: Intent, decided: Decision, now: datetime) -> Run:
    """Return the run of a new request; a question or a refusal counts as posted."""
    return Run(
        id=0,
        version=1,
        uid=secrets.token_urlsafe(UID_BYTES),
        workspace=intent.workspace,
        channel=intent.channel,
        user=intent.user,
        agent=intent.agent if decided.typed is None else decided.typed,
        quoted=intent.quoted,
        command=intent.command if decided.command is None else decided.command,
        save=intent.save,
        thread_ts=intent.thread_ts,
        created_at=now,
        due_at=intent.due_at,
        confirmed=intent.due_at is not None,
        state=decided.state,
        doubt=decided.doubt,
        time_left=decided.time_left,
        user_name=decided.user_name,
        source=decided.source or intent.source,
        acknowledged=intent.acknowledged and decided.state is State.INTENDED,
        agent_id=decided.agent_id,
        agent_name=decided.agent_name,
        before=Before(busy=decided.busy, last_end=decided.last_end),
        ending=decided.ending,
        message_at=now if decided.state is State.ASKED else None,
        ended_at=now if decided.state is State.ENDED else None,
        done=decided.state is State.ENDED,
    )
