import os
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from threading import Event, Thread

import psycopg
import pytest
from patience import PATIENCE, becomes
from psycopg.pq import TransactionStatus
from sqlalchemy import insert, inspect, select, text
from sqlalchemy.schema import Table

from phantombot.database.deadline import ANSWERED_WITHIN, TIMEOUT, answering, time_left
from phantombot.database.engine import Database
from phantombot.database.migrations import _LOCK, _config, newest
from phantombot.database.schema import REVISION, metadata, processes
from phantombot.errors import StoreUnavailable, StoreUndecided

ADD_PROCESS = insert(processes).values(id="1", role="both", seen_at=datetime.now(UTC))
SLOW_COMMIT = """
    CREATE TABLE slow (n INTEGER);
    CREATE FUNCTION rest() RETURNS trigger LANGUAGE plpgsql AS
    'BEGIN PERFORM pg_sleep(60); RETURN NULL; END';
    CREATE CONSTRAINT TRIGGER rests AFTER INSERT ON slow DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION rest()
"""


def test_the_code_works_with_the_newest_migration():
    assert newest() == REVISION


@pytest.mark.parametrize("table", metadata.tables.values(), ids=lambda table: table.name)
def test_the_migrations_make_the_tables_the_code_works_with(database: Database, table: Table):
    inspector = inspect(database.engine)
    made = {column["name"]: column["nullable"] for column in inspector.get_columns(table.name)}
    assert made == {column.name: column.nullable for column in table.columns}
    indexes = {index["name"]: index["column_names"] for index in inspector.get_indexes(table.name)}
    constraints = inspector.get_unique_constraints(table.name)
    unique = {constraint["name"] for constraint in constraints}
    assert {name for name in indexes if name not in unique} == {str(i.name) for i in table.indexes}


def test_several_processes_may_migrate_at_once(empty_database_url: str):
    url = empty_database_url.replace("postgresql://", "postgresql+psycopg://")
    failures: list[Exception] = []

    def migrate() -> None:
        database = Database(url)
        try:
            database.migrate()
            database.ping()
        except Exception as error:  # noqa: BLE001 - whatever it is fails the test
            failures.append(error)
        database.close()

    threads = [threading.Thread(target=migrate) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


def test_a_migration_waits_for_another_that_takes_longer_than_a_statement_may(
    empty_database_url: str,
):
    url = empty_database_url.replace("postgresql://", "postgresql+psycopg://")
    other, mine = Database(url), Database(url)
    done = threading.Event()

    def migrate() -> None:
        mine.migrate()
        done.set()

    with other.engine.connect() as connection:
        if other.is_sqlite:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        else:
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        threading.Thread(target=migrate, daemon=True).start()
        assert not done.wait(TIMEOUT + 1)
        connection.rollback()
    assert done.wait(PATIENCE)
    assert mine.revision() == REVISION
    mine.close()
    other.close()


def test_after_a_migration_a_statement_has_its_own_time_out_again(empty_database_url: str):
    database = Database(empty_database_url.replace("postgresql://", "postgresql+psycopg://"))
    database.migrate()
    asked = "PRAGMA busy_timeout" if database.is_sqlite else "SHOW statement_timeout"
    with database.engine.connect() as connection:
        assert connection.execute(text(asked)).scalar_one() in (2000, "2s")
    database.close()


def test_options_in_the_address_of_postgresql_reach_it(postgres_url: str):
    url = postgres_url.replace("postgresql://", "postgresql+psycopg://")
    mark = "&" if "?" in url else "?"
    database = Database(f"{url}{mark}options=-c%20search_path%3Dpublic,other")
    with database.reading() as connection:
        assert connection.execute(text("SHOW search_path")).scalar_one() == "public,other"
        assert connection.execute(text("SHOW statement_timeout")).scalar_one() == "2s"
    database.close()


def test_the_migrations_are_found_in_a_folder_with_a_percent_sign(tmp_path: Path):
    folder = tmp_path / "100%s"
    folder.mkdir()
    assert _config(folder).get_main_option("script_location") == str(folder)


@pytest.mark.parametrize(
    "url",
    [
        "sqlite:////no/such/folder/phantombot.db",
        "postgresql+psycopg://nobody:hunter2@127.0.0.1:1/none",
        "postgresql+psycopg://u:p@[broken/none",
    ],
)
def test_a_database_that_cannot_be_reached_is_unavailable_and_its_password_unsaid(url: str):
    with pytest.raises(StoreUnavailable) as caught:
        Database(url).ping()
    assert "hunter2" not in repr(caught.value)
    assert caught.value.__cause__ is None


def test_a_query_begins_no_transaction_that_would_have_to_be_ended(database: Database):
    with database.reading() as connection:
        connection.execute(text("SELECT 1"))
        driver = connection.connection.driver_connection
        if database.is_sqlite:
            assert not driver.in_transaction
        else:
            assert driver.info.transaction_status is TransactionStatus.IDLE
    with database.writing() as connection:
        connection.execute(text("CREATE TABLE t (n INTEGER)"))
        assert database.is_sqlite or not connection.connection.driver_connection.autocommit


def test_what_is_in_use_when_the_store_is_closed_is_closed_once_it_is_given_back(
    database: Database,
):
    with database.reading() as connection:
        driver = connection.connection.driver_connection
        database.close()
        assert connection.execute(text("SELECT 1")).scalar_one() == 1
    with pytest.raises((sqlite3.ProgrammingError, psycopg.OperationalError), match="closed"):
        driver.execute("SELECT 1")


def test_what_a_thread_reads_together_takes_one_connection_and_others_have_their_own(
    database: Database,
):
    with database.reading_together():
        with database.reading() as one:
            pass
        with database.reading() as same:
            assert same.execute(text("SELECT 1")).scalar_one() == 1
        others: list[object] = []
        other = threading.Thread(target=lambda: others.append(_connection(database)))
        other.start()
        other.join()
        assert one is same
        assert others[0] is not one
    assert _connection(database) is not one


def test_after_a_failure_among_what_is_read_together_a_thread_reads_as_before(database: Database):
    def fail() -> None:
        with database.reading_together(), database.reading() as connection:
            connection.execute(text("SELECT nothing FROM nowhere"))

    with pytest.raises(StoreUnavailable):
        fail()
    database.ping()


@pytest.fixture
def open_to_all(tmp_path: Path) -> Iterator[Path]:
    """Yield a folder in which new files can be read by everybody."""
    before = os.umask(0o022)
    yield tmp_path
    os.umask(before)


def permissions(folder: Path) -> dict[str, int]:
    return {path.name: path.stat().st_mode & 0o777 for path in folder.iterdir()}


def test_a_sqlite_files_owner_alone_can_read_it(open_to_all: Path):
    database = Database(f"sqlite:///{open_to_all}/new.db")
    database.migrate()
    with database.reading():
        assert permissions(open_to_all) == dict.fromkeys(
            ["new.db", "new.db-wal", "new.db-shm"], 0o600
        )
    database.close()


def test_a_file_of_an_earlier_version_is_made_private_and_that_is_logged(
    open_to_all: Path, caplog: pytest.LogCaptureFixture
):
    for name in ("old.db", "old.db-wal"):
        (open_to_all / name).touch(0o644)
    caplog.set_level("INFO")
    Database(f"sqlite:///{open_to_all}/old.db").close()
    Database(f"sqlite:///{open_to_all}/old.db").close()
    assert set(permissions(open_to_all).values()) == {0o600}
    assert caplog.messages == [
        "old.db is now readable for its owner alone",
        "old.db-wal is now readable for its owner alone",
    ]


def test_what_is_deleted_is_neither_in_the_file_nor_in_its_log(tmp_path: Path):
    database = Database(f"sqlite:///{tmp_path}/x.db")
    with database.writing() as connection:
        connection.execute(text("CREATE TABLE t (name TEXT)"))
        for size in (20, 9000):
            name = {"name": "canary-" * size}
            connection.execute(text("INSERT INTO t VALUES (:name), ('other')"), name)
    with database.writing() as connection:
        connection.execute(text("DELETE FROM t WHERE name <> 'other'"))
    assert database.forget_deleted()
    assert b"canary" not in b"".join(path.read_bytes() for path in tmp_path.iterdir())
    database.close()


def test_a_reader_keeps_the_log_from_being_emptied_only_until_it_is_done(tmp_path: Path):
    database = Database(f"sqlite:///{tmp_path}/x.db")
    with database.writing() as connection:
        connection.execute(text("CREATE TABLE t (name TEXT)"))
    other = sqlite3.connect(tmp_path / "x.db", isolation_level=None)
    other.execute("BEGIN")
    other.execute("SELECT * FROM t").fetchall()
    with database.writing() as connection:
        connection.execute(text("INSERT INTO t VALUES ('a')"))
    assert not database.forget_deleted()
    other.close()
    assert database.forget_deleted()
    database.close()


def _connection(database: Database) -> object:
    with database.reading() as connection:
        return connection


@pytest.fixture
def postgres(postgres_url: str) -> Iterator[Database]:
    database = Database(postgres_url.replace("postgresql://", "postgresql+psycopg://"))
    yield database
    database.close()


def test_a_request_whose_time_is_over_neither_reads_nor_writes(database: Database):
    with answering(time.monotonic() - ANSWERED_WITHIN):
        for used in (database.reading, database.writing):
            with pytest.raises(StoreUnavailable, match="too slow"), used():
                pytest.fail("it was begun")
    database.ping()


def test_what_is_out_of_time_before_it_is_committed_is_undone(database: Database):
    def late() -> None:
        soon = time.monotonic() - ANSWERED_WITHIN + 0.2
        with answering(soon), database.writing() as connection:
            connection.execute(ADD_PROCESS)
            assert becomes(lambda: time_left(1) <= 0)

    with pytest.raises(StoreUnavailable) as caught:
        late()
    assert not isinstance(caught.value, StoreUndecided)
    with database.reading() as connection:
        assert connection.execute(select(processes)).all() == []


def test_a_request_leaves_the_time_outs_of_others_as_they_are(database: Database):
    with answering(time.monotonic() - ANSWERED_WITHIN / 2), database.writing() as connection:
        connection.execute(text("CREATE TABLE t (n INTEGER)"))
    limit = "PRAGMA busy_timeout" if database.is_sqlite else "SHOW statement_timeout"
    with database.reading() as connection:
        assert connection.execute(text(limit)).scalar_one() == (
            2000 if database.is_sqlite else "2s"
        )


def test_only_a_request_gives_up_its_turn_at_a_connection_that_others_use(postgres_url: str):
    url = postgres_url.replace("postgresql://", "postgresql+psycopg://")
    only, answered, refused = Database(url, connections=1), Event(), Event()

    def wait_long() -> None:
        with only.reading():
            answered.set()

    def wait_for_a_request() -> None:
        with answering(time.monotonic()), suppress(StoreUnavailable), only.reading():
            pytest.fail("there was no connection")
        refused.set()

    threads = [Thread(target=work, daemon=True) for work in (wait_long, wait_for_a_request)]
    with only.writing():
        for thread in threads:
            thread.start()
        assert refused.wait(PATIENCE)  # as long as a statement may take, and longer
        assert not answered.is_set()
    assert answered.wait(PATIENCE)
    for thread in threads:
        thread.join(PATIENCE)
    only.close()


def test_only_a_commit_that_need_not_be_flushed_does_not_wait_for_the_disk(database: Database):
    for flushed, says in ((False, "off"), (True, "on")):
        with database.writing(flushed=flushed) as connection:
            connection.execute(text("CREATE TABLE IF NOT EXISTS t (n INTEGER)"))
            connection.execute(text("INSERT INTO t VALUES (1)"))
            if not database.is_sqlite:
                assert connection.execute(text("SHOW synchronous_commit")).scalar_one() == says
    with database.reading() as connection:
        assert connection.execute(text("SELECT count(*) FROM t")).scalar_one() == 2


def test_a_commit_that_is_not_answered_in_time_is_told_as_undecided(postgres: Database):
    with postgres.writing() as connection:
        for statement in SLOW_COMMIT.split(";\n"):
            connection.execute(text(statement))

    def store() -> None:
        soon = time.monotonic() - ANSWERED_WITHIN + 0.3
        with answering(soon), postgres.writing() as connection:
            connection.execute(text("INSERT INTO slow VALUES (1)"))

    with pytest.raises(StoreUndecided):
        store()
    postgres.ping()


def test_what_is_stored_in_one_statement_takes_one_round_trip(postgres: Database, tmp_path: Path):
    add = "INSERT INTO processes (id, role, seen_at) VALUES (%(id)s, 'both', now()) RETURNING id"
    assert postgres.store(add, {"id": "1"}) == ("1",)
    connection = postgres.engine.raw_connection()
    with (tmp_path / "said").open("w+b") as said:
        connection.driver_connection.pgconn.trace(said.fileno())
        connection.close()
        assert postgres.store(add, {"id": "2"}) == ("2",)
        postgres.engine.dispose()
    assert (tmp_path / "said").read_text().count("ReadyForQuery") == 1
    with postgres.reading() as reading:
        assert len(reading.execute(select(processes)).all()) == 2


@pytest.fixture
def admin(postgres_url: str) -> Iterator[psycopg.Connection]:
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        yield connection


END_ALL = (
    "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
)


def test_a_connection_that_the_server_closed_is_replaced_before_it_is_used(
    postgres: Database, admin: psycopg.Connection
):
    for use in (postgres.ping, lambda: postgres.store("SELECT 1", {}), lambda: add(postgres, "x")):
        admin.execute(END_ALL)
        use()


def test_what_is_stored_on_a_connection_that_breaks_is_stored_on_another(
    postgres: Database, admin: psycopg.Connection
):
    admin.execute("CREATE SEQUENCE times")
    admin.execute(
        "CREATE FUNCTION fragile() RETURNS bigint LANGUAGE plpgsql AS 'DECLARE n bigint; BEGIN"
        " n := nextval(''times''); IF n = 1 THEN PERFORM pg_terminate_backend(pg_backend_pid());"
        " END IF; RETURN n; END'"
    )
    assert postgres.store("SELECT fragile()", {}) == (2,)


@pytest.mark.parametrize("left", [0.1, 0.5])
def test_what_takes_longer_than_there_is_time_is_known_not_to_be_stored(
    postgres: Database, left: float
):
    postgres.ping()  # it is connected
    soon = time.monotonic() - ANSWERED_WITHIN + left
    with answering(soon), pytest.raises(StoreUnavailable) as caught:
        postgres.store("SELECT pg_sleep(60)", {})
    assert not isinstance(caught.value, StoreUndecided)
    postgres.ping()


def test_what_the_server_refuses_is_not_stored(postgres: Database):
    with pytest.raises(StoreUnavailable) as caught:
        postgres.store("INSERT INTO nowhere VALUES (1)", {})
    assert not isinstance(caught.value, StoreUndecided)
    with postgres.writing() as connection:
        assert not connection.connection.driver_connection.autocommit


def test_a_full_disk_is_told_in_words_and_noted(sqlite_url: str):
    database = Database(sqlite_url)
    assert database.failure == ""
    with database.reading() as connection:
        connection.execute(text("PRAGMA max_page_count = 1"))
    with pytest.raises(StoreUnavailable, match="its disk is full"):
        add(database, "x" * 1_000_000)
    assert database.failure == "its disk is full"
    database.close()


def test_too_many_connections_are_told_in_words(postgres: Database):
    with postgres.writing() as connection:
        connection.execute(text("CREATE ROLE crowd LOGIN CONNECTION LIMIT 0"))
    try:
        url = postgres.engine.url.set(username="crowd").render_as_string()
        with pytest.raises(StoreUnavailable, match="too many connections"):
            Database(url).ping()
    finally:
        with postgres.writing() as connection:
            connection.execute(text("DROP ROLE crowd"))


def add(database: Database, figures: str) -> None:
    with database.writing() as connection:
        connection.execute(ADD_PROCESS, {"figures": figures})
