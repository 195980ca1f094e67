"""Notice a restored backup: the store is an older state than one seen before.

The store has an epoch that goes up at every start, with every heartbeat and at every stop. The last
epoch is remembered where no backup of the store replaces it: in this process, and for a SQLite file
in a small file beside it. PostgreSQL needs no such file, since its store can't be moved unnoticed:
restoring a dump creates the tables again, and promoting a follower begins a new timeline.
"""

import json
import logging
import os
import threading
import uuid
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Row, event, func, select, text, update

from phantombot.context import Clock
from phantombot.database.engine import Database
from phantombot.database.schema import epochs, runs
from phantombot.database.upsert import insert_if_absent
from phantombot.errors import StoreUnavailable

_ONE = 1
"""The id of the table's only row."""
_TABLES = (
    "SELECT oid || '.' || to_regclass('epochs')::oid FROM pg_database"
    " WHERE datname = current_database()"
)
_TIMELINE = "SELECT left(pg_walfile_name(pg_current_wal_lsn()), 8)"
_OLDER = (
    "the database is an older state than the one that was here before, as after restoring a backup:"
    " who asked for a launch that it shows as not sent yet is asked again before it is sent"
)

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Restored:
    """When an older state of the store was noticed, and the newest run in it."""

    at: datetime
    run_id: int


@dataclass(frozen=True)
class Seen:
    """A store, and its epoch as last seen."""

    store: str
    epoch: int

    def knows(self, row: Row[Any]) -> bool:
        """Return whether the current row is of this store, and no older."""
        return bool(self.store == row.store and self.epoch <= row.epoch)


class Marker:
    """A file beside a SQLite file that stores the epoch last seen."""

    def __init__(self, store: Path) -> None:
        # Not `phantombot.db…`: admins remove those files before they restore a backup.
        self._file = store.with_name(f".{store.name}.epoch")
        self._writable = True

    def read(self) -> Seen | None:
        """Return the file's content; None if it doesn't exist or can't be read."""
        try:
            found = json.loads(self._file.read_text())
            return Seen(str(found["store"]), int(found["epoch"]))
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def write(self, seen: Seen) -> None:
        """Replace the file's content; if that fails, log it once."""
        new = self._file.with_name(f"{self._file.name}.new")
        try:
            opened = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(opened, "w") as file:
                json.dump(asdict(seen), file)
            new.replace(self._file)
        except OSError as error:
            if self._writable:
                why = error.strerror
                log.warning("a restored backup won't be noticed: no file beside it (%s)", why)
            self._writable = False
        else:
            self._writable = True


class Epochs:
    """The store's epoch, as this process knows it."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._marker = _marker(database)
        self._lock = threading.Lock()
        self._seen: Seen | None = None
        self._restored: Restored | None = None
        self._place = ""
        self._is_checked = False
        if not database.is_sqlite:
            event.listen(database.engine, "connect", self._check_again)

    def restored(self) -> Restored | None:
        """Return when a restored backup was noticed; None if none ever was.

        Raises:
            StoreUnavailable: it can't be checked.
        """
        if not self._is_checked:
            self.check()
        return self._restored

    def check(self) -> None:
        """Compare the store with the epoch last seen, and increase its epoch.

        Raises:
            StoreUnavailable: the database doesn't answer.
        """
        with self._lock:
            known = self._seen or (self._marker.read() if self._marker else None)
            if not self._is_checked:
                self._place = _place(self._database)
            # If we are killed after this transaction, the marker is behind, which does no harm.
            with self._database.writing() as connection:
                row = _row(connection, self._place)
                older = known is not None and not known.knows(row)
                older = older or _is_moved(row.place, self._place)
                values = _raised(row, known, self._place)
                if older:
                    newest = connection.execute(select(func.max(runs.c.id))).scalar()
                    values |= {"restored_at": self._clock(), "restored_run": newest or 0}
                connection.execute(update(epochs).values(values))
            if older:
                log.warning(_OLDER)
            self._note(row.store, {**row._asdict(), **values})

    def _note(self, store: str, row: dict[str, Any]) -> None:
        self._seen = Seen(store, row["epoch"])
        if row["restored_at"] is not None:
            self._restored = Restored(row["restored_at"], row["restored_run"])
        self._is_checked = True
        if self._marker:
            self._marker.write(self._seen)

    def _check_again(self, *_connection: object) -> None:
        """Check again soon, since a new connection may lead to a promoted follower."""
        self._is_checked = False


def _place(database: Database) -> str:
    """Return the store's place in PostgreSQL: its tables' ids, then the server's timeline."""
    if database.is_sqlite:
        return ""
    with database.reading() as connection:
        tables = connection.execute(text(_TABLES)).scalar_one()
    try:
        with database.reading() as connection:
            return f"{tables}/{connection.execute(text(_TIMELINE)).scalar_one()}"
    except StoreUnavailable:  # some servers don't show their timeline
        return f"{tables}/"


def _marker(database: Database) -> Marker | None:
    file = database.engine.url.database or ""
    if not database.is_sqlite or not file or file.startswith((":", "file:")):
        return None
    return Marker(Path(file))


def _row(connection: Connection, place: str) -> Row[Any]:
    query = select(epochs).with_for_update()
    found = connection.execute(query).one_or_none()
    if found is None:
        first = {"store": uuid.uuid4().hex, "epoch": 0, "place": place}
        insert_if_absent(connection, epochs, {"id": _ONE}, first)
        found = connection.execute(query).one()
    return found


def _is_moved(before: str, now: str) -> bool:
    """Return whether any part that is known of both places differs."""
    parts = zip(before.split("/"), now.split("/"), strict=False)
    return any(one != other for one, other in parts if one and other)


def _raised(row: Row[Any], known: Seen | None, place: str) -> dict[str, Any]:
    highest = max(row.epoch, known.epoch if known else 0)
    # A timeline that isn't shown now stays known.
    kept = row.place if place.endswith("/") and row.place.startswith(place) else place
    return {"epoch": highest + 1, "place": kept}
