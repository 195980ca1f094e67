"""A process's heartbeat, and the engine that calls `process_workspace` beside it."""

import logging
import threading
import time
import uuid
from collections.abc import Callable
from datetime import timedelta

from phantombot.context import Clock
from phantombot.database.processes import Processes
from phantombot.errors import StoreUnavailable
from phantombot.worker.queue.port import Engine

BEAT_EVERY = 5.0
"""Seconds between two heartbeats."""

SEEN_LATELY = timedelta(seconds=30)
SILENT_AFTER = 15.0
"""Seconds without a stored heartbeat after which the database counts as hanging."""

log = logging.getLogger(__name__)


class Heartbeat:
    """Stores every few seconds that this process lives, with its metrics.

    On a quiet day that is also the only sign that the store can be written.

    `check` is called with each heartbeat, and once more at the end. `clock` is the one that all
    processes share, in real time however fast the bot's own runs.
    """

    def __init__(
        self,
        processes: Processes,
        role: str,
        clock: Clock,
        figures: Callable[[], str],
        check: Callable[[], None],
    ) -> None:
        self._processes = processes
        self._role = role
        self._clock = clock
        self._figures = figures
        self._check = check
        self._id = uuid.uuid4().hex
        self._stopping = threading.Event()
        self._ended_at = time.monotonic()
        self._thread = threading.Thread(target=self._beat, name="heartbeat", daemon=True)

    def start(self) -> None:
        """Start the heartbeat's thread."""
        self._ended_at = time.monotonic()
        self._thread.start()

    def stop(self) -> None:
        """Stop the heartbeat, and delete the process from the store."""
        self._stopping.set()

    @property
    def hangs(self) -> bool:
        """Return whether the store has neither accepted nor refused a heartbeat for too long."""
        return time.monotonic() - self._ended_at > SILENT_AFTER

    def wait(self, timeout: float) -> None:
        """Wait until it has stopped."""
        self._thread.join(timeout)

    def _beat(self) -> None:
        while not self._stopping.is_set():
            try:
                self._processes.seen(self._id, self._role, self._clock(), self._figures())
                self._check()
            except StoreUnavailable as error:
                log.warning("the database does not answer (%s); trying again", error)
            except Exception:  # a living process must not be taken for dead
                log.exception("the heartbeat failed; reference %s", self._id[:8])
            self._ended_at = time.monotonic()
            self._stopping.wait(BEAT_EVERY)
        try:
            self._processes.gone(self._id)
            self._check()
        except StoreUnavailable:
            log.warning("the database does not answer; this process is forgotten in an hour")


class WorkerEngine:
    """An engine, and the heartbeat that shows that it runs."""

    def __init__(self, engine: Engine, heartbeat: Heartbeat) -> None:
        self.engine = engine
        self.heartbeat = heartbeat

    def start(self) -> None:
        """Follow the runs that were left open, and new ones."""
        self.engine.start()
        self.heartbeat.start()

    def stop(self, timeout: float) -> None:
        """Finish what is running, or leave it to the next process."""
        self.heartbeat.stop()
        if not self.engine.stop(timeout):
            log.warning("a worker is still waiting for an answer; its run is resumed later")
        self.heartbeat.wait(1.0)
