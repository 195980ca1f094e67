"""The clock that all processes share."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from phantombot.database.clock import DatabaseClock
from phantombot.errors import StoreUnavailable

NOON = datetime(2020, 1, 1, 12, tzinfo=UTC)


class Source:
    """A database's time and a machine's monotonic clock, which the test moves."""

    def __init__(self) -> None:
        self.seconds = 100.0
        self.time: datetime | None = NOON
        self.takes = 0.0

    def ask(self) -> datetime | None:
        self.seconds += self.takes
        if self.time is None:
            raise StoreUnavailable("away")
        return self.time

    def monotonic(self) -> float:
        return self.seconds


@pytest.fixture
def source() -> Source:
    return Source()


@pytest.fixture
def clock(source: Source) -> Iterator[DatabaseClock]:
    clock = DatabaseClock(source.ask, source.monotonic)
    yield clock
    clock.stop()


def test_it_tells_the_databases_time_and_goes_on_between_two_askings(
    source: Source, clock: DatabaseClock
):
    assert clock() == NOON
    source.seconds += 7
    assert clock() == NOON + timedelta(seconds=7)


def test_a_slow_answer_was_right_half_way(source: Source, clock: DatabaseClock):
    source.takes = 4
    clock.set()
    assert clock() == NOON + timedelta(seconds=2)


def test_a_database_whose_clock_is_put_right_is_followed(source: Source, clock: DatabaseClock):
    source.time = NOON - timedelta(hours=3)
    clock.set()
    assert clock() == NOON - timedelta(hours=3)


def test_while_the_database_is_silent_it_goes_on(source: Source, clock: DatabaseClock):
    source.time = None
    source.seconds += 61
    clock.set()
    assert clock() == NOON + timedelta(seconds=61)


def test_a_database_that_never_answered_leaves_the_machines_time(source: Source):
    source.time = None
    clock = DatabaseClock(source.ask, source.monotonic, lambda: NOON)
    source.seconds += 7
    assert clock() == NOON + timedelta(seconds=7)
    clock.stop()


def test_how_far_the_machines_clock_is_ahead_is_known(source: Source):
    machine = [NOON + timedelta(hours=1)]
    source.takes = 4
    clock = DatabaseClock(source.ask, source.monotonic, lambda: machine[0])
    assert clock.machine_ahead == timedelta(hours=1) - timedelta(seconds=2)
    machine[0] = NOON - timedelta(seconds=90)
    source.takes = 0
    clock.set()
    assert clock.machine_ahead == -timedelta(seconds=90)
    source.time = None
    clock.set()
    assert clock.machine_ahead == -timedelta(seconds=90)
    clock.stop()
