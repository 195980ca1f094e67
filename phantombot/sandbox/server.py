"""A small local HTTP server that can misbehave; both local services run on it."""

import json
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

LOOPBACK = "127.0.0.1"
_READ_ONLY = ("GET", "HEAD")


@dataclass(frozen=True)
class Request:
    """One HTTP request. `query` and `form` keep the last value of a repeated name."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    """Header names are in lower case."""
    body: bytes
    query_string: str = ""
    """The query as it was sent, with every value of a repeated name."""

    @property
    def form(self) -> dict[str, str]:
        """Return the body read as `application/x-www-form-urlencoded`."""
        return dict(parse_qsl(self.body.decode(errors="replace"), keep_blank_values=True))

    @property
    def json(self) -> Any:
        """Return the body read as JSON.

        Raises:
            ValueError: the body is not JSON.
        """
        return json.loads(self.body)


@dataclass(frozen=True)
class Response:
    """The response to a request. `cut` resets the connection instead of answering; `cut_at`
    closes it after that many bytes of the body.

    The pieces of a `stream` are sent one by one, until it ends.
    """

    status: int = 200
    body: bytes = b""
    content_type: str = "application/json; charset=utf-8"
    headers: dict[str, str] = field(default_factory=dict)
    cut: bool = False
    cut_at: int | None = None
    stream: Iterator[bytes] | None = None


def json_response(data: Any, status: int = 200, **headers: str) -> Response:
    """Return `data` as a JSON response; an underscore in a header's name stands for a dash."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Response(status, json.dumps(data).encode(), headers=named)


Noted = Callable[[Response], None]
Watch = Callable[[Request], Noted]
"""Called with each request; returns a function that is called with the response."""


def unwatched(_request: Request) -> Noted:
    """Ignore the request and its response."""
    return lambda _answer: None


class LocalServer:
    """An HTTP server on loopback that calls `handle`, with a thread per connection,
    until `stop`.

    Another site's page can neither read it, through a name that points here, nor post to it: the
    Host must be this server, and so must the Origin of any request that changes something.
    """

    def __init__(self, handle: Callable[[Request], Response], port: int = 0) -> None:
        self._httpd = _Httpd((LOOPBACK, port), _handler(self._answer))
        port = self._httpd.server_address[1]
        self.url = f"http://{LOOPBACK}:{port}"
        """The server's address, without a trailing slash."""
        self._hosts = {f"{name}:{port}" for name in (LOOPBACK, "localhost", "[::1]")}
        self.watch: Watch = unwatched
        self._handle = handle
        self._listening = False
        self._stopped = threading.Event()

    def start(self) -> None:
        """Listen, in a background thread."""
        self._listening = True
        threading.Thread(
            target=self._httpd.serve_forever, args=(0.05,), name="local-server", daemon=True
        ).start()

    def stop(self) -> None:
        """Stop listening, free the port and cut every open connection, started or not."""
        self._stopped.set()
        if self._listening:  # shutting down a server that never served would block for ever
            self._httpd.wake()
            self._httpd.shutdown()
        self._httpd.server_close()
        self._httpd.cut()

    def _answer(self, request: Request) -> Response:
        """Answer the request, unless its connection was cut meanwhile."""
        if self._stopped.is_set():
            return Response(cut=True)
        if not self._is_meant(request):
            return json_response({"error": "asked under another name, or by another page"}, 403)
        noted = self.watch(request)
        answer = self._handle(request)
        noted(answer)
        return answer

    def _is_meant(self, request: Request) -> bool:
        host, origin = request.headers.get("host", ""), request.headers.get("origin", "")
        if host not in self._hosts:
            return False
        return request.method in _READ_ONLY or origin in ("", f"http://{host}")


class _Httpd(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], handler: type[BaseHTTPRequestHandler]) -> None:
        super().__init__(address, handler)
        self._open: set[Any] = set()
        self._changing = threading.Lock()

    def process_request(self, request: Any, client_address: Any) -> None:
        """Handle a new connection in a thread, and remember it until it is closed."""
        with self._changing:
            self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        """Close a finished connection."""
        with self._changing:
            self._open.discard(request)
        super().shutdown_request(request)

    def wake(self) -> None:
        """End the wait for connections for good, so that a shutdown is noticed at once."""
        with suppress(OSError):  # not possible on every system: then the next poll notices it
            self.socket.shutdown(socket.SHUT_RDWR)

    def cut(self) -> None:
        """Close every open connection; requests in progress get no response."""
        with self._changing:
            for connection in self._open:
                with suppress(OSError):  # closed a moment ago
                    connection.shutdown(socket.SHUT_RDWR)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Ignore clients that disconnect in the middle."""


def _end_of(response: Response) -> tuple[str, str]:
    """Return the header by which the client knows where the response ends."""
    if response.stream is not None:
        return "Connection", "close"
    return "Content-Length", str(len(response.body))


def _handler(handle: Callable[[Request], Response]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def answer(self) -> None:
            response = handle(self._request())
            if response.cut:
                self._reset()
                return
            self.send_response_only(response.status)
            for name, value in {**self._headers_of(response), **response.headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(response.body[: response.cut_at])
            if response.cut_at is not None:
                self.close_connection = True
            for piece in response.stream or ():
                self.wfile.write(piece)

        do_GET = do_POST = do_PUT = do_DELETE = answer  # noqa: N815 - the names http.server asks for

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - overridden
            """Log nothing, since the services record what matters."""

        def _headers_of(self, response: Response) -> dict[str, str]:
            return {
                "Server": self.version_string(),
                "Date": self.date_time_string(),
                "Content-Type": response.content_type,
                **dict([_end_of(response)]),
            }

        def _request(self) -> Request:
            url = urlsplit(self.path)
            length = int(self.headers.get("Content-Length") or 0)
            return Request(
                method=self.command,
                path=url.path,
                query=dict(parse_qsl(url.query, keep_blank_values=True)),
                headers={name.lower(): value for name, value in self.headers.items()},
                body=self.rfile.read(length),
                query_string=url.query,
            )

        def _reset(self) -> None:
            """Close with RST, as a crashed server or a cut cable would."""
            linger = struct.pack("ii", 1, 0)
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            self.close_connection = True
            self.connection.close()

    return Handler
