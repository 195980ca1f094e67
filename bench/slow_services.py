"""3. From Slack's POST to the launch's arrival, while Slack and Phantombuster take their time."""

import re
import time
from collections import defaultdict
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import unquote_plus

from bench.ack import Entrant, order_of, with_worker
from bench.figure import Aim, Section, percentile
from bench.load import Order
from bench.servers import load, ours, running
from bench.stores import postgres_copies, sqlite_copies
from bench.world import World

ANSWER_TAKES = 0.25
"""The seconds that Slack and Phantombuster take for every answer."""
P50, P99 = "command to launch with 250 ms services, p50", "the same, p99"
AIMS = {P50: (0.25, "a quarter of one answer's time"), P99: (0.5, "half of one answer's time")}
PER_SECOND = 10.0


class Stamped(list[Any]):
    """Requests with the time of their arrival, before any of them is handled."""

    def __init__(self) -> None:
        super().__init__()
        self.at: list[float] = []

    def append(self, request: Any) -> None:
        """Take the time of a request."""
        self.at.append(time.monotonic())
        super().append(request)


def measure(section: Section) -> None:
    """Fill the section."""
    found: dict[tuple[str, str], list[float]] = defaultdict(list)
    with ExitStack() as ending:
        folder = Path(ending.enter_context(TemporaryDirectory()))
        world = ending.enter_context(World("", folder, workspaces=10, agents=20, seconds=5))
        world.slack.fail("*", "slow", times=None, seconds=ANSWER_TAKES)
        world.phantombuster.fault("slow", times=None, seconds=ANSWER_TAKES)
        sqlite = ending.enter_context(sqlite_copies(world.prepare))
        postgres = ending.enter_context(postgres_copies(world.prepare))
        one = ours("phantombot, one process, SQLite", {})
        web = ours("phantombot web and worker, PostgreSQL", {}, "web")
        entrants = [
            Entrant(one, lambda: running(one, world.on(sqlite()))),
            Entrant(web, lambda: with_worker(web, world, postgres())),
        ]
        for number in section.rounds(3):
            for entrant in entrants[number % 2 :] + entrants[: number % 2]:
                late = _round(section, world, entrant)
                found[P50, entrant.subject.whose].append(percentile(late, 0.5))
                found[P99, entrant.subject.whose].append(percentile(late, 0.99))
    _fill(section, entrants, found)


def _fill(
    section: Section, entrants: list[Entrant], found: dict[tuple[str, str], list[float]]
) -> None:
    for name, (share, says) in AIMS.items():
        for entrant in entrants:
            whose, rounds = entrant.subject.whose, found[name, entrant.subject.whose]
            median = percentile(rounds, 0.5)
            aim = Aim(f"at most {says}", median <= share * ANSWER_TAKES * 1000)
            section.add(name, whose, rounds, unit="ms", ours=True, aim=aim)
            answers = median / 1000 / ANSWER_TAKES
            section.note(f"{whose}, {name[-3:]}: {answers:.2f} answers' time.")


def _round(section: Section, world: World, entrant: Entrant) -> list[float]:
    """Return the milliseconds from when each command was due until its launch arrived."""
    requests = world.phantombuster.requests = Stamped()
    with entrant.run() as server:
        # One command in each workspace: after it, its people and agents are known.
        warm = order_of(world, server, entrant, commands=len(world.teams), seconds=10)
        load(warm)
        _wait_for(requests, warm, len(world.teams))
        time.sleep(section.pick(5, 4))
        commands = section.pick(200, 60)
        sent = order_of(
            world,
            server,
            entrant,
            commands=commands,
            seconds=commands / PER_SECOND,
            per_second=PER_SECOND,
        )
        answer = load(sent)
        at = _wait_for(requests, sent, len(answer.due))
    if len(at) < len(answer.due):
        section.note(f"{len(answer.due) - len(at)} of {entrant.subject.whose} never arrived.")
    return [(at[number] - due) * 1000 for number, due in answer.due.items() if number in at]


def _wait_for(requests: Stamped, order: Order, count: int) -> dict[int, float]:
    """Return when each of the order's launches arrived, once all have, or after a while."""
    deadline = time.monotonic() + 20
    while len(found := _arrivals(requests, order)) < count and time.monotonic() < deadline:
        time.sleep(0.1)
    return found


def _arrivals(requests: Stamped, order: Order) -> dict[int, float]:
    found: dict[int, float] = {}
    for at, request in zip(list(requests.at), list(requests), strict=False):
        said = unquote_plus(request.body.decode()).replace('\\"', '"') + str(
            request.query.get("argument")
        )
        named = re.search(rf'"n": (\d+), "run": "{re.escape(order.run)}"', said)
        if named:
            found.setdefault(int(named[1]), at)
    return found
