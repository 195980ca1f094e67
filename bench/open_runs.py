"""4. Following: what many open runs cost at rest, and how late their endings are told.

Time passes SPEED times as fast, so that the pace of runs two hours old, 60 s, goes by in a few.
"""

import re
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.figure import Section, percentile
from bench.placed import place_runs
from bench.stores import postgres_copies, sqlite_copies
from bench.to_message import lateness
from bench.world import Bot, World
from phantombot.sandbox.phantombuster import FOREVER
from phantombot.tick import LAST_PACE

SPEED = 15.0
PACE = LAST_PACE.total_seconds()
GRID = [(100, 1), (100, 10), (100, 100), (1_000, 1), (1_000, 10), (1_000, 100)]
GRID += [(10_000, 1), (10_000, 10), (10_000, 100)]
WORKERS = (1, 2, 4)


@dataclass(frozen=True)
class Rest:
    """One run of the bot at rest. Seconds and minutes are the bot's, but CPU is the machine's."""

    cpu: float
    """Milliseconds per run and minute."""
    calls: float
    """To Phantombuster, a minute."""
    memory: float
    """MiB at the most, of all processes."""
    late: Sequence[float]
    """Seconds from an end to its message."""


def measure(section: Section) -> None:
    """Fill the section."""
    for runs, workspaces in section.pick(GRID, [(20, 2)]):
        for _ in section.rounds(1):
            rest = _at_rest(section, runs, workspaces, workers=0)
        _add(section, f"{runs:,} runs, {workspaces:,} workspaces", "one process, SQLite", rest)
    runs, workspaces = section.pick((10_000, 100), (20, 2))
    for workers in section.pick(WORKERS, (2,)):
        for _ in section.rounds(1):
            rest = _at_rest(section, runs, workspaces, workers)
        plural = "s" if workers > 1 else ""
        where = f"{runs:,} runs, {workspaces:,} workspaces"
        _add(section, where, f"{workers} worker{plural}, PostgreSQL", rest)
    section.add("limit of lateness", "the pace of runs that old", [PACE], unit="s")
    section.note(
        f"Time passed {SPEED:.0f} times as fast; seconds and minutes are those of the bot."
    )


def _add(section: Section, where: str, whose: str, rest: Rest) -> None:
    more = {"ours": True}
    section.add(f"{where}: CPU per run and minute", whose, [rest.cpu], unit="ms", **more)
    section.add(f"{where}: calls a minute", whose, [rest.calls], **more)
    section.add(f"{where}: memory", whose, [rest.memory], unit="MiB", **more)
    late = f"p50 {percentile(rest.late, 0.5):.0f} s, p99 {percentile(rest.late, 0.99):.0f} s"
    section.add(f"{where}: late", whose, says=f"{late}, of {len(rest.late)}", **more)


def _at_rest(section: Section, runs: int, workspaces: int, workers: int) -> Rest:
    copies_of = postgres_copies if workers else sqlite_copies
    speed = section.pick(SPEED, 30.0)
    with ExitStack() as ending:
        folder = Path(ending.enter_context(TemporaryDirectory()))
        agents = runs // workspaces
        world = World("", folder, workspaces, agents, seconds=FOREVER, speed=speed)
        ending.enter_context(world)

        def prepare(url: str) -> None:
            world.prepare(url)
            place_runs(world, url)

        environ = world.on(ending.enter_context(copies_of(prepare))())
        bots = []
        for number in range(max(workers, 1)):
            bot = Bot(environ, folder / f"{number}.log", "worker" if workers else "", speed)
            ending.callback(bot.kill)
            bots.append(bot)
        return _measured(section, world, bots, runs, speed)


def _measured(section: Section, world: World, bots: Sequence[Bot], runs: int, speed: float) -> Rest:
    pace = PACE / speed
    time.sleep(1.5 * pace)
    cpu, called, began = _cpu(bots), len(world.phantombuster.requests), time.monotonic()
    time.sleep(2 * pace)
    minutes = (time.monotonic() - began) * speed / 60
    spent, calls = _cpu(bots) - cpu, len(world.phantombuster.requests) - called
    endings = min(section.pick(200, 10), runs)
    late = lateness(world, endings, over=pace, patience=3 * pace + 5)
    if len(late) < endings:
        section.note(f"{endings - len(late)} of {endings} endings were not told in time.")
    return Rest(
        cpu=spent * 1000 / runs / minutes,
        calls=calls / minutes,
        memory=sum(map(memory, bots)),
        late=[seconds * speed for seconds in late] or [0.0],
    )


def _cpu(bots: Sequence[Bot]) -> float:
    """Seconds of all of them."""
    stats = [Path(f"/proc/{bot.popen.pid}/stat").read_text() for bot in bots]
    ticks = [sum(map(int, stat.rpartition(")")[2].split()[11:13])) for stat in stats]
    return sum(ticks) / 100


def memory(bot: Bot, what: str = "VmHWM") -> float:
    """MiB; VmHWM is the most so far, VmRSS what it is now."""
    status = Path(f"/proc/{bot.popen.pid}/status").read_text()
    found = re.search(rf"{what}:\s+(\d+)", status)
    return int(found[1]) / 1024 if found else 0.0
