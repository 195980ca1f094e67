"""Explain the databases' errors, in words without statements, parameters or addresses."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from phantombot.errors import StoreUnavailable

_FULL = "its disk is full"
_READ_ONLY = "it can only be read"
_DAMAGED = "its file is damaged"
_CROWDED = "it has too many connections"
_LOCKED = "another process holds it locked"

_MEANINGS = {
    "SQLITE_FULL": _FULL,
    "SQLITE_READONLY": _READ_ONLY,
    "SQLITE_CORRUPT": _DAMAGED,
    "SQLITE_NOTADB": _DAMAGED,
    "SQLITE_BUSY": _LOCKED,
    "SQLITE_CANTOPEN": "its file can't be opened",
    "SQLITE_IOERR": "its disk fails",
    "DiskFull": _FULL,
    "ReadOnlySqlTransaction": _READ_ONLY,
    "DataCorrupted": _DAMAGED,
    "IndexCorrupted": _DAMAGED,
    "TooManyConnections": _CROWDED,
    "LockNotAvailable": _LOCKED,
    "QueryCanceled": "it is too slow, or locked",
}
"""By the first two words of SQLite's error name, or by psycopg's class."""
_REFUSED_FOR_CROWD = re.compile("too many (clients|connections)|remaining connection slots")
"""Needed since errors while connecting have no classes of their own."""


@contextmanager
def translated() -> Iterator[None]:
    """Translate SQLAlchemy's errors without their text, which holds statements and parameters.

    Raises:
        StoreUnavailable: the database doesn't answer, or not in time.
    """
    try:
        yield
    except IntegrityError:
        raise
    except (SQLAlchemyError, sqlite3.Error) as error:
        raise StoreUnavailable(meaning(getattr(error, "orig", None) or error)) from None


def is_explained(failure: str) -> bool:
    """Return whether a StoreUnavailable says why in words, not only by the name of a class."""
    return failure in _MEANINGS.values()


def meaning(error: BaseException) -> str:
    """Return what went wrong; the name of the error's class if nothing more is known."""
    word = type(error).__name__
    named = "_".join(getattr(error, "sqlite_errorname", "").split("_")[:2])
    if _REFUSED_FOR_CROWD.search(str(error)) and not named:
        return _CROWDED
    return _MEANINGS.get(named or word, word)
