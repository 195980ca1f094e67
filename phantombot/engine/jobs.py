"""The jobs of the grown engine: one to tend a workspace now, one to come back to it later.

A job waits behind every other job of its lock with a higher priority, or with the same priority
and a smaller id, even while that other one is scheduled for another day. So "now" goes before
"later", and each has a queueing lock of its own: at most one of either waits for a workspace.
"""

import logging
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from datetime import datetime
from typing import Any

from procrastinate import App, SyncPsycopgConnector
from procrastinate.exceptions import AlreadyEnqueued, ConnectorException
from procrastinate.jobs import Job, JobDeferrer, Status

from phantombot.errors import AlreadyWoken, StoreUnavailable

TASK = "tend"

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
        """Have the workspace tended as soon as somebody is free.

        What the database does not take is made up for by the next sweep.
        """
        try:
            with suppress(AlreadyWoken), self._transaction() as connection:
                self.wake_within(connection, workspace)
        except StoreUnavailable as error:
            log.warning("the database does not answer (%s); the sweep will wake instead", error)

    def wake_within(self, connection: Any, workspace: str) -> None:
        """Have it tended as soon as the transaction of the driver's connection is committed.

        Raises:
            AlreadyWoken: such a job waits already; the transaction must go back to a savepoint.
            StoreUnavailable: the database does not answer, or not in time.
        """
        try:
            now(self._app, workspace, connection).defer(workspace=workspace)
        except AlreadyEnqueued:
            raise AlreadyWoken(workspace) from None
        except ConnectorException as error:
            raise StoreUnavailable(type(error.__cause__ or error).__name__) from None


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
    """Have the workspace tended now, if no such job waits already."""
    with suppress(AlreadyEnqueued):
        await now(app, workspace).defer_async(workspace=workspace)


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
