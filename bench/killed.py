"""1,000 runs over 50 workspaces, while workers are killed with SIGKILL ten times at random.

    python -m bench.killed [--runs 1000] [--workspaces 50] [--kills 10] [--form v2] [--mixed]

Prints a table: what was lost, launched twice or told twice, on SQLite with one process and on
PostgreSQL with a web and two workers. With `--mixed` the clock jumps meanwhile, the database is
locked, answers are cut, and services are slow.
"""

import argparse
import tempfile
import time
from collections.abc import Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import Any

from bench.mixed_troubles import MixedTroubles, store_of
from bench.stores import postgres_copies
from bench.world import Killer, Tally, World

TROUBLE_EVERY = (0.2, 1.5)
"""Seconds between two other troubles."""
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
    "left launching",
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
    per_second: float = 25,
    timeout: float = 300,
    form: str = "later",
    cut: int = 0,
    mixed: bool = False,
) -> Tally:
    """Send all commands while bots of these roles are killed, and return what became of them.

    Of one in `cut` launches the answer is cut off; of none if that is 0. `mixed` makes other
    troubles at the same time.
    """
    with tempfile.TemporaryDirectory() as folder:
        agents = -(-runs // workspaces)
        clock = Path(folder) / "clock" if mixed and url.startswith("sqlite") else None
        world = World(url, Path(folder), workspaces, agents, seconds, speed, clock=clock, form=form)
        troubles = MixedTroubles(world, store_of(world), TROUBLE_EVERY) if mixed else nullcontext()
        try:
            for role in roles:
                world.start(role)
            with troubles, Killer(world, kills, every):
                world.send(range(runs), per_second=per_second, cut=cut)
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
    parser.add_argument("--every", type=float, nargs=2, default=(2.0, 6.0))
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--per-second", type=float, default=25)
    parser.add_argument("--mixed", action="store_true")
    parser.add_argument("--only", choices=("sqlite", "postgresql"))
    options = vars(parser.parse_args())
    only = options.pop("only")
    print("| " + " | ".join(COLUMNS) + " |")
    print("|---" * len(COLUMNS) + "|")
    if only != "postgresql":
        with tempfile.TemporaryDirectory() as folder:
            row("SQLite, one process", f"sqlite:///{folder}/bench.db", [""], options)
    if only != "sqlite":
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
