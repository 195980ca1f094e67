"""A clock that jumps when a file says so: what a machine's is that somebody sets."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path


def jumping(file: str) -> Callable[[], datetime]:
    """Return a clock that is off by the seconds in the file; where that is not there, it is right.

    A bot's process is given it before anything asks for the time.
    """
    path = Path(file)

    def now() -> datetime:
        try:
            off = float(path.read_text())
        except (OSError, ValueError):  # it is being written
            off = 0.0
        return datetime.now(UTC) + timedelta(seconds=off)

    return now
