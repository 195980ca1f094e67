"""The workers of a process: the engine that calls `process_workspace`, and their heartbeat."""

import logging
import threading
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

log = logging.getLogger(__name__)


class Heartbeat:
    """Tells the store every few seconds that this process follows, and what it counted.

    `clock` is the world's, however fast the bot's own runs.
    """

    def __init__(
        self, processes: Processes, role: str, clock: Clock, figures: Callable[[], str]
    ) -> None:
        self._processes = processes
        self._role = role
        self._clock = clock
        self._figures = figures
        self._id = uuid.uuid4().hex
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._beat, name="heartbeat", daemon=True)

    def start(self) -> None:
        """Begin to beat."""
        self._thread.start()

    def stop(self) -> None:
        """Beat no more; the process is forgotten."""
        self._stopping.set()

    def wait(self, timeout: float) -> None:
        """Wait until it has stopped."""
        self._thread.join(timeout)

    def _beat(self) -> None:
        while not self._stopping.is_set():
            try:
                self._processes.seen(self._id, self._role, self._clock(), self._figures())
            except StoreUnavailable as error:
                log.warning("the database does not answer (%s); trying again", error)
            except Exception:  # a process that lives must not be taken for dead
                log.exception("the heartbeat failed; reference %s", self._id[:8])
            self._stopping.wait(BEAT_EVERY)
        try:
            self._processes.gone(self._id)
        except StoreUnavailable:
            log.warning("the database does not answer; this process is forgotten in an hour")


class Followers:
    """Follow every open run, and say that this process does."""

    def __init__(self, engine: Engine, heartbeat: Heartbeat) -> None:
        self.engine = engine
        self._heartbeat = heartbeat

    def start(self) -> None:
        """Follow what was left open, and what comes."""
        self.engine.start()
        self._heartbeat.start()

    def stop(self, timeout: float) -> None:
        """Finish what goes on, or leave it to the next process."""
        self._heartbeat.stop()
        if not self.engine.stop(timeout):
            log.warning("a follower is still waiting for an answer; its run is resumed later")
        self._heartbeat.wait(1.0)
