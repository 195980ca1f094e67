"""What this process counts; `exposition` writes it in Prometheus' words."""

import threading
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

_ACK_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 3.0)
_LATE_SECONDS = (0.01, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 5.0, 15.0, 60.0, 300.0)


@dataclass
class Tally:
    """How often something happened, by its labels' values."""

    name: str
    meaning: str
    labels: tuple[str, ...]
    counts: Counter[tuple[str, ...]] = field(default_factory=Counter)


@dataclass
class Spread:
    """How long something took each time, by its labels' values."""

    name: str
    meaning: str
    labels: tuple[str, ...]
    bounds: tuple[float, ...]
    """Seconds, rising."""
    counts: dict[tuple[str, ...], list[int]] = field(default_factory=dict)
    """How often it took longer than one bound, and no longer than the next."""
    seconds: dict[tuple[str, ...], float] = field(default_factory=dict)
    """All of it."""

    def __post_init__(self) -> None:
        if not self.labels:
            self.counts[()] = self._none()

    def add(self, values: tuple[str, ...], seconds: float) -> None:
        """It took so long once more."""
        if values not in self.counts:
            self.counts[values] = self._none()
        self.counts[values][bisect_left(self.bounds, seconds)] += 1
        self.seconds[values] = self.seconds.get(values, 0.0) + seconds

    def _none(self) -> list[int]:
        return [0] * (len(self.bounds) + 1)


@dataclass(frozen=True)
class Reading:
    """A figure that is read when it is asked for."""

    name: str
    meaning: str
    read: Callable[[], float]


class Figures:
    """Counters of one process; every method may be called from any thread."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self._launches = Tally(
            "phantombot_launches", "Launches by what was heard of them", ("heard",)
        )
        self._endings = Tally("phantombot_endings", "Endings decided, by kind", ("kind",))
        self._calls = Tally("phantombot_calls", "Calls to a service", ("service", "call"))
        self._errors = Tally("phantombot_errors", "Failed calls to a service", ("service", "error"))
        self.tallies = (self._launches, self._endings, self._calls, self._errors)
        self._acks = Spread(
            "phantombot_ack_seconds",
            "Time from a request of Slack's to its acknowledgement",
            ("status",),
            _ACK_SECONDS,
        )
        self._lateness = Spread(
            "phantombot_tend_lateness_seconds",
            "Time from when a workspace was due to when it was processed",
            (),
            _LATE_SECONDS,
        )
        self.spreads = (self._acks, self._lateness)
        self.readings: list[Reading] = []

    def acknowledged(self, status: int, seconds: float) -> None:
        """A request of Slack's was answered with an HTTP status."""
        with self.lock:
            self._acks.add((str(status),), seconds)

    def launched(self, heard: str) -> None:
        """A launch was sent; `heard` is accepted, refused or nothing."""
        self._count(self._launches, heard)

    def ended(self, kind: str) -> None:
        """How a run ended was decided."""
        self._count(self._endings, kind)

    def called(self, service: str, call: str, error: str | None = None) -> None:
        """A service was asked; `error` names what went wrong."""
        self._count(self._calls, service, call)
        if error is not None:
            self._count(self._errors, service, error)

    def late(self, seconds: float) -> None:
        """A workspace was processed so long after it was due."""
        with self.lock:
            self._lateness.add((), max(seconds, 0.0))

    def shown_with(self, name: str, meaning: str, read: Callable[[], float]) -> None:
        """Show a figure that is read when it is asked for."""
        self.readings.append(Reading(name, meaning, read))

    def text(self) -> str:
        """All of it, in Prometheus' text format."""
        return self.text_with({})

    def text_with(self, others: Mapping[str, str]) -> str:
        """The same, and the texts of other processes, which are told apart by a label."""
        # It takes longer to load than a command takes, so nobody loads it who is not asked.
        from phantombot.metrics_text import expose  # noqa: PLC0415

        return expose(self, others)

    def _count(self, tally: Tally, *values: str) -> None:
        with self.lock:
            tally.counts[values] += 1
