"""Connections with one deadline for a whole call: connecting, TLS, sending, headers and body.

A socket's own time-out starts again with each byte that arrives. On these sockets no wait goes
beyond the deadline of its thread's call.
"""

import io
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import NewConnectionError

_SENT_AT_ONCE = 16_384
"""Bytes of one TLS record, which are sent with one time-out."""
_deadline: ContextVar[float] = ContextVar("deadline", default=float("inf"))


@contextmanager
def call_within(seconds: float) -> Iterator[None]:
    """Bound the time that this thread waits on its connections."""
    token = _deadline.set(time.monotonic() + seconds)
    try:
        yield
    finally:
        _deadline.reset(token)


def is_over() -> bool:
    """Return whether the deadline of this thread's call has passed."""
    return time.monotonic() >= _deadline.get()


class _Socket:
    """A connected socket: `settimeout` bounds each wait, the call's deadline all of them."""

    def __init__(self, connected: Any) -> None:
        self._connected = connected
        self._patience: float | None = connected.gettimeout()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connected, name)

    def settimeout(self, seconds: float | None) -> None:
        self._patience = seconds

    def sendall(self, data: Any) -> None:
        whole = memoryview(data)
        for at in range(0, len(whole), _SENT_AT_ONCE):
            self.begin_wait()
            self._connected.sendall(whole[at : at + _SENT_AT_ONCE])

    def makefile(self, mode: str) -> io.BufferedReader:
        # The socket's own file object keeps it open for a response that outlives the connection.
        return io.BufferedReader(_Incoming(self, self._connected.makefile(mode, buffering=0)))

    def begin_wait(self) -> None:
        """Set the time-out of the next wait.

        Raises:
            TimeoutError: the deadline has passed.
        """
        left = _deadline.get() - time.monotonic()
        if left <= 0:
            raise TimeoutError("the deadline of the call has passed")
        patience = left if self._patience is None else min(self._patience, left)
        self._connected.settimeout(None if patience == float("inf") else patience)


class _Incoming(io.RawIOBase):
    def __init__(self, waiting: _Socket, raw: io.RawIOBase) -> None:
        self._waiting, self._raw = waiting, raw

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        self._waiting.begin_wait()
        return self._raw.readinto(buffer)

    def close(self) -> None:
        self._raw.close()
        super().close()


class _Connection(HTTPConnection):
    def connect(self) -> None:
        """Connect; a failure here, TLS handshake included, happens before the request is sent."""
        try:
            super().connect()
        except OSError:
            raise NewConnectionError(self, "no connection") from None
        self.sock: Any = _Socket(self.sock)
        if is_over():
            raise NewConnectionError(self, "no connection in time")


class _TlsConnection(_Connection, HTTPSConnection):
    """A TLS connection whose whole handshake is bounded by the time-out to connect."""


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Connection


class _TlsPool(HTTPSConnectionPool):
    ConnectionCls = _TlsConnection


POOLS = {"http": _Pool, "https": _TlsPool}
"""By scheme."""
