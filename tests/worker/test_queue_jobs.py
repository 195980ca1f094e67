from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from procrastinate.schema import SchemaManager

from phantombot.database import migrations
from phantombot.database.engine import Database
from phantombot.database.vault import Vault
from phantombot.errors import StoreUnavailable
from phantombot.runs.ending import Ending, Kind
from phantombot.runs.model import ConfirmReason, Decision, Intent, State
from phantombot.runs.store import Runs
from phantombot.worker.queue.jobs import Jobs

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
WAITING = "SELECT lock FROM procrastinate_jobs WHERE status = 'todo' AND task_name = 'tend'"
LAUNCHES = (
    "SELECT (args ->> 'workspace'), (args ->> 'run_id')::bigint, lock FROM procrastinate_jobs"
    " WHERE status = 'todo' AND task_name = 'launch' AND queue_name = 'launch' ORDER BY id"
)

Ask = Callable[..., list]


@pytest.fixture
def intents(store: Database, vault: Vault, jobs: Jobs) -> Runs:
    return Runs(store, vault, jobs.enqueue)


def test_a_request_brings_its_launch_with_it(intents: Runs, ask: Ask):
    run = intents.add(INTENT, NOW)
    assert run is not None
    assert intents.launches_what_it_adds
    assert ask(LAUNCHES) == [("T1", run.id, None)]


def test_requests_of_one_workspace_wait_neither_for_each_other_nor_for_what_is_tended(
    intents: Runs, jobs: Jobs, ask: Ask
):
    jobs.wake("T1")
    stored = [intents.add(replace(INTENT, trigger_id=str(number)), NOW) for number in range(3)]
    assert ask(LAUNCHES) == [("T1", run.id, None) for run in stored if run]
    assert ask(WAITING) == [("T1",)]


def test_one_invocation_is_launched_once_however_often_it_is_delivered(intents: Runs, ask: Ask):
    stored = [intents.add(INTENT, NOW) for _ in range(3)]
    assert stored[1:] == [None, None]
    assert len(ask(LAUNCHES)) == len(intents.open("T1")) == 1


@pytest.mark.parametrize(
    "decided",
    [
        Decision(state=State.ASKED, doubt=ConfirmReason.DOUBLE),
        Decision(state=State.ENDED, ending=Ending(Kind.NO_KEY)),
    ],
    ids=["asked first", "refused"],
)
def test_what_is_not_to_be_launched_brings_no_launch(intents: Runs, ask: Ask, decided: Decision):
    assert intents.add(INTENT, NOW, decided)
    assert ask(LAUNCHES) == []


def test_a_request_whose_launch_cannot_be_stored_is_not_stored_either(intents: Runs, ask: Ask):
    ask("ALTER TABLE procrastinate_jobs RENAME TO elsewhere")
    with pytest.raises(StoreUnavailable):
        intents.add(INTENT, NOW)
    assert intents.open("T1") == []


def test_what_the_database_does_not_take_is_left_to_the_sweep(jobs: Jobs, ask: Ask):
    ask("ALTER TABLE procrastinate_jobs RENAME TO elsewhere")
    jobs.wake("T1")
    jobs.launch("T1", 1)


def test_each_workspace_has_one_wake_of_its_own(jobs: Jobs, ask: Ask):
    for workspace in ("T1", "T2", "T1"):
        jobs.wake(workspace)
    assert sorted(ask(WAITING)) == [("T1",), ("T2",)]


def test_the_migrations_bring_the_tables_of_the_library_that_is_pinned():
    kept = Path(migrations.__file__).parent / "versions/0003_jobs.sql"
    assert kept.read_text().endswith(f"\n{SchemaManager.get_schema()}")
