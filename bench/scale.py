"""4c. Scale: many workspaces on PostgreSQL, by the number of workers, with two web processes."""

import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event, Thread

import psycopg

from bench.figure import Section, percentile
from bench.open_runs import PACE, cpu_seconds, memory
from bench.placed import place_runs
from bench.stores import postgres_copies
from bench.to_message import lateness
from bench.world import Bot, World
from phantombot.sandbox.phantombuster import FOREVER

RUNS = 100
"""The open runs of each workspace, two hours old."""
PROGRESSING = 4 * 3600.0
"""Seconds that runs take which show new progress in each pass."""
GRID = [(100, 1, FOREVER), (100, 1, PROGRESSING), (300, 1, FOREVER)]
GRID += [(1_000, workers, FOREVER) for workers in (1, 2, 4)]
"""Numbers of workspaces and of workers, and the seconds that each run takes."""
WEBS = 2


@dataclass
class Load:
    """The highest load on PostgreSQL so far, and how to read the rest of it."""

    connection: psycopg.Connection
    postmaster: int
    connections: int = 0
    """The most connections of the bot's processes at once."""
    over: Event = field(default_factory=Event)

    def count(self) -> None:
        """Count the connections twice a second."""
        asked = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
        asked += " AND application_name LIKE 'phantombot%'"
        while not self.over.wait(0.5):
            self.connections = max(self.connections, self._one(asked))

    def transactions(self) -> int:
        """Return how many there were: most statements are one each."""
        asked = "SELECT xact_commit FROM pg_stat_database WHERE datname = current_database()"
        return self._one(asked)

    def cpu(self) -> float:
        """Return the CPU seconds of the server's processes, also of those that have ended."""
        ticks = sum(_stat(self.postmaster)[11:15])
        children = (_stat(int(folder.name)) for folder in Path("/proc").glob("[0-9]*"))
        ticks += sum(sum(one[11:13]) for one in children if one[1:2] == [self.postmaster])
        return ticks / os.sysconf("SC_CLK_TCK")

    def _one(self, asked: str) -> int:
        row = self.connection.execute(asked).fetchone()
        return row[0] if row else 0


@dataclass(frozen=True)
class Scale:
    """What so many workspaces cost, measured once. CPU is in percent of one core."""

    calls: float
    """Calls to Phantombuster in a minute."""
    edits: float
    """Calls to Slack in a minute."""
    transactions: float
    """Transactions in PostgreSQL in a minute."""
    workers: Sequence[float]
    """The CPU of each worker."""
    webs: float
    """The CPU of all web processes."""
    postgres: float
    """The CPU of all of PostgreSQL's processes."""
    memory: float
    """The most MiB that a worker held."""
    connections: int
    """The most connections to PostgreSQL at once."""
    first: float
    """The seconds from the start until every workspace was polled."""
    late: Sequence[float]
    """The seconds from an end to its message."""
    untold: int
    """Endings that were not told in time."""


FIGURES: tuple[tuple[str, str, Callable[[Scale], float]], ...] = (
    ("calls to Phantombuster a minute", "", lambda scale: scale.calls),
    ("calls to Slack a minute", "", lambda scale: scale.edits),
    ("PostgreSQL's transactions a minute", "", lambda scale: scale.transactions),
    ("CPU of all workers", "%", lambda scale: sum(scale.workers)),
    ("CPU of the busiest worker", "%", lambda scale: max(scale.workers)),
    ("CPU of PostgreSQL", "%", lambda scale: scale.postgres),
    ("CPU of all webs", "%", lambda scale: scale.webs),
    ("memory of a worker", "MiB", lambda scale: scale.memory),
    ("connections to PostgreSQL", "", lambda scale: float(scale.connections)),
    ("start to the last first poll", "s", lambda scale: scale.first),
)


def measure(section: Section) -> None:
    """Fill the section."""
    found: dict[str, Scale] = {}
    for workspaces, workers, seconds in section.pick(GRID, [(2, 2, PROGRESSING)]):
        name = f"{workspaces:,} workspaces, {workers} worker(s)"
        name += ", with progress" if seconds == PROGRESSING else ""
        for _ in section.rounds(1):
            found[name] = at_scale(section, workspaces, workers, seconds)
    _fill(section, found)
    section.note(f"Each workspace has {RUNS} open runs, two hours old; {WEBS} web processes.")
    section.note("CPU is that of one core; the local services share the cores, and are not in it.")


def _fill(section: Section, found: dict[str, Scale]) -> None:
    """Add the measurements figure by figure, so that the growth of each can be seen."""
    for name, unit, of in FIGURES:
        for where, scale in found.items():
            section.add(name, where, [of(scale)], unit=unit, ours=True)
    for where, scale in found.items():
        late = f"p50 {percentile([*scale.late], 0.5):.0f} s"
        late += f", p99 {percentile([*scale.late], 0.99):.0f} s"
        untold = f", {scale.untold} not in {2 * PACE:.0f} s" if scale.untold else ""
        section.add("end to message", where, says=f"{late}{untold}", ours=True)
    section.add("end to message", "limit: the pace of runs that old", [PACE], unit="s")


def at_scale(section: Section, workspaces: int, workers: int, seconds: float) -> Scale:
    """Measure so many workspaces."""
    with ExitStack() as ending:
        folder = Path(ending.enter_context(TemporaryDirectory()))
        world = World("", folder, workspaces, section.pick(RUNS, 5), seconds=seconds)
        ending.enter_context(world)

        def prepare(url: str) -> None:
            world.prepare(url)
            place_runs(world, url)

        url = ending.enter_context(postgres_copies(prepare))()
        load = ending.enter_context(load_of(url))
        began = time.monotonic()
        bots = _bots(ending, world, url, workers)
        _wait_for_first_polls(world)
        first = time.monotonic() - began
        return _measured(section, world, bots, load, first)


def _bots(ending: ExitStack, world: World, url: str, workers: int) -> list[Bot]:
    """Start the processes; return the webs and the workers."""
    bots = []
    for role in ["web"] * WEBS + ["worker"] * workers:
        bots.append(Bot(world.on(url), world.folder / f"{len(bots)}.log", role))
        ending.callback(bots[-1].kill)
    return bots


def _wait_for_first_polls(world: World) -> None:
    """Wait until each workspace was polled: a sweep wakes all of them at the start."""
    while len({request.account for request in world.phantombuster.requests}) < world.workspaces:
        time.sleep(0.2)


def _measured(section: Section, world: World, bots: list[Bot], load: Load, first: float) -> Scale:
    pace = section.pick(PACE, 4.0)
    workers = [bot for bot in bots if bot.role == "worker"]
    webs = [bot for bot in bots if bot.role == "web"]

    def counts() -> list[float]:
        said = [len(world.calls()), len(world.slack.calls), load.transactions()]
        cpu = [load.cpu(), cpu_seconds(webs), *(cpu_seconds([bot]) for bot in workers)]
        return [*said, *(100 * seconds for seconds in cpu)]

    # Workspaces are polled in the order of the first time, so that a pace holds one poll of each.
    before, began = counts(), time.monotonic()
    time.sleep(pace)
    seconds = time.monotonic() - began
    per_second = [(b - a) / seconds for a, b in zip(before, counts(), strict=True)]
    calls, edits, transactions, postgres, of_webs, *of_workers = per_second
    endings = section.pick(300, 4)
    late = lateness(world, endings, over=pace, patience=2 * PACE)
    return Scale(
        calls=calls * 60,
        edits=edits * 60,
        transactions=transactions * 60,
        workers=of_workers,
        webs=of_webs,
        postgres=postgres,
        memory=max(map(memory, workers)),
        connections=load.connections,
        first=first,
        late=late or [0.0],
        untold=endings - len(late),
    )


@contextmanager
def load_of(url: str) -> Iterator[Load]:
    """Yield the load on the database's server, whose connections are counted meanwhile."""
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
        row = connection.execute("SHOW data_directory").fetchone()
        pid = (Path(row[0] if row else "") / "postmaster.pid").read_text().split()[0]
        load = Load(connection, int(pid))
        thread = Thread(target=load.count)
        thread.start()
        try:
            yield load
        finally:
            load.over.set()
            thread.join()


def _stat(pid: int) -> list[int]:
    """Return the numbers of the process's /proc/PID/stat, from its state on; empty if it ended."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return []
    words = text.rpartition(")")[2].split()
    return [int(word) if word.isdecimal() else 0 for word in words]
