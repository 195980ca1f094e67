"""5. Cold start: from the process's start to its first acknowledgement."""

import os
import socket
import subprocess
import time
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.figure import Section, at_most, percentile
from bench.load import Order, is_complete, requests
from bench.servers import (
    BOLT_GUIDE,
    BOLT_HERE,
    BOLT_JS,
    PYTHON,
    ROOT,
    STARTS_WITHIN,
    Server,
    Subject,
    ours,
    start,
)
from bench.stores import postgres_copies, sqlite_copies
from bench.world import World

FIRST_ACK = "start to first ack"
OURS = "phantombot, one process, SQLite"
WEB = "phantombot web, PostgreSQL"
AIMS = {OURS: 1.8, WEB: 2.2}
"""The aims, as multiples of the empty Bolt app's time."""
WORTH_NAMING = 3.0
"""The milliseconds of import from which a package is in the table."""


def measure(section: Section) -> None:
    """Fill the section."""
    found: dict[str, list[float]] = defaultdict(list)
    with ExitStack() as ending:
        folder = Path(ending.enter_context(TemporaryDirectory()))
        world = ending.enter_context(World("", folder, workspaces=1, agents=1))
        sqlite = ending.enter_context(sqlite_copies(world.prepare))
        postgres = ending.enter_context(postgres_copies(world.prepare))
        peers = [peer for peer in (BOLT_HERE, BOLT_GUIDE, BOLT_JS) if not peer.missing]
        entrants: list[tuple[Subject, dict[str, str]]] = [
            (ours(OURS, {}), world.on(sqlite())),
            (ours(WEB, {}, "web"), world.on(postgres())),
            *((peer, world.environ) for peer in peers),
        ]
        for _ in section.rounds(9):
            for subject, environ in entrants:
                found[subject.whose].append(_first_ack(subject, environ, folder) * 1000)
        _fill(section, [subject for subject, _ in entrants], found)
        _add_imports(section, world.on(sqlite()))


def _fill(section: Section, subjects: Sequence[Subject], found: Mapping[str, list[float]]) -> None:
    peer = percentile(found[BOLT_HERE.whose], 0.5)
    for subject in subjects:
        rounds, aim = found[subject.whose], None
        if subject.ours:
            middle = percentile(rounds, 0.5)
            aim = at_most(AIMS[subject.whose], middle, peer, "Bolt's on waitress")
        section.add(FIRST_ACK, subject.whose, rounds, unit="ms", aim=aim, ours=subject.ours)


def _first_ack(subject: Subject, environ: Mapping[str, str], folder: Path) -> float:
    """Return the seconds from the process's start until a command is acknowledged."""
    server = start(subject, environ, folder)
    try:
        secret = environ["SLACK_SIGNING_SECRET"]
        order = Order(server.port, secret, 1, 1, run=str(time.monotonic_ns()))
        (command,) = requests(replace(order, workspaces=(("T0000", "C0GENERAL"),)))
        while time.monotonic() < server.began + STARTS_WITHIN:
            if _asked(server, command).startswith(b"HTTP/1.1 200"):
                return time.monotonic() - server.began
            time.sleep(0.001)
    finally:
        server.stop()
    raise RuntimeError(f"{subject.whose} does not start:\n{server.log.read_text()[-2000:]}")


def _asked(server: Server, command: bytes) -> bytes:
    whole = b""
    with suppress(OSError), socket.create_connection(("127.0.0.1", server.port), 5) as one:
        one.sendall(command)
        while not is_complete(whole) and (piece := one.recv(65536)):
            whole += piece
    return whole


LISTENING = """
import os, sys
from phantombot.processes import Process
from phantombot.config import read_settings
Process(read_settings(os.environ))
"""


def _add_imports(section: Section, environ: Mapping[str, str]) -> None:
    """Add what is loaded before they listen, by package, and how long it takes."""
    bolt = "import bench.peers.empty_bolt, waitress"
    for whose, code, more in (
        (OURS, LISTENING, {}),
        (BOLT_HERE.whose, bolt, {"LEAN": "1"}),
    ):
        rounds = [_imports(code, {**environ, **more}) for _ in range(section.pick(5, 1))]
        section.add(
            "imports until it listens",
            whose,
            [found.total() for found in rounds],
            unit="ms",
            ours=whose == OURS,
        )
        medians = {name: percentile([found[name] for found in rounds], 0.5) for name in rounds[0]}
        named = [name for name in medians if medians[name] > WORTH_NAMING]
        named.sort(key=lambda name: -medians[name])
        said = ", ".join(f"{name} {medians[name]:.0f}" for name in named)
        section.note(f"Imports of {whose}, in ms: {said}.")


def _imports(code: str, environ: Mapping[str, str]) -> Counter[str]:
    """Return milliseconds by top-level package, each without its own imports."""
    done = subprocess.run(
        [PYTHON, "-X", "importtime", "-c", code],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], **environ, "PORT": "0"},
        capture_output=True,
        text=True,
        timeout=30,
        check=True,
    )
    found: Counter[str] = Counter()
    for line in done.stderr.splitlines():
        cells = line.removeprefix("import time:").split("|")
        if len(cells) == 3 and cells[0].strip().isdigit():
            found[cells[2].strip().partition(".")[0]] += int(cells[0]) / 1000
    return found
