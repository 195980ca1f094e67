"""The figures of a section, and how much the machine's own speed varied meanwhile."""

import hashlib
import statistics
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

CALIBRATION = 60_000
"""The steps of the fixed loop: some 20 ms, which vary by the machine's noise only."""


@dataclass(frozen=True)
class Aim:
    """An aim, and whether these rounds reached it."""

    says: str
    reached: bool


def at_least(times: float, mine: float, peer: float, whose: str) -> Aim:
    """Return the aim of being so many times a peer's figure or more, with the ratio."""
    return Aim(f"at least {times:g} times {whose} ({mine / peer:.2f})", mine >= times * peer)


def at_most(times: float, mine: float, peer: float, whose: str) -> Aim:
    """Return the aim of being so many times a peer's figure or less, with the ratio."""
    return Aim(f"at most {times:g} times {whose} ({mine / peer:.2f})", mine <= times * peer)


@dataclass(frozen=True)
class Figure:
    """One figure of one subject, once per round; or a fact that has no number."""

    name: str
    whose: str
    rounds: tuple[float, ...] = ()
    unit: str = ""
    says: str = ""
    """The fact in words, if it has no number."""
    ours: bool = False
    aim: Aim | None = None

    @property
    def median(self) -> float:
        """Return the median of the rounds."""
        return statistics.median(self.rounds)


@dataclass
class Section:
    """A section while it is measured; `quick` is for trying the bench, not the bot."""

    quick: bool
    figures: list[Figure] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    calibration: list[float] = field(default_factory=list)
    """Milliseconds of the fixed loop, before each round and after the last."""
    seconds: float = 0.0
    """The seconds it took to measure."""

    def pick(self, full: Any, quick: Any) -> Any:
        """Return the size that fits the mode."""
        return quick if self.quick else full

    def rounds(self, count: int) -> Iterator[int]:
        """Yield the rounds' numbers, measuring the machine between them."""
        self.calibration.append(calibrate())
        for number in range(1 if self.quick else count):
            yield number
            self.calibration.append(calibrate())

    def add(self, name: str, whose: str, rounds: Any = (), **more: Any) -> Figure:
        """Add a figure to the table."""
        figure = Figure(name, whose, tuple(rounds), **more)
        self.figures.append(figure)
        return figure

    def median(self, name: str, whose: str) -> float | None:
        """Return the median of a figure in the table; None if it was not measured."""
        found = [f for f in self.figures if (f.name, f.whose) == (name, whose) and f.rounds]
        return found[0].median if found else None

    def note(self, sentence: str) -> None:
        """Add something that a reader of the table has to know."""
        self.notes.append(sentence)


def calibrate() -> float:
    """Return the milliseconds that a fixed piece of work takes."""
    begun = time.perf_counter()
    digest = b""
    for _ in range(CALIBRATION):
        digest = hashlib.sha256(digest).digest()
    return (time.perf_counter() - begun) * 1000


def percentile(values: list[float], share: float) -> float:
    """Return the value that this share of the values doesn't exceed."""
    ordered = sorted(values)
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)]
