"""10,000 open runs over 100 workspaces, two hours old: what following them costs at rest.

    python -m bench.open_runs [--runs 10000] [--workspaces 100] [--minutes 3]

Prints a table, for one worker, for two, and for one process on SQLite: calls to Phantombuster, CPU
and memory of the followers, and how late endings were told. A worker's pace for runs of that age is
60 s, so an ending is told in time within 61 s.
"""

import argparse
import random
import re
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import batched
from pathlib import Path

from sqlalchemy import insert

from bench.world import FIRST_AGENT, Bot, World, postgres
from phantombot.run import Intent, State
from phantombot.sandbox.phantombuster import FOREVER
from phantombot.settings import read_settings
from phantombot.store.database import Database
from phantombot.store.runs import Runs
from phantombot.store.schema import runs as table
from phantombot.store.vault import Vault

AGE = timedelta(hours=2)
EDIT = "chat.update"


@dataclass(frozen=True)
class Rest:
    """One row of the table."""

    calls_a_minute: str
    edits_a_minute: int
    core: str
    memory: str
    late: str


def open_runs(world: World) -> None:
    """Runs that were launched long ago and go on, as an earlier process left them."""
    settings = read_settings(world.environ)
    database = Database(settings.database_url)
    runs = Runs(database, Vault(settings.secrets))
    sent_at = datetime.now(UTC) - AGE
    rows = [row(runs, world, team, n, sent_at) for team in world.teams for n in range(world.agents)]
    for containers in (world.phantombuster.launch_elsewhere(account=team) for team in world.teams):
        for one, container in zip(rows[: len(containers)], containers, strict=True):
            one["container_id"] = container
        rows = rows[len(containers) :] + rows[: len(containers)]
    for some in batched(rows, 500):
        with database.writing() as connection:
            connection.execute(insert(table), list(some))
    database.close()


def row(runs: Runs, world: World, team: str, number: int, sent_at: datetime) -> dict:
    agent = str(FIRST_AGENT + number)
    intent = Intent(team, f"{team}-{number}", world.channels[team], "U0ADA", "", agent)
    return runs._first_row(intent, sent_at) | {
        "state": State.LAUNCHED.value,
        "sent_at": sent_at,
        "agent_id": agent,
        "agent_name": f"Agent {number}",
        "status": "running",
        "seen_at": datetime.now(UTC) - random.random() * timedelta(minutes=10),
    }


def at_rest(url: str, roles: Sequence[str], options: dict[str, int]) -> Rest:
    workspaces, count = options["workspaces"], options["runs"]
    with tempfile.TemporaryDirectory() as folder:
        world = World(
            url, Path(folder), workspaces=workspaces, agents=count // workspaces, seconds=FOREVER
        )
        try:
            open_runs(world)
            bots = [world.start(role) for role in roles]
            world.slack.wait_for(lambda _: len(world.messages()) >= count, 600)
            time.sleep(90)
            return measured(world, bots, options["minutes"])
        finally:
            world.stop()


def measured(world: World, bots: list[Bot], minutes: int) -> Rest:
    cpu, called, edited = cpu_seconds(bots), len(world.phantombuster.requests), edits(world)
    time.sleep(60 * minutes)
    spent = [now - before for now, before in zip(cpu_seconds(bots), cpu, strict=True)]
    calls = Counter(
        request.path.rpartition("/")[2].partition(".")[0]
        for request in world.phantombuster.requests[called:]
    )
    edit_rate = (edits(world) - edited) // minutes
    late = lateness(world)
    return Rest(
        ", ".join(f"{name} {number // minutes}" for name, number in calls.most_common()),
        edit_rate,
        " + ".join(f"{seconds / 60 / minutes:.0%}" for seconds in spent),
        " + ".join(f"{memory(bot)} MiB" for bot in bots),
        f"p50 {late[len(late) // 2]:.0f} s, p99 {late[int(len(late) * 0.99)]:.0f} s,"
        f" max {late[-1]:.0f} s, of {len(late)}",
    )


def lateness(world: World, endings: int = 500) -> list[float]:
    """Seconds from a run's end to the edit that tells it."""
    ended: dict[tuple[str, str], float] = {}
    everything = [(team, n) for team in world.teams for n in range(world.agents)]
    begun = len(world.slack.calls)
    for team, number in random.sample(everything, min(endings, len(everything))):
        agent = str(FIRST_AGENT + number)
        world.phantombuster.finish(agent, account=team)
        ended[world.channels[team], agent] = time.time()
        time.sleep(60 / endings)
    world.slack.wait_for(lambda _: sum(world.endings().values()) >= len(ended), 180)
    told = {}
    for call in world.slack.calls[begun:]:
        found = re.search(r"^(?:✅|⚠️).*?\((\d+)\)", str(call.fields.get("text")))
        if call.method == EDIT and found:
            told.setdefault((call.fields["channel"], found[1]), call.at)
    return sorted(told[place] - at for place, at in ended.items() if place in told)


def edits(world: World) -> int:
    return sum(call.method == EDIT for call in list(world.slack.calls))


def cpu_seconds(bots: Sequence[Bot]) -> list[float]:
    stats = [Path(f"/proc/{bot.popen.pid}/stat").read_text() for bot in bots]
    return [sum(map(int, stat.rpartition(")")[2].split()[11:13])) / 100 for stat in stats]


def memory(bot: Bot) -> int:
    status = Path(f"/proc/{bot.popen.pid}/status").read_text()
    found = re.search(r"VmHWM:\s+(\d+)", status)
    return int(found[1]) // 1024 if found else 0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=10_000)
    parser.add_argument("--workspaces", type=int, default=100)
    parser.add_argument("--minutes", type=int, default=3)
    options = vars(parser.parse_args())
    print("| followers | calls a minute | edits a minute | of a core | memory, at most | late |")
    print("|---|---|---|---|---|---|")
    with postgres() as url:
        show("one worker", at_rest(url, ["worker"], options))
    with postgres() as url:
        show("two workers", at_rest(url, ["worker", "worker"], options))
    with tempfile.TemporaryDirectory() as folder:
        show("one process, SQLite", at_rest(f"sqlite:///{folder}/bench.db", [""], options))


def show(name: str, rest: Rest) -> None:
    print("| " + " | ".join([name, *map(str, vars(rest).values())]) + " |", flush=True)


if __name__ == "__main__":
    main()
