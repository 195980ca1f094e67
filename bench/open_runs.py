"""4. Following: what many open runs cost at rest, and how late their endings are told.

Time passes faster, so that the pace of runs two hours old, 60 s, goes by in a few: as much
faster as so many runs leave the machine time for.
"""

import re
import time
from collections import Counter
from collections.abc import Mapping, Sequence
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
from phantombot.worker.backoff import LAST_PACE

SPEEDS = {100: 30.0, 1_000: 20.0, 10_000: 10.0}
"""Figures by the number of runs."""
PACE = LAST_PACE.total_seconds()
GRID = [(100, 1), (100, 10), (100, 100), (1_000, 1), (1_000, 10), (1_000, 100)]
GRID += [(10_000, 1), (10_000, 10), (10_000, 100)]
WORKED = [((10_000, 100), workers) for workers in (1, 2, 4)]


@dataclass(frozen=True)
class Rest:
    """The bot at rest, measured once. Seconds and minutes are the bot's, CPU is the machine's."""

    cpu: float
    """CPU milliseconds per run and minute."""
    calls: Counter[str]
    """Calls to Phantombuster per minute, by name."""
    memory: float
    """The most MiB that all processes held."""
    late: Sequence[float]
    """The seconds from an end to its message."""


def measure(section: Section) -> None:
    """Fill the section."""
    asked = [(*size, 0) for size in section.pick(GRID, [(20, 2)])]
    asked += [(*size, n) for size, n in section.pick(WORKED, [((20, 2), 2)])]
    found: dict[str, Rest] = {}
    for runs, workspaces, workers in asked:
        for _ in section.rounds(1):
            rest = at_rest(section, (runs, workspaces), workers, SPEEDS.get(runs, 30.0))
        who = f"{workers} worker(s), PostgreSQL" if workers else "one process, SQLite"
        found[f"{runs:,} runs, {workspaces:,} workspace(s): {who}"] = rest
    _fill(section, found)
    speeds = ", ".join(f"{speed:.0f} times with {runs:,} runs" for runs, speed in SPEEDS.items())
    section.note(f"Time passed faster: {speeds}; seconds and minutes are those of the bot.")


def _fill(section: Section, found: Mapping[str, Rest]) -> None:
    """Add the measurements figure by figure, so that the growth of each can be seen."""
    for where, rest in found.items():
        section.add("CPU per run and minute", where, [rest.cpu], unit="ms", ours=True)
    for where, rest in found.items():
        section.add("calls a minute", where, [rest.calls.total()], ours=True)
    for where, rest in found.items():
        section.add("memory at the most", where, [rest.memory], unit="MiB", ours=True)
    for where, rest in found.items():
        late = f"p50 {percentile(rest.late, 0.5):.0f} s, p99 {percentile(rest.late, 0.99):.0f} s"
        section.add("late", where, says=f"{late}, of {len(rest.late)}", ours=True)
    section.add("late", "limit: the pace of runs that old", [PACE], unit="s")


def at_rest(
    section: Section, size: tuple[int, int], workers: int, speed: float, form: str = "later"
) -> Rest:
    """Measure so many runs in so many workspaces, followed by workers or by one process."""
    copies_of = postgres_copies if workers else sqlite_copies
    runs, workspaces = size
    with ExitStack() as ending:
        folder = Path(ending.enter_context(TemporaryDirectory()))
        agents = runs // workspaces
        world = World("", folder, workspaces, agents, seconds=FOREVER, speed=speed, form=form)
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
    time.sleep(pace + 2)
    before, called, began = cpu_seconds(bots), len(world.calls()), time.monotonic()
    time.sleep(1.5 * pace)
    minutes = (time.monotonic() - began) * speed / 60
    spent, calls = cpu_seconds(bots) - before, Counter(world.calls()[called:])
    endings = min(section.pick(200, 10), runs)
    late = lateness(world, endings, over=pace, patience=3 * pace + 5)
    if len(late) < endings:
        section.note(f"{endings - len(late)} of {endings} endings were not told in time.")
    return Rest(
        cpu=spent * 1000 / runs / minutes,
        calls=Counter({name: count / minutes for name, count in calls.items()}),
        memory=sum(map(memory, bots)),
        late=[seconds * speed for seconds in late] or [0.0],
    )


def cpu_seconds(bots: Sequence[Bot]) -> float:
    """Return the CPU seconds of all processes."""
    stats = [Path(f"/proc/{bot.popen.pid}/stat").read_text() for bot in bots]
    ticks = [sum(map(int, stat.rpartition(")")[2].split()[11:13])) for stat in stats]
    return sum(ticks) / 100


def memory(bot: Bot, what: str = "VmHWM") -> float:
    """Return MiB; VmHWM is the most so far, VmRSS the current value."""
    status = Path(f"/proc/{bot.popen.pid}/status").read_text()
    found = re.search(rf"{what}:\s+(\d+)", status)
    return int(found[1]) / 1024 if found else 0.0
