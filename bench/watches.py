"""8. Watching in v1: what it costs at rest, and how soon the end of a run started elsewhere is
posted.
"""

import time
from collections import Counter
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from bench.figure import Aim, Section, percentile
from bench.open_runs import cpu_seconds, memory
from bench.stores import postgres_copies, sqlite_copies
from bench.to_message import arrivals
from bench.world import FIRST_AGENT, Bot, World
from phantombot.access.audit import AuditAction, AuditEntry
from phantombot.config import read_settings
from phantombot.database.engine import Database
from phantombot.database.vault import Vault
from phantombot.sandbox.phantombuster import FOREVER
from phantombot.watches.model import Watch, Word
from phantombot.watches.store import Watches

POST = "chat.postMessage"
ROUNDS = 4
"""How often each account is read while the calls are counted."""
GRID = [(50, 1, 8.0), (500, 1, 8.0), (1_000, 200, 4.0)]
"""The number of watched agents, the workspaces they are spread over, and the speed of time."""
AIM = 0.3
"""The aim for the p99 seconds from an end to its message, with a webhook."""
ENDINGS = 100


@dataclass(frozen=True)
class Rest:
    """The bot at rest. Minutes are the bot's, CPU is the machine's."""

    cpu: float
    """CPU milliseconds per minute, of all processes."""
    calls: Counter[str]
    """Calls to Phantombuster per minute and workspace."""
    memory: float


def measure(section: Section) -> None:
    """Fill the section."""
    for agents, workspaces, speed in section.pick(GRID, [(20, 2, 30.0)]):
        for workers in (0, 1):
            for _ in section.rounds(1):
                rest = _at_rest(section, (agents, workspaces), workers, speed)
            _add(section, agents, workspaces, workers, rest)
    for workers in (0, 1):
        late = [_hooked(section, workers) for _ in section.rounds(3)]
        where = "web and worker, PostgreSQL" if workers else "one process, SQLite"
        for share in (0.5, 0.99):
            seconds = [percentile(one, share) for one in late]
            aim = Aim("under 300 ms", median(seconds) < AIM) if share > 0.5 else None
            shown = [one * 1000 for one in seconds]
            name = f"end to message, p{share * 100:.0f}"
            section.add(name, f"phantombot, {where}", shown, unit="ms", ours=True, aim=aim)
    section.note("At rest time passed several times as fast; minutes are those of the bot.")


def _add(section: Section, agents: int, workspaces: int, workers: int, rest: Rest) -> None:
    whose = "a worker, PostgreSQL" if workers else "one process, SQLite"
    where = f"{agents:,} agents watched, {workspaces:,} workspaces"
    calls = ", ".join(f"{name} {count:.2f}" for name, count in rest.calls.most_common())
    section.add(f"{where}: calls a minute and workspace", whose, says=calls, ours=True)
    section.add(f"{where}: CPU a minute", whose, [rest.cpu], unit="ms", ours=True)
    section.add(f"{where}: memory", whose, [rest.memory], unit="MiB", ours=True)


def _at_rest(section: Section, size: tuple[int, int], workers: int, speed: float) -> Rest:
    agents, workspaces = size
    with ExitStack() as ending:
        folder = Path(ending.enter_context(TemporaryDirectory()))
        world = World("", folder, workspaces, agents // workspaces, seconds=FOREVER, speed=speed)
        ending.enter_context(world)
        bots, watches = _watching(ending, world, ["worker"] * workers or [""], speed)
        _wait_until_seen(world, watches)
        _wait_for_reads(world, workspaces)
        called, spent, began = (
            len(world.calls()),
            cpu_seconds(bots),
            time.monotonic(),
        )
        _wait_for_reads(world, workspaces * section.pick(ROUNDS, 2))
        minutes = (time.monotonic() - began) * speed / 60
        asked = Counter(world.calls()[called:])
        return Rest(
            cpu=(cpu_seconds(bots) - spent) * 1000 / minutes,
            calls=Counter({name: n / minutes / workspaces for name, n in asked.items()}),
            memory=sum(map(memory, bots)),
        )


def _wait_for_reads(world: World, accounts: int, patience: float = 300) -> None:
    """Wait until so many accounts more were read, each of which begins a round of calls."""
    until = time.monotonic() + patience
    wanted = world.calls().count("user") + accounts
    while world.calls().count("user") < wanted:
        if time.monotonic() > until:
            raise RuntimeError("the accounts were not read")
        time.sleep(0.02)


def _hooked(section: Section, workers: int) -> list[float]:
    """Return the seconds from the end of each of some runs started elsewhere to its message."""
    with ExitStack() as ending:
        folder = Path(ending.enter_context(TemporaryDirectory()))
        world = World("", folder, workspaces=20, agents=10, seconds=FOREVER)
        ending.enter_context(world)
        bots, watches = _watching(ending, world, ["web", "worker"] if workers else [""], 1.0)
        _wait_until_seen(world, watches)
        for team in world.teams:
            for agent in watches.agents(team):
                address = f"{bots[0].url}/hooks/{watches.hook(team, agent.agent_id)}"
                world.phantombuster.hook(agent.agent_id, address, account=team)
            world.phantombuster.launch_elsewhere(account=team)
        time.sleep(1)  # until all have left the queue
        return _lateness(world, section.pick(ENDINGS, 10))


def _watching(
    ending: ExitStack, world: World, roles: Sequence[str], speed: float
) -> tuple[list[Bot], Watches]:
    """Run bots of these roles, in whose store every agent is watched for everything."""

    def prepare(url: str) -> None:
        world.prepare(url)
        watch_agents(world, url, world.agents)

    copies_of = sqlite_copies if roles == [""] else postgres_copies
    url = ending.enter_context(copies_of(prepare))()
    bots = [
        Bot(world.on(url), world.folder / f"{place}.log", role, speed)
        for place, role in enumerate(roles)
    ]
    for bot in bots:
        ending.callback(bot.kill)
    watches = _store(world, url)
    ending.callback(watches.database.close)
    return bots, watches


def watch_agents(world: World, url: str, count: int) -> None:
    """Have each workspace's channel watch the last agents for everything."""
    watches = _store(world, url)
    first = FIRST_AGENT + world.agents - count
    for team in world.teams:
        for number in range(count):
            _watch(watches, team, world.channels[team], str(first + number))
    watches.database.close()


def _store(world: World, url: str) -> Watches:
    settings = read_settings(world.on(url))
    return Watches(Database(settings.database_url), Vault(settings.secrets))


def _watch(watches: Watches, team: str, channel: str, agent_id: str) -> None:
    now = datetime.now(UTC)
    name = f"Agent {agent_id}"
    watch = Watch(team, channel, agent_id, name, tuple(Word), "U0ADA", now)
    watches.set(watch, AuditEntry(team, now, "U0ADA", AuditAction.WATCH))


def _wait_until_seen(world: World, watches: Watches, patience: float = 300) -> None:
    until = time.monotonic() + patience
    for team in world.teams:
        while any(agent.last_end is None for agent in watches.agents(team)):
            if time.monotonic() > until:
                raise RuntimeError("the agents were not seen")
            time.sleep(0.2)


def _lateness(world: World, endings: int) -> list[float]:
    """Return the seconds to the messages of ends spaced as far apart as Slack
    accepts posts in a channel.
    """
    ended: dict[tuple[str, str], float] = {}
    begun = len(world.slack.calls)
    for number in range(endings):
        team = world.teams[number % len(world.teams)]
        agent = str(FIRST_AGENT + number // len(world.teams))
        ended[world.channels[team], agent] = time.time()
        world.phantombuster.finish(agent, account=team)
        time.sleep(0.1)
    world.slack.wait_for(lambda _: len(arrivals(world, begun, POST)) >= len(ended), 90)
    told = arrivals(world, begun, POST)
    if len(told) < endings:
        raise RuntimeError(f"{endings - len(told)} endings were not told")
    return sorted(told[place] - at for place, at in ended.items() if place in told)
