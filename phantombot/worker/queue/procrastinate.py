"""Engine of several processes: jobs in PostgreSQL, taken by any free worker."""

import asyncio
import logging
import threading
from collections.abc import Callable, Coroutine
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from procrastinate import App, JobContext, PsycopgConnector
from procrastinate.exceptions import AlreadyEnqueued, ConnectorException

from phantombot.database_url import options_of
from phantombot.worker.queue.jobs import (
    LAUNCH,
    TASK,
    Jobs,
    drop,
    later,
    launch_again,
    lock_of_later,
    lock_of_now,
    wake,
)
from phantombot.worker.queue.port import (
    RETRY_AFTER,
    SWEEP_EVERY,
    Launch,
    ProcessWorkspace,
    call,
    call_launch,
    launchers,
    processors,
)
from phantombot.worker.queue.recovery import Recovery, RunningJobs

CONNECTIONS = 3
"""PostgreSQL connections of one process: two for the queue, and one that listens."""

STALLED_AFTER = 15.0
"""Seconds without a heartbeat after which another process takes over a worker's jobs."""

DEFAULT_QUEUE = "default"
"""Procrastinate's queue for jobs that name none."""

_POLL_EVERY = 0.25
"""Seconds between polls: nothing notifies us when a scheduled job becomes due."""

_POLL_LAUNCHES_EVERY = 0.1
"""Seconds between polls: NOTIFY announces a launch, except during an empty fetch."""

WORKSPACES_IN_HAND = 512
LAUNCHES_IN_HAND = 4096
"""Jobs that a worker takes at once.

Jobs of slow workspaces wait inside the worker, so that they don't hold up other workspaces' jobs.
"""

GRACE = 7.0
"""Seconds that a stopping worker gives its jobs before it hands them back."""

_RESTART_AFTER = 1.0
_PATIENCE = 5
# Nothing waits for the disk here: of what a crash of PostgreSQL takes back, a job that was taken
# is taken again, one that ended is replaced, and one that was planned is found by the sweep.
_OPTIONS = f"-c statement_timeout={_PATIENCE * 1000} -c synchronous_commit=off"
_NEVER = 24 * 3600.0

log = logging.getLogger(__name__)


class Procrastinate:
    """Calls `process_workspace` for each workspace that is due or woken, never twice at once.

    Launches have a worker and threads of their own. Due times are in the database. If a worker
    dies, others take over its jobs after `stalled_after` seconds; one that stops hands back after
    `grace` seconds the jobs that haven't ended. `clock` can run `speed` times as fast as real time;
    `now` is the database's time, by which jobs are due; `late` receives the delay of each scheduled
    job in real seconds.
    """

    def __init__(  # noqa: PLR0913, PLR0917 - what it calls, where it looks, and two tempos
        self,
        jobs: Jobs,
        address: str,
        process_workspace: ProcessWorkspace,
        launch: Launch,
        sweep: Callable[[], list[str]],
        clock: Callable[[], datetime],
        *,
        now: Callable[[], datetime],
        speed: float = 1.0,
        stalled_after: float = STALLED_AFTER,
        grace: float = GRACE,
        late: Callable[[float], None] = lambda _seconds: None,
    ) -> None:
        self._jobs = jobs
        self._address = address
        self._process_workspace = process_workspace
        self._launch = launch
        self._sweep = sweep
        self._clock, self._now = clock, now
        self._speed = speed
        self._stalled_after = stalled_after
        self._grace = grace
        self._late = late
        self._heartbeat_every = stalled_after / 5
        self._runner = asyncio.Runner(loop_factory=asyncio.new_event_loop)
        self._halt = asyncio.Event()
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name="queue", daemon=True)
        self._processors, self._launchers = processors(), launchers()
        self._lock = threading.Lock()
        self._launching = 0
        self._processing: set[str] = set()
        self._running = RunningJobs()

    def start(self) -> None:
        """Start with a sweep."""
        self._loop = self._runner.get_loop()
        self._loop.set_exception_handler(_log_stray)
        self._thread.start()

    def wake(self, workspace: str) -> None:
        """Process the workspace as soon as a worker is free."""
        self._jobs.wake(workspace)

    def launch(self, workspace: str, run_id: int) -> None:
        """Launch a run at once, then follow it."""
        self._jobs.launch(workspace, run_id)

    def stop(self, timeout: float = 10.0) -> bool:
        """Take no more jobs and wait for the running ones; hand back those that don't end in time.

        Return False if a call of `process_workspace` is still running; its thread ends with the
        process.
        """
        self._stopping = True
        with suppress(RuntimeError):  # the loop has ended already
            self._loop.call_soon_threadsafe(self._halt.set)
        self._thread.join(timeout)
        self._processors.shutdown(wait=False, cancel_futures=True)
        self._launchers.shutdown(wait=False, cancel_futures=True)
        return not (self._thread.is_alive() or self._processing or self._launching)

    @property
    def alive(self) -> bool:
        """Return whether the thread that takes jobs is alive."""
        return not self._stopping and self._thread.is_alive()

    def _run(self) -> None:
        with self._runner:
            self._runner.run(self._until_halted())

    async def _until_halted(self) -> None:
        working = asyncio.create_task(self._work())
        halted = asyncio.create_task(self._halt.wait())
        await asyncio.wait((working, halted), return_when=asyncio.FIRST_COMPLETED)
        working.cancel()
        await asyncio.wait((working,))

    async def _work(self) -> None:
        """Run one worker after another; each ends when the database is down for a while."""
        while True:
            try:
                await self._work_until_it_fails()
                reason = "the worker ended"
            except Exception as error:  # noqa: BLE001 - without a worker nobody is followed
                reason = type(error.__cause__ or error).__name__
            log.warning("the queue does not answer (%s); trying again", reason)
            await asyncio.sleep(_RESTART_AFTER)

    async def _work_until_it_fails(self) -> None:
        app = App(connector=_connector(self._address))
        app.task(name=TASK, pass_context=True)(self._process)
        app.task(name=LAUNCH, pass_context=True)(self._launch_run)
        self._recovery = self._recovery_of(app)
        recovering: asyncio.Task[None] | None = None
        try:
            await app.open_async()
            recovering = asyncio.create_task(self._recovery.run())
            # Each listener takes a connection, and launches are more urgent.
            await _until_one_ends(
                self._worker(
                    app, DEFAULT_QUEUE, WORKSPACES_IN_HAND, _POLL_EVERY, listen_notify=False
                ),
                self._worker(
                    app, LAUNCH, LAUNCHES_IN_HAND, _POLL_LAUNCHES_EVERY, listen_notify=True
                ),
            )
        finally:
            if recovering is not None:
                recovering.cancel()
            await app.close_async()

    async def _worker(
        self, app: App, queue: str, concurrency: int, poll_every: float, *, listen_notify: bool
    ) -> None:
        await app.run_worker_async(
            queues=[queue],
            concurrency=concurrency,
            listen_notify=listen_notify,
            fetch_job_polling_interval=poll_every,
            abort_job_polling_interval=_NEVER,
            shutdown_graceful_timeout=self._grace,
            delete_jobs="always",
            install_signal_handlers=False,
            update_heartbeat_interval=self._heartbeat_every,
            stalled_worker_timeout=self._stalled_after,
        )

    def _recovery_of(self, app: App) -> Recovery:
        return Recovery(
            app,
            self._running,
            self._sweep,
            sweep_every=SWEEP_EVERY.total_seconds() / self._speed,
            stalled_after=self._stalled_after,
        )

    async def _process(self, context: JobContext, workspace: str) -> None:
        """Process a workspace and plan its next job."""
        if self._stopping:
            await wake(context.app, workspace)
            return
        if context.job.scheduled_at is not None:
            self._late((self._now() - context.job.scheduled_at).total_seconds())
        with self._running.recorded(context.job):
            try:
                while not await self._process_and_plan(context.app, workspace):
                    pass
            except asyncio.CancelledError:
                # Its thread is left running: the next process takes over at once.
                await wake(context.app, workspace)
                raise
            except ConnectorException:
                self._recovery.sweep_soon()  # only a sweep finds what couldn't be planned
                raise

    async def _launch_run(self, context: JobContext, workspace: str, run_id: int) -> None:
        """Launch a run; if it is cut short, processing the workspace resumes it."""
        if self._stopping:
            await launch_again(context.app, workspace, run_id)
            return
        with self._running.recorded(context.job):
            try:
                work = partial(self._call_launch, workspace, run_id)
                await asyncio.wrap_future(self._launchers.submit(workspace, work))
            finally:
                await wake(context.app, workspace)

    async def _process_and_plan(self, app: App, workspace: str) -> bool:
        """Process and plan; return False if the workspace is due again, or was woken meanwhile."""
        work = partial(self._call, workspace)
        due = await asyncio.wrap_future(self._processors.submit(workspace, work))
        if due is not None and due <= self._clock() and not self._stopping:
            return False
        await self._plan(app, workspace, due)
        return self._stopping or not await drop(app, lock_of_now(workspace))

    def _call_launch(self, workspace: str, run_id: int) -> None:
        with self._lock:
            self._launching += 1
        try:
            call_launch(self._launch, workspace, run_id)
        finally:
            with self._lock:
                self._launching -= 1

    def _call(self, workspace: str) -> datetime | None:
        with self._lock:
            if workspace in self._processing:  # by a thread that an earlier worker left behind
                return self._clock() + RETRY_AFTER
            self._processing.add(workspace)
        try:
            return call(self._process_workspace, workspace, self._clock)
        finally:
            with self._lock:
                self._processing.discard(workspace)

    async def _plan(self, app: App, workspace: str, due: datetime | None) -> None:
        """Replace the workspace's planned job: only `process_workspace`'s last answer counts."""
        if due is None:
            await drop(app, lock_of_later(workspace))
            return
        ahead = timedelta(seconds=max((due - self._clock()).total_seconds() / self._speed, 0.0))
        coming_back = later(app, workspace, self._now() + ahead)
        try:
            await coming_back.defer_async(workspace=workspace)
        except AlreadyEnqueued:
            await drop(app, lock_of_later(workspace))
            with suppress(AlreadyEnqueued):
                await coming_back.defer_async(workspace=workspace)


def _connector(address: str) -> PsycopgConnector:
    return PsycopgConnector(
        conninfo=address,
        min_size=1,
        max_size=CONNECTIONS - 1,
        timeout=_PATIENCE,
        num_workers=1,
        configure=_commit_each_statement,
        kwargs={
            "connect_timeout": _PATIENCE,
            "options": options_of(address, _OPTIONS),
            "tcp_user_timeout": _PATIENCE * 1000,
            "keepalives_idle": _PATIENCE,
            "keepalives_interval": _PATIENCE,
            "application_name": "phantombot-queue",
        },
    )


async def _commit_each_statement(connection: Any) -> None:
    """Save two of three round trips: each of the queue's statements is a transaction anyway."""
    await connection.set_autocommit(True)


async def _until_one_ends(*workers: Coroutine[None, None, None]) -> None:
    """Run workers until one ends, as each does when the database fails; then end the rest.

    A worker whose connection broke returns without an error.
    """
    tasks = [asyncio.create_task(worker) for worker in workers]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        ends = await asyncio.gather(*tasks, return_exceptions=True)
    for end in ends:
        if isinstance(end, Exception):
            raise end


def _log_stray(_loop: asyncio.AbstractEventLoop, context: dict[str, object]) -> None:
    """Log an error such as a job's end that couldn't be stored; the job is handed back later."""
    error = context.get("exception")
    reason = error.__cause__ or error if isinstance(error, Exception) else context.get("message")
    log.warning("the queue lost track of a job (%s)", type(reason).__name__)
