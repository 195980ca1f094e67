"""11. The ack path while others hold connections: 2,000 idle, and 200 that send a byte a second."""

import http.client
import socket
import statistics
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Self

from bench.ack import P50, P99, RATE, SLOW, Entrant, Rounds, one_round
from bench.figure import Aim, Section
from bench.servers import Server, ours, running
from bench.stores import sqlite_copies
from bench.world import World
from phantombot.sandbox.phantombuster import FOREVER
from phantombot.sockets import room_for

IDLE, DRIPPING = 2_000, 200
CALM = "phantombot, one process, SQLite"
WORSE = {RATE: 0.9, P50: 1.25, P99: 2.0}
"""The bounds of what is as before: the share of the rate that stays, how many times as late."""
HEALTH = "GET /healthz, longest"
HEAD = b"POST /slack/events HTTP/1.1\r\nHost: bot\r\nContent-Length: 1000\r\n\r\n"


def measure(section: Section) -> None:
    """Fill the section."""
    idle, dripping = section.pick((IDLE, DRIPPING), (200, 20))
    whose = f"the same, {idle:,} idle and {dripping:,} dripping connections"
    compare(section, whose, lambda port: Crowd(port, idle, dripping))


class Crowd:
    """Connections that send nothing, and some that begin a POST and go on by a byte a second.

    What the other end closes is opened again.
    """

    def __init__(self, port: int, idle: int, dripping: int) -> None:
        room_for(idle + dripping)
        self._address = ("127.0.0.1", port)
        self._idle, self._dripping = idle, dripping
        self._held: list[socket.socket | None] = []
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._drip, daemon=True)

    def __enter__(self) -> Self:
        self._held = [self._begin(number) for number in range(self._idle + self._dripping)]
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()
        for one in filter(None, self._held):
            one.close()

    def _begin(self, number: int) -> socket.socket | None:
        with suppress(OSError):
            one = socket.create_connection(self._address, timeout=5)
            if number >= self._idle:
                one.sendall(HEAD)
            return one
        return None

    def _drip(self) -> None:
        while not self._over.is_set():
            for number in range(self._idle, len(self._held)):
                self._held[number] = self._dripped(number)
                # A second for all of them, evenly.
                self._over.wait(1 / self._dripping)

    def _dripped(self, number: int) -> socket.socket | None:
        one = self._held[number]
        if one is not None:
            with suppress(OSError):
                one.sendall(b"x")
                return one
            one.close()
        return self._begin(number)


def compare(
    section: Section, whose: str, harm: Callable[[int], AbstractContextManager[object]]
) -> None:
    """Measure the ack path with and without what `harm` does to a port, in turn."""
    found: Rounds = defaultdict(list)
    with ExitStack() as ending:
        folder = Path(ending.enter_context(TemporaryDirectory()))
        world = ending.enter_context(World("", folder, workspaces=10, agents=100, seconds=FOREVER))
        store = ending.enter_context(sqlite_copies(world.prepare))
        world.phantombuster.fault("slow", times=None, seconds=SLOW)
        calm, harmed = ours(CALM, {}), ours(whose, {})
        entrants = [
            Entrant(calm, lambda: running(calm, world.on(store()))),
            Entrant(harmed, lambda: _harmed(running(harmed, world.on(store())), harm, found)),
        ]
        for number in section.rounds(3):
            for entrant in entrants[:: (-1) ** number]:
                one_round(section, world, entrant, found)
    _fill(section, whose, found)


@contextmanager
def _harmed(
    server: AbstractContextManager[Server],
    harm: Callable[[int], AbstractContextManager[object]],
    found: Rounds,
) -> Iterator[Server]:
    with server as one, harm(one.port), _asked_for_health(one.port, found):
        yield one


@contextmanager
def _asked_for_health(port: int, found: Rounds) -> Iterator[None]:
    """Ask each half second, on a connection of its own each time."""
    over, late = threading.Event(), [0.0]

    def ask() -> None:
        while not over.wait(0.5):
            began = time.monotonic()
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
            with suppress(OSError):
                connection.request("GET", "/healthz")
                connection.getresponse().read()
            connection.close()
            late.append((time.monotonic() - began) * 1000)

    asking = threading.Thread(target=ask, daemon=True)
    asking.start()
    try:
        yield
    finally:
        over.set()
        asking.join()
        found[HEALTH, "under it"].append(max(late))


def _fill(section: Section, whose: str, found: Rounds) -> None:
    for name, unit in ((RATE, "/s"), (P50, "ms"), (P99, "ms")):
        calm, harmed = found[name, CALM], found[name, whose]
        ratio = statistics.median(harmed) / statistics.median(calm)
        as_before = ratio >= WORSE[name] if name == RATE else ratio <= WORSE[name]
        bound = "at least" if name == RATE else "at most"
        aim = Aim(f"{bound} {WORSE[name]:g} times as without ({ratio:.2f})", as_before)
        section.add(name, CALM, calm, unit=unit, ours=True)
        section.add(name, whose, harmed, unit=unit, ours=True, aim=aim)
    section.add(HEALTH, whose, found[HEALTH, "under it"], unit="ms", ours=True)
