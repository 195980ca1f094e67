"""A store that is an older state than the one before is noticed, and no other one is."""

import json
import stat
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from restoring import back_up, restore
from sqlalchemy import text
from stage import INTENT

from phantombot.database.engine import Database
from phantombot.database.epochs import Epochs, Restored, _is_moved
from phantombot.database.vault import Vault
from phantombot.errors import StoreUnavailable
from phantombot.runs.store import Runs

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


class Store:
    """A database in use by one process after another."""

    def __init__(self, url: str, folder: Path) -> None:
        self.url, self.copy = url, folder / "copy"
        self.file = Path(url.removeprefix("sqlite:///"))
        self.marker = self.file.with_name(f".{self.file.name}.epoch")
        self._opened: list[Database] = []

    def open(self) -> Database:
        self._opened.append(Database(self.url.replace("postgresql://", "postgresql+psycopg://")))
        self._opened[-1].migrate()
        return self._opened[-1]

    def close(self) -> None:
        while self._opened:
            self._opened.pop().close()

    def process(self) -> Epochs:
        """Start another process on the store, and return its epochs."""
        return Epochs(self.open(), lambda: NOW)

    def back_up(self) -> None:
        back_up(self.url, self.copy)

    def restore(self) -> None:
        self.close()
        restore(self.url, self.copy)


@pytest.fixture
def store(database_url: str, tmp_path: Path) -> Iterator[Store]:
    store = Store(database_url, tmp_path)
    yield store
    store.close()


@pytest.fixture
def file(sqlite_url: str, tmp_path: Path) -> Iterator[Store]:
    """Yield a store in a SQLite file."""
    store = Store(sqlite_url, tmp_path)
    yield store
    store.close()


@pytest.fixture
def server(postgres_url: str, tmp_path: Path) -> Iterator[Store]:
    """Yield a store on PostgreSQL."""
    store = Store(postgres_url, tmp_path)
    yield store
    store.close()


def epoch(store: Store) -> int:
    with store.open().reading() as connection:
        return connection.execute(text("SELECT epoch FROM epochs")).scalar_one()


def execute(store: Store, statement: str) -> None:
    with store.open().writing() as connection:
        connection.execute(text(statement))


def test_no_process_takes_what_another_left_for_an_older_state(store: Store):
    for _ in range(3):
        process = store.process()
        assert process.restored() is None
        process.check()
    assert epoch(store) == 6


def test_several_processes_raise_one_epoch_and_none_takes_it_for_older(store: Store):
    processes = [store.process() for _ in range(3)]
    for process in (*processes, *reversed(processes)):
        process.check()
        assert process.restored() is None
    assert epoch(store) == 6


def test_a_restored_backup_is_noticed_with_the_newest_run_it_has(store: Store, vault: Vault):
    runs = Runs(store.open(), vault)
    typed = runs.add(INTENT, NOW)
    assert typed is not None
    first = store.process()
    first.check()
    store.back_up()
    first.check()
    store.restore()
    second = store.process()
    assert second.restored() == Restored(NOW, typed.id)
    second.check()
    assert second.restored() == store.process().restored() == Restored(NOW, typed.id)


def test_what_is_older_than_a_running_process_saw_is_noticed_by_it(store: Store):
    process = store.process()
    process.check()
    process.check()
    execute(store, "UPDATE epochs SET epoch = 1")
    process.check()
    assert process.restored() == Restored(NOW, 0)
    assert epoch(store) == 3


def test_a_backup_of_a_release_without_epochs_is_noticed(file: Store):
    file.process().check()
    execute(file, "DELETE FROM epochs")
    assert file.process().restored() is not None


def test_another_store_in_the_files_place_is_not_believed_to_be_as_new(file: Store):
    file.process().check()
    execute(file, "UPDATE epochs SET store = 'another', epoch = 1000")
    assert file.process().restored() is not None


@pytest.mark.parametrize("left", [None, "", "{}", "[]", '{"store": 1}', '{"epoch": "x"}', "\0"])
def test_without_a_marker_that_can_be_read_nothing_is_older_and_it_is_made_anew(
    file: Store, left: str | None
):
    file.process().check()
    file.marker.unlink()
    if left is not None:
        file.marker.write_text(left)
    assert file.process().restored() is None
    assert json.loads(file.marker.read_text())["epoch"] == epoch(file) == 2


def test_the_marker_is_its_owners_alone_and_no_file_that_a_restore_removes(file: Store):
    file.process().check()
    assert stat.S_IMODE(file.marker.stat().st_mode) == 0o600
    assert file.marker not in file.file.parent.glob(f"{file.file.name}*")


def test_a_marker_that_cannot_be_written_is_said_once_and_keeps_nobody_from_working(
    file: Store, caplog: pytest.LogCaptureFixture
):
    file.marker.mkdir()
    process = file.process()
    for _ in range(3):
        process.check()
    assert process.restored() is None
    said = [record for record in caplog.records if "won't be noticed" in record.message]
    assert len(said) == 1


def test_a_store_that_cannot_be_checked_is_not_taken_for_current(
    postgres_url: str, tmp_path: Path, drop_database: Callable[[str], None]
):
    gone = Store(postgres_url, tmp_path)
    process = gone.process()
    drop_database(postgres_url)
    with pytest.raises(StoreUnavailable):
        process.restored()
    gone.close()


def test_a_follower_that_was_promoted_is_noticed_by_its_timeline(server: Store):
    process = server.process()
    process.check()
    execute(server, "UPDATE epochs SET place = replace(place, '/00000001', '/00000007')")
    assert server.process().restored() == Restored(NOW, 0)


def test_a_new_connection_has_the_store_checked_again(server: Store):
    database = server.open()
    process = Epochs(database, lambda: NOW)
    assert process.restored() is None
    execute(server, "UPDATE epochs SET place = replace(place, '/00000001', '/00000007')")
    assert process.restored() is None
    database.engine.dispose()
    database.ping()
    assert process.restored() == Restored(NOW, 0)


def test_a_server_that_does_not_tell_its_timeline_is_no_older_state(server: Store):
    server.process().check()
    execute(
        server,
        "CREATE SCHEMA off;"
        "CREATE FUNCTION off.pg_walfile_name(pg_lsn) RETURNS text LANGUAGE plpgsql AS"
        " $$ BEGIN RAISE EXCEPTION 'not here'; END $$;"
        "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET search_path = off, public, pg_catalog',"
        " current_database()); END $$",
    )
    server.close()
    process = server.process()
    assert process.restored() is None
    process.check()
    with server.open().reading() as connection:
        place = connection.execute(text("SELECT place FROM epochs")).scalar_one()
    assert place.endswith("/00000001")


@pytest.mark.parametrize(
    ("before", "now", "moved"),
    [
        ("", "", False),
        ("1.2/01", "1.2/01", False),
        ("1.2/01", "1.2/02", True),
        ("1.2/01", "1.3/01", True),
        ("1.2/01", "1.2/", False),
        ("1.2/", "1.2/01", False),
        ("1.2/", "1.3/01", True),
    ],
)
def test_only_what_is_known_of_both_places_can_differ(before: str, now: str, moved: bool):
    assert _is_moved(before, now) is moved
