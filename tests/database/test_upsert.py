from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select

from phantombot.database.engine import Database
from phantombot.database.schema import closed_channels, homes
from phantombot.database.upsert import insert_if_absent, upsert

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
HERE = {"workspace": "T1", "channel": "C1"}
THERE = {"workspace": "T1", "channel": "C2"}


def row(code: str) -> dict[str, Any]:
    return {"code": code, "closed_at": NOW}


def codes(database: Database) -> dict[str, str]:
    with database.reading() as connection:
        found = connection.execute(select(closed_channels)).all()
    return {one.channel: one.code for one in found}


def test_a_row_is_inserted_and_then_updated_and_no_other(database: Database):
    for keys, code in [(HERE, "first"), (THERE, "other"), (HERE, "second")]:
        with database.writing() as connection:
            upsert(connection, closed_channels, keys, row(code))
    assert codes(database) == {"C1": "second", "C2": "other"}


def test_what_only_a_new_row_gets_an_old_one_does_not(database: Database):
    keys = {"workspace": "T1", "user": "U1"}
    values = {"opened_at": NOW, "version": homes.c.version + 1}
    for page in (2, 3, 4):
        with database.writing() as connection:
            upsert(connection, homes, keys, values, {"version": 1, "page": page, "wanted": ""})
    with database.reading() as connection:
        found = connection.execute(select(homes)).one()
    assert (found.version, found.page, found.opened_at) == (3, 2, NOW)


def test_a_row_that_is_there_is_not_inserted_again(database: Database):
    with database.writing() as connection:
        assert insert_if_absent(connection, closed_channels, HERE, row("first"))
        assert not insert_if_absent(connection, closed_channels, HERE, row("second"))
    assert codes(database) == {"C1": "first"}


def test_of_several_who_insert_one_row_at_once_one_has_inserted_it(database: Database):
    def insert(number: int) -> bool:
        with database.writing() as connection:
            return insert_if_absent(connection, closed_channels, HERE, row(str(number)))

    with ThreadPoolExecutor(4) as pool:
        inserted = list(pool.map(insert, range(4)))
    assert inserted.count(True) == 1
    assert codes(database) == {"C1": str(inserted.index(True))}


def test_several_who_write_one_row_at_once_all_do(database: Database):
    def write(number: int) -> None:
        with database.writing() as connection:
            upsert(connection, closed_channels, HERE, row(str(number)))

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(write, range(4)))
    assert set(codes(database)) == {"C1"}
