"""Let writers of a SQLite file share commits: those that wait while the disk syncs go together.

SQLite allows one writer at a time and lets the others poll, so a lock queues them here. A commit
takes as long as the disk takes to sync. If that is long, all writers in line when a commit begins
share it, and each goes on once it is on disk.
"""

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection

from phantombot.database.deadline import acquire, held, require_time
from phantombot.database.failures import translated
from phantombot.errors import StoreUnavailable

MOST_TOGETHER = 64
"""Maximum writers that share a commit: the first of them waits for the statements of all."""
WORTH_SHARING = 0.001
"""Seconds of a commit. If the disk is faster, waiting for the next in line takes longer."""
_MEASURED = 8
"""Number of commits of which the fastest shows the disk's speed: slower ones waited for the GIL."""
_LOOKS_AGAIN_AFTER = 0.1
"""Seconds; the writer that should commit may have given up waiting for its turn."""


class _Group:
    """Writers that share a commit."""

    def __init__(self, connection: Connection, most: int) -> None:
        self.connection = connection
        self.most = most
        """How many can share it; later ones share the next commit."""
        self.driver: Any = connection.connection.driver_connection
        self.size = 0
        self.ended = threading.Event()
        self.stored = False
        self.failure = ""
        """Why none of it can be stored."""

    @contextmanager
    def part(self) -> Iterator[Connection]:
        """Yield the connection to one writer, and undo that writer's changes if it fails."""
        self.size += 1
        try:
            with translated():
                self.driver.execute("SAVEPOINT part")
                yield self.connection
                require_time()
                self.driver.execute("RELEASE part")
        except BaseException as error:
            if self.driver.in_transaction:
                self.driver.execute("ROLLBACK TO part")
                self.driver.execute("RELEASE part")
            else:  # if the disk is full or fails, SQLite undoes what all of them wrote
                self.failure = str(error) or type(error).__name__
            raise

    def commit(self) -> None:
        """Commit everything that was written, or nothing, and let the writers go on."""
        try:
            with translated():
                if not self.failure:
                    self.driver.commit()
                    self.stored = True
        except StoreUnavailable as error:
            self.failure = str(error)
        finally:
            self.ended.set()
            if not self.stored:
                self.connection.close()


class SharedCommits:
    """The queue of writers of a SQLite file, and the commits that they share.

    `begin` takes SQLite's own lock on the given connection, or on a new one.
    """

    def __init__(self, begin: Callable[[Connection | None], Connection]) -> None:
        self._begin = begin
        self._turn = threading.Lock()
        self._connection: Connection | None = None
        self._open: _Group | None = None
        self._counting = threading.Lock()
        self._in_line = 0
        self._took = deque([0.0], maxlen=_MEASURED)
        self.worth_sharing = WORTH_SHARING
        self._closed = False

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Take the turn alone, once everything written before is committed.

        Raises:
            StoreUnavailable: others hold it for too long.
        """
        with held(self._turn):
            self._commit()
            try:
                yield
            finally:
                self._close_if_told()

    @contextmanager
    def together(self) -> Iterator[Connection]:
        """Yield a connection, and return once the changes are on disk.

        Even an error is raised only then, since another writer's changes may have led to it.

        Raises:
            StoreUnavailable: the database doesn't answer, or not in time; nothing is changed.
        """
        group: _Group | None = None
        try:
            with self._in_turn():
                group = self._open = self._open or self._new()
                with group.part() as connection:
                    yield connection
        finally:
            if group is not None:
                self._wait_for(group)

    def close(self) -> None:
        """Close the connection; if somebody is writing, it is closed after their commit."""
        self._closed = True
        if self._turn.acquire(timeout=_LOOKS_AGAIN_AFTER):
            self._commit()
            self._close_if_told()
            self._turn.release()

    @contextmanager
    def _in_turn(self) -> Iterator[None]:
        """Take the turn; at its end, leave the commit to the next in line."""
        self._line_up()
        try:
            yield
        finally:
            group = self._open
            if not self._in_line or not group or group.failure or group.size >= group.most:
                self._commit()
            self._turn.release()

    def _line_up(self) -> None:
        with self._counting:
            self._in_line += 1
        try:
            acquire(self._turn)
        finally:
            with self._counting:
                self._in_line -= 1

    def _new(self) -> _Group:
        usable = self._connection is not None and not self._connection.closed
        self._connection = self._begin(self._connection if usable else None)
        slow = min(self._took) >= self.worth_sharing
        return _Group(self._connection, min(self._in_line + 1, MOST_TOGETHER) if slow else 1)

    def _commit(self) -> None:
        group, self._open = self._open, None
        if group is not None:
            began = time.monotonic()
            group.commit()
            self._took.append(time.monotonic() - began)
            self._close_if_told()

    def _close_if_told(self) -> None:
        if self._closed and self._connection is not None:
            self._connection.close()

    def _wait_for(self, group: _Group) -> None:
        while not group.ended.is_set() and not group.ended.wait(_LOOKS_AGAIN_AFTER):
            with self._turn:
                if self._open is group:
                    self._commit()
        if not group.stored:
            raise StoreUnavailable(group.failure) from None
