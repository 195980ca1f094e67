"""What the core asks of the outside world; the adapters, or a test's fakes, answer."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, TypeVar

from phantombot.ports.homes import Homes
from phantombot.ports.outside import People, Phantombuster, Posted, Slack
from phantombot.ports.rosters import Agents
from phantombot.ports.store import (
    Access,
    Aliases,
    Audit,
    Channels,
    Closed,
    KeyNote,
    Keys,
    Runs,
    StopLease,
    StopNote,
    Stops,
)
from phantombot.ports.watches import Watches

__all__ = [
    "Abreast",
    "Access",
    "Agents",
    "Aliases",
    "Audit",
    "Channels",
    "Clock",
    "Closed",
    "Count",
    "Figures",
    "Homes",
    "KeyNote",
    "Keys",
    "People",
    "Phantombuster",
    "Ports",
    "Posted",
    "Runs",
    "Slack",
    "StopLease",
    "StopNote",
    "Stops",
    "Watches",
    "not_counted",
]

T = TypeVar("T")
R = TypeVar("R")

Clock = Callable[[], datetime]
"""Now, in UTC."""

Count = Callable[[str, str, str | None], None]
"""Is told of each call: the service, the call, and what went wrong with it, if anything did."""


def not_counted(_service: str, _call: str, _error: str | None) -> None:
    """A Count for where nobody counts."""


class Figures(Protocol):
    """What is counted of the core's work."""

    def launched(self, heard: str) -> None:
        """A launch was sent; `heard` is accepted, refused or nothing."""

    def ended(self, kind: str) -> None:
        """How a run ended was decided."""


class Abreast(Protocol):
    """As `map`: one after the other, or several at once."""

    def __call__(self, work: Callable[[T], R], each: Iterable[T], /) -> Iterable[R]:
        """What `work` makes of each."""


class Beside(Protocol):
    """Has something done while the caller goes on, which waits for it with what it is given."""

    def __call__(self, work: Callable[[], None], /) -> Callable[[], None]:
        """Begin the work; `work` raises nothing."""


def at_once(work: Callable[[], None]) -> Callable[[], None]:
    """Do the work before the caller goes on."""
    work()
    return lambda: None


@dataclass(frozen=True)
class Ports:
    """Everything the core is handed."""

    runs: Runs
    channels: Channels
    stops: Stops
    keys: Keys
    phantombuster: Phantombuster
    slack: Slack
    figures: Figures
    clock: Clock
    people: People
    access: Access
    audit: Audit
    agents: Agents
    aliases: Aliases
    homes: Homes
    watches: Watches
    abreast: Abreast = map
    """How the agents of one workspace are seen to."""
    beside: Beside = at_once
    """How a launch's message is posted."""
