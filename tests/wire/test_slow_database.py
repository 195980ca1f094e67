"""A database that keeps commands waiting: each is answered in Slack's time, and truthfully."""

import json
import os
import signal
import sqlite3
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, closing, contextmanager
from functools import partial

import psycopg
import pytest
from patience import PATIENCE

from phantombot.sandbox.slack import LocalSlack

from .conftest import Wire

AT_ONCE = 20


@contextmanager
def sqlite_locked(url: str) -> Iterator[None]:
    with closing(sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)) as one:
        one.execute("BEGIN EXCLUSIVE")
        yield


@contextmanager
def postgres_locked(url: str) -> Iterator[None]:
    with psycopg.connect(url) as connection:
        connection.execute("LOCK TABLE runs IN ACCESS EXCLUSIVE MODE")
        yield
        connection.rollback()


@contextmanager
def postgres_locked_for_writing(url: str) -> Iterator[None]:
    with psycopg.connect(url) as connection:
        connection.execute("LOCK TABLE runs IN SHARE MODE")
        yield
        connection.rollback()


@contextmanager
def postgres_hung(url: str) -> Iterator[None]:
    ours = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> %s"
    with psycopg.connect(url, autocommit=True) as connection:
        pids = [row[0] for row in connection.execute(ours, (connection.info.backend_pid,))]
        for pid in pids:
            os.kill(pid, signal.SIGSTOP)
        try:
            yield
        finally:
            for pid in pids:
                os.kill(pid, signal.SIGCONT)


LOCKS = {
    "sqlite": ("sqlite_url", sqlite_locked),
    "postgresql": ("postgres_url", postgres_locked),
    "postgresql, for writing": ("postgres_url", postgres_locked_for_writing),
}


@pytest.fixture
def start(make_wire: Callable[..., Wire], request: pytest.FixtureRequest) -> Callable[[str], Wire]:
    def start(url: str) -> Wire:
        wire = make_wire(str(request.getfixturevalue(url)))
        wire.start()
        wire.learn_agents()
        return wire

    return start


def launch(wire: Wire, number: int) -> str:
    """Send a launch; return the answer, if it comes while Slack waits."""
    delivery = wire.slack.command(f'launch 785 casperjs {{"n": {number}}}')
    assert delivery.error is None
    return str(delivery.body["text"])


def launch_many(wire: Wire, trouble: AbstractContextManager[None]) -> list[str]:
    """Send a burst while the database is in trouble, which then ends; return the answers."""
    with trouble, ThreadPoolExecutor(AT_ONCE) as people:
        return list(people.map(partial(launch, wire), range(AT_ONCE)))


@pytest.mark.parametrize(("url", "locked"), LOCKS.values(), ids=LOCKS)
def test_while_the_database_is_locked_every_command_of_a_burst_is_refused(
    start: Callable[[str], Wire], url: str, locked: Callable[[str], AbstractContextManager[None]]
):
    wire = start(url)
    answers = launch_many(wire, locked(wire.environ["DATABASE_URL"]))
    assert {answer.partition(":")[0] for answer in answers} == {"Nothing was launched"}
    assert "aunching" in launch(wire, AT_ONCE)
    assert wire.says("finished")
    assert [sent.argument for sent in wire.phantombuster.launches] == [f'{{"n": {AT_ONCE}}}']


def test_what_is_refused_because_the_server_hangs_is_not_launched_when_it_goes_on(
    start: Callable[[str], Wire],
):
    wire = start("postgres_url")
    answers = launch_many(wire, postgres_hung(wire.environ["DATABASE_URL"]))
    # New connections are answered: who still had the time for one was stored.
    stored = [number for number, answer in enumerate(answers) if "aunching" in answer]
    refused = [answer for answer in answers if answer.startswith("Nothing was launched:")]
    assert refused
    assert len(stored) + len(refused) == AT_ONCE
    launch(wire, AT_ONCE)
    assert wire.phantombuster.wait_for_launch(len(stored) + 1, PATIENCE)
    assert wire.slack.wait_for(lambda slack: len(finished(slack)) > len(stored), PATIENCE)
    sent = sorted(json.loads(sent.argument or "")["n"] for sent in wire.phantombuster.launches)
    assert sent == [*stored, AT_ONCE]


def finished(slack: LocalSlack) -> list[str]:
    return [message.text for message in slack.messages() if "finished" in message.text]
