"""Statements that are sent to PostgreSQL together."""

import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import pytest
from patience import PATIENCE, becomes
from sqlalchemy import text

from phantombot.database.deadline import ANSWERED_WITHIN, answering
from phantombot.database.engine import Database
from phantombot.database.shared_statements import SharedStatements
from phantombot.errors import StoreUnavailable


class Server:
    """Is busy with the first statement until it is let go; says `down` in several at once."""

    def __init__(self) -> None:
        self.batches: list[list[str]] = []
        self.alone: list[str] = []
        self.begun, self.let_go = threading.Event(), threading.Event()
        self.statements = SharedStatements(self.send, self.send_alone)

    def send(self, statements: Sequence[tuple[str, Any]]) -> list[str]:
        said = [statement for statement, _ in statements]
        self.batches.append(said)
        if "down" in said:
            raise StoreUnavailable("one of them")
        return [f"row of {one}" for one in said]

    def send_alone(self, statement: str, _given: object) -> str:
        self.alone.append(statement)
        self.begun.set()
        assert self.let_go.wait(PATIENCE)
        if statement == "down":
            raise StoreUnavailable("this one")
        return f"row of {statement}"

    def store(self, pool: ThreadPoolExecutor, *statements: str) -> "list[Future[str]]":
        """Store statements, of which the first is being sent and the others wait, in this order."""
        storing = []
        for number, statement in enumerate(statements):
            storing.append(pool.submit(self.statements.store, statement, {}))
            assert self.begun.wait(PATIENCE)
            assert becomes(lambda number=number: len(self.statements._queue) == number)
        return storing


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(8) as pool:
        yield pool


def test_those_that_come_while_one_is_stored_are_sent_together(pool: ThreadPoolExecutor):
    server = Server()
    storing = server.store(pool, "a", "b", "c", "d")
    server.let_go.set()
    assert [one.result(PATIENCE) for one in storing] == [f"row of {name}" for name in "abcd"]
    assert (server.alone, server.batches) == (["a"], [["b", "c", "d"]])
    assert server.statements.store("e", {}) == "row of e"


def test_one_that_fails_fails_none_of_the_others(pool: ThreadPoolExecutor):
    server = Server()
    storing = server.store(pool, "a", "b", "down", "d")
    server.let_go.set()
    assert "this one" in str(storing[2].exception(PATIENCE))
    assert [storing[at].result(PATIENCE) for at in (0, 1, 3)] == [
        "row of a",
        "row of b",
        "row of d",
    ]
    assert sorted(server.alone) == ["a", "b", "d", "down"]


def test_one_that_has_no_time_left_leaves_the_queue_and_the_rest_is_sent(pool: ThreadPoolExecutor):
    server = Server()
    storing = server.store(pool, "a")
    with answering(time.monotonic() - ANSWERED_WITHIN + 0.1), pytest.raises(StoreUnavailable):
        server.statements.store("late", {})
    storing.append(pool.submit(server.statements.store, "b", {}))
    assert becomes(lambda: len(server.statements._queue) == 1)
    server.let_go.set()
    assert [one.result(PATIENCE) for one in storing] == ["row of a", "row of b"]
    assert "late" not in server.alone


def test_postgresql_stores_several_at_once_or_each_by_itself(
    postgres_url: str, pool: ThreadPoolExecutor
):
    database = Database(postgres_url.replace("postgresql://", "postgresql+psycopg://"))
    with database.writing() as connection:
        connection.execute(text("CREATE TABLE t (n INTEGER CHECK (n < 40))"))
    add = "INSERT INTO t VALUES (%(n)s) RETURNING n"
    storing = [pool.submit(database.store, add, {"n": number}) for number in range(41)]
    assert [one.result(PATIENCE) for one in storing[:40]] == [(number,) for number in range(40)]
    assert isinstance(storing[40].exception(PATIENCE), StoreUnavailable)
    assert database._store_together([(add, {"n": 1}), (add, {"n": 2})]) == [(1,), (2,)]
    with pytest.raises(StoreUnavailable):
        database._store_together([(add, {"n": 1}), (add, {"n": 99})])
    with database.reading() as connection:
        assert connection.execute(text("SELECT count(*) FROM t")).scalar_one() == 42
    database.close()
