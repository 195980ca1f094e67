"""3. From a run's end until the edit with the ending arrives at Slack."""

import time
from collections import defaultdict
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.figure import Section, percentile
from bench.placed import place_runs
from bench.stores import sqlite_copies
from bench.world import AGENT, ENDINGS, FIRST_AGENT, Bot, World
from phantombot.sandbox.phantombuster import FOREVER
from phantombot.worker.backoff import FIRST_PACE

EDIT = "chat.update"
P50, P99 = "end to message, p50", "end to message, p99"
POLLED = "phantombot, by looking"
PACE = "the pace at which a young run is looked at"


def measure(section: Section) -> None:
    """Fill the section."""
    found: dict[str, list[float]] = defaultdict(list)
    with ExitStack() as ending:
        folder = Path(ending.enter_context(TemporaryDirectory()))
        for _ in section.rounds(3):
            with World("", folder, workspaces=10, agents=20, seconds=FOREVER) as world:
                late = _round(section, world)
            found[P50].append(percentile(late, 0.5))
            found[P99].append(percentile(late, 0.99))
    seconds = FIRST_PACE.total_seconds()
    for name, share in ((P50, 0.5), (P99, 1.0)):
        section.add(name, POLLED, [late * 1000 for late in found[name]], unit="ms", ours=True)
        section.add(name, PACE, [seconds * share * 1000], unit="ms")


def _round(section: Section, world: World) -> list[float]:
    """Return the seconds from the end of each of some young runs to its message."""

    def prepare(url: str) -> None:
        world.prepare(url)
        place_runs(world, url, age=timedelta(seconds=10))

    with sqlite_copies(prepare) as copies:
        bot = Bot(world.on(copies()), world.folder / "bot.log")
        try:
            time.sleep(3)
            return lateness(world, section.pick(100, 10), over=section.pick(6.0, 2.0), patience=20)
        finally:
            bot.kill()


def lateness(world: World, endings: int, over: float, patience: float) -> list[float]:
    """Return the seconds from each run's end to the edit with it, for runs that end
    over some seconds.
    """
    ended: dict[tuple[str, str], float] = {}
    begun = len(world.slack.calls)
    for number in range(endings):
        team = world.teams[number % len(world.teams)]
        agent = str(FIRST_AGENT + number // len(world.teams) % world.agents)
        world.phantombuster.finish(agent, account=team)
        ended[world.channels[team], agent] = time.time()
        time.sleep(over / endings)
    world.slack.wait_for(lambda _: len(arrivals(world, begun)) >= len(ended), patience)
    told = arrivals(world, begun)
    return sorted(told[place] - at for place, at in ended.items() if place in told)


def arrivals(world: World, begun: int, method: str = EDIT) -> dict[tuple[str, str], float]:
    """Return when each ending arrived first, by channel and agent."""
    told: dict[tuple[str, str], float] = {}
    for call in world.slack.calls[begun:]:
        text = str(call.fields.get("text"))
        found = AGENT.search(text)
        if call.method == method and text.startswith(ENDINGS) and found:
            told.setdefault((call.fields["channel"], found[1]), call.at)
    return told
