"""Clock jumps, locks, cut answers and slow services, at random and all at once."""

import sqlite3
import threading
import time
from pathlib import Path
from random import Random
from typing import Protocol, Self

import psycopg

from bench.world import World

JUMPS = (-3600.0, -90.0, -15.0, 0.0, 15.0, 90.0, 3600.0)
"""Seconds by which the clock can be off."""
CUT = ("cut_before", "cut_after")
CALLS = ("launch", "output", "containers", "user")
SAYINGS = ("chat.postMessage", "chat.update", "response_url")
LONGEST_LOCK = 3.0
"""Seconds; longer than a statement waits."""
SLOWEST = 3.0

_TABLES = """
    CREATE SCHEMA off;
    CREATE TABLE off.clock (by interval NOT NULL);
    INSERT INTO off.clock VALUES ('0 s');
    CREATE FUNCTION off.clock_timestamp() RETURNS timestamptz LANGUAGE sql AS
        $$ SELECT pg_catalog.clock_timestamp() + by FROM off.clock $$;
    CREATE FUNCTION off.now() RETURNS timestamptz LANGUAGE sql STABLE AS
        $$ SELECT pg_catalog.now() + by FROM off.clock $$;
"""


class Store(Protocol):
    """A database that can be locked, and the clock that the bots go by."""

    def jump(self, seconds: float) -> None:
        """Put the clock off by so much."""

    def lock(self, seconds: float) -> None:
        """Let nobody write meanwhile."""


class SqliteStore:
    """A SQLite file, whose bots go by their machine's clock."""

    def __init__(self, url: str, clock: Path) -> None:
        self._file = url.removeprefix("sqlite:///")
        self._clock = clock

    def jump(self, seconds: float) -> None:
        new = self._clock.with_suffix(".new")
        new.write_text(str(seconds))
        new.replace(self._clock)

    def lock(self, seconds: float) -> None:
        connection = sqlite3.connect(self._file, timeout=10, isolation_level=None)
        try:
            connection.execute("BEGIN IMMEDIATE")
            time.sleep(seconds)
            connection.execute("ROLLBACK")
        except sqlite3.OperationalError:
            pass  # the bots were in the way for too long
        finally:
            connection.close()


class PostgresStore:
    """A database on PostgreSQL, by whose clock the bots go."""

    def __init__(self, url: str) -> None:
        self._url = url
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(_TABLES)
            path = "SET search_path = off, public, pg_catalog"
            connection.execute(f"ALTER DATABASE {connection.info.dbname} {path}")

    def jump(self, seconds: float) -> None:
        with psycopg.connect(self._url, autocommit=True) as connection:
            connection.execute("UPDATE off.clock SET by = %s * interval '1 s'", [seconds])

    def lock(self, seconds: float) -> None:
        with psycopg.connect(self._url) as connection:
            connection.execute("LOCK TABLE runs IN EXCLUSIVE MODE")
            time.sleep(seconds)
            connection.rollback()


class MixedTroubles:
    """Makes one trouble after another, until it is left: then all is well again."""

    def __init__(self, world: World, store: Store, every: tuple[float, float]) -> None:
        self._world, self._store, self._every = world, store, every
        self._random = Random()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._go, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        self._thread.join()
        self._world.phantombuster.clear_faults()
        self._world.slack.clear_failures()
        self._store.jump(0)

    def _go(self) -> None:
        troubles = (self._jump, self._lock, self._cut, self._cut, self._slow)
        while not self._stopping.wait(self._random.uniform(*self._every)):
            self._random.choice(troubles)()

    def _jump(self) -> None:
        self._store.jump(self._random.choice(JUMPS))

    def _lock(self) -> None:
        self._store.lock(self._random.uniform(0.1, LONGEST_LOCK))

    def _cut(self) -> None:
        kind, times = self._random.choice(CUT), self._random.randint(1, 3)
        if self._random.random() < 0.5:
            self._world.phantombuster.fault(kind, on=self._random.choice(CALLS), times=times)
        else:
            self._world.slack.fail(self._random.choice(SAYINGS), kind, times=times)

    def _slow(self) -> None:
        seconds, times = self._random.uniform(0.2, SLOWEST), self._random.randint(1, 8)
        if self._random.random() < 0.5:
            self._world.phantombuster.fault("slow", times=times, seconds=seconds)
        else:
            self._world.slack.fail("*", "slow", times=times, seconds=seconds)


def store_of(world: World) -> Store:
    """Return the database of a world's bots."""
    if world.clock is not None:
        return SqliteStore(world.database_url, world.clock)
    return PostgresStore(world.database_url)
