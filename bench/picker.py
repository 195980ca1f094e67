"""The menu of agents and App Home with 2,000 agents: how long somebody waits for them.

    python -m bench.picker [--agents 2000] [--asked 4000] [--people 200]

Prints a table, for SQLite and PostgreSQL: the menu as 8 people type at once, while Phantombuster
answers, while it is silent, and just after a restart during which it is; homes from their opening,
or a turn of their page, until Slack has been given them. Beside them, as the peer, what the same
list takes where it is asked of Phantombuster each time (the local one, which answers at once).
"""

import argparse
import random
import tempfile
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from bench.world import FIRST_AGENT, World, postgres
from phantombot.messages.home import HOME_BACK, HOME_ON
from phantombot.messages.launch_form import AGENT, NO_CHOICE
from phantombot.phantombuster.client import Client
from phantombot.sandbox.slack import View

ABREAST = 8
SOON = 20.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--agents", type=int, default=2000)
    parser.add_argument("--asked", type=int, default=4000)
    parser.add_argument("--people", type=int, default=200)
    options = parser.parse_args()
    print("| store | what | times | p50 | p99 | max |")
    print("|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        measure("SQLite", f"sqlite:///{folder}/bench.db", Path(folder), options)
    with tempfile.TemporaryDirectory() as folder, postgres() as url:
        measure("PostgreSQL", url, Path(folder), options)


def measure(store: str, url: str, folder: Path, options: argparse.Namespace) -> None:
    world = World(url, folder, workspaces=1, agents=options.agents)
    try:
        bot = world.start()
        view = open_form(world)
        wait_until_known(world, view)
        tell(store, "menu", asked(world, view, options.asked))
        world.phantombuster.fault("silent", on="user", times=None)
        time.sleep(61)  # the list grows old
        tell(store, "menu, Phantombuster silent", asked(world, view, options.asked))
        bot.terminate()
        bot.start()
        world.aim()
        tell(store, "menu, just restarted, Phantombuster silent", asked(world, view, 200))
        world.phantombuster.clear_faults()
        people = [world.slack.add_person(f"U0P{n:03}").id for n in range(options.people)]
        tell(store, "home, opened", each(people, lambda user: home_opened(world, user)))
        tell(store, "home, turned", each(people * 2, lambda user: home_turned(world, user)))
        tell("-", "peer: asked of Phantombuster", list(live(world, options.asked // 20)))
    finally:
        world.stop()


def open_form(world: World) -> View:
    world.slack.command("launch", team=world.teams[0], channel=world.channels[world.teams[0]])
    assert world.slack.wait_for(lambda slack: slack.views() != [], SOON)
    return world.slack.views()[0]


def wait_until_known(world: World, view: View) -> None:
    deadline = time.monotonic() + SOON
    while world.slack.suggest(view, AGENT, "").values == [NO_CHOICE]:
        assert time.monotonic() < deadline
        time.sleep(0.05)


def asked(world: World, view: View, times: int) -> list[float]:
    """The seconds of each answer to what somebody types; every one must offer something."""
    typed = random.Random(1)

    def ask(_: int) -> float:
        agent = str(FIRST_AGENT + typed.randrange(world.agents))
        suggestion = world.slack.suggest(view, AGENT, agent[: typed.randint(0, len(agent))])
        assert suggestion.delivery is not None
        assert suggestion.values not in ([], [NO_CHOICE])
        return suggestion.delivery.seconds

    return each(range(times), ask)


def home_opened(world: World, user: str) -> float:
    team, begun = world.teams[0], time.monotonic()
    world.slack.open_home(user, team=team)
    assert world.slack.wait_for(lambda slack: slack.home(user) is not None, SOON)
    return time.monotonic() - begun


def home_turned(world: World, user: str) -> float:
    before = world.slack.home(user)
    assert before is not None
    actions = [e.get("action_id") for b in before.view["blocks"] for e in b.get("elements", ())]
    begun = time.monotonic()
    world.slack.press(before, HOME_BACK if HOME_BACK in actions else HOME_ON, user=user)
    assert world.slack.wait_for(
        lambda slack: slack.home(user).view["blocks"] != before.view["blocks"], SOON
    )
    return time.monotonic() - begun


def live(world: World, times: int) -> Iterable[float]:
    client = Client(world.phantombuster.url)
    for _ in range(times):
        begun = time.monotonic()
        client.account(f"key-of-{world.teams[0]}")
        yield time.monotonic() - begun
    client.close()


def each(things: Iterable, work: Callable[..., float]) -> list[float]:
    with ThreadPoolExecutor(ABREAST) as pool:
        return list(pool.map(work, things))


def tell(store: str, what: str, seconds: list[float]) -> None:
    ordered = sorted(seconds)
    p50, p99 = (ordered[int(len(ordered) * share)] for share in (0.5, 0.99))
    shown = " | ".join(f"{value * 1000:.0f} ms" for value in (p50, p99, ordered[-1]))
    print(f"| {store} | {what} | {len(ordered):,} | {shown} |", flush=True)


if __name__ == "__main__":
    main()
