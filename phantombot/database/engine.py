"""Connections to SQLite or PostgreSQL, in short transactions."""

import math
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RootTransaction, Row, Select, event, text
from sqlalchemy.exc import ArgumentError, DBAPIError

from phantombot.database.connections import SQLITE_CONNECTIONS, create_engine
from phantombot.database.deadline import TIMEOUT, TURN, held, require_time, time_left
from phantombot.database.failures import translated
from phantombot.database.read_ahead import Asked, RowsAhead
from phantombot.database.recalled import READ_STAMP, Recalled, Recollections, stamped
from phantombot.database.schema import REVISION
from phantombot.database.shared_commits import SharedCommits
from phantombot.database.shared_statements import SharedStatements
from phantombot.errors import StoreUnavailable, StoreUndecided

_CHECKPOINT_WAITS = 200  # milliseconds
_RETURNED_WITHIN = 0.5
"""Seconds that `close` waits for connections in use."""
FAILED_LATELY = 10.0
"""Seconds; the heartbeat writes more often."""


class Database:
    """Opens connections, and turns every database failure into StoreUnavailable."""

    def __init__(self, url: str, connections: int = 5) -> None:
        """Create the engine, with at most this many connections to PostgreSQL."""
        try:
            self.engine = create_engine(url, connections)
        except (ArgumentError, ValueError):
            raise StoreUnavailable("the address cannot be read") from None
        # A single query needs no transaction, which would cost two more round trips to PostgreSQL.
        self._reader = (
            self.engine
            if self.is_sqlite
            else self.engine.execution_options(isolation_level="AUTOCOMMIT")
        )
        self._shared = threading.local()
        self._recollections = Recollections()
        self._failure, self._failed_at = "", -math.inf
        # The pool's own time-out is the same for everybody; here each waits as long as it has left.
        # On SQLite, one more is for shared commits.
        self._most = SQLITE_CONNECTIONS - 1 if self.is_sqlite else connections
        self._places = threading.Semaphore(self._most)
        self._turn = TIMEOUT if self.is_sqlite else TURN
        self._commits = SharedCommits(self._begun) if self.is_sqlite else None
        self._statements = SharedStatements(self._store_together, self._store_alone)

    @property
    def is_sqlite(self) -> bool:
        """Return whether the database is a SQLite file."""
        return self.engine.dialect.name == "sqlite"

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Yield a connection for queries.

        Raises:
            StoreUnavailable: the database doesn't answer, or not in time.
        """
        shared: Connection | None = getattr(self._shared, "connection", None)
        if shared is not None:
            with translated():
                yield shared
            return
        with held(self._places, self._turn), translated(), self._reader.connect() as connection:
            yield connection

    def row(self, statement: Select[Any], given: Mapping[str, Any]) -> Row[Any] | None:
        """Return the query's only row, or None; within `recalling`, from the cache if it has it.

        Raises:
            StoreUnavailable: as `reading`.
        """
        ahead: RowsAhead | None = getattr(self._shared, "ahead", None)
        if ahead is not None and ahead.has(statement, given):
            return ahead.take(statement, given)
        recalled: Recalled | None = getattr(self._shared, "recalled", None)
        if recalled is not None:
            return recalled.row(statement, given, self._read_row)
        return self._read_row(statement, given)

    def _read_row(self, statement: Select[Any], given: Mapping[str, Any]) -> Row[Any] | None:
        with self.reading() as connection:
            return connection.execute(statement, given).one_or_none()

    @contextmanager
    def reading_ahead(self, *asked: Asked) -> Iterator[None]:
        """Read several rows in one query, and have `row` return each of them once to this thread.

        Raises:
            StoreUnavailable: as `reading`.
        """
        with self.reading() as connection:
            self._shared.ahead = RowsAhead(connection, asked)
        try:
            yield
        finally:
            self._shared.ahead = None

    @contextmanager
    def recalling(
        self, workspace: str, channel: str, *, afresh: bool = False
    ) -> Iterator[Recalled | None]:
        """Let this thread's `row` use what was cached for a channel; yield None if nothing is.

        With `afresh`, drop the cache and fill it again.

        Raises:
            StoreUnavailable: as `reading`.
        """
        recalled = self._recollections.get(workspace, channel)
        if afresh:
            with self.reading() as connection:
                stamp = connection.execute(READ_STAMP, stamped(workspace, channel)).scalar_one()
            recalled = self._recollections.begin(workspace, channel, stamp)
        self._shared.recalled = recalled
        try:
            yield recalled
        finally:
            self._shared.recalled = None

    @contextmanager
    def reading_together(self) -> Iterator[None]:
        """Share one connection between all reads of this thread; it can't write meanwhile.

        Checking a connection out takes as long as a query, plus a round trip to PostgreSQL.

        Raises:
            StoreUnavailable: as `reading`.
        """
        with self.reading() as connection:
            self._shared.connection = connection
            try:
                yield
            finally:
                self._shared.connection = None

    @contextmanager
    def writing(
        self, *, shared: bool = False, afresh: bool = False, flushed: bool = True
    ) -> Iterator[Connection]:
        """Yield a connection whose changes are committed together at the end.

        `shared` is for short, frequent writes: on SQLite, threads that write at once share a
        commit, and each waits for it. `afresh` reads a SQLite file again: a damaged file can be
        intact in a connection's memory. Unless `flushed`, PostgreSQL commits without waiting for
        its disk: a crash of the server can lose it, but keeps no later commit without it.

        Raises:
            StoreUnavailable: the database doesn't answer, or not in time; nothing is changed.
            StoreUndecided: it was told to commit and didn't answer, so the outcome is unknown.
        """
        if shared and self._commits is not None:
            with self._noting_failures(), translated(), self._commits.together() as connection:
                yield connection
            return
        with (
            self._alone(),
            held(self._places, self._turn),
            self._noting_failures(),
            translated(),
            self.engine.connect() as connection,
            self._locked_in_time(connection, afresh=afresh),
            connection.begin() as transaction,
        ):
            if not (flushed or self.is_sqlite):
                connection.exec_driver_sql("SET LOCAL synchronous_commit = off")
            yield connection
            require_time()
            _commit(transaction)

    def store(self, statement: str, given: Any) -> Any:
        """Execute a statement in the driver's form; return its row, or None, once it is on disk.

        PostgreSQL gets one request, and commits by itself. If the connection breaks, the statement
        is sent again on a new one, so executing it twice must change nothing more.

        Raises:
            StoreUnavailable: the database doesn't answer, or not in time; nothing is changed.
            StoreUndecided: it was asked and didn't answer, so the outcome is unknown.
        """
        if self.is_sqlite:
            with self.writing(shared=True) as connection, translated():
                driver: Any = connection.connection.driver_connection
                return next(iter(driver.execute(statement, given).fetchall()), None)
        with self._noting_failures():
            return self._statements.store(statement, given)

    def _store_together(self, statements: Sequence[tuple[str, Any]]) -> list[Any]:
        # SQLite's users must not wait for psycopg to load.
        from phantombot.database.bounded_postgres import store_together  # noqa: PLC0415

        with held(self._places), translated():
            return store_together(self.engine, statements)

    def _store_alone(self, statement: str, given: Any) -> Any:
        from phantombot.database.bounded_postgres import store  # noqa: PLC0415 - as above

        with held(self._places), translated():
            return store(self.engine, statement, given)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Take the turn to write a SQLite file; SQLite itself would let the others poll."""
        if self._commits is None:
            yield
            return
        with self._commits.alone():
            yield

    def _begun(self, kept: Connection | None) -> Connection:
        """Return the kept connection, or a new one, in a transaction that holds SQLite's lock."""
        with translated():
            connection = kept or self.engine.connect()
            try:
                with self._locked_in_time(connection, afresh=False):
                    connection.connection.cursor().execute("BEGIN IMMEDIATE")
            except BaseException:
                connection.close()
                raise
        return connection

    @contextmanager
    def _noting_failures(self) -> Iterator[None]:
        try:
            yield
        except StoreUnavailable as error:
            self._failure, self._failed_at = str(error), time.monotonic()
            raise

    @property
    def failure(self) -> str:
        """Return why a write failed in the last seconds; empty if none failed."""
        lately = time.monotonic() - self._failed_at < FAILED_LATELY
        return self._failure if lately else ""

    @contextmanager
    def _locked_in_time(self, connection: Connection, *, afresh: bool) -> Iterator[None]:
        """Let SQLite wait for its lock no longer than the request has left."""
        if afresh and self.is_sqlite:
            connection.invalidate()
        left = time_left(TIMEOUT)
        if not self.is_sqlite or left == TIMEOUT:
            yield
            return
        driver: Any = connection.connection.driver_connection
        driver.execute(f"PRAGMA busy_timeout = {max(int(left * 1000), 0)}")
        try:
            yield
        finally:
            driver.execute(f"PRAGMA busy_timeout = {int(TIMEOUT * 1000)}")

    @contextmanager
    def driver(self) -> Iterator[Any]:
        """Yield the driver's own connection, in a transaction that is committed at the end.

        Raises:
            StoreUnavailable: as `writing`.
        """
        with self.writing() as connection:
            yield connection.connection.driver_connection

    @property
    def address(self) -> str:
        """Return the URL for libpq programs, including the password."""
        url = self.engine.url.set(drivername="postgresql")
        return url.render_as_string(hide_password=False)

    def ping(self) -> None:
        """Check that the database answers.

        Raises:
            StoreUnavailable: it doesn't answer.
        """
        with self.reading() as connection:
            connection.execute(text("SELECT 1"))

    def migrate(self) -> None:
        """Migrate the tables to REVISION; several processes can call this at once.

        Raises:
            StoreUnavailable: the database doesn't answer.
        """
        if self.revision() == REVISION:
            return
        # Alembic takes longer to import than everything else at startup.
        from phantombot.database.migrations import upgrade  # noqa: PLC0415

        with translated():
            upgrade(self.engine)

    def forget_deleted(self) -> bool:
        """Empty SQLite's write-ahead log, which still holds deleted rows.

        Return False if a reader of the file prevents that; the next call tries again.

        Raises:
            StoreUnavailable: as `writing`.
        """
        if not self.is_sqlite:
            return True
        with (
            self._alone(),
            held(self._places),
            translated(),
            self.engine.connect() as connection,
        ):
            # Every other writer waits meanwhile, acknowledgements included.
            connection.execute(text(f"PRAGMA busy_timeout = {_CHECKPOINT_WAITS}"))
            busy = connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)")).scalar_one()
            connection.execute(text(f"PRAGMA busy_timeout = {int(TIMEOUT * 1000)}"))
        return not busy

    def time(self) -> datetime | None:
        """Return the database's time; None for SQLite, which uses this machine's clock.

        Raises:
            StoreUnavailable: it doesn't answer.
        """
        if self.is_sqlite:
            return None
        with self.reading() as connection:
            found: datetime = connection.execute(text("SELECT clock_timestamp()")).scalar_one()
        return found

    def close(self) -> None:
        """Close every connection; those in use close when they are returned."""
        if self._commits is not None:
            self._commits.close()
        pool = self.engine.pool
        event.listen(pool, "checkin", lambda _connection, entry: entry.close())
        self.engine.dispose()
        with _all_held(self._places, self._most):
            pool.dispose()  # a connection that was being returned just now missed both

    def revision(self) -> str | None:
        """Return the last migration that ran; None if there is none, or no answer."""
        try:
            with self.engine.connect() as connection:
                found = connection.execute(text("SELECT version_num FROM alembic_version"))
                return str(found.scalar_one_or_none())
        except DBAPIError:
            return None


def _commit(transaction: RootTransaction) -> None:
    try:
        transaction.commit()
    except DBAPIError as error:
        if error.connection_invalidated:
            raise StoreUndecided(type(error.orig).__name__) from None
        raise


@contextmanager
def _all_held(places: threading.Semaphore, most: int) -> Iterator[None]:
    """Hold all places that become free within a moment."""
    ends_at, held = time.monotonic() + _RETURNED_WITHIN, 0
    while held < most and places.acquire(timeout=max(ends_at - time.monotonic(), 0.0)):
        held += 1
    try:
        yield
    finally:
        for _ in range(held):
            places.release()
