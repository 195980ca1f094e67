"""What an engine is: it calls `tend`, and never twice at once for one workspace."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Protocol

THREADS = 8
SWEEP_EVERY = timedelta(seconds=30)
RETRY_AFTER = timedelta(seconds=5)

Tend = Callable[[str], datetime | None]
"""Does what is due in a workspace; answers when it wants to be called next, or None."""


class Engine(Protocol):
    """Calls `tend(workspace)` when it is due or woken."""

    def start(self) -> None:
        """Begin, with a sweep."""

    def wake(self, workspace: str) -> None:
        """Have the workspace tended as soon as somebody is free. Raises nothing."""

    def stop(self, timeout: float = ...) -> bool:
        """Take no more work and wait for what is going on; False if some of it goes on still."""

    @property
    def alive(self) -> bool:
        """Whether whoever calls `tend` is at its post."""
