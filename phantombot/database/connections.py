"""Open connections to SQLite and PostgreSQL, with their limits and time-outs."""

import select
import sqlite3
import time
from typing import Any

import sqlalchemy
from sqlalchemy import Engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import InvalidatePoolError

from phantombot.database.deadline import TIMEOUT
from phantombot.database.private_file import keep_private
from phantombot.database_url import options_of

_PINGED_AFTER = 60.0
"""Seconds without use after which a connection to PostgreSQL is tested before use."""
SQLITE_KEPT, SQLITE_CONNECTIONS = 16, 26
"""Connections to SQLite that stay open, and the maximum at once."""


def create_engine(url: str, connections: int) -> Engine:
    """Return an engine with at most so many connections to PostgreSQL; open none yet.

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
        # The one used last has its statements prepared: the server plans each five times at first.
        pool_use_lifo=True,
        connect_args={
            "connect_timeout": int(TIMEOUT),
            "options": options_of(url, f"-c statement_timeout={int(TIMEOUT * 1000)}"),
            "tcp_user_timeout": int(TIMEOUT * 1000),
            "application_name": "phantombot",
        },
    )
    event.listen(engine, "do_connect", _connect_to_postgres)
    event.listen(engine, "checkin", _note_use)
    event.listen(engine, "checkout", _require_life)
    return engine


def _note_use(_connection: Any, record: Any) -> None:
    record.info["used_at"] = time.monotonic()


def _require_life(connection: Any, record: Any, _proxy: Any) -> None:
    """Replace a connection that the server has closed, which unread bytes show at once.

    A ping would cost one more round trip before each query.
    """
    idle = time.monotonic() - record.info.get("used_at", time.monotonic())
    if _is_closed(connection) or (idle > _PINGED_AFTER and not _answers(connection)):
        raise InvalidatePoolError("the server has closed the connection")


def _is_closed(connection: Any) -> bool:
    if connection.closed:
        return True
    heard = select.poll()
    heard.register(connection.fileno(), select.POLLIN)
    return bool(heard.poll(0))


def _answers(connection: Any) -> bool:
    try:
        connection.execute("SELECT 1")
        connection.rollback()
    except Exception:  # noqa: BLE001 - then it is replaced, and the error is that one's
        return False
    return True


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
        "secure_delete = ON",  # deleted rows are overwritten
    ):
        connection.execute(f"PRAGMA {pragma}")
