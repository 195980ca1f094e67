from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from procrastinate.schema import SchemaManager

from phantombot.engine.jobs import Jobs
from phantombot.errors import AlreadyWoken, StoreUnavailable
from phantombot.run import Intent
from phantombot.store import migrations
from phantombot.store.database import Database
from phantombot.store.runs import Runs
from phantombot.store.vault import Vault

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
INTENT = Intent(
    workspace="T1",
    trigger_id="1",
    channel="C1",
    user="U1",
    response_url="https://hooks.test/1",
    agent="785",
    command=None,
    argument=None,
)
WAITING = "SELECT lock FROM procrastinate_jobs WHERE status = 'todo'"

Ask = Callable[..., list]


@pytest.fixture
def intents(store: Database, vault: Vault, jobs: Jobs) -> Runs:
    return Runs(store, vault, jobs.wake_within)


def test_an_intent_brings_its_wake_with_it(intents: Runs, ask: Ask):
    assert not intents.add(INTENT, NOW), "nobody needs to be woken any more"
    assert ask(WAITING) == [("T1",)]


def test_an_intent_is_stored_although_a_wake_waits_already_and_is_to_be_woken_for_again(
    intents: Runs, jobs: Jobs, ask: Ask
):
    jobs.wake("T1")
    assert intents.add(INTENT, NOW)
    assert len(intents.open("T1")) == 1
    jobs.wake("T1")
    assert ask(WAITING) == [("T1",)]


def test_one_invocation_wakes_once_however_often_it_is_delivered(intents: Runs, ask: Ask):
    assert [intents.add(INTENT, NOW) for _ in range(3)] == [False, False, False]
    assert ask(WAITING) == [("T1",)]
    assert len(intents.open("T1")) == 1


def test_an_intent_that_is_not_stored_wakes_nobody(intents: Runs, ask: Ask):
    intents.add(INTENT, NOW)
    ask("DELETE FROM procrastinate_jobs")
    intents.add(INTENT, NOW)
    assert ask(WAITING) == []


def test_a_wake_goes_with_the_transaction_it_is_in(store: Database, jobs: Jobs, ask: Ask):
    def fail_after_waking() -> None:
        with store.driver() as connection:
            jobs.wake_within(connection, "T1")
            raise RuntimeError("a bug")

    with pytest.raises(RuntimeError):
        fail_after_waking()
    assert ask(WAITING) == []


def test_an_intent_whose_wake_cannot_be_stored_is_not_stored_either(intents: Runs, ask: Ask):
    ask("ALTER TABLE procrastinate_jobs RENAME TO elsewhere")
    with pytest.raises(StoreUnavailable):
        intents.add(INTENT, NOW)
    assert intents.open("T1") == []


def test_a_wake_that_the_database_does_not_take_is_left_to_the_sweep(jobs: Jobs, ask: Ask):
    ask("ALTER TABLE procrastinate_jobs RENAME TO elsewhere")
    jobs.wake("T1")


def test_each_workspace_has_a_wake_of_its_own(intents: Runs, jobs: Jobs, ask: Ask):
    intents.add(INTENT, NOW)
    assert not intents.add(replace(INTENT, workspace="T2"), NOW)
    with pytest.raises(AlreadyWoken):
        _wake_within_a_transaction(intents.database, jobs, "T2")
    assert sorted(ask(WAITING)) == [("T1",), ("T2",)]


def test_the_migrations_bring_the_tables_of_the_library_that_is_pinned():
    kept = Path(migrations.__file__).parent / "versions/0003_jobs.sql"
    assert kept.read_text().endswith(f"\n{SchemaManager.get_schema()}")


def _wake_within_a_transaction(store: Database, jobs: Jobs, workspace: str) -> None:
    with store.driver() as connection:
        jobs.wake_within(connection, workspace)
