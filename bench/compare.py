"""What was measured beside each peer, and beside the table that is kept.

Two machines' figures can't be compared, but their ratios can: to a peer measured in the same run,
or, where a figure has none, to the fixed loop.
"""

import statistics
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from bench.figure import Figure, Section

THE_LOOP = "the fixed loop"


@dataclass(frozen=True)
class Ratio:
    """Our figure, by its rounds, as a multiple of something measured beside it."""

    figure: Figure
    peer: str
    unit: float

    @property
    def median(self) -> float:
        return self.figure.median / self.unit

    @property
    def spread(self) -> tuple[float, float]:
        return min(self.figure.rounds) / self.unit, max(self.figure.rounds) / self.unit

    def __str__(self) -> str:
        low, high = self.spread
        return f"{self.median:.3g} ({low:.3g} to {high:.3g})"


def compared(measured: Mapping[str, Section], kept: Mapping[str, Section]) -> str:
    """Return a line for each ratio of ours, with how it was when it was kept."""
    lines = ["Ours as multiples of what was measured beside it, and as it was kept:"]
    for name, section in measured.items():
        before = {_key(ratio): ratio for ratio in ratios(kept[name])} if name in kept else {}
        found = ((ratio, before.get(_key(ratio))) for ratio in ratios(section))
        lines += [_said(now, then) for now, then in found if then or now.peer != THE_LOOP]
    return "\n".join(lines)


def ratios(section: Section) -> Iterator[Ratio]:
    """Yield each of our figures beside each of its peers."""
    for figure in section.figures:
        if not figure.ours or not figure.rounds:
            continue
        peers = [one for one in section.figures if one.name == figure.name and not one.ours]
        yield from (Ratio(figure, peer.whose, peer.median) for peer in peers if peer.rounds)
        if not peers and section.calibration:
            loop = statistics.median(section.calibration)
            yield Ratio(figure, THE_LOOP, 1 / loop if figure.unit == "/s" else loop)


def is_outside_noise(now: Ratio, before: Ratio) -> bool:
    """Return whether no round of the one is among those of the other."""
    (low, high), (kept_low, kept_high) = now.spread, before.spread
    return high < kept_low or low > kept_high


def _said(ratio: Ratio, before: Ratio | None) -> str:
    said = f"- {ratio.figure.name}, {ratio.figure.whose}: {ratio} of {ratio.peer}"
    if before is None:
        return said
    changed = "CHANGED" if is_outside_noise(ratio, before) else "within the noise"
    return f"{said}; kept: {before}: {changed}"


def _key(ratio: Ratio) -> tuple[str, str, str]:
    return ratio.figure.name, ratio.figure.whose, ratio.peer
