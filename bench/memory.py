"""6. Memory: an hour's load in fast motion, and what each process holds meanwhile."""

import statistics
import threading
import time
from collections import defaultdict
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit

from bench.figure import Aim, Section
from bench.load import Order
from bench.open_runs import memory
from bench.servers import load
from bench.stores import postgres_copies, sqlite_copies
from bench.world import FIRST_AGENT, Bot, World

SPEED = 60.0
SECONDS = 60.0
"""Seconds of real time: an hour of the bot's."""
PER_SECOND = 6.0
RUN_TAKES = 30.0
FLAT = 3.0
"""The most MiB that a process may grow by from the second quarter of the hour to the last."""
HOLDS, GROWS = "memory at the end of the hour", "growth, second quarter to last"


def measure(section: Section) -> None:
    """Fill the section."""
    samples: dict[str, list[float]] = defaultdict(list)
    for _ in section.rounds(1):
        with ExitStack() as ending:
            folder = Path(ending.enter_context(TemporaryDirectory()))
            world = World("", folder, 3, 40, seconds=RUN_TAKES, speed=SPEED)
            ending.enter_context(world)
            sqlite = ending.enter_context(sqlite_copies(world.prepare))()
            postgres = ending.enter_context(postgres_copies(world.prepare))()
            bots = {
                "one process, SQLite": Bot(world.on(sqlite), folder / "1.log", "", SPEED),
                "web, PostgreSQL": Bot(world.on(postgres), folder / "2.log", "web", SPEED),
                "worker, PostgreSQL": Bot(world.on(postgres), folder / "3.log", "worker", SPEED),
            }
            for bot in bots.values():
                ending.callback(bot.kill)
            launched = _an_hour(section, world, bots, samples)
    for whose, held in samples.items():
        section.add(HOLDS, whose, [held[-1]], unit="MiB", ours=True)
    for whose, held in samples.items():
        grown = _quarter(held, 4) - _quarter(held, 2)
        flat = Aim(f"flat: under {FLAT:.0f} MiB", grown < FLAT)
        section.add(GROWS, whose, [grown], unit="MiB", ours=True, aim=flat)
    section.note(f"{launched:,} launches in the hour, which passed {SPEED:.0f} times as fast.")


def _an_hour(
    section: Section, world: World, bots: dict[str, Bot], samples: dict[str, list[float]]
) -> int:
    seconds = section.pick(SECONDS, 3.0)
    loads = [
        threading.Thread(target=_send, args=(world, bot, seconds))
        for bot in bots.values()
        if bot.url
    ]
    for one in loads:
        one.start()
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        for whose, bot in bots.items():
            samples[whose].append(memory(bot, "VmRSS"))
        time.sleep(seconds / 60)
    for one in loads:
        one.join()
    return len(world.phantombuster.launches)


def _send(world: World, bot: Bot, seconds: float) -> None:
    load(
        Order(
            port=urlsplit(bot.url).port or 0,
            secret=world.environ["SLACK_SIGNING_SECRET"],
            commands=int(PER_SECOND * seconds),
            seconds=seconds,
            per_second=PER_SECOND,
            workspaces=tuple((team, world.channels[team]) for team in world.teams),
            agents=(FIRST_AGENT, world.agents),
            run=str(time.monotonic_ns()),
            response_url=world.response_url,
            must_say="aunching",
        )
    )


def _quarter(held: list[float], number: int) -> float:
    length = max(len(held) // 4, 1)
    return statistics.median(held[(number - 1) * length : number * length] or held[-1:])
