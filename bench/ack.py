"""1. The ack path: a signed launch through all of it, against those who do less."""

import sqlite3
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.figure import Aim, Section, at_least, at_most, percentile
from bench.load import Answer, Order
from bench.placed import place_runs
from bench.servers import (
    BARE,
    BOLT_HERE,
    PEERS_OF_THE_ACK,
    Server,
    Subject,
    load,
    ours,
    ours_on_granian,
    running,
)
from bench.stores import postgres_copies, sqlite_copies
from bench.world import FIRST_AGENT, Bot, World
from phantombot.sandbox.phantombuster import FOREVER

RATE = "acks a second, as many as go"
P50, P99, MOST = "ack at 100/s, p50", "ack at 100/s, p99", "ack at 100/s, longest"
PER_SECOND = 100
SLOW = 10.0
"""The seconds that Phantombuster takes for each answer."""
MOST_TIMES_P99 = 2.0
"""The aim of the p99, as a multiple of the empty Bolt app's."""
ONE = ours("phantombot, one process, SQLite", {})
WEB = ours("phantombot web and worker, PostgreSQL", {}, "web")
GRANIAN = ours_on_granian("the same, web on granian, two processes", {})
LEAST_RATE = {ONE.whose: 0.8, WEB.whose: 0.5, GRANIAN.whose: 0.5}
"""The aim of the rate, as a multiple of the empty Bolt app's."""
DISK = "SQLite itself: one row, synced to disk"

Rounds = dict[tuple[str, str], list[float]]


@dataclass(frozen=True)
class Entrant:
    """Who is measured, and how to run it, on a store of its own if it needs one."""

    subject: Subject
    run: Callable[[], AbstractContextManager[Server]]


def measure(section: Section) -> None:
    """Fill the section."""
    runs, workspaces = section.pick((1000, 10), (20, 2))
    with ExitStack() as ending:
        folder = Path(ending.enter_context(TemporaryDirectory()))
        world = ending.enter_context(
            World("", folder, workspaces=workspaces, agents=runs // workspaces, seconds=FOREVER)
        )
        entrants = [*_peers(section, world), *_ours(ending, world)]
        world.phantombuster.fault("slow", times=None, seconds=SLOW)
        found: Rounds = defaultdict(list)
        for number in section.rounds(3):
            found[RATE, DISK].append(_disk_rate(folder, section.pick(1.0, 0.2)))
            for entrant in entrants[number:] + entrants[:number]:
                one_round(section, world, entrant, found)
    _fill(section, [entrant.subject for entrant in entrants], found)


def _peers(section: Section, world: World) -> list[Entrant]:
    for peer in PEERS_OF_THE_ACK:
        if peer.missing:
            section.note(f"Not measured: {peer.whose}, since {peer.missing}.")
    return [
        Entrant(peer, lambda peer=peer: running(peer, world.environ))
        for peer in PEERS_OF_THE_ACK
        if not peer.missing
    ]


def _ours(ending: ExitStack, world: World) -> list[Entrant]:
    def prepare(url: str) -> None:
        world.prepare(url)
        place_runs(world, url)

    sqlite = ending.enter_context(sqlite_copies(prepare))
    postgres = ending.enter_context(postgres_copies(prepare))
    return [
        Entrant(ONE, lambda: running(ONE, world.on(sqlite()))),
        Entrant(WEB, lambda: with_worker(WEB, world, postgres())),
        Entrant(GRANIAN, lambda: with_worker(GRANIAN, world, postgres())),
    ]


@contextmanager
def with_worker(subject: Subject, world: World, url: str) -> Iterator[Server]:
    """Run the subject with a worker beside it that follows."""
    environ = world.on(url)
    worker = Bot(environ, world.folder / f"worker-{time.monotonic_ns()}.log", "worker")
    try:
        with running(subject, environ) as server:
            yield server
    finally:
        worker.kill()


def one_round(section: Section, world: World, entrant: Entrant, found: Rounds) -> None:
    whose = entrant.subject.whose
    with entrant.run() as server:
        load(order_of(world, server, entrant, commands=200, seconds=5))
        most = order_of(world, server, entrant, commands=40_000, seconds=section.pick(2.0, 0.5))
        answer = load(most)
        found[RATE, whose].append(answer.answered / answer.took)
        if entrant.subject is BARE:
            section.note(
                f"The load itself took {answer.busy:.0%} of a core at"
                f" {answer.answered / answer.took:,.0f} commands a second."
            )
        if entrant.subject.ours:
            # The commands of this round must not slow down the next.
            server.stop()
        else:
            _open_loop(section, world, server, entrant, found)
    if entrant.subject.ours:
        with entrant.run() as server:
            load(order_of(world, server, entrant, commands=200, seconds=5))
            _open_loop(section, world, server, entrant, found)


def _open_loop(
    section: Section, world: World, server: Server, entrant: Entrant, found: Rounds
) -> None:
    seconds = section.pick(5.0, 1.0)
    order = order_of(
        world, server, entrant, commands=2_000, seconds=seconds, per_second=float(PER_SECOND)
    )
    late = _milliseconds(load(order))
    whose = entrant.subject.whose
    found[P50, whose].append(percentile(late, 0.5))
    found[P99, whose].append(percentile(late, 0.99))
    found[MOST, whose].append(late[-1])


def _milliseconds(answer: Answer) -> list[float]:
    return sorted(seconds * 1000 for seconds in answer.late.values())


def order_of(world: World, server: Server, entrant: Entrant, **sizes) -> Order:
    """Return an order for the world's workspaces and agents, different from every order before."""
    return Order(
        port=server.port,
        secret=world.environ["SLACK_SIGNING_SECRET"],
        workspaces=tuple((team, world.channels[team]) for team in world.teams),
        agents=(FIRST_AGENT, world.agents),
        must_say=entrant.subject.must_say,
        run=str(time.monotonic_ns()),
        response_url=world.response_url,
        **sizes,
    )


def _disk_rate(folder: Path, seconds: float) -> float:
    """Return the rows a second that one writer can durably write to this disk, doing
    nothing else.
    """
    with sqlite3.connect(folder / "disk.db", isolation_level=None) as connection:
        for pragma in ("journal_mode = WAL", "synchronous = FULL"):
            connection.execute(f"PRAGMA {pragma}")
        connection.execute("CREATE TABLE IF NOT EXISTS t (id INTEGER PRIMARY KEY, text TEXT)")
        rows, began = 0, time.monotonic()
        while time.monotonic() < began + seconds:
            connection.execute("INSERT INTO t (text) VALUES (?)", ("x" * 600,))
            rows += 1
    return rows / (time.monotonic() - began)


def _fill(section: Section, subjects: Sequence[Subject], found: Rounds) -> None:
    for name, unit in ((RATE, "/s"), (P50, "ms"), (P99, "ms"), (MOST, "ms")):
        for subject in sorted(subjects, key=lambda subject: not subject.ours):
            aim = _aim(name, subject, found) if subject.ours else None
            section.add(
                name,
                subject.whose,
                found[name, subject.whose],
                unit=unit,
                ours=subject.ours,
                aim=aim,
            )
        if (name, DISK) in found:
            section.add(name, DISK, found[name, DISK], unit=unit)


def _aim(name: str, subject: Subject, found: Rounds) -> Aim | None:
    mine, peer = (percentile(found[name, one.whose], 0.5) for one in (subject, BOLT_HERE))
    if name == RATE:
        return at_least(LEAST_RATE[subject.whose], mine, peer, "Bolt's on waitress")
    if name == P99:
        return at_most(MOST_TIMES_P99, mine, peer, "Bolt's on waitress")
    return None
