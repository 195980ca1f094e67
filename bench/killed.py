"""1,000 runs over 50 workspaces, while followers are killed with SIGKILL ten times at random.

    python -m bench.killed [--runs 1000] [--workspaces 50] [--kills 10] [--form v2] [--cut 10]

Prints a table: what was lost, launched twice or told twice, on SQLite with one process and on
PostgreSQL with a web and two workers.
"""

import argparse
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bench.stores import postgres_copies
from bench.world import Killer, Tally, World

COLUMNS = (
    "store",
    "kills",
    "commands",
    "launched",
    "told: not found",
    "lost",
    "launched twice",
    "told twice",
    "left behind",
    "answers lost",
    "found",
    "seconds",
)


def killed(  # noqa: PLR0913 - each is a number of the table
    url: str,
    roles: Sequence[str],
    *,
    runs: int,
    workspaces: int,
    kills: int,
    every: tuple[float, float] = (2, 6),
    seconds: float = 10,
    speed: float = 1,
    timeout: float = 300,
    form: str = "later",
    cut: int = 0,
) -> Tally:
    """Send all commands while bots of these roles are killed, and return what became of them.

    Of one in `cut` launches the answer is cut off; of none if that is 0.
    """
    with tempfile.TemporaryDirectory() as folder:
        agents = -(-runs // workspaces)
        world = World(url, Path(folder), workspaces, agents, seconds, speed, form=form)
        try:
            for role in roles:
                world.start(role)
            with Killer(world, kills, every):
                world.send(range(runs), cut=cut)
            world.wait_until_told(runs, timeout)
            return world.tally(runs)
        finally:
            world.stop()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=1000)
    parser.add_argument("--workspaces", type=int, default=50)
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--form", default="later", help="of Phantombuster's API; v2 has v2")
    parser.add_argument("--cut", type=int, default=0, help="one in so many answers is cut off")
    options = vars(parser.parse_args())
    print("| " + " | ".join(COLUMNS) + " |")
    print("|---" * len(COLUMNS) + "|")
    with tempfile.TemporaryDirectory() as folder:
        row("SQLite, one process", f"sqlite:///{folder}/bench.db", [""], options)
    with postgres_copies() as copies:
        row("PostgreSQL, web and two workers", copies(), ["web", "worker", "worker"], options)


def row(name: str, url: str, roles: Sequence[str], options: dict[str, Any]) -> None:
    begun = time.monotonic()
    tally = killed(url, roles, **options)
    took = time.monotonic() - begun
    cells = (name, options["kills"], *vars(tally).values(), round(took))
    print("| " + " | ".join(map(str, cells)) + " |", flush=True)


if __name__ == "__main__":
    main()
