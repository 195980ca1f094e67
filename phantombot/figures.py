"""What this process counts, in Prometheus' words."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
)
from prometheus_client.metrics_core import Metric
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.registry import Collector

_ACK_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 3)
_LATE_SECONDS = (0.01, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 15, 60, 300)


class Figures:
    """Counters of one process; every method may be called from any thread."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        registry = self._registry
        self._acks = Histogram(
            "phantombot_ack_seconds",
            "Time from a request of Slack's to its acknowledgement",
            ["status"],
            buckets=_ACK_SECONDS,
            registry=registry,
        )
        self._launches = Counter(
            "phantombot_launches",
            "Launches by what was heard of them",
            ["heard"],
            registry=registry,
        )
        self._endings = Counter(
            "phantombot_endings", "Endings decided, by kind", ["kind"], registry=registry
        )
        self._calls = Counter(
            "phantombot_calls", "Calls to a service", ["service", "call"], registry=registry
        )
        self._errors = Counter(
            "phantombot_errors",
            "Failed calls to a service",
            ["service", "error"],
            registry=registry,
        )
        self._lateness = Histogram(
            "phantombot_tend_lateness_seconds",
            "Time from when a workspace was due to when it was tended",
            buckets=_LATE_SECONDS,
            registry=registry,
        )

    def acknowledged(self, status: int, seconds: float) -> None:
        """A request of Slack's was answered with an HTTP status."""
        self._acks.labels(str(status)).observe(seconds)

    def launched(self, heard: str) -> None:
        """A launch was sent; `heard` is accepted, refused or nothing."""
        self._launches.labels(heard).inc()

    def ended(self, kind: str) -> None:
        """How a run ended was decided."""
        self._endings.labels(kind).inc()

    def called(self, service: str, call: str, error: str | None = None) -> None:
        """A service was asked; `error` names what went wrong."""
        self._calls.labels(service, call).inc()
        if error is not None:
            self._errors.labels(service, error).inc()

    def late(self, seconds: float) -> None:
        """A workspace was tended so long after it was due."""
        self._lateness.observe(max(seconds, 0.0))

    def shown_with(self, name: str, meaning: str, read: Callable[[], float]) -> None:
        """Show a figure that is read when it is asked for."""
        Gauge(name, meaning, registry=self._registry).set_function(read)

    def text(self) -> str:
        """All of it, in Prometheus' text format."""
        return self.text_with({})

    def text_with(self, others: Mapping[str, str]) -> str:
        """The same, and the texts of other processes, which are told apart by a label."""
        families: dict[str, Metric] = {}
        _add(families, self._registry.collect(), {})
        for process, text in others.items():
            _add(families, text_string_to_metric_families(text), {"process": process})
        return generate_latest(_Collected(tuple(families.values()))).decode()


@dataclass(frozen=True)
class _Collected(Collector):
    """Families as they stand, for the library to write out."""

    families: tuple[Metric, ...]

    def collect(self) -> Iterator[Metric]:
        return iter(self.families)


def _add(families: dict[str, Metric], more: Iterable[Metric], labels: dict[str, str]) -> None:
    for family in more:
        known = families.setdefault(
            family.name, Metric(family.name, family.documentation, family.type)
        )
        for sample in family.samples:
            if sample.name.endswith("_created"):  # when it was counted first: of no use to anybody
                continue
            known.samples.append(sample._replace(labels=sample.labels | labels))
