"""The clock that all processes share: the database's."""

import logging
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from phantombot.errors import StoreUnavailable

SET_EVERY = 60.0
"""Seconds."""
CLOCKS_AGREE_WITHIN = timedelta(seconds=60)
"""How far a machine's clock may be off: Slack's signatures allow 5 minutes, leases need less."""

log = logging.getLogger(__name__)


class DatabaseClock:
    """Tells the database's time without asking it each time.

    Processes on several machines compare the times that they store, and the queue's jobs are due by
    the database's clock. Between two askings the monotonic clock goes on, so that nobody who sets
    the machine's clock sets this one.
    """

    def __init__(
        self,
        ask: Callable[[], datetime | None],
        monotonic: Callable[[], float] = time.monotonic,
        machine: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._ask = ask
        self._monotonic = monotonic
        self._machine = machine
        self.machine_ahead = timedelta()
        """How far this machine's clock was ahead of the database's when that was asked last."""
        self._set_to = machine(), monotonic()
        self._stopping = threading.Event()
        self.set()
        threading.Thread(target=self._set_often, name="clock", daemon=True).start()

    def __call__(self) -> datetime:
        """Return the current time."""
        then, at = self._set_to
        return then + timedelta(seconds=self._monotonic() - at)

    def set(self) -> None:
        """Ask the database for its time; without an answer the clock goes on as it was."""
        began = self._monotonic()
        try:
            told = self._ask()
        except StoreUnavailable as error:
            log.warning("the database doesn't tell the time (%s); trying again", error)
            return
        if told is not None:
            # It was told on the way, at about half of it.
            took = self._monotonic() - began
            self._set_to = told, began + took / 2
            self.machine_ahead = self._machine() - told - timedelta(seconds=took / 2)

    def stop(self) -> None:
        """Ask no more."""
        self._stopping.set()

    def _set_often(self) -> None:
        while not self._stopping.wait(SET_EVERY):
            self.set()
