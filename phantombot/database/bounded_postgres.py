"""Connections to PostgreSQL on which no wait takes longer than a request has left.

The server's own statement_timeout bounds single statements, and doesn't help if the server hangs.
"""

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

import psycopg
from psycopg.abc import PQGen
from psycopg.errors import OperationalError
from psycopg.pq import TransactionStatus
from sqlalchemy import Engine

from phantombot.database.deadline import TIMEOUT, require_time, time_left
from phantombot.database.failures import meaning
from phantombot.errors import StoreUnavailable, StoreUndecided

T = TypeVar("T")

LEAST = 0.05
"""Minimum seconds of a wait: a request that is out of time still has to roll back."""
_INTERRUPTIBLE_EVERY = 0.1
_ANSWER_TAKES = 0.2
"""Seconds allowed for the server's answer to arrive."""
SENT_WITH = _ANSWER_TAKES + LEAST
"""Nothing is sent with fewer seconds left, since we might not learn the outcome."""
_WAIT_AT_MOST = "SELECT set_config('statement_timeout', %s, true)"
"""Bounds statements until the end of the transaction, in milliseconds."""


class BoundedConnection(psycopg.Connection[Any]):
    """A connection that is closed if an answer doesn't come in time.

    The server then rolls back, unless it had been told to commit.
    """

    def wait(
        self,
        gen: PQGen[T],
        interval: float = _INTERRUPTIBLE_EVERY,
        timeout: float | None = None,
    ) -> T:
        """Let psycopg carry out a call within the time that is left."""
        left = time_left(math.inf)
        if left < math.inf:
            timeout = max(left, LEAST)
        try:
            return super().wait(gen, interval, timeout)
        except OperationalError:
            if self.pgconn.transaction_status == TransactionStatus.ACTIVE:
                self.pgconn.finish()
            raise


def connect(seconds: float, *given: Any, **named: Any) -> BoundedConnection:
    """Return a new connection, made within at most so many seconds.

    Raises:
        OperationalError: it can't be made, or a request has less time left.
    """
    if time_left(seconds) < seconds:
        raise OperationalError("no time is left to connect")
    return BoundedConnection.connect(*given, **named)


def store(engine: Engine, statement: str, given: Any) -> Any:
    """Execute a statement that commits by itself; if its connection breaks, execute it again.

    Raises:
        StoreUnavailable: nothing is changed.
        StoreUndecided: the statement was sent and not answered.
    """
    try:
        return _execute(engine, statement, given)
    except StoreUndecided:
        if time_left(TIMEOUT) <= 0:
            raise
    engine.dispose()  # if one connection broke, the others did too
    try:
        return _execute(engine, statement, given)
    except StoreUnavailable as error:
        raise StoreUndecided(str(error)) from None


def store_together(engine: Engine, statements: Sequence[tuple[str, Any]]) -> list[Any]:
    """Execute statements in one transaction and one round trip, and return the row of each.

    Raises:
        StoreUnavailable: nothing is changed.
        StoreUndecided: the statement was sent and not answered.
    """
    require_time(SENT_WITH)
    # The server gives up first, so that we know that nothing is changed.
    server_waits = time_left(TIMEOUT) - _ANSWER_TAKES
    with _committing(engine) as driver:
        with driver.pipeline():
            driver.execute(_WAIT_AT_MOST, (str(int(1000 * server_waits)),))
            cursors = [driver.execute(statement, given) for statement, given in statements]
        return [cursor.fetchone() for cursor in cursors]


def _execute(engine: Engine, statement: str, given: Any) -> Any:
    (row,) = store_together(engine, [(statement, given)])
    return row


@contextmanager
def _committing(engine: Engine) -> Iterator[Any]:
    """Yield a connection in autocommit mode."""
    try:
        connection = engine.raw_connection()
    except psycopg.Error as error:
        raise StoreUnavailable(meaning(error)) from None
    driver: Any = connection.driver_connection
    try:
        driver.autocommit = True
        yield driver
    except psycopg.Error as error:
        if not driver.closed:
            raise StoreUnavailable(meaning(error)) from None
        raise StoreUndecided(meaning(error)) from None
    finally:
        if driver.closed:
            connection.invalidate()
        else:  # the connection's next user expects to begin transactions
            driver.autocommit = False
        connection.close()
