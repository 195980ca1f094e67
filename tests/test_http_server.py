"""Whoever only holds connections keeps nobody from being answered."""

import http.client
import logging
import resource
import socket
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, suppress
from typing import Any

import pytest
from patience import PATIENCE

from phantombot.http_server import FEW, Limits, Server
from phantombot.sockets import OTHER_FILES, listen, room_for

HEAD = b"POST / HTTP/1.1\r\nHost: bot\r\nContent-Length: 1000\r\n\r\n"
MOST = FEW + 20
LONG = 3600.0
"""Seconds: a limit that no test reaches."""


class Front:
    """A server of one application, and those who are connected to it."""

    def __init__(self, ending: ExitStack, limits: Limits) -> None:
        self._ending = ending
        self.entered, self.may_leave = threading.Event(), threading.Event()
        bound = listen(0, "127.0.0.1")
        self.port = bound.getsockname()[1]
        self.server = Server(self._serve, bound, limits)
        self.server.start()
        ending.callback(self.server.stop)

    def _serve(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        if environ["PATH_INFO"] == "/slow":
            self.entered.set()
            assert self.may_leave.wait(PATIENCE)
        start("200 OK", [("Content-Length", "2")])
        return [b"ok"]

    def connect(self, source: str = "127.0.0.1") -> socket.socket:
        one = socket.create_connection(("127.0.0.1", self.port), PATIENCE, (source, 0))
        return self._ending.enter_context(one)

    def client(self, source: str = "127.0.0.1") -> http.client.HTTPConnection:
        address = "127.0.0.1", self.port
        client = http.client.HTTPConnection(*address, PATIENCE, (source, 0))
        self._ending.callback(client.close)
        return client


@pytest.fixture
def front() -> Iterator[Callable[..., Front]]:
    with ExitStack() as ending:
        yield lambda **limits: Front(
            ending, Limits(**{"connections": 100, "request": LONG, "idle": LONG} | limits)
        )


def answer(client: http.client.HTTPConnection, path: str = "/") -> int:
    client.request("GET", path)
    response = client.getresponse()
    response.read()
    return response.status


def is_closed(one: socket.socket) -> bool:
    """Wait until the other end closes it."""
    try:
        return one.recv(1) == b""
    except ConnectionResetError:
        return True


def drip(one: socket.socket) -> None:
    """Begin a request, and send a byte of its body now and then, until the other end closes."""
    one.sendall(HEAD)
    one.settimeout(0.05)
    for _ in range(int(PATIENCE / 0.05)):
        with suppress(TimeoutError):
            assert is_closed(one)
            return
        with suppress(BrokenPipeError, ConnectionResetError):
            one.sendall(b"x")
    pytest.fail("it was never closed")


def test_a_request_that_drips_is_closed_however_often_a_byte_comes(front: Callable[..., Front]):
    drip(front(request=0.3).connect())


def test_headers_that_drip_are_closed_too(front: Callable[..., Front]):
    one = front(request=0.1).connect()
    one.sendall(b"GET / HTTP/1.1\r\nX-")
    assert is_closed(one)


def test_a_connection_that_is_idle_is_kept_longer_than_a_request_may_take(
    front: Callable[..., Front],
):
    server = front(request=0.1)
    idle, client = server.connect(), server.client()
    assert answer(client) == 200
    drip(server.connect())
    assert answer(client) == 200
    idle.sendall(b"GET / HTTP/1.1\r\nHost: bot\r\n\r\n")
    assert idle.recv(12) == b"HTTP/1.1 200"


def test_a_connection_without_a_request_is_closed_after_a_while(front: Callable[..., Front]):
    server = front(idle=0.1)
    fresh, answered = server.connect(), server.client()
    assert answer(answered) == 200
    assert is_closed(fresh)
    assert answered.sock is not None
    assert is_closed(answered.sock)


def test_of_requests_that_are_too_much_together_the_largest_are_closed(front: Callable[..., Front]):
    server = front(unfinished=200_000)
    large, small = server.connect(), server.connect()
    for one, size in ((small, 1000), (large, 150_000), (server.connect(), 100_000)):
        one.sendall(b"POST / HTTP/1.1\r\nHost: bot\r\nContent-Length: 160000\r\n\r\n" + b"x" * size)
    assert is_closed(large)
    small.sendall(b"x" * 159_000)
    assert small.recv(12) == b"HTTP/1.1 200"


def test_a_request_in_work_is_neither_overdue_nor_one_too_many(front: Callable[..., Front]):
    server = front(request=0.1, idle=0.1, connections=FEW + 5)
    working = server.client()
    working.request("GET", "/slow")
    assert server.entered.wait(PATIENCE)
    drip(server.connect())
    for _ in range(FEW + 10):
        server.connect()
    assert answer(server.client()) == 200
    server.may_leave.set()
    assert working.getresponse().status == 200


def test_of_too_many_connections_the_longest_waiting_are_closed(
    front: Callable[..., Front], caplog: pytest.LogCaptureFixture
):
    server = front(connections=MOST)
    with caplog.at_level(logging.WARNING):
        held = [server.connect() for _ in range(3 * MOST)]
        assert answer(server.client()) == 200
        assert is_closed(held[0])
    held[-1].sendall(b"GET / HTTP/1.1\r\nHost: bot\r\n\r\n")
    assert held[-1].recv(12) == b"HTTP/1.1 200"
    assert [record.getMessage() for record in caplog.records] == [
        f"{MOST} connections are open; the longest waiting are closed"
    ]


def test_of_too_many_connections_those_of_one_address_go_before_any_other(
    front: Callable[..., Front],
):
    server = front(connections=MOST)
    other = server.client("127.0.0.2")
    assert answer(other) == 200
    connected = other.sock
    held = [server.connect() for _ in range(3 * MOST)]
    assert answer(server.client()) == 200
    assert is_closed(held[0])
    assert answer(other) == 200
    assert other.sock is connected


def test_the_end_closes_those_who_wait(front: Callable[..., Front]):
    server = front()
    idle = [server.connect() for _ in range(FEW + 10)]
    assert answer(server.client()) == 200
    server.server.stop()
    assert all(is_closed(one) for one in idle)


def test_a_server_that_never_started_lets_go_of_its_port():
    bound = listen(0, "127.0.0.1")
    port = bound.getsockname()[1]
    Server(lambda _environ, _start: [], bound).stop()
    listen(port, "127.0.0.1").close()


def test_the_limit_on_open_files_is_raised_for_the_connections():
    before = soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = soft - OTHER_FILES
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (OTHER_FILES * 2, hard))
        assert room_for(most) == most
        assert resource.getrlimit(resource.RLIMIT_NOFILE)[0] >= soft
        assert room_for(hard + 1) < hard
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)
