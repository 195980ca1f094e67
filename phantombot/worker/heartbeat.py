"""The workers of a process: the engine that calls `process_workspace`, and their heartbeat."""

import logging
import threading
import uuid
from datetime import timedelta
from functools import partial

from phantombot.bootstrap import Resources, utc_now
from phantombot.errors import StoreUnavailable
from phantombot.worker.follow import process_workspace
from phantombot.worker.launch import launch
from phantombot.worker.queue.in_process import Embedded
from phantombot.worker.queue.port import Engine

SIGN_EVERY = 5.0
"""Seconds between two signs of life."""

SEEN_LATELY = timedelta(seconds=30)

log = logging.getLogger(__name__)


class Followers:
    """Follow every open run; `role` is what the process tells of itself."""

    def __init__(self, resources: Resources, role: str) -> None:
        self.engine = _engine(resources)
        self._sign = _SignOfLife(resources, role)

    def start(self) -> None:
        """Follow what was left open, and what comes."""
        self.engine.start()
        self._sign.start()

    def stop(self, timeout: float) -> None:
        """Finish what goes on, or leave it to the next process."""
        self._sign.end()
        if not self.engine.stop(timeout):
            log.warning("a follower is still waiting for an answer; its run is resumed later")
        self._sign.wait(1.0)


def _engine(resources: Resources) -> Engine:
    context = resources.context
    late = context.figures.late
    process, launch_run = partial(process_workspace, context), partial(launch, context)
    if resources.jobs is None:
        return Embedded(process, launch_run, resources.sweep, context.clock, resources.speed, late)
    # SQLite's users must not wait for it to load.
    from phantombot.worker.queue.procrastinate import Procrastinate  # noqa: PLC0415

    return Procrastinate(
        resources.jobs,
        resources.database.address,
        process,
        launch_run,
        resources.sweep,
        context.clock,
        speed=resources.speed,
        late=late,
    )


class _SignOfLife:
    """Tells the store every few seconds that this process follows, and what it counted."""

    def __init__(self, resources: Resources, role: str) -> None:
        self._processes = resources.processes
        # A process that answers HTTP too shows its figures by itself.
        self._figures = resources.context.figures.text if role == "worker" else str
        self._role = role
        self._id = uuid.uuid4().hex
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._tell, name="sign-of-life", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def end(self) -> None:
        self._stopping.set()

    def wait(self, timeout: float) -> None:
        self._thread.join(timeout)

    def _tell(self) -> None:
        while not self._stopping.is_set():
            try:
                self._processes.seen(self._id, self._role, utc_now(), self._figures())
            except StoreUnavailable as error:
                log.warning("the database does not answer (%s); trying again", error)
            except Exception:  # a process that lives must not be taken for dead
                log.exception("no sign of life was given; reference %s", self._id[:8])
            self._stopping.wait(SIGN_EVERY)
        try:
            self._processes.gone(self._id)
        except StoreUnavailable:
            log.warning("the database does not answer; this process is forgotten in an hour")
