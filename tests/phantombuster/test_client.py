import gzip
import json
import logging
import socket
import ssl
import threading
import traceback
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_plus

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from phantombot import errors
from phantombot.phantombuster.client import Client
from phantombot.phantombuster.redaction import redact, secrets_of
from phantombot.sandbox.server import LocalServer, Request, Response, json_response

KEY = "Zx81kQ/+9=key"
COOKIE = 'AQEDAR/7 "é'
ARGUMENT = json.dumps({"cookies": [COOKIE], "short": "five5", "n": 5})
HAPPY = json_response({"status": "success", "data": None})
ACCOUNT = json_response({"status": "success", "data": {"agents": [], "timeLeft": 5}})
LARGE = HAPPY.body + b" " * 5_000_000
BOMB = gzip.compress(HAPPY.body + b" " * 100_000_000, compresslevel=1)
Call = Callable[[Client], Any]
Play = Callable[..., tuple[Client, list[Request]]]


def launch(client: Client, argument: str | None = ARGUMENT) -> str | None:
    return client.launch(KEY, "785", command="casperjs", argument=argument, save=False)


def account(client: Client) -> Any:
    return client.account(KEY)


def abort(client: Client) -> None:
    client.abort(KEY, "785")


CALLS: list[Any] = [launch, abort, account]


def error_of(call: Call, client: Client) -> errors.PhantombusterError:
    with pytest.raises(errors.PhantombusterError) as caught:
        call(client)
    return caught.value


class Wire:
    """A server below HTTP: reads the head of one request per connection, then does as told."""

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
                    self.heads.append(wired.recv(65536))
                    self._reply(self, wired)
            except OSError:
                return


def sends(head: bytes, drip: bytes = b"", *, stay: bool = False) -> Callable[..., None]:
    def reply(wire: Wire, connection: socket.socket) -> None:
        connection.sendall(head)
        while drip and not wire.gone.wait(0.01):
            connection.sendall(drip)
        if stay:
            wire.gone.wait()

    return reply


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


class Stage:
    """One server and one client for all tests, since each costs 50 ms to start and to stop."""

    def __init__(self) -> None:
        self.asked: list[Request] = []
        self.script: tuple[Response, ...] = ()
        self.server = LocalServer(self._answer)

    def _answer(self, request: Request) -> Response:
        self.asked.append(request)
        return self.script[min(len(self.asked), len(self.script)) - 1]


@pytest.fixture(scope="module")
def stage() -> Iterator[tuple[Client, Stage]]:
    with ExitStack() as stack:
        stage = Stage()
        stage.server.start()
        stack.callback(stage.server.stop)
        yield connect(stack, f"{stage.server.url}/api/v1/"), stage


@pytest.fixture
def play(stage: tuple[Client, Stage]) -> Play:
    """Plays the answers in order, the last one for ever; returns a client and what it asked."""

    def start(*script: Response) -> tuple[Client, list[Request]]:
        client, played = stage
        played.asked, played.script = [], script
        return client, played.asked

    return start


def connect(stack: ExitStack, url: str, **options: Any) -> Client:
    client = Client(url, **{"backoff": 0, "read_timeout": 5.0, **options})
    stack.callback(client.close)
    return client


@pytest.fixture
def wire(stack: ExitStack) -> Callable[..., tuple[Client, Wire]]:
    def start(
        reply: Callable[..., object], *, tls: ssl.SSLContext | None = None, **options: Any
    ) -> tuple[Client, Wire]:
        wire = Wire(reply, tls)
        stack.callback(wire.stop)
        scheme = "https" if tls else "http"
        return connect(stack, f"{scheme}://127.0.0.1:{wire.port}/", **options), wire

    return start


def success(data: Any) -> Response:
    return json_response({"status": "success", "data": data})


@pytest.mark.parametrize(
    ("call", "data", "path", "query"),
    [
        (account, {"agents": []}, "user", {}),
        (lambda c: c.agent(KEY, "785"), {"id": 785}, "agent/785", {}),
        (lambda c: c.containers(KEY, "785"), [], "agent/785/containers", {}),
        (abort, None, "agent/785/abort", {}),
        (
            lambda c: c.output(KEY, "785"),
            {"status": "running"},
            "agent/785/output",
            {"mode": "most-recent"},
        ),
        (
            lambda c: c.output(KEY, "785", container_id="7", launch_number=94, from_position=8),
            {"containerStatus": "running"},
            "agent/785/output",
            {"mode": "track", "containerId": "7", "launchNumber": "94", "fromOutputPos": "8"},
        ),
        (
            lambda c: c.launch(KEY, "785", command=None, argument=None, save=False),
            None,
            "agent/785/launch",
            {},
        ),
        (
            lambda c: c.launch(KEY, "785", command="phantomjs", argument="{}", save=True),
            {"containerId": 5},
            "agent/785/launch",
            {"command": "phantomjs", "argument": "{}", "saveLaunchOptions": "1"},
        ),
    ],
    ids=[
        "account",
        "agent",
        "containers",
        "abort",
        "output",
        "output of one run",
        "launch with the saved options",
        "launch with all options",
    ],
)
def test_each_call_is_one_get(
    play: Play, call: Call, data: Any, path: str, query: dict[str, str]
) -> None:
    client, asked = play(success(data))
    call(client)
    request = asked[0]
    assert len(asked) == 1
    assert (request.method, request.path) == ("GET", f"/api/v1/{path}.json")
    assert request.query == query


@pytest.mark.parametrize(
    "argument", [ARGUMENT, '"a b+c%20&d=é#?/~\\u0000"', "   [1 ,2]\n", "{}", ""]
)
def test_an_argument_arrives_as_it_was_given(play: Play, argument: str) -> None:
    client, asked = play(HAPPY)
    launch(client, argument)
    assert asked[0].query["argument"] == argument


@pytest.mark.parametrize(("data", "told"), [(None, None), ({"containerId": "76"}, "76"), (7, "7")])
def test_a_launch_returns_the_containers_id(play: Play, data: Any, told: str | None) -> None:
    assert launch(play(success(data))[0]) == told


@pytest.mark.parametrize("call", CALLS)
def test_the_key_stands_in_its_header_and_nowhere_else(play: Play, call: Call) -> None:
    client, asked = play(ACCOUNT)
    call(client)
    request = asked[0]
    assert request.headers.pop("x-phantombuster-key-1") == KEY
    assert KEY not in repr(request)
    assert request.headers["user-agent"] == "phantombot"
    assert request.headers["accept"] == "application/json"


FAILURES: list[tuple[str, Response, type[errors.PhantombusterError]]] = [
    ("400", json_response({"status": "error", "message": "?"}, 400), errors.BadParameters),
    ("401", json_response({"status": "error", "message": "?"}, 401), errors.KeyRejected),
    ("403", Response(403), errors.BadParameters),
    ("404", json_response({"status": "error", "message": "?"}, 404), errors.AgentNotFound),
    ("404 of 6 MB", Response(404, b" " * 6_000_000), errors.AgentNotFound),
    ("429", Response(429), errors.RateLimited),
    ("500", json_response({"status": "error", "message": "?"}, 500), errors.ServerFault),
    ("503", Response(503, b"<html>", "text/html"), errors.ServerFault),
    ("504", Response(504), errors.ServerFault),
    ("301", Response(301, headers={"Location": "/elsewhere"}), errors.Redirected),
    ("302 to nonsense", Response(302, headers={"Location": "http://[\xff"}), errors.Redirected),
    ("304", Response(304), errors.Redirected),
    ("199", Response(199), errors.AnswerUnreadable),
    ("204", Response(204), errors.AnswerUnreadable),
    ("HTML", Response(200, b"<html>Welcome</html>", "text/html"), errors.AnswerUnreadable),
    ("half of JSON", Response(200, b'{"status": "success", "da'), errors.AnswerUnreadable),
    ("NaN", Response(200, b'{"status":"success","data":NaN}'), errors.AnswerUnreadable),
    ("no UTF-8", Response(200, b'{"status": "\xff\xfe"}'), errors.AnswerUnreadable),
    ("too deep", Response(200, b"[" * 200_000), errors.AnswerUnreadable),
    ("a list", json_response(["success"]), errors.AnswerUnreadable),
    ("success without data", json_response({"status": "success"}), errors.AnswerUnreadable),
    ("data without status", json_response({"data": None}), errors.AnswerUnreadable),
    ("fail", json_response({"status": "fail", "data": None}), errors.AnswerUnreadable),
    ("status of no type", json_response({"status": [], "data": 1}), errors.AnswerUnreadable),
    ("over 5 MB", Response(200, LARGE), errors.AnswerUnreadable),
    ("a bomb", Response(200, BOMB, headers={"Content-Encoding": "gzip"}), errors.AnswerUnreadable),
    (
        "no gzip",
        Response(200, b"{}", headers={"Content-Encoding": "gzip"}),
        errors.AnswerUnreadable,
    ),
    ("error", json_response({"status": "error"}), errors.BadParameters),
    ("error 401", json_response({"status": "error", "code": 401}), errors.KeyRejected),
    ("error 404", json_response({"status": "error", "code": 404}), errors.AgentNotFound),
    ("error 429", json_response({"status": "error", "code": 429}), errors.RateLimited),
    ("error 500", json_response({"status": "error", "code": 500}), errors.ServerFault),
    ("error 7", json_response({"status": "error", "code": 7}), errors.BadParameters),
    ("error {}", json_response({"status": "error", "code": {}}), errors.BadParameters),
    ("a reset", Response(cut=True), errors.AnswerLost),
]
EACH_FAILURE = pytest.mark.parametrize(
    ("answer", "kind"), [row[1:] for row in FAILURES], ids=[row[0] for row in FAILURES]
)


@EACH_FAILURE
def test_each_failure_of_a_read_has_its_class(
    play: Play, answer: Response, kind: type[Exception]
) -> None:
    client, asked = play(answer)
    assert type(error_of(account, client)) is kind
    retried = {500: 3, 503: 3, 504: 3}.get(answer.status, 2 if answer.cut else 1)
    assert len(asked) == retried


@EACH_FAILURE
@pytest.mark.parametrize("call", [launch, abort])
def test_what_acts_is_sent_once_whatever_comes_back(
    play: Play, call: Call, answer: Response, kind: type[Exception]
) -> None:
    client, asked = play(answer)
    assert type(error_of(call, client)) is kind
    assert len(asked) == 1


@pytest.mark.parametrize("broken", [Response(500), Response(503), Response(cut=True)])
def test_a_read_is_tried_again_and_then_succeeds(play: Play, broken: Response) -> None:
    client, asked = play(broken, ACCOUNT)
    assert client.account(KEY).time_left == 5
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
    ],
)
@pytest.mark.parametrize("call", [launch, account])
def test_a_torn_or_dripping_answer_is_a_lost_answer(wire: Any, call: Call, reply: Any) -> None:
    client, _ = wire(reply, read_timeout=0.1)
    assert type(error_of(call, client)) is errors.AnswerLost


def test_an_endless_error_page_holds_up_no_retry(wire: Any) -> None:
    head = b"HTTP/1.1 500 Oops\r\nContent-Length: 9000000\r\n\r\n"
    client, server = wire(sends(head, drip=b" "), read_timeout=0.1)
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
    client, asked = play(Response(302, headers={"Location": target}))
    assert {type(error_of(call, client)) for call in CALLS} == {errors.Redirected}
    assert (len(asked), elsewhere.heads) == (3, [])


def test_the_cookies_of_one_answer_are_not_sent_with_the_next(play: Play) -> None:
    body = ACCOUNT.body
    client, asked = play(Response(200, body, headers={"Set-Cookie": "session=first; Path=/"}))
    for call in (account, account, launch, launch):
        call(client)
    assert len(asked) == 4
    assert not [request for request in asked if "cookie" in request.headers]


@pytest.mark.parametrize("key", ["", "two words", "a\nX-Injected: 1", "ключ", "\u20ac", "a\0"])
def test_a_key_that_cannot_stand_in_a_header_is_rejected_unsent(play: Play, key: str) -> None:
    client, asked = play(ACCOUNT)
    assert type(error_of(lambda c: c.account(key), client)) is errors.KeyRejected
    assert asked == []


@pytest.mark.parametrize(
    "agent_id", ["", "0", "07", "-1", "7/abort", "\u0667", "7\n", "..", "7?a=b"]
)
def test_an_id_that_is_none_never_enters_a_path(play: Play, agent_id: str) -> None:
    client, asked = play(ACCOUNT)
    assert type(error_of(lambda c: c.abort(KEY, agent_id), client)) is errors.AgentNotFound
    assert asked == []


def test_an_argument_with_half_a_character_is_refused_unsent(play: Play) -> None:
    client, asked = play(HAPPY)
    assert type(error_of(lambda c: launch(c, '"\ud800"'), client)) is errors.BadParameters
    assert asked == []


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ({}, 30),
        ({"Retry-After": "7"}, 7),
        ({"Retry-After": "9" * 5000}, 300),
        ({"Retry-After": "-5"}, 30),
        ({"Retry-After": "soon"}, 30),
        ({"Retry-After": "Wed, 21 Oct 2015 07:28:00 GMT"}, 0),
        ({"Retry-After": "Wed, 21 Oct 2015 07:28:00 -0000"}, 0),
        ({"Retry-After": format_datetime(datetime.now(UTC) + timedelta(days=1))}, 300),
        ({"Retry-After": "Wed, 99 Oct 99999 07:28:00 GMT"}, 30),
    ],
)
def test_a_rate_limit_says_for_how_long(play: Play, header: Any, seconds: float) -> None:
    client, asked = play(Response(429, headers=header))
    error = error_of(account, client)
    assert isinstance(error, errors.RateLimited)
    assert (error.retry_after, len(asked)) == (seconds, 1)


@pytest.mark.parametrize(
    ("message", "said"),
    [
        ("Agent not found", "Agent not found"),
        ("x" * 301, "x" * 300),
        (f"{KEY} {'x' * 300}", f"••• {'x' * 296}"),
        ("half \ud800", "half ?"),
        (None, ""),
        (["text"], ""),
        ("x" * 10_001, ""),
    ],
    ids=["a text", "cut", "redacted, then cut", "half a character", "null", "no text", "absurd"],
)
@pytest.mark.parametrize("status", [404, 200])
def test_an_error_carries_what_the_server_said(
    play: Play, status: int, message: Any, said: str
) -> None:
    client, _ = play(json_response({"status": "error", "code": 404, "message": message}, status))
    error = error_of(account, client)
    assert (type(error), error.said, error.status) == (errors.AgentNotFound, said, 404)


SECRETS = [KEY, ARGUMENT, COOKIE, quote(KEY, safe=""), quote_plus(ARGUMENT), quote(COOKIE).lower()]
TALKATIVE = [
    json_response({"status": "error", "message": " ".join(SECRETS)}, status)
    for status in (200, 400, 401, 404, 429, 500, 302)
]


@pytest.mark.parametrize("call", [launch, account])
@pytest.mark.parametrize("answer", [*TALKATIVE, Response(cut=True), Response(200, KEY.encode())])
def test_no_error_carries_key_argument_or_url(play: Play, call: Call, answer: Response) -> None:
    client, _ = play(answer)
    error = error_of(call, client)
    told = f"{error} {error!r} {error.said} {''.join(traceback.format_exception(error))}"
    hidden = SECRETS if call is launch else [KEY, quote(KEY, safe="")]
    assert not [secret for secret in [*hidden, "127.0.0.1"] if secret in told]
    assert (error.__context__, error.__cause__) == (None, None)


def test_what_is_never_sent_carries_no_url_either(stack: ExitStack) -> None:
    error = error_of(launch, connect(stack, "nonsense"))
    assert (error.__context__, error.__cause__) == (None, None)


def test_nothing_that_urllib3_logs_holds_the_argument(
    wire: Any, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    client, server = wire(sends(b"HTTP/1.1 404 No\r\nno header\r\nContent-Length: 0\r\n\r\n"))
    error_of(launch, client)
    assert quote_plus(ARGUMENT).encode() in server.heads[0]
    assert "AQEDAR" not in caplog.text


@pytest.mark.parametrize(
    ("text", "secrets", "shown"),
    [
        ("nothing here", ["secret"], "nothing here"),
        ("a secret, Secret", ["secret"], "a •••, •••"),
        ("a%2fb a%2Fb a/b", ["a/b"], "••• ••• •••"),
        ("say \\u00e9t\\u00e9", ["été"], "say •••"),
        ("abcdef", ["abc", "abcdef"], "•••"),
        ("a.c abc", ["a.c"], "••• abc"),
        ("text", [""], "text"),
        ("text", [], "text"),
    ],
)
def test_secrets_are_redacted_in_every_form(text: str, secrets: list[str], shown: str) -> None:
    assert redact(text, secrets) == shown


@pytest.mark.parametrize(
    ("argument", "secrets"),
    [
        (None, []),
        ("no JSON", ["no JSON"]),
        ('"longer"', ['"longer"', "longer"]),
        ('[{"key": ["secret", "five5"]}]', ['[{"key": ["secret", "five5"]}]', "secret"]),
        ("[" * 100_000, ["[" * 100_000]),
    ],
    ids=["none", "no JSON", "a string", "nested", "too deep"],
)
def test_the_long_strings_of_an_argument_are_secrets(
    argument: str | None, secrets: list[str]
) -> None:
    assert secrets_of(argument) == secrets


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A self-signed certificate for `localhost`, with its private key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    draft = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    draft = draft.not_valid_before(now - timedelta(1)).not_valid_after(now + timedelta(1))
    names = x509.SubjectAlternativeName([x509.DNSName("localhost")])
    identity = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
    authority = x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key())
    for extension in (names, identity, authority):
        draft = draft.add_extension(extension, critical=False)
    draft = draft.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    path: Path = tmp_path_factory.mktemp("tls") / "localhost.pem"
    pem = serialization.Encoding.PEM
    private = key.private_bytes(
        pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(private + draft.sign(key, hashes.SHA256()).public_bytes(pem))
    return path


@pytest.fixture
def secured(wire: Any, certificate: Path) -> Callable[..., tuple[Client, Wire]]:
    def start(reply: Any, *, host: str, trusted: bool) -> tuple[Client, Wire]:
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(certificate)
        client, server = wire(reply, tls=tls)
        client._base = f"https://{host}:{server.port}"
        if trusted:
            client._context = ssl.create_default_context(cafile=certificate)
        return client, server

    return start


def test_a_trusted_certificate_is_accepted(secured: Any) -> None:
    body = b'HTTP/1.0 200 OK\r\n\r\n{"status":"success","data":{"containerId":5}}'
    client, _ = secured(sends(body), host="localhost", trusted=True)
    assert launch(client) == "5"
    assert client._context.cert_store_stats()["x509_ca"] == 1  # no others were loaded for the call


@pytest.mark.parametrize(("host", "trusted"), [("localhost", False), ("127.0.0.1", True)])
def test_a_certificate_that_is_not_theirs_is_unreachable(
    secured: Any, host: str, trusted: bool
) -> None:
    client, server = secured(sends(b""), host=host, trusted=trusted)
    assert {type(error_of(call, client)) for call in CALLS} == {errors.Unreachable}
    assert server.heads == []


def test_no_tls_at_the_other_end_is_unreachable(wire: Any) -> None:
    client, server = wire(sends(b"HTTP/1.1 400 Plain HTTP\r\n\r\n"))
    client._base = f"https://127.0.0.1:{server.port}"
    assert type(error_of(launch, client)) is errors.Unreachable


def test_tls_torn_after_the_request_is_a_lost_answer(secured: Any) -> None:
    def tear(wire: Wire, connection: ssl.SSLSocket) -> None:
        with socket.socket(fileno=connection.detach()) as plain:
            plain.sendall(b"no TLS record at all")

    client, server = secured(tear, host="localhost", trusted=True)
    assert type(error_of(launch, client)) is errors.AnswerLost
    assert len(server.heads) == 1
