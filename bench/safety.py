"""7. Safety: launches lost or doubled in every trouble, inputs tried, attacks refused."""

import logging
import os
import re
import subprocess
import tempfile
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from typing import Any

from bench.figure import Aim, Section
from bench.killed import killed
from bench.matrix import play_all
from bench.servers import PYTHON, ROOT
from bench.stores import postgres_copies
from bench.troubles import IN_V1, Interleaving, Trouble, ordered
from bench.world import Tally

MATRIX = "launches in the fault matrix"
KILLS = "launches while processes are killed with SIGKILL"
LEFT = 'messages that still say "launching"'
MIXED = f"{KILLS}, the clock jumps, the database is locked, answers are cut and slow"
TESTS = "what the tests tried"
FEWEST = 10_000
PARTS = 24


def measure(section: Section) -> None:
    """Fill the section."""
    for _ in section.rounds(1):
        add_matrix(section, list(ordered(IN_V1))[:: section.pick(1, 60)], FEWEST)
        for name, tally in (kills(section) | _mixed_kills(section)).items():
            add_tally(section, name, tally)
        _add_tests(section)


def add_matrix(
    section: Section, every: Sequence[tuple[Trouble, Interleaving]], fewest: int
) -> Counter[str]:
    """Add what became of a launch in each of these troubles, and return it."""
    tally: Counter[str] = Counter()
    with ProcessPoolExecutor(os.cpu_count(), initializer=_quiet) as pool:
        for part in pool.map(play_all, [every[start::PARTS] for start in range(PARTS)]):
            tally += part
    tried = Aim(f"at least {fewest:,}", tally["launches"] >= fewest)
    add_count(section, MATRIX, "tried", tally["launches"], aim=tried)
    add_count(section, MATRIX, "launched; of the others it was told why", tally["launched"])
    for word in ("lost", "doubled", "told twice"):
        add_count(section, MATRIX, word, tally[word], aim=Aim("none", not tally[word]))
    add_count(section, MATRIX, LEFT, tally["left"])
    for case in [word for word in tally if word.startswith("Outcome")][:5]:
        section.note(f"Not well: {case}.")
    return tally


def _quiet() -> None:
    logging.disable(logging.CRITICAL)


def kills(section: Section, form: str = "later", cut: int = 0) -> dict[str, Tally]:
    """Return what became of commands while processes are killed, by the figures' name."""
    sizes = {
        "runs": section.pick(300, 20),
        "kills": section.pick(6, 1),
        "every": section.pick((1, 3), (0.3, 1)),
        "seconds": section.pick(5, 1),
        "form": form,
        "cut": cut,
    }
    return _killed_on_both(section, KILLS, sizes)


def _mixed_kills(section: Section) -> dict[str, Tally]:
    """Return the same, with other troubles at the same time."""
    sizes = {
        "runs": section.pick(100, 10),
        "kills": section.pick(40, 2),
        "every": (0.3, 1.2),
        "seconds": 3,
        "per_second": section.pick(1.5, 5),
        "mixed": True,
    }
    return _killed_on_both(section, MIXED, sizes)


def _killed_on_both(section: Section, name: str, sizes: dict[str, Any]) -> dict[str, Tally]:
    every = {"workspaces": section.pick(20, 4), "timeout": section.pick(300, 120)}
    with tempfile.TemporaryDirectory() as folder:
        one = killed(f"sqlite:///{folder}/bench.db", [""], **sizes, **every)
    with postgres_copies() as copies:
        many = killed(copies(), ["web", "worker", "worker"], **sizes, **every)
    return {
        f"{name}, one process, SQLite": one,
        f"{name}, web, two workers, PostgreSQL": many,
    }


def add_tally(section: Section, name: str, tally: Tally) -> None:
    """Add what became of some commands."""
    add_count(section, name, "tried", tally.commands)
    for word, count in (
        ("lost", tally.lost),
        ("doubled", tally.launched_twice),
        ("told twice", tally.told_twice),
        ('left "launching"', tally.left_launching),
    ):
        add_count(section, name, word, count, aim=Aim("none", not count))
    add_count(section, name, LEFT, tally.left_behind)


def _add_tests(section: Section) -> None:
    fuzzed = [
        str(file.relative_to(ROOT))
        for file in (ROOT / "tests").rglob("test_*.py")
        if "@given" in file.read_text() and (not section.quick or file.name == "test_naming.py")
    ]
    said = _pytest(
        f"--hypothesis-profile={section.pick('thorough', 'often')}",
        "--hypothesis-show-statistics",
        *fuzzed,
    )
    found = re.findall(r"- (\d+) passing, (\d+) failing", said)
    inputs = sum(int(passing) for passing, _ in found)
    failing = sum(int(failing) for _, failing in found)
    add_count(
        section, TESTS, "inputs made up by Hypothesis", inputs, aim=Aim("none fails", not failing)
    )
    attacks = "tests/wire/test_attacks.py"
    said = _pytest(attacks, *section.pick((), ("--collect-only",)))
    passed = re.search(r"(\d+) (?:passed|tests? collected)|: (\d+)$", said, re.MULTILINE)
    refused = int(passed[1] or passed[2]) if passed else 0
    add_count(section, TESTS, "attacks refused", refused, aim=Aim("all", "failed" not in said))


def _pytest(*arguments: str) -> str:
    done = subprocess.run(
        [PYTHON, "-m", "pytest", "-p", "no:cacheprovider", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    return done.stdout


def add_count(section: Section, name: str, whose: str, count: int, aim: Aim | None = None) -> None:
    """Add how many of ours there were."""
    section.add(name, whose, [count], ours=True, aim=aim)
