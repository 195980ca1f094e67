"""What an engine is: it launches at once, and calls `tend`, never twice at once for a workspace."""

import logging
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Protocol

from phantombot.errors import StoreUnavailable

THREADS = 8
LAUNCHERS = 64
"""Launches that are under way at once in one process: each waits for two services, on no CPU."""
SWEEP_EVERY = timedelta(seconds=30)
RETRY_AFTER = timedelta(seconds=5)

log = logging.getLogger(__name__)

Tend = Callable[[str], datetime | None]
"""Does what is due in a workspace; answers when it wants to be called next, or None."""

Launch = Callable[[str, int], None]
"""Launches one run of a workspace, by its number. Safe to be called twice, even at once."""


def call(tend: Tend, workspace: str, clock: Callable[[], datetime]) -> datetime | None:
    """What `tend` answers; whatever goes wrong in one workspace, it is tried again later."""
    try:
        return tend(workspace)
    except StoreUnavailable as error:
        log.warning("the database does not answer (%s); trying again", error)
    except Exception:  # a follower outlives it
        log.exception("tending failed; reference %s", uuid.uuid4().hex[:8])
    return clock() + RETRY_AFTER


def call_launch(launch: Launch, workspace: str, run_id: int) -> None:
    """Launch; what goes wrong is logged, and the run is taken up again by `tend`."""
    try:
        launch(workspace, run_id)
    except StoreUnavailable as error:
        log.warning("the database does not answer (%s); the launch is tried again", error)
    except Exception:  # a launcher outlives it
        log.exception("launching failed; reference %s", uuid.uuid4().hex[:8])


class Engine(Protocol):
    """Launches runs, and calls `tend(workspace)` when it is due or woken."""

    def start(self) -> None:
        """Begin, with a sweep."""

    def wake(self, workspace: str) -> None:
        """Have the workspace tended as soon as somebody is free. Raises nothing."""

    def launch(self, workspace: str, run_id: int) -> None:
        """Have a run launched at once, and then followed. Raises nothing."""

    def stop(self, timeout: float = ...) -> bool:
        """Take no more work and wait for what is going on; False if some of it goes on still."""

    @property
    def alive(self) -> bool:
        """Whether whoever calls `tend` is at its post."""
