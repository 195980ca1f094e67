"""The context that every handler gets: the stores, Phantombuster, Slack and a clock."""

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock
from typing import TYPE_CHECKING, Protocol, TypeVar
from weakref import WeakValueDictionary

from phantombot.fair_pool import FairPool

if TYPE_CHECKING:
    # Only for type hints: this module loads nothing else, so any module can import it.
    from phantombot.access.api_keys import ApiKeys
    from phantombot.access.audit_store import Audit
    from phantombot.access.rules_store import Access
    from phantombot.agents.alias_store import Aliases
    from phantombot.agents.catalog import Catalog
    from phantombot.database.epochs import Restored
    from phantombot.messages.doctor import Finding
    from phantombot.metrics import Figures
    from phantombot.phantombuster.api import Phantombuster
    from phantombot.runs.ring_store import Rings
    from phantombot.runs.stop_store import Stops
    from phantombot.runs.store import Runs
    from phantombot.slack.client import Poster
    from phantombot.slack.installations import Installed
    from phantombot.slack.people import People, PeopleAtHand
    from phantombot.watches.store import Watches
    from phantombot.worker.channel_store import Channels
    from phantombot.worker.home_store import Homes
    from phantombot.worker.welcome_store import Welcomes

T = TypeVar("T")
R = TypeVar("R")

Clock = Callable[[], datetime]
"""Now, in UTC."""

Count = Callable[[str, str, str | None], None]
"""Count one call: the service, the method, and the error, if there was one."""


def not_counted(_service: str, _call: str, _error: str | None) -> None:
    """Count nothing."""


class MapConcurrently(Protocol):
    """`map`, one after the other or several at once."""

    def __call__(self, work: Callable[[T], R], each: Iterable[T], /) -> Iterable[R]:
        """Return the result of `work` for each."""


def never_restored() -> None:
    """Return None: the store is no restored backup."""


RunBeside = Callable[[Callable[[], None]], Callable[[], None]]
"""Start work that raises nothing; return a function that waits for its end."""


def run_at_once(work: Callable[[], None]) -> Callable[[], None]:
    """Do the work before returning."""
    work()
    return lambda: None


class Turns:
    """Locks by name; those that nobody holds or waits for are forgotten."""

    def __init__(self) -> None:
        self._changing = Lock()
        self._locks: WeakValueDictionary[str, Lock] = WeakValueDictionary()

    @contextmanager
    def of(self, name: str) -> Iterator[None]:
        """Wait until nobody else has the turn of that name, and take it."""
        with self._changing:
            lock = self._locks.get(name) or self._locks.setdefault(name, Lock())
        with lock:
            yield


@dataclass(frozen=True)
class Context:
    """Everything that handlers of commands, buttons, forms and runs use."""

    runs: "Runs"
    channels: "Channels"
    stops: "Stops"
    keys: "ApiKeys"
    access: "Access"
    audit: "Audit"
    aliases: "Aliases"
    agents: "Catalog"
    homes: "Homes"
    welcomes: "Welcomes"
    watches: "Watches"
    rings: "Rings"
    installed: "Installed"
    phantombuster: "Phantombuster"
    slack: "Poster"
    people: "People | PeopleAtHand"
    figures: "Figures"
    clock: Clock
    background: FairPool
    """Runs slow work after the acknowledgement."""
    wake: Callable[[str], None]
    """Makes a worker process the workspace soon."""
    launch: Callable[[str, int], None]
    """Makes a worker launch a stored run at once: its workspace and number."""
    examine: "Callable[[str, str], Iterable[Finding]]"
    """Runs the doctor's checks for a workspace and one of its channels."""
    restored: "Callable[[], Restored | None]" = never_restored
    """Returns when a restored backup was noticed, if one was."""
    started_at: datetime | None = None
    """When this process started, by `clock`."""
    public_url: str = ""
    """The bot's own address, with a trailing slash; empty if it has none."""
    install_url: str = ""
    """The page that installs the app; empty if the bot serves one workspace."""
    map_concurrently: MapConcurrently = map
    """Processes the agents of one workspace."""
    run_beside: RunBeside = run_at_once
    """Posts a launch's message while the request is sent."""
    pause: Callable[[float], None] = time.sleep
    """Waits so many seconds."""
    turns: Turns = field(default_factory=Turns)
    """Limits a workspace to one large result in memory at a time."""

    def stopwatch(self) -> Callable[[], float]:
        """Return a function that returns at least the seconds since now.

        Setting the clock back doesn't shorten them, and time while the machine is suspended counts.
        """
        started, started_at = time.monotonic(), self.clock()

        def passed() -> float:
            return max(time.monotonic() - started, (self.clock() - started_at).total_seconds())

        return passed
