"""What a section of the bench measures, and how much the machine's own speed varied meanwhile."""

import hashlib
import statistics
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

CALIBRATION = 60_000
"""Steps of the fixed loop: some 20 ms, of which nothing but the machine's own noise varies."""


@dataclass(frozen=True)
class Aim:
    """What was aimed for, and whether it was reached in these rounds."""

    says: str
    reached: bool


@dataclass(frozen=True)
class Figure:
    """One figure of one subject, once per round; or a fact that has no number."""

    name: str
    whose: str
    rounds: tuple[float, ...] = ()
    unit: str = ""
    says: str = ""
    """In words, where it is no number."""
    ours: bool = False
    aim: Aim | None = None

    @property
    def median(self) -> float:
        """Of the rounds."""
        return statistics.median(self.rounds)


@dataclass
class Section:
    """One section while it is measured; `quick` is for trying the bench, not the bot."""

    quick: bool
    figures: list[Figure] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    calibration: list[float] = field(default_factory=list)
    """Milliseconds of the fixed loop, before each round and after the last."""
    seconds: float = 0.0
    """How long it took to measure."""

    def pick(self, full: Any, quick: Any) -> Any:
        """The size that fits the mode."""
        return quick if self.quick else full

    def rounds(self, count: int) -> Iterator[int]:
        """Numbers of rounds, with a look at the machine between them."""
        self.calibration.append(calibrate())
        for number in range(1 if self.quick else count):
            yield number
            self.calibration.append(calibrate())

    def add(self, name: str, whose: str, rounds: Any = (), **more: Any) -> Figure:
        """Put a figure into the table."""
        figure = Figure(name, whose, tuple(rounds), **more)
        self.figures.append(figure)
        return figure

    def median(self, name: str, whose: str) -> float | None:
        """A figure that is in the table already; None where it was not measured."""
        found = [f for f in self.figures if (f.name, f.whose) == (name, whose) and f.rounds]
        return found[0].median if found else None

    def note(self, sentence: str) -> None:
        """Something that a reader of the table has to know."""
        self.notes.append(sentence)


def calibrate() -> float:
    """Milliseconds that a fixed piece of work takes."""
    begun = time.perf_counter()
    digest = b""
    for _ in range(CALIBRATION):
        digest = hashlib.sha256(digest).digest()
    return (time.perf_counter() - begun) * 1000


def percentile(values: list[float], share: float) -> float:
    """The value that so large a share of them does not exceed."""
    ordered = sorted(values)
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)]
