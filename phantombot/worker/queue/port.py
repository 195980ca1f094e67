"""The interface of an engine, which launches runs and processes workspaces."""

import logging
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Protocol

from phantombot.errors import StoreUnavailable
from phantombot.fair_pool import FairPool

THREADS = 8
"""Workspaces processed at once in one process, not counting those with slow services."""
THREADS_ASIDE = 56
"""Workspaces with slow services processed at once."""
LAUNCHERS = 64
"""Maximum launches at once in one process: each waits for two services, and uses little CPU."""
LAUNCHERS_ASIDE = 128
"""Maximum launches at once in workspaces with slow services."""
LAUNCHES_OF_A_SLOW_WORKSPACE = 4
"""Maximum of those in one workspace."""
SWEEP_EVERY = timedelta(seconds=30)
RETRY_AFTER = timedelta(seconds=5)
LONGEST_WAIT = timedelta(minutes=10)
"""Longest pause between two passes over a workspace that has something to do."""

log = logging.getLogger(__name__)

ProcessWorkspace = Callable[[str], datetime | None]
"""Process what is due in a workspace; return when to be called next, or None."""

Launch = Callable[[str, int], None]
"""Launch a workspace's run by its number. Safe to call twice, even at once."""


def call(
    process_workspace: ProcessWorkspace, workspace: str, clock: Callable[[], datetime]
) -> datetime | None:
    """Process the workspace; on an unexpected error, log it and come back later.

    A due time further ahead than `LONGEST_WAIT` means that the clock was set back.
    """
    try:
        due = process_workspace(workspace)
        return min(due, clock() + LONGEST_WAIT) if due is not None else None
    except StoreUnavailable as error:
        log.warning("the database does not answer (%s); trying again", error)
    except Exception:  # a processor must survive it
        log.exception("processing a workspace failed; reference %s", uuid.uuid4().hex[:8])
    return clock() + RETRY_AFTER


def call_launch(launch: Launch, workspace: str, run_id: int) -> None:
    """Launch the run; log any error, after which `process_workspace` resumes the run."""
    try:
        launch(workspace, run_id)
    except StoreUnavailable as error:
        log.warning("the database does not answer (%s); the launch will be retried", error)
    except Exception:  # a launcher must survive it
        log.exception("a launch failed; reference %s", uuid.uuid4().hex[:8])


def processors() -> FairPool:
    """Return the threads that process workspaces."""
    return FairPool("processor", THREADS, share=1, aside=THREADS_ASIDE)


def launchers() -> FairPool:
    """Return the threads that launch runs."""
    share = LAUNCHES_OF_A_SLOW_WORKSPACE
    return FairPool("launcher", LAUNCHERS, share=share, aside=LAUNCHERS_ASIDE)


class Engine(Protocol):
    """Launches runs, and calls `process_workspace(workspace)` when it is due or woken."""

    def start(self) -> None:
        """Start with a sweep."""

    def wake(self, workspace: str) -> None:
        """Process the workspace as soon as a thread is free. Raises nothing."""

    def launch(self, workspace: str, run_id: int) -> None:
        """Launch a run at once, then follow it. Raises nothing."""

    def stop(self, timeout: float = ...) -> bool:
        """Take no more work and wait for what is running; return False if some of it still is."""

    @property
    def alive(self) -> bool:
        """Return whether the threads that call `process_workspace` are alive."""
