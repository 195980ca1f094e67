"""8. The menu of agents and App Home with 2,000 agents: how long somebody waits for them."""

import random
import time
from collections import defaultdict
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.figure import Aim, Section, percentile
from bench.stores import postgres_copies, sqlite_copies
from bench.world import FIRST_AGENT, World
from phantombot.messages.agent_menu import NO_CHOICE
from phantombot.messages.home import HOME_BACK, HOME_ON
from phantombot.messages.launch_form import AGENT
from phantombot.phantombuster.account import ApiKey
from phantombot.phantombuster.client import Client
from phantombot.sandbox.phantombuster import numbered
from phantombot.sandbox.slack import View

AIM = 1000.0
"""The aim, in milliseconds."""
ABREAST = 8
AGENTS = 2000
TEAM = "T0SANDBOX"
SPEED = 20.0
"""The speed at which a list is old after 3 s."""
_SOON = 20.0

Found = dict[tuple[str, str], list[float]]
"""The p99 of each round in milliseconds, by what was waited for and who answers."""


def measure(section: Section) -> None:
    """Fill the section."""
    found: Found = defaultdict(list)
    for _ in section.rounds(3):
        for whose, copies_of in (
            ("phantombot, SQLite", sqlite_copies),
            ("phantombot, PostgreSQL", postgres_copies),
        ):
            with ExitStack() as ending:
                folder = Path(ending.enter_context(TemporaryDirectory()))
                world = ending.enter_context(_world(folder, section.pick(AGENTS, 100)))
                world.environ = world.on(ending.enter_context(copies_of(world.prepare))())
                _round(section, world, whose, found)
    names = list(dict.fromkeys(name for name, _ in found))
    for (name, whose), rounds in sorted(found.items(), key=lambda one: names.index(one[0][0])):
        ours = whose.startswith("phantombot")
        aim = Aim("under 1 s", max(rounds) < AIM) if ours else None
        section.add(f"{name}, p99", whose, rounds, unit="ms", ours=ours, aim=aim)


def _world(folder: Path, agents: int) -> World:
    """Return a world with the workspace of the bot's own token, with which homes are published."""
    world = World("", folder, workspaces=0, agents=agents, speed=SPEED)
    runs = numbered(agents, first=FIRST_AGENT, seconds=1)
    world.phantombuster.add_account(TEAM, f"key-of-{TEAM}", runs)
    world.teams, world.channels = [TEAM], {TEAM: "C0GENERAL"}
    return world


def _round(section: Section, world: World, whose: str, found: Found) -> None:
    times, people = section.pick(1000, 20), section.pick(60, 5)

    def tell(name: str, seconds: Iterable[float], by: str = whose) -> None:
        found[name, by].append(percentile(list(seconds), 0.99) * 1000)

    bot = world.start()
    view = _opened_form(world)
    tell("menu as one types", _asked(world, view, times))
    tell("menu as one types", _live(world, times // 20), "asking Phantombuster each time")
    users = [world.slack.add_person(f"U0P{number:03}").id for number in range(people)]
    tell("App Home, opened", _each(users, lambda user: _home_opened(world, user)))
    tell("App Home, turned", _each(users * 2, lambda user: _home_turned(world, user)))
    world.phantombuster.fault("silent", on="user", times=None)
    time.sleep(80 / SPEED)
    tell("menu, old list, Phantombuster silent", _asked(world, view, times))
    bot.kill()
    bot.start()
    world.aim()
    tell("menu, just restarted, Phantombuster silent", _asked(world, view, times // 10))
    world.phantombuster.clear_faults()


def _opened_form(world: World) -> View:
    world.slack.command("launch")
    assert world.slack.wait_for(lambda slack: slack.views() != [], _SOON)
    view, deadline = world.slack.views()[0], time.monotonic() + _SOON
    while world.slack.suggest(view, AGENT, "").values == [NO_CHOICE]:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    return view


def _asked(world: World, view: View, times: int) -> list[float]:
    """Return the seconds of each answer to a typed search; every answer must have options."""
    typed = random.Random(1)
    queries = [
        agent[: typed.randint(0, len(agent))]
        for agent in (str(FIRST_AGENT + typed.randrange(world.agents)) for _ in range(times))
    ]

    def ask(query: str) -> float:
        suggestion = world.slack.suggest(view, AGENT, query)
        assert suggestion.delivery is not None
        assert suggestion.delivery.error is None, suggestion.delivery
        assert suggestion.values not in ([], [NO_CHOICE]), query
        return suggestion.delivery.seconds

    return _each(queries, ask)


def _home_opened(world: World, user: str) -> float:
    """Return the seconds until Slack has what is shown."""
    begun = time.monotonic()
    world.slack.open_home(user)
    assert world.slack.wait_for(lambda slack: slack.home(user) is not None, _SOON)
    return time.monotonic() - begun


def _home_turned(world: World, user: str) -> float:
    before = world.slack.home(user)
    assert before is not None
    actions = [e.get("action_id") for b in before.view["blocks"] for e in b.get("elements", ())]
    begun = time.monotonic()
    world.slack.press(before, HOME_BACK if HOME_BACK in actions else HOME_ON, user=user)
    assert world.slack.wait_for(
        lambda slack: slack.home(user).view["blocks"] != before.view["blocks"], _SOON
    ), world.bots[0].log.read_text()[-2000:]
    return time.monotonic() - begun


def _live(world: World, times: int) -> Iterable[float]:
    """Measure the list alone, read from a Phantombuster next door that answers at once."""
    client = Client(world.phantombuster.url)
    for _ in range(times):
        begun = time.monotonic()
        client.account(ApiKey(f"key-of-{TEAM}"))
        yield time.monotonic() - begun
    client.close()


def _each(things: Iterable, work: Callable[..., float]) -> list[float]:
    with ThreadPoolExecutor(ABREAST) as pool:
        return list(pool.map(work, things))
