"""7b. Safety in API v2: the same, and whether launches are found whose answers were lost."""

from bench.figure import Aim, Section
from bench.safety import MATRIX, add_count, add_matrix, add_tally, kills
from bench.troubles import IN_V2, ordered

FEWEST = 5_000
CUT = 10
"""One launch in so many acts, and its answer is cut off."""


def measure(section: Section) -> None:
    """Fill the section."""
    for _ in section.rounds(1):
        every = list(ordered(IN_V2))[:: section.pick(3, 60)]
        tally = add_matrix(section, every, FEWEST)
        _add_found(section, MATRIX, tally["answer lost"], tally["found"])
        for name, killed in kills(section, "v2", CUT).items():
            add_tally(section, name, killed)
            _add_found(section, name, killed.answers_lost, killed.found)


def _add_found(section: Section, name: str, lost: int, found: int) -> None:
    add_count(section, name, "launched, and the answer lost", lost)
    every = Aim("every one", found == lost)
    add_count(section, name, "of these found by their tag", found, aim=every)
