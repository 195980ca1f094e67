"""Metrics of this process, which `text` renders in Prometheus's text format."""

import threading
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

_ACK_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 3.0)
_LATE_SECONDS = (0.01, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 5.0, 15.0, 60.0, 300.0)


@dataclass
class LabelledCounter:
    """A counter, by label values."""

    name: str
    meaning: str
    labels: tuple[str, ...]
    counts: Counter[tuple[str, ...]] = field(default_factory=Counter)


@dataclass
class Histogram:
    """A histogram of seconds, by label values."""

    name: str
    meaning: str
    labels: tuple[str, ...]
    bounds: tuple[float, ...]
    """Upper bounds of the buckets in seconds, in ascending order."""
    counts: dict[tuple[str, ...], list[int]] = field(default_factory=dict)
    """Observations per bucket, with one more for those above the last bound."""
    seconds: dict[tuple[str, ...], float] = field(default_factory=dict)
    """Sums of all observations."""

    def __post_init__(self) -> None:
        if not self.labels:
            self.counts[()] = self._none()

    def add(self, values: tuple[str, ...], seconds: float) -> None:
        """Add an observation."""
        if values not in self.counts:
            self.counts[values] = self._none()
        self.counts[values][bisect_left(self.bounds, seconds)] += 1
        self.seconds[values] = self.seconds.get(values, 0.0) + seconds

    def _none(self) -> list[int]:
        return [0] * (len(self.bounds) + 1)


@dataclass(frozen=True)
class Gauge:
    """A gauge, read when it is exposed."""

    name: str
    meaning: str
    read: Callable[[], float]


class Figures:
    """Metrics of one process; every method can be called from any thread."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self._launches = LabelledCounter(
            "phantombot_launches", "Launches, by Phantombuster's answer", ("heard",)
        )
        self._endings = LabelledCounter(
            "phantombot_endings", "Runs that ended, by kind of ending", ("kind",)
        )
        self._calls = LabelledCounter("phantombot_calls", "Calls to a service", ("service", "call"))
        self._errors = LabelledCounter(
            "phantombot_errors", "Failed calls to a service", ("service", "error")
        )
        self.counters = (self._launches, self._endings, self._calls, self._errors)
        self._acks = Histogram(
            "phantombot_ack_seconds",
            "Time from Slack's request to its acknowledgement",
            ("status",),
            _ACK_SECONDS,
        )
        self._lateness = Histogram(
            "phantombot_tend_lateness_seconds",
            "Delay of a workspace's processing",
            (),
            _LATE_SECONDS,
        )
        self.histograms = (self._acks, self._lateness)
        self.gauges: list[Gauge] = []

    def acknowledged(self, status: int, seconds: float) -> None:
        """Count a request from Slack, and the time until its acknowledgement."""
        with self.lock:
            self._acks.add((str(status),), seconds)

    def launched(self, heard: str) -> None:
        """Count a launch; `heard` is accepted, refused or nothing."""
        self._count(self._launches, heard)

    def ended(self, kind: str) -> None:
        """Count a run's ending."""
        self._count(self._endings, kind)

    def called(self, service: str, call: str, error: str | None = None) -> None:
        """Count a call to a service; `error` names its failure."""
        self._count(self._calls, service, call)
        if error is not None:
            self._count(self._errors, service, error)

    def late(self, seconds: float) -> None:
        """Record how late a workspace was processed, in seconds."""
        with self.lock:
            self._lateness.add((), max(seconds, 0.0))

    def add_gauge(self, name: str, meaning: str, read: Callable[[], float]) -> None:
        """Add a gauge that is read when it is exposed."""
        self.gauges.append(Gauge(name, meaning, read))

    def text(self) -> str:
        """Return all metrics in Prometheus's text format."""
        return self.text_with({})

    def text_with(self, others: Mapping[str, str]) -> str:
        """Return all metrics and those of other processes, distinguished by a label."""
        # Loading it takes longer than a command, so it is loaded only when needed.
        from phantombot.metrics_text import expose  # noqa: PLC0415

        return expose(self, others)

    def _count(self, counter: LabelledCounter, *values: str) -> None:
        with self.lock:
            counter.counts[values] += 1
