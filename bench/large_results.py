"""6b. Large results: what runs that end together cost their workspace, and everybody else."""

import threading
import time
from collections import defaultdict
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlsplit

from bench.figure import Aim, Section, percentile
from bench.load import Order
from bench.open_runs import memory
from bench.servers import load
from bench.stores import sqlite_copies
from bench.world import FIRST_AGENT, Bot, World

RUNS = 16
ROWS = 36_700
"""Rows of some 134 bytes each: 4.9 MB, just below what is read of an answer."""
RUN_TAKES = 4.0
PATIENCE = 120.0
PER_SECOND = 20.0
LARGEST = 200.0
"""MiB that the process may hold at the most."""
LONGEST_P99 = 250.0
IDLE, MOST = "memory before the results", "memory at the most"
ALONE = "ack without results"
BESIDE = "ack beside the results"
TOLD = "from the first launch to the last file"


def measure(section: Section) -> None:
    """Fill the section."""
    runs, rows = section.pick((RUNS, ROWS), (3, 1_000))
    whose = f"phantombot, {runs} results of {len(str(_rows(rows))) / 1e6:.1f} MB"
    found: dict[str, list[float]] = defaultdict(list)
    with ExitStack() as ending:
        folder = Path(ending.enter_context(TemporaryDirectory()))
        world = World("", folder, 2, runs, seconds=RUN_TAKES, result=_rows(rows))
        ending.enter_context(world)
        copies = ending.enter_context(sqlite_copies(world.prepare))
        for number in section.rounds(3):
            bot = Bot(world.on(copies()), folder / f"{number}.log")
            try:
                _one_round(section, world, bot, found)
            finally:
                bot.kill()
    _fill(section, whose, found)


def _rows(count: int) -> list[dict[str, Any]]:
    about = "Head of Sales & Marketing at Café, Paris"
    return [
        {"profileUrl": f"https://www.linkedin.com/in/person-{n}/", "about": about, "n": n}
        for n in range(count)
    ]


def _one_round(section: Section, world: World, bot: Bot, found: dict[str, list[float]]) -> None:
    _acks(world, bot, section.pick(5.0, 1.0))  # its people and agents are known afterwards
    alone = _acks(world, bot, section.pick(5.0, 1.0))
    found[IDLE].append(memory(bot, "VmRSS"))
    files, began = _files(world), time.monotonic()
    load(_order(world, bot, world.teams[0], commands=world.agents, seconds=2.0))
    acks: list[float] = []
    done = threading.Event()

    def beside() -> None:
        while not done.is_set():
            acks.extend(_acks(world, bot, 1.0))

    thread = threading.Thread(target=beside)
    thread.start()
    told = world.slack.wait_for(lambda _: _files(world) >= files + world.agents, PATIENCE)
    found[TOLD].append(time.monotonic() - began)
    done.set()
    thread.join()
    if not told:
        section.note(f"{files + world.agents - _files(world)} of the files were not told in time.")
    found[MOST].append(memory(bot))
    for name, late in ((ALONE, alone), (BESIDE, acks)):
        for says, share in (("p50", 0.5), ("p99", 0.99), ("longest", 1.0)):
            found[f"{name}, {says}"].append(percentile(late, share))


def _acks(world: World, bot: Bot, seconds: float) -> list[float]:
    """Return the milliseconds that the other workspace's commands wait."""
    team, commands = world.teams[1], int(seconds * PER_SECOND)
    order = _order(world, bot, team, commands=commands, seconds=seconds, per_second=PER_SECOND)
    return [late * 1000 for late in load(order).late.values()]


def _order(world: World, bot: Bot, team: str, **sizes: Any) -> Order:
    return Order(
        port=urlsplit(bot.url).port or 0,
        secret=world.environ["SLACK_SIGNING_SECRET"],
        workspaces=((team, world.channels[team]),),
        agents=(FIRST_AGENT, world.agents),
        run=str(time.monotonic_ns()),
        response_url=world.response_url,
        must_say="",
        **sizes,
    )


def _files(world: World) -> int:
    """Return how many files stand in the channel of the first workspace."""
    channel = world.channels[world.teams[0]]
    return sum(len(message.files) for message in world.slack.messages(channel, replies=True))


def _fill(section: Section, whose: str, found: dict[str, list[float]]) -> None:
    units = {IDLE: "MiB", MOST: "MiB", TOLD: "s"}
    for name, rounds in found.items():
        section.add(
            name, whose, rounds, unit=units.get(name, "ms"), ours=True, aim=_aim(name, rounds)
        )


def _aim(name: str, rounds: list[float]) -> Aim | None:
    median = percentile(rounds, 0.5)
    if name == MOST:
        return Aim(f"under {LARGEST:.0f} MiB", median < LARGEST)
    if name == f"{BESIDE}, p99":
        return Aim(f"under {LONGEST_P99:.0f} ms", median < LONGEST_P99)
    return None
