import logging
import socket
from contextlib import ExitStack
from typing import Any
from urllib.parse import quote_plus

import pytest
from client_stage import (
    ACCOUNT,
    ARGUMENT,
    CALLS,
    KEY,
    OF_2014,
    Call,
    Play,
    Wire,
    abort,
    account,
    connect,
    error_of,
    launch,
    sends,
)

from phantombot import errors
from phantombot.phantombuster.account import ApiKey
from phantombot.sandbox.server import Response


@pytest.mark.parametrize("broken", [Response(500), Response(503), Response(cut=True)])
def test_a_read_is_tried_again_and_then_succeeds(play: Play, broken: Response) -> None:
    client, asked = play(broken, ACCOUNT)
    assert client.account(ApiKey(KEY)).time_left == 5
    assert len(asked) == 2


@pytest.mark.parametrize(("call", "sent"), [(launch, 1), (abort, 1), (account, 2)])
def test_no_answer_in_time_is_a_lost_answer(wire: Any, call: Call, sent: int) -> None:
    client, server = wire(sends(b"", stay=True), read_timeout=0.2)
    assert type(error_of(call, client)) is errors.AnswerLost
    assert len(server.heads) == sent


@pytest.mark.parametrize(
    "reply",
    [
        pytest.param(sends(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{"), id="half a body"),
        pytest.param(
            sends(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\n{"), id="half a chunk"
        ),
        pytest.param(sends(b"HTTP/1.1 2"), id="half a status"),
        pytest.param(sends(b""), id="closed without a word"),
        pytest.param(sends(b"HTTP/1.1 200 OK\r\nContent-Length: 1, 2\r\n\r\n{"), id="two lengths"),
        pytest.param(
            sends(b"HTTP/1.1 200 OK\r\nContent-Length: 4096\r\n\r\n", drip=b" "), id="a drip"
        ),
        pytest.param(sends(b"", drip=b"H"), id="a dripping status"),
        pytest.param(sends(b"HTTP/1.1 200 OK\r\nX-A: ", drip=b"a"), id="a dripping header"),
        pytest.param(sends(b"HTTP/1.1 200 OK\r\n", drip=b"X-A: a\r\n"), id="headers that drip"),
        pytest.param(sends(b"", drip=b"HTTP/1.1 100 Continue\r\n\r\n"), id="never more than 100"),
    ],
)
@pytest.mark.parametrize("call", [launch, account])
def test_a_torn_or_dripping_answer_is_a_lost_answer(wire: Any, call: Call, reply: Any) -> None:
    client, _ = wire(reply, connect_timeout=0.2, read_timeout=0.1)
    assert type(error_of(call, client)) is errors.AnswerLost


def test_a_kept_connection_has_a_new_deadline_with_each_call(wire: Any) -> None:
    def answer_late(wire: Wire, connection: socket.socket) -> None:
        for _ in range(3):
            wire.gone.wait(0.5)
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(ACCOUNT.body))
            connection.sendall(ACCOUNT.body)
            connection.recv(65536)

    client, server = wire(answer_late, connect_timeout=0.2, read_timeout=1)
    assert [account(client).time_left for _ in range(3)] == [5] * 3
    assert len(server.heads) == 1


def test_an_endless_error_page_holds_up_no_retry(wire: Any) -> None:
    head = b"HTTP/1.1 500 Oops\r\nContent-Length: 9000000\r\n\r\n"
    client, server = wire(sends(head, drip=b" "), connect_timeout=0.2, read_timeout=2)
    assert type(error_of(account, client)) is errors.ServerFault
    assert len(server.heads) == 3


def test_a_launch_leaves_no_connection_that_another_could_reuse(wire: Any) -> None:
    body = b'{"status":"success","data":null}'
    head = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body)
    client, server = wire(sends(head + body, stay=True))
    assert (launch(client), launch(client)) == (None, None)
    assert len(server.heads) == 2
    assert all(b"Connection: close" in sent for sent in server.heads)


def test_a_closed_port_is_unreachable(stack: ExitStack) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    client = connect(stack, f"http://127.0.0.1:{port}")
    assert {type(error_of(call, client)) for call in CALLS} == {errors.Unreachable}


@pytest.mark.parametrize("url", ["nonsense", "ftp://127.0.0.1", "http://a..b", "http://[::"])
def test_an_address_that_is_none_is_unreachable(stack: ExitStack, url: str) -> None:
    assert type(error_of(launch, connect(stack, url))) is errors.Unreachable


def test_what_is_never_sent_carries_no_url_either(stack: ExitStack) -> None:
    error = error_of(launch, connect(stack, "nonsense"))
    assert (error.__context__, error.__cause__) == (None, None)


@pytest.mark.parametrize("name", ["http_proxy", "HTTP_PROXY", "all_proxy"])
@pytest.mark.parametrize("call", [abort, account])
def test_proxies_of_the_environment_are_not_asked(
    play: Play, wire: Any, monkeypatch: pytest.MonkeyPatch, call: Call, name: str
) -> None:
    _, proxy = wire(sends(b""))
    monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
    monkeypatch.setenv("no_proxy", "")
    client, asked = play(ACCOUNT)
    call(client)
    assert (len(asked), proxy.heads) == (1, [])


def test_a_redirect_is_refused_and_never_followed(play: Play, wire: Any) -> None:
    _, elsewhere = wire(sends(b""))
    target = f"http://127.0.0.1:{elsewhere.port}/user.json"
    client, _ = play(Response(302, headers={"Location": target}))
    assert {type(error_of(call, client)) for call in CALLS} == {errors.Redirected}
    assert elsewhere.heads == []


def test_the_cookies_of_one_answer_are_not_sent_with_the_next(play: Play) -> None:
    body = ACCOUNT.body
    client, asked = play(Response(200, body, headers={"Set-Cookie": "session=first; Path=/"}))
    for call in (account, account, launch, launch):
        call(client)
    assert len(asked) == 4
    assert not [request for request in asked if "cookie" in request.headers]


def test_nothing_that_urllib3_logs_holds_the_argument(
    wire: Any, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    client, server = wire(sends(b"HTTP/1.1 404 No\r\nno header\r\nContent-Length: 0\r\n\r\n"))
    error_of(lambda c: launch(c, known=OF_2014), client)
    assert quote_plus(ARGUMENT).encode() in server.heads[0]
    assert "AQEDAR" not in caplog.text
