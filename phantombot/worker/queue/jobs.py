"""Jobs of the queue: one to launch a run, one to process a workspace now, one to do so later.

A launch waits for no other job: it has no lock, and its queue has its own worker.

Any other job waits for all jobs of its lock with a higher priority, or with the same priority and a
smaller id, even if those are scheduled for another day. So "now" has priority over "later", and
each has its own queueing lock: at most one of each waits per workspace.
"""

import logging
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from datetime import datetime
from typing import Any

from procrastinate import App, SyncPsycopgConnector
from procrastinate.exceptions import AlreadyEnqueued, ConnectorException
from procrastinate.jobs import Job, JobDeferrer, Status

from phantombot.errors import StoreUnavailable

TASK = "tend"
LAUNCH = "launch"
"""Name of the task, and of its own queue."""

_NOW, _LATER = 1, 0

log = logging.getLogger(__name__)


class Jobs:
    """Defers jobs through the database's connections, so it needs none of its own.

    `transaction` yields the driver's connection, in a transaction that is committed at the end.
    """

    enqueue = (
        f"procrastinate_defer_jobs_v1(ARRAY[ROW('{LAUNCH}', '{LAUNCH}', 0, NULL, NULL,"
        " jsonb_build_object('workspace', added.workspace, 'run_id', added.id), NULL)"
        "::procrastinate_job_to_defer_v1])"
    )
    """SQL that launches a row of `added`, once its statement is committed."""

    def __init__(self, transaction: Callable[[], AbstractContextManager[Any]]) -> None:
        self._transaction = transaction
        # Never opened: every job is deferred on a connection that is passed in.
        self._app = App(connector=SyncPsycopgConnector())

    def wake(self, workspace: str) -> None:
        """Process the workspace as soon as a worker is free.

        If the database fails on a second connection too, the next sweep finds the workspace.
        """
        try:
            try:
                self._defer(workspace)
            except StoreUnavailable:  # a broken connection is only noticed when it is used
                self._defer(workspace)
        except StoreUnavailable as error:
            log.warning(
                "the database does not answer (%s); the next sweep finds the workspace", error
            )

    def _defer(self, workspace: str) -> None:
        with suppress(AlreadyEnqueued), self._transaction() as connection, _translated():
            now(self._app, workspace, connection).defer(workspace=workspace)

    def launch(self, workspace: str, run_id: int) -> None:
        """Launch a run at once; if the database fails, the sweep finds it."""
        try:
            with self._transaction() as connection, _translated():
                _launch(self._app, connection).defer(workspace=workspace, run_id=run_id)
        except StoreUnavailable as error:
            log.warning("the database does not answer (%s); the next sweep finds the run", error)


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except ConnectorException as error:
        if isinstance(error, AlreadyEnqueued):
            raise
        raise StoreUnavailable(type(error.__cause__ or error).__name__) from None


def _launch(app: App, connection: Any = None) -> JobDeferrer:
    return app.configure_task(LAUNCH, queue=LAUNCH, connection=connection)


def now(app: App, workspace: str, connection: Any = None) -> JobDeferrer:
    """Return the job that processes a workspace as soon as a worker is free."""
    return app.configure_task(
        TASK,
        lock=workspace,
        queueing_lock=lock_of_now(workspace),
        priority=_NOW,
        connection=connection,
    )


def later(app: App, workspace: str, at: datetime) -> JobDeferrer:
    """Return the job that processes a workspace at that time of the real clock."""
    return app.configure_task(
        TASK,
        lock=workspace,
        queueing_lock=lock_of_later(workspace),
        priority=_LATER,
        schedule_at=at,
    )


def lock_of_now(workspace: str) -> str:
    """Return the queueing lock of the job that processes a workspace now."""
    return workspace


def lock_of_later(workspace: str) -> str:
    """Return the queueing lock of the job that processes a workspace later."""
    return f"{workspace}@later"


async def wake(app: App, workspace: str) -> None:
    """Process the workspace now, unless such a job is waiting already."""
    with suppress(AlreadyEnqueued):
        await now(app, workspace).defer_async(workspace=workspace)


async def launch_again(app: App, workspace: str, run_id: int) -> None:
    """Leave a launch that hasn't begun to another worker."""
    await _launch(app).defer_async(workspace=workspace, run_id=run_id)


async def drop(app: App, queueing_lock: str) -> bool:
    """Delete the job that waits with this queueing lock; return False if there was none."""
    waiting = await app.job_manager.list_jobs_async(
        queueing_lock=queueing_lock, status=Status.TODO.value
    )
    dropped = [
        await app.job_manager.cancel_job_by_id_async(id_of(job), delete_job=True) for job in waiting
    ]
    return any(dropped)


def id_of(job: Job) -> int:
    """Return the id, which every job read from the database has."""
    return job.id or 0
