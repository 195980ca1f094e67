"""Recover lost jobs, and workspaces without a job."""

import asyncio
import logging
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from procrastinate import App
from procrastinate.exceptions import ConnectorException
from procrastinate.jobs import Job, Status

from phantombot.errors import StoreUnavailable
from phantombot.worker.queue.jobs import LAUNCH, TASK, id_of, wake

log = logging.getLogger(__name__)


class RunningJobs:
    """Jobs that this process is running."""

    def __init__(self) -> None:
        self._jobs: set[int] = set()
        self._workers: set[int | None] = set()
        self._missing: set[int] = set()

    @contextmanager
    def recorded(self, job: Job) -> Iterator[None]:
        """Record the job as running for the duration of the context."""
        self._workers.add(job.worker_id)
        self._jobs.add(id_of(job))
        try:
            yield
        finally:
            self._jobs.discard(id_of(job))

    def lost(self, doing: list[Job]) -> list[Job]:
        """Return those of `doing` that this process has taken but isn't running.

        Their end couldn't be stored. Each must be seen twice, since storing a job's end takes a
        moment.
        """
        ours = {id_of(job): job for job in doing if job.worker_id in self._workers}
        before, self._missing = self._missing, ours.keys() - self._jobs
        return [ours[job_id] for job_id in before & self._missing]


class Recovery:
    """Takes over the jobs of dead workers, and wakes the workspaces without a job.

    Jobs are checked five times per `stalled_after`, workspaces every `sweep_every`, in seconds.
    """

    def __init__(
        self,
        app: App,
        running: RunningJobs,
        sweep: Callable[[], list[str]],
        *,
        sweep_every: float,
        stalled_after: float,
    ) -> None:
        self._app = app
        self._jobs = app.job_manager
        self._running = running
        self._sweep = sweep
        self._sweep_every = sweep_every
        self._stalled_after = stalled_after
        self._swept_at = float("-inf")

    async def run(self) -> None:
        """Check periodically until cancelled, despite any error."""
        while True:
            try:
                await self._take_over()
                if time.monotonic() >= self._swept_at + self._sweep_every:
                    self._swept_at = time.monotonic()
                    await self._wake_what_has_no_job()
            except (StoreUnavailable, ConnectorException) as error:
                self.sweep_soon()
                reason = type(error.__cause__ or error).__name__
                log.warning("the database does not answer (%s); trying again", reason)
            except Exception:  # without these checks, nobody resumes what a crash left behind
                self.sweep_soon()
                log.exception("recovering jobs failed; reference %s", uuid.uuid4().hex[:8])
            await asyncio.sleep(min(self._stalled_after / 5, self._sweep_every))

    def sweep_soon(self) -> None:
        """Check the workspaces in the next round, since one has lost its job."""
        self._swept_at = float("-inf")

    async def _take_over(self) -> None:
        stalled: list[Job] = []
        doing: list[Job] = []
        for task in (TASK, LAUNCH):
            stalled += await self._jobs.get_stalled_jobs(
                task_name=task, seconds_since_heartbeat=self._stalled_after
            )
            doing += await self._jobs.list_jobs_async(task=task, status=Status.DOING.value)
        for job in (*stalled, *self._running.lost(doing)):
            log.info("took over a lost job")
            await self._replace(job)

    async def _replace(self, job: Job) -> None:
        """Defer a new job in place of the old one: retrying that fails if another is waiting."""
        await wake(self._app, str(job.task_kwargs["workspace"]))
        with suppress(ConnectorException):  # another process replaced it meanwhile
            await self._jobs.finish_job_by_id_async(id_of(job), Status.FAILED, delete_job=True)

    async def _wake_what_has_no_job(self) -> None:
        with_job = {job.lock for job in await self._jobs.list_jobs_async(task=TASK)}
        for workspace in await asyncio.to_thread(self._sweep):
            if workspace not in with_job:
                await wake(self._app, workspace)
