"""The deadline of this thread's request, which bounds its work in the database too."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from phantombot.errors import StoreUnavailable

TIMEOUT = 2.0
"""Seconds until a statement times out; fewer if its request has less time left."""
TURN = 10.0
"""Seconds until a thread that no request waits for gives up its turn at a connection: that many
others want one is no failure of the database."""
ANSWERED_WITHIN = 2.5
"""Seconds from a request's arrival. Slack gives up after 3, which includes the way to us."""

# Not a ContextVar: work that a request hands to another thread has its own time.
_thread = threading.local()


@contextmanager
def answering(arrived: float) -> Iterator[None]:
    """Bound all waits of this thread for the database, while it answers a request.

    `arrived` is when its first byte arrived, by `time.monotonic`: it may have waited for a thread.
    """
    _thread.until = arrived + ANSWERED_WITHIN
    try:
        yield
    finally:
        _thread.until = None


@contextmanager
def no_later_than(moment: float) -> Iterator[None]:
    """Set an earlier deadline for the context, by `time.monotonic`."""
    until: float | None = getattr(_thread, "until", None)
    _thread.until = moment if until is None else min(until, moment)
    try:
        yield
    finally:
        _thread.until = until


def time_left(most: float) -> float:
    """Return the seconds until this thread's request must be answered, at most `most`."""
    until: float | None = getattr(_thread, "until", None)
    return most if until is None else min(most, until - time.monotonic())


def require_time(seconds: float = 0.0) -> None:
    """Raise StoreUnavailable if this thread's request has less time left than that."""
    if time_left(TIMEOUT) <= seconds:
        raise StoreUnavailable("it is too slow")


def acquire(lock: "threading.Lock | threading.Semaphore", most: float = TIMEOUT) -> None:
    """Acquire the lock, waiting no longer than `most`, or than this thread's request has left.

    Raises:
        StoreUnavailable: it doesn't become free in time.
    """
    require_time()
    if not lock.acquire(timeout=max(time_left(most), 0)):
        raise StoreUnavailable("others are in the way")


@contextmanager
def held(lock: "threading.Lock | threading.Semaphore", most: float = TIMEOUT) -> Iterator[None]:
    """Hold the lock, acquired as `acquire` does."""
    acquire(lock, most)
    try:
        yield
    finally:
        lock.release()
