"""How connections to SQLite and PostgreSQL are opened, and what bounds them."""

import sqlite3
from typing import Any

import sqlalchemy
from sqlalchemy import Engine, event
from sqlalchemy.engine import make_url

from phantombot.database.private_file import keep_private
from phantombot.database_url import options_of

TIMEOUT = 2.0
"""Seconds until a statement times out; in a request that has less time left, that is less."""
SQLITE_KEPT, SQLITE_CONNECTIONS = 16, 26
"""Connections to SQLite that stay open, and those that may be open at once."""


def create_engine(url: str, connections: int) -> Engine:
    """Return an engine with at most so many connections to PostgreSQL; none is opened yet.

    Raises:
        ArgumentError: the address can't be read.
        ValueError: the same.
    """
    if make_url(url).get_backend_name() == "sqlite":
        engine = sqlalchemy.create_engine(url, pool_size=SQLITE_KEPT, pool_timeout=TIMEOUT)
        event.listen(engine, "connect", _set_up_sqlite)
        keep_private(engine.url.database or "")
        return engine
    engine = sqlalchemy.create_engine(
        url,
        pool_size=connections,
        max_overflow=0,
        pool_timeout=TIMEOUT,
        pool_pre_ping=True,
        connect_args={
            "connect_timeout": int(TIMEOUT),
            "options": options_of(url, f"-c statement_timeout={int(TIMEOUT * 1000)}"),
            "tcp_user_timeout": int(TIMEOUT * 1000),
            "application_name": "phantombot",
        },
    )
    event.listen(engine, "do_connect", _connect_to_postgres)
    return engine


def _connect_to_postgres(_dialect: Any, _record: Any, given: Any, named: Any) -> Any:
    # SQLite's users must not wait for psycopg to load.
    from phantombot.database.bounded_postgres import connect  # noqa: PLC0415

    return connect(TIMEOUT, *given, **named)


def _set_up_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    for pragma in (
        f"busy_timeout = {int(TIMEOUT * 1000)}",
        "journal_mode = WAL",
        "synchronous = FULL",
        "foreign_keys = ON",
        "secure_delete = ON",  # what is deleted is overwritten
    ):
        connection.execute(f"PRAGMA {pragma}")
