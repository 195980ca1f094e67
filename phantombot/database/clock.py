"""The clock that all processes share: the database's."""

import logging
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from phantombot.errors import StoreUnavailable

SET_EVERY = 60.0
"""Seconds."""

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
    ) -> None:
        self._ask = ask
        self._monotonic = monotonic
        self._set_to = datetime.now(UTC), monotonic()
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
            self._set_to = told, (began + self._monotonic()) / 2

    def stop(self) -> None:
        """Ask no more."""
        self._stopping.set()

    def _set_often(self) -> None:
        while not self._stopping.wait(SET_EVERY):
            self.set()
