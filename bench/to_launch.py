"""2. From Slack's POST to the launch arriving at Phantombuster."""

import json
import time
from collections import defaultdict
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.ack import Entrant, order_of, with_worker
from bench.figure import Section, at_most, percentile
from bench.servers import LAUNCHING_BOLT, load, ours, running
from bench.stores import postgres_copies, sqlite_copies
from bench.world import World

P50, P99 = "command to launch, p50", "command to launch, p99"
ONE = ours("phantombot, one process, SQLite", {})
WEB = ours("phantombot web and worker, PostgreSQL", {}, "web")
AIMS = {P50: {ONE.whose: 3.5, WEB.whose: 5.0}, P99: {ONE.whose: 10.0, WEB.whose: 15.0}}
"""The aims, as multiples of the p50 of a Bolt app that launches at once."""
PER_SECOND = 10.0


def measure(section: Section) -> None:
    """Fill the section."""
    found: dict[tuple[str, str], list[float]] = defaultdict(list)
    with ExitStack() as ending:
        folder = Path(ending.enter_context(TemporaryDirectory()))
        world = ending.enter_context(World("", folder, workspaces=10, agents=20, seconds=5))
        sqlite = ending.enter_context(sqlite_copies(world.prepare))
        postgres = ending.enter_context(postgres_copies(world.prepare))
        entrants = [
            Entrant(ONE, lambda: running(ONE, world.on(sqlite()))),
            Entrant(WEB, lambda: with_worker(WEB, world, postgres())),
            Entrant(LAUNCHING_BOLT, lambda: running(LAUNCHING_BOLT, world.environ)),
        ]
        for number in section.rounds(3):
            for entrant in entrants[number:] + entrants[:number]:
                late = _round(section, world, entrant)
                found[P50, entrant.subject.whose].append(percentile(late, 0.5))
                found[P99, entrant.subject.whose].append(percentile(late, 0.99))
    forgetful = percentile(found[P50, LAUNCHING_BOLT.whose], 0.5)
    for name, times in AIMS.items():
        for entrant in entrants:
            subject, rounds = entrant.subject, found[name, entrant.subject.whose]
            aim = None
            if subject.ours:
                middle = percentile(rounds, 0.5)
                aim = at_most(times[subject.whose], middle, forgetful, "the p50 of the Bolt app")
            section.add(name, subject.whose, rounds, unit="ms", ours=subject.ours, aim=aim)


def _round(section: Section, world: World, entrant: Entrant) -> list[float]:
    """Return the milliseconds from when each command was due to its launch."""
    with entrant.run() as server:
        known = len(world.phantombuster.launches)
        # Modules loaded at the first launch are loaded before the measurement.
        load(order_of(world, server, entrant, commands=10, seconds=5))
        world.phantombuster.wait_for_launch(known + 10, 20)
        time.sleep(section.pick(2, 0.5))
        known = len(world.phantombuster.launches)
        sent = order_of(
            world,
            server,
            entrant,
            commands=section.pick(100, 20),
            seconds=section.pick(10, 2),
            per_second=PER_SECOND,
        )
        answer = load(sent)
        world.phantombuster.wait_for_launch(known + len(answer.due), 20)
        launches = world.phantombuster.launches[known:]
        asked = [(json.loads(launch.argument or "{}"), launch.at) for launch in launches]
        at = {given["n"]: when for given, when in asked if given.get("run") == sent.run}
    if len(at) < len(answer.due):
        section.note(f"{len(answer.due) - len(at)} of {entrant.subject.whose} never arrived.")
    return [(at[number] - due) * 1000 for number, due in answer.due.items() if number in at]
