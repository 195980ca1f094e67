"""The moment by which this thread's request must be answered, its work in the database included."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

ANSWERED_WITHIN = 2.5
"""Seconds from a request's arrival. Slack gives up after 3, and the way to us is part of them."""

# Not a ContextVar: what a request leaves to another thread has its own time.
_thread = threading.local()


@contextmanager
def answering(arrived: float) -> Iterator[None]:
    """Bound all that this thread waits for in the database, for the sake of a request.

    `arrived` is when its first byte did, by `time.monotonic`: it may have waited for a thread.
    """
    _thread.until = arrived + ANSWERED_WITHIN
    try:
        yield
    finally:
        _thread.until = None


def time_left(most: float) -> float:
    """Return the seconds until this thread's request must be answered, at most `most`."""
    until: float | None = getattr(_thread, "until", None)
    return most if until is None else min(most, until - time.monotonic())
