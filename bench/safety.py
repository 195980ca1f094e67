"""7. Safety: launches lost or doubled in every trouble, inputs tried, attacks refused."""

import logging
import os
import re
import subprocess
import tempfile
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from typing import Any

from bench.figure import Aim, Section
from bench.killed import killed
from bench.matrix import play_all
from bench.servers import PYTHON, ROOT
from bench.stores import postgres_copies
from bench.troubles import ordered
from bench.world import Tally

MATRIX = "launches in the fault matrix"
KILLS = "launches while processes are killed with SIGKILL"
MIXED = f"{KILLS}, the clock jumps, the database is locked, answers are cut and slow"
TESTS = "what the tests tried"
FEWEST = 10_000
PARTS = 24


def measure(section: Section) -> None:
    """Fill the section."""
    for _ in section.rounds(1):
        _add_matrix(section)
        _add_kills(section)
        _add_tests(section)


def _add_matrix(section: Section) -> None:
    every = list(ordered())[:: section.pick(1, 60)]
    tally: Counter[str] = Counter()
    with ProcessPoolExecutor(os.cpu_count(), initializer=_quiet) as pool:
        for part in pool.map(play_all, [every[start::PARTS] for start in range(PARTS)]):
            tally += part
    tried = Aim(f"at least {FEWEST:,}", tally["launches"] >= FEWEST)
    _row(section, MATRIX, "tried", tally["launches"], aim=tried)
    _row(section, MATRIX, "launched; of the others it was told why", tally["launched"])
    for word in ("lost", "doubled", "told twice"):
        _row(section, MATRIX, word, tally[word], aim=Aim("none", not tally[word]))
    for case in [word for word in tally if word.startswith("Outcome")][:5]:
        section.note(f"Not well: {case}.")


def _quiet() -> None:
    logging.disable(logging.CRITICAL)


def _add_kills(section: Section) -> None:
    alone: dict[str, Any] = {
        "runs": section.pick(300, 20),
        "kills": section.pick(6, 1),
        "every": section.pick((1, 3), (0.3, 1)),
        "seconds": section.pick(5, 1),
    }
    mixed: dict[str, Any] = {
        "runs": section.pick(100, 10),
        "kills": section.pick(40, 2),
        "every": (0.3, 1.2),
        "seconds": 3,
        "per_second": section.pick(1.5, 5),
        "mixed": True,
    }
    for name, sizes in ((KILLS, alone), (MIXED, mixed)):
        every = {"workspaces": section.pick(20, 4), "timeout": section.pick(300, 120)}
        with tempfile.TemporaryDirectory() as folder:
            one = killed(f"sqlite:///{folder}/bench.db", [""], **sizes, **every)
        with postgres_copies() as copies:
            many = killed(copies(), ["web", "worker", "worker"], **sizes, **every)
        _add_tally(section, f"{name}, one process, SQLite", sizes["kills"], one)
        _add_tally(section, f"{name}, web, two workers, PostgreSQL", sizes["kills"], many)


def _add_tally(section: Section, name: str, kills: int, tally: Tally) -> None:
    _row(section, name, "tried", tally.commands)
    _row(section, name, "processes killed", kills)
    counts = {
        "lost": tally.lost,
        "doubled": tally.launched_twice,
        "told twice": tally.told_twice,
        'left "launching"': tally.left_launching,
    }
    for what, count in counts.items():
        _row(section, name, what, count, aim=Aim("none", not count))


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
    _row(section, TESTS, "inputs made up by Hypothesis", inputs, aim=Aim("none fails", not failing))
    attacks = "tests/wire/test_attacks.py"
    said = _pytest(attacks, *section.pick((), ("--collect-only",)))
    passed = re.search(r"(\d+) (?:passed|tests? collected)|: (\d+)$", said, re.MULTILINE)
    refused = int(passed[1] or passed[2]) if passed else 0
    _row(section, TESTS, "attacks refused", refused, aim=Aim("all", "failed" not in said))


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


def _row(section: Section, name: str, whose: str, count: int, aim: Aim | None = None) -> None:
    section.add(name, whose, [count], ours=True, aim=aim)
