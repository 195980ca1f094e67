"""The jobs of the grown engine: one to launch a run; and one to tend a workspace now, one later.

A launch waits for no other job: it has no lock, but a queue and a worker of its own.

Any other job waits behind every job of its lock with a higher priority, or with the same priority
and a smaller id, even while that one is scheduled for another day. So "now" goes before "later",
and each has a queueing lock of its own: at most one of either waits for a workspace.
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
"""The name of the task, and of the queue in which its jobs stand alone."""

_NOW, _LATER = 1, 0

log = logging.getLogger(__name__)


class Jobs:
    """Puts jobs in through the store's own connections, so that it needs none itself.

    `transaction` gives the driver's connection, in a transaction that is committed at the end.
    """

    def __init__(self, transaction: Callable[[], AbstractContextManager[Any]]) -> None:
        self._transaction = transaction
        # Never opened: every job goes in through a connection that is handed over.
        self._app = App(connector=SyncPsycopgConnector())

    def wake(self, workspace: str) -> None:
        """Have the workspace processed as soon as somebody is free.

        What the database does not take is made up for by the next sweep.
        """
        try:
            with suppress(AlreadyEnqueued), self._transaction() as connection, _translated():
                now(self._app, workspace, connection).defer(workspace=workspace)
        except StoreUnavailable as error:
            log.warning("the database does not answer (%s); the sweep will wake instead", error)

    def launch(self, workspace: str, run_id: int) -> None:
        """Have a run launched at once; what the database does not take, the sweep makes up for."""
        try:
            with self._transaction() as connection:
                self.launch_within(connection, workspace, run_id)
        except StoreUnavailable as error:
            log.warning("the database does not answer (%s); the sweep will launch instead", error)

    def launch_within(self, connection: Any, workspace: str, run_id: int) -> None:
        """Have it launched as soon as the transaction of the driver's connection is committed.

        Raises:
            StoreUnavailable: the database does not answer, or not in time.
        """
        with _translated():
            _launch(self._app, connection).defer(workspace=workspace, run_id=run_id)


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
    """The job that tends a workspace as soon as somebody is free."""
    return app.configure_task(
        TASK,
        lock=workspace,
        queueing_lock=lock_of_now(workspace),
        priority=_NOW,
        connection=connection,
    )


def later(app: App, workspace: str, at: datetime) -> JobDeferrer:
    """The job that comes back to a workspace at that time of the world's clock."""
    return app.configure_task(
        TASK,
        lock=workspace,
        queueing_lock=lock_of_later(workspace),
        priority=_LATER,
        schedule_at=at,
    )


def lock_of_now(workspace: str) -> str:
    """The queueing lock of the job that tends a workspace now."""
    return workspace


def lock_of_later(workspace: str) -> str:
    """The queueing lock of the job that comes back to a workspace."""
    return f"{workspace}@later"


async def wake(app: App, workspace: str) -> None:
    """Have the workspace processed now, if no such job waits already."""
    with suppress(AlreadyEnqueued):
        await now(app, workspace).defer_async(workspace=workspace)


async def launch_again(app: App, workspace: str, run_id: int) -> None:
    """Leave a launch to another worker, which has not begun it either."""
    await _launch(app).defer_async(workspace=workspace, run_id=run_id)


async def drop(app: App, queueing_lock: str) -> bool:
    """Take away the job that waits under a queueing lock; False if there was none."""
    waiting = await app.job_manager.list_jobs_async(
        queueing_lock=queueing_lock, status=Status.TODO.value
    )
    dropped = [
        await app.job_manager.cancel_job_by_id_async(id_of(job), delete_job=True) for job in waiting
    ]
    return any(dropped)


def id_of(job: Job) -> int:
    """The id, which every job has that was read from the database."""
    return job.id or 0
