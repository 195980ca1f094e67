"""6c. Large accounts: what a worker holds that follows runs and watches in many of them."""

import json
import time
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bench.figure import Aim, Section
from bench.open_runs import cpu_seconds, memory
from bench.placed import place_runs
from bench.stores import postgres_copies, sqlite_copies
from bench.watches import watch_agents
from bench.world import Bot, World
from phantombot.sandbox.phantombuster import FOREVER

WORKSPACES, AGENTS = 20, 2_000
GOING, WATCHED = 20, 20
"""The runs that go on in each workspace, and the agents that are watched."""
READS = 5
"""How often each account is read."""
SPEED = 4.0
PATIENCE = 300.0
LARGEST = 200.0
"""MiB that a process may hold at the most."""
FORMS = {"v1": ("today", "user"), "v2": ("v2", "agents/fetch-all")}
"""The form of each API, and the call that reads all agents."""


def measure(section: Section) -> None:
    """Fill the section."""
    for api in FORMS:
        for role in ("", "worker"):
            for _ in section.rounds(1):
                _add(section, api, role)
    size = section.pick(AGENTS, 50) * len(json.dumps(_manifest())) / 1e6
    section.note(f"Each account's list in v2 has {size:.1f} MB of manifests.")


def _add(section: Section, api: str, role: str) -> None:
    form, reads = FORMS[api]
    workspaces, agents = section.pick((WORKSPACES, AGENTS), (2, 50))
    where = "a worker, PostgreSQL" if role else "one process, SQLite"
    whose = f"{workspaces} accounts of {agents:,} agents in {api}, {where}"
    with ExitStack() as ending:
        folder = Path(ending.enter_context(TemporaryDirectory()))
        sizes = {"seconds": FOREVER, "speed": SPEED, "form": form, "manifest": _manifest()}
        world = World("", folder, workspaces, agents, **sizes)
        ending.enter_context(world)

        def prepare(url: str) -> None:
            world.prepare(url)
            place_runs(world, url, agents=GOING)
            watch_agents(world, url, WATCHED)

        copies_of = postgres_copies if role else sqlite_copies
        bot = Bot(world.on(ending.enter_context(copies_of(prepare))()), folder / "log", role, SPEED)
        ending.callback(bot.kill)
        idle = memory(bot, "VmRSS")
        _wait_for(world, reads, workspaces)
        spent, read = cpu_seconds([bot]), world.calls().count(reads)
        _wait_for(world, reads, section.pick(READS, 2) * workspaces)
        section.add("memory before", whose, [idle], unit="MiB", ours=True)
        most = memory(bot)
        aim = Aim(f"under {LARGEST:.0f} MiB", most < LARGEST)
        section.add("memory at the most", whose, [most], unit="MiB", ours=True, aim=aim)
        cost = (cpu_seconds([bot]) - spent) * 1000 / (world.calls().count(reads) - read)
        section.add("CPU per reading of an account", whose, [cost], unit="ms", ours=True)


def _wait_for(world: World, call: str, times: int) -> None:
    until = time.monotonic() + PATIENCE
    while world.calls().count(call) < times:
        if time.monotonic() > until:
            raise RuntimeError("the accounts were not read")
        time.sleep(0.1)


def _manifest() -> dict[str, Any]:
    """Return what a list of agents says of a script: some 2.7 KB."""
    about = "Extracts the profiles that a search finds, Café & Söhne's among them."
    fields = {f"field{n}": {"label": f"Field {n}", "helper": about} for n in range(20)}
    steps = [{"slug": f"step-{n}", "title": about, "fields": fields} for n in range(1)]
    return {
        "slug": "search-export",
        "description": about,
        "categories": ["linkedin", "sales"],
        "defaultArgument": {"sessionCookie": "x" * 150, "numberOfProfiles": 100},
        "argumentForm": {"enabled": True, "steps": steps},
        "outputDescription": {f"column{n}": "string" for n in range(20)},
    }
