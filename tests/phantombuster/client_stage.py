"""What the tests of the client share: its calls, and the servers that it calls."""

import json
import re
import socket
import ssl
import threading
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

import pytest

from phantombot import errors
from phantombot.phantombuster.account import ApiKey, Dialect
from phantombot.phantombuster.client import Client
from phantombot.sandbox.server import LocalServer, Request, Response, json_response

KEY = "Zx81kQ/+9=key"
COOKIE = 'AQEDAR/7 "é'
ARGUMENT = json.dumps({"cookies": [COOKIE], "short": "five5", "n": 5})
HAPPY = json_response({"status": "success", "data": None})
ACCOUNT = json_response({"status": "success", "data": {"agents": [], "timeLeft": 5}})
Call = Callable[[Client], Any]
Play = Callable[..., tuple[Client, list[Request]]]
OpenWire = Callable[..., tuple[Client, "Wire"]]


TODAY = Dialect(suffix=False, post=True)
"""What an account of today is known to take."""
OF_2014 = Dialect(suffix=True, post=False, counts_launches=True)


def launch(
    client: Client, argument: str | None = ARGUMENT, known: Dialect = TODAY, agent: str = "785"
) -> str | None:
    key = ApiKey(KEY, "T1", known)
    return client.launch(key, agent, command="casperjs", argument=argument, save=False)


def account(client: Client) -> Any:
    return client.account(ApiKey(KEY, "T1", TODAY))


def abort(client: Client) -> None:
    client.abort(ApiKey(KEY, "T1", TODAY), "785")


def output(client: Client) -> Any:
    return client.output(ApiKey(KEY, "T1", TODAY), "785", result=True)


CALLS: list[Any] = [launch, abort, account]


def error_of(call: Call, client: Client) -> errors.PhantombusterError:
    with pytest.raises(errors.PhantombusterError) as caught:
        call(client)
    return caught.value


def success(data: Any) -> Response:
    return json_response({"status": "success", "data": data})


def connect(stack: ExitStack, url: str, **options: Any) -> Client:
    client = Client(url, **{"backoff": 0, "read_timeout": 5.0, **options})
    stack.callback(client.close)
    return client


class Player:
    """A Phantombuster that gives the answers of a script in order, the last one for ever."""

    def __init__(self) -> None:
        self.asked: list[Request] = []
        self.script: tuple[Response, ...] = ()
        self.server = LocalServer(self._answer)

    def _answer(self, request: Request) -> Response:
        self.asked.append(request)
        return self.script[min(len(self.asked), len(self.script)) - 1]


class Wire:
    """A server below HTTP: reads one request per connection, then does as told."""

    def __init__(
        self, reply: Callable[["Wire", socket.socket], object], tls: ssl.SSLContext | None = None
    ) -> None:
        self.gone = threading.Event()
        self.heads: list[bytes] = []
        self._reply, self._tls = reply, tls
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def stop(self) -> None:
        self.gone.set()
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _accept(self) -> None:
        while not self.gone.is_set():
            try:
                accepted, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(accepted,), daemon=True).start()

    def _serve(self, accepted: socket.socket) -> None:
        with accepted as plain:
            try:
                wired = self._tls.wrap_socket(plain, server_side=True) if self._tls else plain
                with wired:
                    self.heads.append(_request(wired))
                    self._reply(self, wired)
            except OSError:
                return


def _request(wired: socket.socket) -> bytes:
    """Read to the end of the body, or the client would find the connection reset."""
    head, _, body = wired.recv(65536).partition(b"\r\n\r\n")
    told = re.search(rb"content-length: (\d+)", head, re.IGNORECASE)
    while len(body) < (int(told[1]) if told else 0):
        body += wired.recv(65536)
    return head + b"\r\n\r\n" + body


def sends(head: bytes, drip: bytes = b"", *, stay: bool = False) -> Callable[..., None]:
    def reply(wire: Wire, connection: socket.socket) -> None:
        connection.sendall(head)
        while drip and not wire.gone.wait(0.01):
            connection.sendall(drip)
        if stay:
            wire.gone.wait()

    return reply
