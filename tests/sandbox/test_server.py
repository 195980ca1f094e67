import http.client
import socket
import threading
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from patience import PATIENCE

from phantombot.sandbox.server import LocalServer, Request, Response


class Service:
    """Answers at once, or holds the answer back while `held` is set."""

    def __init__(self) -> None:
        self.paths: list[str] = []
        self.held = False
        self.entered, self.released = threading.Event(), threading.Event()

    def __call__(self, request: Request) -> Response:
        self.paths.append(request.path)
        if self.held:
            self.entered.set()
            self.released.wait(PATIENCE)
        return Response(200, b"{}")


@pytest.fixture
def service() -> Iterator[Service]:
    service = Service()
    yield service
    service.released.set()


@pytest.fixture
def server(service: Service) -> Iterator[LocalServer]:
    server = LocalServer(service)
    server.start()
    yield server
    server.stop()


@pytest.fixture
def connection(server: LocalServer) -> Iterator[http.client.HTTPConnection]:
    connection = http.client.HTTPConnection(urlsplit(server.url).netloc, timeout=PATIENCE)
    yield connection
    connection.close()


def port_of(server: LocalServer) -> int:
    return urlsplit(server.url).port or 0


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost", "[::1]"])
def test_it_answers_under_the_names_of_this_machine(
    service: Service, server: LocalServer, connection: http.client.HTTPConnection, name: str
) -> None:
    host = f"{name}:{port_of(server)}"
    connection.request("POST", "/", headers={"Host": host, "Origin": f"http://{host}"})
    assert connection.getresponse().status == 200
    assert service.paths == ["/"]


@pytest.mark.parametrize(
    ("method", "headers", "status"),
    [
        ("GET", {"Host": "rebound.example:{port}"}, 403),
        ("GET", {"Host": "127.0.0.1.rebound.example:{port}"}, 403),
        ("GET", {"Host": "localhost:1"}, 403),
        ("GET", {"Host": ""}, 403),
        ("GET", {"Origin": "https://other.example"}, 200),
        ("POST", {"Origin": "https://other.example"}, 403),
        ("POST", {"Origin": "null"}, 403),
        ("PUT", {"Origin": "http://127.0.0.1:1"}, 403),
        ("POST", {}, 200),
    ],
)
def test_no_other_site_can_read_it_under_its_own_name_or_post_to_it(  # noqa: PLR0917
    service: Service,
    server: LocalServer,
    connection: http.client.HTTPConnection,
    method: str,
    headers: dict[str, str],
    status: int,
) -> None:
    given = {name: value.format(port=port_of(server)) for name, value in headers.items()}
    connection.request(method, "/", headers=given)
    assert connection.getresponse().status == status
    assert service.paths == (["/"] if status == 200 else [])


def test_stopping_a_server_that_never_started_returns_and_frees_its_port(service: Service) -> None:
    server = LocalServer(service)
    thread = threading.Thread(target=server.stop, daemon=True)
    thread.start()
    thread.join(PATIENCE)
    assert not thread.is_alive()
    LocalServer(service, port_of(server)).stop()


@pytest.mark.parametrize("times", [1, 2])
def test_a_stopped_server_accepts_no_connection(server: LocalServer, times: int) -> None:
    for _ in range(times):
        server.stop()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port_of(server)), timeout=PATIENCE)


def test_a_kept_connection_is_cut_and_not_served_once_the_server_stops(
    server: LocalServer, service: Service, connection: http.client.HTTPConnection
) -> None:
    for path in ("/first", "/second"):
        connection.request("GET", path)
        assert connection.getresponse().read() == b"{}"
    kept = connection.sock
    server.stop()
    assert kept.recv(1) == b""
    connection.request("GET", "/third")
    with pytest.raises(ConnectionError):
        connection.getresponse()
    assert service.paths == ["/first", "/second"]


def test_who_waits_for_an_answer_is_cut_off_when_the_server_stops(
    server: LocalServer, service: Service, connection: http.client.HTTPConnection
) -> None:
    service.held = True
    connection.request("GET", "/")
    assert service.entered.wait(PATIENCE)
    server.stop()
    with pytest.raises(ConnectionError):
        connection.getresponse()
    assert not service.released.is_set()
