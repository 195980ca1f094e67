"""Rows that are read in one query, and asked for one by one afterwards."""

import threading
from datetime import UTC, datetime

import pytest
from sqlalchemy import bindparam, event, func, insert, select

from phantombot.database.engine import Database
from phantombot.database.schema import closed_channels, processes

AT = datetime(2026, 11, 1, 9, tzinfo=UTC)
ROLE = select(processes.c.role, processes.c.seen_at).where(processes.c.id == bindparam("of"))
NEWEST = select(processes.c.id).where(processes.c.role == bindparam("role")).order_by("id").limit(1)
LAST = select(func.max(processes.c.seen_at).label("at")).where(processes.c.id == bindparam("of"))
CLOSED = select(closed_channels).where(closed_channels.c.channel == bindparam("channel"))
ALL = (
    (ROLE, {"of": "1"}),
    (NEWEST, {"role": "both"}),
    (LAST, {"of": "1"}),
    (CLOSED, {"channel": "C1"}),
)


@pytest.fixture
def asked(database: Database) -> list[str]:
    """What the database is asked from now on."""
    with database.writing() as connection:
        connection.execute(insert(processes).values(id="1", role="both", seen_at=AT))
    found: list[str] = []
    event.listen(
        database.engine, "before_cursor_execute", lambda *given: found.append(str(given[2]))
    )
    return found


def test_rows_that_were_read_ahead_are_those_that_would_be_read(
    database: Database, asked: list[str]
):
    alone = [database.row(*one) for one in ALL]
    del asked[:]
    with database.reading_ahead(*ALL):
        together = [database.row(*one) for one in ALL]
    assert len(asked) == 1
    assert together == alone
    assert together[0] is not None
    assert (together[0].role, together[0].seen_at) == ("both", AT)
    assert together[3] is None


def test_what_is_asked_for_again_is_read_again(database: Database, asked: list[str]):
    with database.reading_ahead(*ALL):
        before = database.row(*ALL[0])
        with database.writing() as connection:
            connection.execute(processes.update().values(role="web"))
        after = database.row(*ALL[0])
    assert (before and before.role, after and after.role) == ("both", "web")
    assert len(asked) == 3


def test_rows_of_others_are_read(database: Database, asked: list[str]):
    with database.reading_ahead(*ALL):
        assert database.row(ROLE, {"of": "2"}) is None
        elsewhere = threading.Thread(target=database.row, args=ALL[0])
        elsewhere.start()
        elsewhere.join()
    assert len(asked) == 3


def test_nothing_is_kept_for_later(database: Database, asked: list[str]):
    with database.reading_ahead(*ALL):
        pass
    database.row(*ALL[0])
    assert len(asked) == 2
