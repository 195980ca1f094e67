"""Clients of a Phantombuster that says what the test wants."""

import ssl
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from client_stage import OpenWire, Play, Player, Wire, connect

from phantombot.phantombuster.client import Client
from phantombot.sandbox.server import Request, Response


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


@pytest.fixture(scope="session")
def player() -> Iterator[tuple[Client, Player]]:
    """Yield one server and one client for all tests: each costs 50 ms to start and to stop."""
    with ExitStack() as stack:
        player = Player()
        player.server.start()
        stack.callback(player.server.stop)
        yield connect(stack, f"{player.server.url}/api/v1/"), player


@pytest.fixture
def play(player: tuple[Client, Player]) -> Play:
    """Return a function that plays answers, the last for ever, for a client and its calls."""

    def start(*script: Response) -> tuple[Client, list[Request]]:
        client, played = player
        played.asked, played.script = [], script
        client._v1._dialects.clear()
        return client, played.asked

    return start


@pytest.fixture
def wire(stack: ExitStack) -> OpenWire:
    def start(
        reply: Callable[..., object], *, tls: ssl.SSLContext | None = None, **options: Any
    ) -> tuple[Client, Wire]:
        wire = Wire(reply, tls)
        stack.callback(wire.stop)
        scheme = "https" if tls else "http"
        return connect(stack, f"{scheme}://127.0.0.1:{wire.port}/", **options), wire

    return start
