"""Render metrics in Prometheus's text format."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import accumulate

from prometheus_client import generate_latest
from prometheus_client.metrics_core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.registry import Collector

from phantombot.metrics import Figures, Histogram, LabelledCounter


def expose(figures: Figures, others: Mapping[str, str]) -> str:
    """Return the metrics and those of other processes, distinguished by a label."""
    families: dict[str, Metric] = {}
    _add(families, _own(figures), {})
    for process, text in others.items():
        _add(families, text_string_to_metric_families(text), {"process": process})
    return generate_latest(_Collected(tuple(families.values()))).decode()


@dataclass(frozen=True)
class _Collected(Collector):
    """Collected metric families, for the library to render."""

    families: tuple[Metric, ...]

    def collect(self) -> Iterator[Metric]:
        return iter(self.families)


def _own(figures: Figures) -> list[Metric]:
    with figures.lock:
        counted = [
            *(_histogram(histogram) for histogram in figures.histograms),
            *(_counter(counter) for counter in figures.counters),
        ]
    # Gauges can wait for the database, so they are read without the counters' lock.
    read = [GaugeMetricFamily(one.name, one.meaning, one.read()) for one in figures.gauges]
    return [*counted, *read]


def _counter(counter: LabelledCounter) -> Metric:
    family = CounterMetricFamily(counter.name, counter.meaning, labels=counter.labels)
    for values, count in counter.counts.items():
        family.add_metric(values, count)
    return family


def _histogram(histogram: Histogram) -> Metric:
    """Return a histogram; its buckets are cumulative."""
    family = HistogramMetricFamily(histogram.name, histogram.meaning, labels=histogram.labels)
    names = [*map(str, histogram.bounds), "+Inf"]
    for values, counts in histogram.counts.items():
        buckets = list(zip(names, map(float, accumulate(counts)), strict=True))
        family.add_metric(values, buckets, histogram.seconds.get(values, 0.0))
    return family


def _add(families: dict[str, Metric], more: Iterable[Metric], labels: dict[str, str]) -> None:
    for family in more:
        known = families.setdefault(
            family.name, Metric(family.name, family.documentation, family.type)
        )
        for sample in family.samples:
            known.samples.append(sample._replace(labels=sample.labels | labels))
