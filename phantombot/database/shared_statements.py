"""Send statements of several threads to PostgreSQL together, in one transaction.

A commit that notifies, as enqueuing does, waits until any other such commit is on disk. So the
statements that come meanwhile wait here, and share one commit.
"""

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from phantombot.database.deadline import TIMEOUT, no_later_than, require_time, time_left
from phantombot.errors import StoreUnavailable, StoreUndecided

MOST_TOGETHER = 64
"""Maximum statements in one transaction."""
WITH = 0.3
"""Minimum seconds that a statement must have left to be sent with others."""


@dataclass(eq=False)
class _Waiting:
    """A statement whose thread waits for its row, or for its turn to send."""

    statement: str
    given: Any
    until: float
    """How long its thread waits, by `time.monotonic`."""
    woken: threading.Event = field(default_factory=threading.Event)
    is_sent: bool = False
    row: Any = None
    failed: bool = False


class SharedStatements:
    """Sends one batch at a time; the first thread of a batch sends it for all.

    `send` executes several in one transaction and returns their rows; `send_alone` executes one,
    and is called for each if `send` fails.
    """

    def __init__(
        self,
        send: Callable[[Sequence[tuple[str, Any]]], Sequence[Any]],
        send_alone: Callable[[str, Any], Any],
    ) -> None:
        self._send, self._send_alone = send, send_alone
        self._lock = threading.Lock()
        self._queue: list[_Waiting] = []
        self._sending = False

    def store(self, statement: str, given: Any) -> Any:
        """Return the statement's row once it is on disk.

        Raises:
            StoreUnavailable: as `send_alone`, or sending others takes too long.
            StoreUndecided: as `send_alone`, or sending it takes too long.
        """
        require_time()
        mine = _Waiting(statement, given, time.monotonic() + time_left(TIMEOUT))
        if not self._is_first(mine) and not mine.woken.wait(time_left(TIMEOUT)):
            self._give_up(mine)
        if not mine.is_sent:
            self._send_batch(mine)
        return self._send_alone(statement, given) if mine.failed else mine.row

    def _is_first(self, mine: _Waiting) -> bool:
        with self._lock:
            self._queue.append(mine)
            first, self._sending = not self._sending, True
            return first

    def _give_up(self, mine: _Waiting) -> None:
        """Leave the queue, unless this statement was woken meanwhile."""
        with self._lock:
            if mine.woken.is_set():
                return
            if mine not in self._queue:  # it is being sent
                raise StoreUndecided("it is too slow")
            self._queue.remove(mine)
            raise StoreUnavailable("others are in the way")

    def _send_batch(self, mine: _Waiting) -> None:
        """Send the queue, of which this statement is the first, and wake the next one."""
        with self._lock:
            batch = self._of_batch(mine)
            self._queue = [one for one in self._queue if one not in batch]
        try:
            if batch == [mine]:
                mine.row = self._send_alone(mine.statement, mine.given)
            else:
                self._send_together(batch)
        finally:
            for one in batch:
                one.is_sent = True
                one.woken.set()
            with self._lock:
                self._sending = bool(self._queue)
                if self._queue:
                    self._queue[0].woken.set()

    def _of_batch(self, mine: _Waiting) -> list[_Waiting]:
        """Return the queued statements that have time to be sent together, or this one alone."""
        latest = time.monotonic() + WITH
        if mine.until < latest:
            return [mine]
        return [one for one in self._queue if one.until >= latest][:MOST_TOGETHER]

    def _send_together(self, batch: Sequence[_Waiting]) -> None:
        for one in batch:
            one.failed = True  # unless there is a row
        try:
            with no_later_than(min(one.until for one in batch)):
                rows = self._send([(one.statement, one.given) for one in batch])
        except StoreUnavailable:
            return
        for one, row in zip(batch, rows, strict=True):
            one.row, one.failed = row, False
