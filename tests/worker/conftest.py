"""Engines of several processes, side by side on one PostgreSQL."""

from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest
from tended import Calls, Launches

from phantombot.bootstrap import fast_clock, utc_now
from phantombot.context import Clock
from phantombot.database.engine import Database
from phantombot.worker.queue.jobs import Jobs
from phantombot.worker.queue.procrastinate import Procrastinate


@pytest.fixture
def calls() -> Calls:
    return Calls()


@pytest.fixture
def launches() -> Launches:
    return Launches()


@pytest.fixture
def store(postgres_url: str) -> Iterator[Database]:
    """Yield the store of a bot on PostgreSQL, with the queue in it."""
    database = Database(postgres_url.replace("postgresql://", "postgresql+psycopg://"))
    database.migrate()
    yield database
    database.close()


@pytest.fixture
def jobs(store: Database) -> Jobs:
    return Jobs(store.driver)


@pytest.fixture
def start_worker(
    calls: Calls, launches: Launches, store: Database, jobs: Jobs
) -> Iterator[Callable[..., Procrastinate]]:
    """Yield a function that starts engines, each as another worker's."""
    engines: list[Procrastinate] = []

    def start(
        process_workspace: Callable[[str], Any] = calls,
        sweep: Callable[[], list[str]] = list,
        speed: float = 1,
        clock: Clock | None = None,
        launch: Callable[[str, int], None] = launches,
        **tempo: Any,
    ) -> Procrastinate:
        tempo |= {"now": clock or utc_now, "speed": speed}
        clock = clock or (utc_now if speed == 1 else fast_clock(speed))
        engine = Procrastinate(
            jobs, store.address, process_workspace, launch, sweep, clock, **tempo
        )
        engines.append(engine)
        engine.start()
        return engine

    yield start
    for engine in engines:
        engine.stop()


@pytest.fixture
def ask(store: Database) -> Iterator[Callable[..., list[tuple[Any, ...]]]]:
    """Yield a function that reads or changes the queue's tables directly."""
    with psycopg.connect(store.address, autocommit=True) as connection:

        def ask(statement: str, *values: Any) -> list[tuple[Any, ...]]:
            cursor = connection.execute(statement, values)
            return cursor.fetchall() if cursor.description else []

        yield ask
