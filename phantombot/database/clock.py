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
"""Maximum error of a machine's clock: Slack's signatures allow 5 minutes, leases need less."""

log = logging.getLogger(__name__)


class DatabaseClock:
    """The database's clock, without a query for each reading.

    Processes on several machines compare the times that they store, and the queue's jobs are due by
    the database's clock. Between two queries the monotonic clock continues it, so setting the
    machine's clock doesn't affect it.
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
        """How far this machine's clock was ahead of the database's at the last query."""
        self._set_to = machine(), monotonic()
        self._stopping = threading.Event()
        self.set()
        threading.Thread(target=self._set_often, name="clock", daemon=True).start()

    def __call__(self) -> datetime:
        """Return the current time."""
        then, at = self._set_to
        return then + timedelta(seconds=self._monotonic() - at)

    def set(self) -> None:
        """Query the database's time; without an answer the clock continues unchanged."""
        began = self._monotonic()
        try:
            told = self._ask()
        except StoreUnavailable as error:
            log.warning("the database doesn't tell the time (%s); trying again", error)
            return
        if told is not None:
            # The answer is from about the middle of the round trip.
            took = self._monotonic() - began
            self._set_to = told, began + took / 2
            self.machine_ahead = self._machine() - told - timedelta(seconds=took / 2)

    def stop(self) -> None:
        """Stop querying the database."""
        self._stopping.set()

    def _set_often(self) -> None:
        while not self._stopping.wait(SET_EVERY):
            self.set()
