"""Those who only hold connections to the bot, beside those who use it."""

import socket
from contextlib import ExitStack
from urllib.parse import urlsplit

from patience import PATIENCE

from bench.idle import HEAD, Crowd

from .conftest import Wire, ask

LINE = 'launch 785 casperjs {"a": 1}'


def port_of(wire: Wire) -> int:
    return urlsplit(wire.slack.bot_url or "").port or 0


def test_hundreds_of_idle_and_dripping_connections_keep_no_command_from_its_answer(wire: Wire):
    with Crowd(port_of(wire), idle=500, dripping=50):
        assert ask(wire, "GET", "/healthz")[0] == 200
        assert wire.slack.command(LINE).status == 200
        assert wire.says("✅")


def test_posts_that_never_end_keep_no_command_from_its_answer(wire: Wire):
    with ExitStack() as ending:
        for _ in range(120):
            address = ("127.0.0.1", port_of(wire))
            one = ending.enter_context(socket.create_connection(address, timeout=PATIENCE))
            one.sendall(HEAD + b"x")
        assert ask(wire, "GET", "/healthz")[0] == 200
        assert wire.slack.command(LINE).status == 200
