"""`/healthz` says what writing says."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
from patience import becomes
from sqlalchemy import event

from .conftest import BotProcess, Wire, ask, store_key

OK = (200, "ok")


def health(wire: Wire) -> tuple[int, str]:
    return ask(wire, "GET", "/healthz")


def unwell(wire: Wire, why: str) -> Callable[[], bool]:
    return lambda: health(wire) == (503, f"the database can't be written: {why}")


def damage(wire: Wire) -> None:
    file = Path(wire.environ["DATABASE_URL"].removeprefix("sqlite:///"))
    for part in (file, file.with_name(f"{file.name}-wal")):
        with part.open("r+b") as opened:
            opened.write(b"garbage!" * (part.stat().st_size // 8))


def test_a_clock_that_phantombusters_disagrees_with_is_told(
    make_wire: Callable[..., Wire], sqlite_url: str
):
    wire = make_wire(sqlite_url, speed=1)
    wire.phantombuster.set_clock(3600)
    wire.start(1)
    assert health(wire) == OK
    wire.learn_agents()
    status, says = health(wire)
    assert status == 200
    assert re.fullmatch(
        r"ok; this machine's clock is 3[56]\d\d s behind Phantombuster's: set it by NTP", says
    )


def test_a_clock_that_the_databases_disagrees_with_is_told_and_hides_no_worker(
    make_wire: Callable[..., Wire], start_bot: Callable[..., BotProcess], postgres_url: str
):
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        set_back(connection, hours=2)
    wire = make_wire(postgres_url)
    store_key(wire)
    start_bot(wire, "worker")
    start_bot(wire, "web")
    assert becomes(lambda: "a worker was seen" in health(wire)[1])
    status, says = health(wire)
    assert status == 200
    assert re.search(r"; this machine's clock is 7[12]\d\d s ahead of the database's", says)


def set_back(connection: psycopg.Connection, hours: int) -> None:
    """Put the database's clock back, for all who ask it by its function."""
    connection.execute("CREATE SCHEMA off")
    connection.execute(
        "CREATE FUNCTION off.clock_timestamp() RETURNS timestamptz LANGUAGE sql AS"
        f" $$ SELECT pg_catalog.clock_timestamp() - interval '{hours} hours' $$"
    )
    name = connection.info.dbname
    connection.execute(f"ALTER DATABASE {name} SET search_path = off, public, pg_catalog")


def test_a_file_that_cannot_be_written_is_unhealthy_until_it_can(wire: Wire):
    assert health(wire) == OK
    only_read = ["ON"]

    def opened(connection: Any, _record: object) -> None:
        connection.execute(f"PRAGMA query_only = {only_read[0]}")

    event.listen(wire.process.database.engine, "connect", opened)
    assert becomes(unwell(wire, "it can only be read"))
    only_read[0] = "OFF"
    assert becomes(lambda: health(wire) == OK)


def test_a_damaged_file_is_unhealthy_though_it_is_whole_in_memory(wire: Wire):
    assert health(wire) == OK
    damage(wire)
    assert becomes(unwell(wire, "its file is damaged"))


def test_a_damaged_file_is_named_where_no_connection_from_before_is_left(wire: Wire):
    assert health(wire) == OK
    damage(wire)
    wire.process.database.engine.dispose()
    assert becomes(unwell(wire, "its file is damaged"))


def test_a_web_process_sees_that_its_database_can_only_be_read(
    make_wire: Callable[..., Wire], start_bot: Callable[..., BotProcess], postgres_url: str
):
    wire = make_wire(postgres_url)
    store_key(wire)
    start_bot(wire, "web")
    well = (200, "ok, but no worker has been seen lately")
    assert health(wire) == well
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        set_read_only(connection, "on")
        assert becomes(unwell(wire, "it can only be read"))
        set_read_only(connection, "off")
        assert becomes(lambda: health(wire) == well)


def set_read_only(connection: psycopg.Connection, how: str) -> None:
    name = connection.info.dbname
    connection.execute(f"ALTER DATABASE {name} SET default_transaction_read_only = {how}")
    # Sessions keep what they began with.
    connection.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
