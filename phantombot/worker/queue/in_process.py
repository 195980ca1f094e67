"""Engine of one process: threads and a heap of due times."""

import heapq
import logging
import threading
import time
import uuid
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial

from phantombot.errors import StoreUnavailable
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

log = logging.getLogger(__name__)


class Embedded:
    """Calls `process_workspace` for each workspace that is due or woken, never twice at once.

    Launches have threads of their own: none waits for `process_workspace`.

    Due times are lost with the process; a sweep of the database at the start, and every
    SWEEP_EVERY, wakes each workspace that has open runs. `clock` can run `speed` times as fast as
    real time; `late` receives each call's delay in real seconds. Due times are planned on the
    monotonic clock, so setting the system's clock doesn't move them.
    """

    def __init__(  # noqa: PLR0913, PLR0917 - what it calls, and two tempos
        self,
        process_workspace: ProcessWorkspace,
        launch: Launch,
        sweep: Callable[[], list[str]],
        clock: Callable[[], datetime],
        speed: float = 1.0,
        late: Callable[[float], None] = lambda _seconds: None,
    ) -> None:
        self._process_workspace = process_workspace
        self._launch = launch
        self._processors, self._launchers = processors(), launchers()
        self._launching: set[Future[None]] = set()
        self._sweep = sweep
        self._clock = clock
        self._speed = speed
        self._late = late
        self._changed = threading.Condition()
        self._heap: list[tuple[float, str]] = []
        self._due: dict[str, float] = {}
        self._busy: set[str] = set()
        self._stopping = False
        self._threads = [
            threading.Thread(target=self._dispatch, name="dispatch", daemon=True),
            threading.Thread(target=self._sweeping, name="sweep", daemon=True),
        ]

    def start(self) -> None:
        """Start with a sweep."""
        for thread in self._threads:
            thread.start()

    def wake(self, workspace: str, at: datetime | None = None) -> None:
        """Process the workspace at `at`, or as soon as a thread is free."""
        with self._changed:
            self._plan(workspace, at)

    def launch(self, workspace: str, run_id: int) -> None:
        """Launch a run at once, then follow it."""
        # After `stop` the launch stays in the database, for the next process's sweep.
        with suppress(RuntimeError):
            launching = self._launchers.submit(
                workspace, partial(call_launch, self._launch, workspace, run_id)
            )
            with self._changed:
                self._launching.add(launching)
            launching.add_done_callback(partial(self._launched, workspace))

    def stop(self, timeout: float = 15.0) -> bool:
        """Take no more work and wait for what is running; return False if some of it still is."""
        for pool in (self._launchers, self._processors):
            pool.shutdown(wait=False, cancel_futures=True)
        with self._changed:
            self._stopping = True
            self._changed.notify_all()
            return self._changed.wait_for(lambda: not self._busy and not self._launching, timeout)

    @property
    def alive(self) -> bool:
        """Return whether every thread is alive."""
        return not self._stopping and all(thread.is_alive() for thread in self._threads)

    def _launched(self, workspace: str, launching: Future[None]) -> None:
        """Forget a launch that was sent or cancelled, and plan its workspace."""
        with self._changed:
            self._launching.discard(launching)
            self._plan(workspace)
            self._changed.notify_all()

    def _plan(self, workspace: str, at: datetime | None = None) -> None:
        ahead = self._seconds(at - self._clock()) if at is not None else 0.0
        self._plan_at(workspace, time.monotonic() + ahead)

    def _plan_at(self, workspace: str, at: float) -> None:
        planned = self._due.get(workspace)
        if planned is None or at < planned:
            self._due[workspace] = at
            heapq.heappush(self._heap, (at, workspace))
            # Notifying one thread could wake the sweep's, which can't use it.
            self._changed.notify_all()

    def _dispatch(self) -> None:
        while (taken := self._take()) is not None:
            at, workspace = taken
            try:
                processing = self._processors.submit(
                    workspace, partial(self._process, at, workspace)
                )
            except RuntimeError:  # it is stopping
                self._processed(workspace, None)
            else:
                processing.add_done_callback(partial(self._processed, workspace))

    def _process(self, at: float, workspace: str) -> datetime | None:
        self._late(time.monotonic() - at)
        return call(self._process_workspace, workspace, self._clock)

    def _processed(self, workspace: str, processing: "Future[datetime | None] | None") -> None:
        left = processing is None or processing.cancelled()
        due = None if processing is None or left else processing.result()
        with self._changed:
            self._busy.discard(workspace)
            woken_meanwhile = self._due.pop(workspace, None)
            if due is not None:
                self._plan(workspace, due)
            if woken_meanwhile is not None:
                self._plan_at(workspace, woken_meanwhile)
            self._changed.notify_all()

    def _take(self) -> tuple[float, str] | None:
        """Return the next workspace that is due and not being processed; None when stopping."""
        with self._changed:
            while not self._stopping:
                now = time.monotonic()
                while self._heap and self._heap[0][0] <= now:
                    at, workspace = heapq.heappop(self._heap)
                    # An outdated plan, or one that is replaced once the workspace is free.
                    if self._due.get(workspace) == at and workspace not in self._busy:
                        del self._due[workspace]
                        self._busy.add(workspace)
                        return at, workspace
                self._changed.wait(self._heap[0][0] - now if self._heap else None)
            return None

    def _seconds(self, span: timedelta) -> float:
        return max(span.total_seconds() / self._speed, 0.0)

    def _wake_idle(self, workspaces: list[str]) -> None:
        """Wake the workspaces that aren't planned or being processed."""
        with self._changed:
            for workspace in workspaces:
                if workspace not in self._due and workspace not in self._busy:
                    self._plan(workspace)

    def _sweeping(self) -> None:
        while not self._stopping:
            pause = SWEEP_EVERY
            try:
                self._wake_idle(self._sweep())
            except StoreUnavailable as error:
                log.warning("the database does not answer (%s); trying again", error)
                pause = RETRY_AFTER
            except Exception:  # without sweeps, nobody resumes what a crash left open
                log.exception("the sweep failed; reference %s", uuid.uuid4().hex[:8])
                pause = RETRY_AFTER
            with self._changed:
                self._changed.wait_for(lambda: self._stopping, self._seconds(pause))
