"""Slack's side of a load, in a process of its own: signed commands, one thread, no library.

    python -m bench.load < order.json > answer.json

With `per_second` it is an open loop: each command has its time, and what it waits for until it can
be sent counts as the bot's delay (no coordinated omission). Without, as many connections as
`connections` send their next command when the last one is answered.
"""

import hmac
import json
import select
import socket
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from urllib.parse import urlencode

PATIENCE = 10.0
"""The seconds to wait for answers after the last command."""
MOST_CONNECTIONS = 512


@dataclass(frozen=True)
class Order:
    """What to send: at most `commands`, for at most `seconds`."""

    port: int
    secret: str
    commands: int
    seconds: float
    per_second: float = 0.0
    connections: int = 16
    workspaces: tuple[tuple[str, str], ...] = (("T0SANDBOX", "C0GENERAL"),)
    """The ids of the workspaces and of one channel of each, used in turn."""
    agents: tuple[int, int] = (1000, 20)
    """The first agent's id, and the number of agents per workspace, launched in turn."""
    response_url: str = "http://127.0.0.1:9/none"
    must_say: str = ""
    """The text that each acknowledgement must contain."""
    run: str = "0"
    """The prefix that distinguishes this load's trigger ids from others'."""


@dataclass
class Answer:
    """The result. Times are in seconds; the indices of `sent_at` and `late` are the commands'."""

    answered: int = 0
    took: float = 0.0
    """The time from the first command to the last answer."""
    late: dict[int, float] = field(default_factory=dict)
    """The time from when a command was due to its answer."""
    due: dict[int, float] = field(default_factory=dict)
    """When each command was due, by the clock that all processes of the machine share."""
    wrong: dict[str, int] = field(default_factory=dict)
    """Answers that were not acknowledgements, by their beginning."""
    busy: float = 0.0
    """The share of a core that the load itself used."""


def requests(order: Order) -> Iterator[bytes]:
    """Yield signed commands as they go over the wire, each an invocation of its own."""
    stamp = str(int(time.time()))
    first, count = order.agents
    for number in range(order.commands):
        team, channel = order.workspaces[number % len(order.workspaces)]
        agent = first + number // len(order.workspaces) % count
        form = {
            "command": "/phantom",
            "text": f'launch {agent} casperjs {{"n": {number}, "run": "{order.run}"}}',
            "team_id": team,
            "channel_id": channel,
            "channel_name": "general",
            "user_id": "U0ADA",
            "api_app_id": "A0SANDBOX",
            "is_enterprise_install": "false",
            "trigger_id": f"{order.run}.{number}",
            "response_url": order.response_url,
        }
        body = urlencode(form).encode()
        signed = hmac.digest(order.secret.encode(), b"v0:%s:%s" % (stamp.encode(), body), "sha256")
        yield (
            b"POST /slack/events HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n"
            b"Content-Type: application/x-www-form-urlencoded\r\n"
            b"X-Slack-Request-Timestamp: %s\r\nX-Slack-Signature: v0=%s\r\n"
            b"Content-Length: %d\r\n\r\n%s"
        ) % (order.port, stamp.encode(), signed.hex().encode(), len(body), body)


class Load:
    """The sender of an order's commands, which waits for their answers."""

    def __init__(self, order: Order) -> None:
        self._order = order
        self._requests = list(requests(order))
        self._poll = select.epoll()
        self._sockets: dict[int, socket.socket] = {}
        self._read: dict[int, bytes] = {}
        self._waiting: dict[int, int] = {}
        """The command on each busy connection."""
        self._free: list[int] = []
        self._wrong: Counter[str] = Counter()
        self._answer = Answer()
        self._must_say = order.must_say.encode()

    def go(self) -> Answer:
        began, busy = time.monotonic(), time.process_time()
        if self._order.per_second:
            self._open_loop(began)
        else:
            self._closed_loop(began)
        self._answer.took = time.monotonic() - began
        self._answer.busy = (time.process_time() - busy) / self._answer.took
        self._answer.wrong = dict(self._wrong)
        for one in self._sockets.values():
            one.close()
        return self._answer

    def _closed_loop(self, began: float) -> None:
        until = began + self._order.seconds
        number = 0
        while True:
            now = time.monotonic()
            more = number < len(self._requests) and now < until
            while more and len(self._waiting) < self._order.connections:
                self._send(number, now)
                number += 1
                more = number < len(self._requests)
            if not self._waiting or now > until + PATIENCE:
                return
            self._hear(0.05)

    def _open_loop(self, began: float) -> None:
        began += 0.05
        for number in range(min(len(self._requests), int(self._order.seconds * self._rate))):
            due = began + number / self._rate
            while (ahead := due - time.monotonic()) > 0:
                # epoll counts in whole milliseconds: poll during the last one.
                self._hear(ahead - 0.001 if ahead > 0.002 else 0)
            self._send(number, due)
        until = time.monotonic() + PATIENCE
        while self._waiting and time.monotonic() < until:
            self._hear(0.05)

    @property
    def _rate(self) -> float:
        return self._order.per_second

    def _send(self, number: int, due: float) -> None:
        place = self._free.pop() if self._free else self._connect()
        self._waiting[place] = number
        self._answer.due[number] = due
        self._read[place] = b""
        try:
            self._sockets[place].sendall(self._requests[number])
        except OSError:
            self._cut(place)

    def _connect(self) -> int:
        if len(self._sockets) >= MOST_CONNECTIONS:
            raise RuntimeError("too many commands are waiting for their answer")
        one = socket.create_connection(("127.0.0.1", self._order.port), timeout=PATIENCE)
        one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._sockets[one.fileno()] = one
        self._poll.register(one, select.EPOLLIN)
        return one.fileno()

    def _hear(self, timeout: float) -> None:
        for place, _ in self._poll.poll(max(timeout, 0)):
            try:
                piece = self._sockets[place].recv(65536)
            except OSError:
                piece = b""
            if not piece:
                self._cut(place)
                continue
            self._read[place] = whole = self._read[place] + piece
            if is_complete(whole):
                self._heard(place, whole)

    def _heard(self, place: int, whole: bytes) -> None:
        number = self._waiting.pop(place)
        self._answer.late[number] = time.monotonic() - self._answer.due[number]
        if whole.startswith(b"HTTP/1.1 200") and self._must_say in whole:
            self._answer.answered += 1
        else:
            self._wrong[whole[:12].decode(errors="replace")] += 1
        if b"onnection: close" in whole:
            self._drop(place)
        else:
            self._free.append(place)

    def _cut(self, place: int) -> None:
        """Drop a connection that the other end closed, as it may between two commands."""
        if self._waiting.pop(place, None) is not None:
            self._wrong["cut"] += 1
        self._drop(place)

    def _drop(self, place: int) -> None:
        with suppress(ValueError):
            self._free.remove(place)
        one = self._sockets.pop(place)
        self._poll.unregister(one)
        one.close()


def is_complete(whole: bytes) -> bool:
    """Return whether an answer has arrived to its last byte."""
    head, found, body = whole.partition(b"\r\n\r\n")
    if not found:
        return False
    lowered = head.lower()
    if b"transfer-encoding: chunked" in lowered:
        return body.endswith(b"0\r\n\r\n")
    _, _, length = lowered.partition(b"content-length:")
    return len(body) >= int(length.partition(b"\r\n")[0] or 0)


def main() -> None:
    order = json.load(sys.stdin)
    order["workspaces"] = tuple(map(tuple, order.get("workspaces", [["T0SANDBOX", "C0GENERAL"]])))
    json.dump(asdict(Load(Order(**order)).go()), sys.stdout)


if __name__ == "__main__":
    main()
