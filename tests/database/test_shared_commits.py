"""Writers of a SQLite file that share a commit."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager

import pytest
from patience import PATIENCE, becomes
from sqlalchemy import Connection, text

from phantombot.database.engine import Database
from phantombot.errors import StoreUnavailable

Work = Callable[[Connection], None]


@pytest.fixture
def database(sqlite_url: str) -> Iterator[Database]:
    database = Database(sqlite_url)
    database._commits.worth_sharing = 0.0
    with database.writing() as connection:
        connection.execute(text("CREATE TABLE t (n INTEGER)"))
    yield database
    database.close()


def insert(number: int) -> Work:
    return lambda connection: connection.execute(text("INSERT INTO t VALUES (:n)"), {"n": number})


def write(database: Database, *work: Work) -> None:
    with database.writing(shared=True) as connection:
        for one in work:
            one(connection)


def stored(database: Database) -> list[int]:
    with database.reading() as connection:
        return list(connection.execute(text("SELECT n FROM t ORDER BY n")).scalars())


@contextmanager
def in_line_behind(
    database: Database, first: Work, *behind: Work
) -> Iterator[tuple[list["Future[None]"], list[str]]]:
    """Yield the writers, of which the first has the turn until all others wait for it.

    With what the database is told meanwhile.
    """
    told: list[str] = []
    has_turn = threading.Event()

    def hold(connection: Connection) -> None:
        database._commits._in_line -= len(behind)
        connection.connection.driver_connection.set_trace_callback(told.append)
        has_turn.set()
        assert becomes(lambda: database._commits._in_line == len(behind))

    with ThreadPoolExecutor(len(behind) + 1) as pool:
        database._commits._in_line += len(behind)  # a commit is for those in line when it begins
        writers = [pool.submit(write, database, first, hold)]
        assert has_turn.wait(PATIENCE)
        writers += [pool.submit(write, database, work) for work in behind]
        yield writers, told


def test_those_that_wait_for_their_turn_share_a_commit(database: Database):
    work = [insert(number) for number in range(6)]
    with in_line_behind(database, *work) as (writers, told):
        assert [writer.result(PATIENCE) for writer in writers] == [None] * 6
    assert told.count("COMMIT") == 1
    assert stored(database) == [0, 1, 2, 3, 4, 5]


def test_where_the_disk_is_quick_each_commits_for_itself(database: Database):
    database._commits.worth_sharing = PATIENCE
    work = [insert(number) for number in range(6)]
    with in_line_behind(database, *work) as (writers, told):
        assert [writer.result(PATIENCE) for writer in writers] == [None] * 6
    assert told.count("COMMIT") == 6
    assert stored(database) == [0, 1, 2, 3, 4, 5]


def test_one_that_fails_fails_none_of_the_others(database: Database):
    def fail(connection: Connection) -> None:
        insert(7)(connection)
        raise RuntimeError("a bug")

    with in_line_behind(database, insert(1), fail, insert(3)) as (writers, _):
        assert isinstance(writers[1].exception(PATIENCE), RuntimeError)
        assert [writer.exception(PATIENCE) for writer in (writers[0], writers[2])] == [None, None]
    assert stored(database) == [1, 3]


def test_where_sqlite_undoes_all_of_it_nobody_is_told_that_it_is_stored(database: Database):
    def undo(connection: Connection) -> None:
        connection.connection.driver_connection.rollback()  # as SQLite does by itself
        raise StoreUnavailable("its disk is full")

    with in_line_behind(database, insert(1), undo) as (writers, _):
        for writer in writers:
            assert "its disk is full" in str(writer.exception(PATIENCE))
    assert stored(database) == []
    write(database, insert(2))
    assert stored(database) == [2]


def test_what_was_left_to_a_writer_that_gave_up_is_committed_all_the_same(database: Database):
    database._commits._in_line += 1  # it is in line, and never comes
    write(database, insert(1))
    assert stored(database) == [1]


def test_who_writes_alone_finds_what_others_left_to_commit_committed(database: Database):
    def write_alone() -> None:
        with database.writing() as connection:
            insert(2)(connection)

    database._commits._in_line += 1
    with ThreadPoolExecutor(2) as pool:
        left = pool.submit(write, database, insert(1))
        assert becomes(lambda: database._commits._open is not None or left.done())
        pool.submit(write_alone).result(PATIENCE)
        left.result(PATIENCE)
    assert stored(database) == [1, 2]


@pytest.mark.parametrize("shared", [True, False])
def test_who_writes_while_the_store_is_closed_leaves_no_connection_open(
    database: Database, shared: bool
):
    write(database, insert(1))
    with database.writing(shared=shared) as connection:
        database.close()
        insert(2)(connection)
    assert database._commits._connection.closed
    assert database.engine.pool.checkedout() == 0


def test_who_writes_once_the_store_is_closed_leaves_no_connection_open(database: Database):
    write(database, insert(1))
    database.close()
    write(database, insert(2))
    assert database._commits._connection.closed
    assert database.engine.pool.checkedout() == 0
