"""The HTTP server: waitress, changed so that idle connections cost next to nothing."""

import logging
import selectors
import socket
import threading
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from waitress import wasyncore
from waitress.channel import HTTPChannel
from waitress.server import TcpWSGIServer
from waitress.task import ErrorTask, WSGITask

from phantombot.logs import Seldom
from phantombot.sockets import room_for
from phantombot.web import ARRIVED, BODY_LIMIT, HEADERS

if TYPE_CHECKING:
    from wsgiref.types import WSGIApplication

THREADS = 16
"""Requests answered at once: while a slow disk syncs, this many can share the next sync."""
HEADER_LIMIT = 32 * 1024
"""Bytes; Slack's headers and a proxy's take 2,000."""
FEW = 32
"""Connections up to which waitress's own loop polls them all, which is cheaper."""

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Limits:
    """Limits on connections. They don't affect requests that are being answered."""

    connections: int = 4000
    """With more, idle ones are closed."""
    unfinished: int = 64 * 1024 * 1024
    """Bytes of all incomplete requests; with more, the largest are closed."""
    request: float = 10.0
    """Seconds from a request's first byte to its last; Slack gives up after 3."""
    idle: float = 150.0
    """Seconds without a request.

    Proxies close theirs earlier (Caddy after 120 s, Heroku after 90 s), so none sends a request
    into a connection that is being closed.
    """


class Server:
    """waitress in a thread of its own; `stop` answers what was accepted.

    waitress itself drops its queue when it is closed.
    """

    def __init__(
        self, application: "WSGIApplication", bound: socket.socket, limits: Limits | None = None
    ) -> None:
        self.application = application
        self._server = _LimitedServer(application, bound, limits or Limits())
        self._thread = threading.Thread(target=self._server.run, name="http", daemon=True)

    def start(self) -> None:
        """Answer requests, in threads of its own."""
        self._thread.start()

    def stop(self, timeout: float = 8.0) -> None:
        """Accept no more, answer what was accepted, close."""
        self._server.accepting = False
        deadline = time.monotonic() + timeout
        while self._server.is_answering() and time.monotonic() < deadline:
            time.sleep(0.01)
        self._server.task_dispatcher.shutdown(timeout=1)
        if self._thread.is_alive():
            self._server.close_soon()
            self._thread.join(timeout=1)
        else:
            self._server.close_all()


class _Refusal(ErrorTask):
    """waitress's own answer to requests that are too large or not HTTP, with our headers."""

    def execute(self) -> None:
        self.response_headers = [*self.response_headers, *HEADERS]
        super().execute()


class _Task(WSGITask):
    """A request that knows when it arrived, since it may have waited for a thread."""

    channel: "_Channel"

    def get_environment(self) -> dict[str, Any]:
        environ: dict[str, Any] = super().get_environment()
        environ[ARRIVED] = self.channel.since
        return environ


class _Channel(HTTPChannel):
    """A connection, which can leave waitress's loop while it waits for bytes."""

    task_class = _Task
    error_task_class = _Refusal
    server: "_LimitedServer"
    parked = False

    def __init__(
        self, server: "_LimitedServer", sock: socket.socket, *given: Any, **named: Any
    ) -> None:
        self.number = sock.fileno()
        self.since = time.monotonic()
        """When it was accepted, or its current request began, or its last answer ended."""
        super().__init__(server, sock, *given, **named)

    def readable(self) -> bool:
        # The loop still asks channels that were closed since it began to ask.
        waits = self.connected and super().readable()
        if waits and len(self.server.connections) > FEW:
            self.server.parking.park(self)
            return False
        return waits

    def received(self, data: bytes) -> bool:
        if self.request is None:
            self.since = time.monotonic()
        return super().received(data)

    def service(self) -> None:
        super().service()
        self.since = time.monotonic()

    def del_channel(self, map: Mapping[int, Any] | None = None) -> None:  # noqa: A002 - waitress' name
        if self.parked:
            self.server.parking.release(self)
        super().del_channel(map)

    @property
    def received_so_far(self) -> int:
        """Return the bytes received so far of an incomplete body."""
        return 0 if self.request is None else self.request.body_bytes_received

    def is_overdue(self, now: float, limits: Limits) -> bool:
        begun = self.request is not None or self.total_outbufs_len
        return not self.requests and now - self.since > (limits.request if begun else limits.idle)


class _Parking(wasyncore.dispatcher):
    """Connections that wait for bytes; waitress's loop sees them as one, readable when any is.

    The loop asks each of its channels before each wait, so thousands would slow every answer.
    """

    def __init__(self, sockets: dict[int, Any]) -> None:
        super().__init__(map=sockets)
        self._sockets = sockets
        self._selector = selectors.DefaultSelector()
        # The loop only needs the socket's file descriptor.
        self.set_socket(cast("socket.socket", self._selector), sockets)

    def writable(self) -> bool:
        return False

    def handle_read(self) -> None:
        for key, _ in self._selector.select(0):
            self.release(key.data)
            wasyncore.read(key.data)

    def park(self, channel: _Channel) -> None:
        self._selector.register(channel.number, selectors.EVENT_READ, channel)
        del self._sockets[channel.number]
        channel.parked = True

    def release(self, channel: _Channel) -> None:
        self._selector.unregister(channel.number)
        self._sockets[channel.number] = channel
        channel.parked = False


class _LimitedServer(TcpWSGIServer):
    """waitress's server, changed to close connections that are idle too long, or too many."""

    channel_class = _Channel

    def __init__(
        self, application: "WSGIApplication", bound: socket.socket, limits: Limits
    ) -> None:
        self._sockets: dict[int, Any] = {}
        self.parking = _Parking(self._sockets)
        self._limits = limits
        self._most = room_for(limits.connections)
        self._shedding_told = Seldom()
        super().__init__(
            application,
            self._sockets,
            _sock=bound,
            bind_socket=False,
            sockinfo=(bound.family, bound.type, bound.proto, bound.getsockname()),
            threads=THREADS,
            # Counts the channels in the loop and its own three: with that many busy, others wait.
            connection_limit=self._most + 3,
            cleanup_interval=1,
            max_request_body_size=BODY_LIMIT,
            max_request_header_size=HEADER_LIMIT,
            clear_untrusted_proxy_headers=True,
            ident=None,
            asyncore_use_poll=True,
        )

    def handle_accept(self) -> None:
        if len(self.connections) >= self._most:
            self._shed()
        super().handle_accept()

    def maintenance(self, now: float) -> None:  # noqa: ARG002 - the wall's clock may jump
        at = time.monotonic()
        for channel in self._channels():
            if channel.is_overdue(at, self._limits):
                channel.handle_close()
        self._close_largest()

    def is_answering(self) -> bool:
        """Return whether an answer is being computed or sent."""
        return any(channel.requests or channel.total_outbufs_len for channel in self._channels())

    def close_all(self) -> None:
        """Close every connection and the server, which ends its loop."""
        for channel in self._channels():
            channel.handle_close()
        wasyncore.close_all(self._sockets)

    def close_soon(self) -> None:
        """Do so in the loop's own thread, which mustn't poll sockets while they are closed."""
        cast("Any", self.trigger).pull_trigger(self.close_all)

    def _close_largest(self) -> None:
        largest = sorted(self._channels(), key=lambda channel: channel.received_so_far)
        held = sum(channel.received_so_far for channel in largest)
        while held > self._limits.unfinished:
            channel = largest.pop()
            held -= channel.received_so_far
            channel.handle_close()

    def _shed(self) -> None:
        """Close a tenth of the connections: the longest idle of the address with the most.

        Behind a proxy, which has one address, the longest idle of all are closed.
        """
        channels = self._channels()
        held = Counter(channel.addr[0] for channel in channels)
        # The others may be about to be read.
        waiting = [channel for channel in channels if channel.parked]
        waiting.sort(key=lambda channel: (-held[channel.addr[0]], channel.since))
        for channel in waiting[: max(self._most // 10, 1)]:
            channel.handle_close()
        if self._shedding_told.is_due():
            log.warning("%s connections are open; the longest waiting are closed", len(channels))

    def _channels(self) -> list[_Channel]:
        return list(self.connections.values())

    @property
    def connections(self) -> dict[int, _Channel]:
        """Return all open connections, by number."""
        # The type stubs call the dict of channels one channel.
        return cast("dict[int, _Channel]", self.active_channels)
