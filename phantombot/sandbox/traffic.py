"""The requests between Slack, the bot and Phantombuster, in order and without secrets."""

import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from phantombot.sandbox.masks import masked, secrets_in, without_arguments
from phantombot.sandbox.meanings import meaning_of
from phantombot.sandbox.server import Noted, Request, Response, Watch
from phantombot.sandbox.wording import read_body, shown_headers

KEPT = 400
"""The number of exchanges remembered."""
LATEST = 60
"""The number of exchanges sent at once; a listener has seen the earlier ones before."""

Hide = Callable[[Any], Any]
"""Return a query or a body without secrets."""


@dataclass(frozen=True)
class Exchange:
    """A request and its response; None while there is none yet."""

    number: int
    at: float
    """Seconds since 1970."""
    sender: str
    receiver: str
    request: Request
    answer: Response | None = None
    seconds: float | None = None


class Traffic:
    """A record of the latest exchanges. Thread-safe."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._secrets: set[str] = set()
        self._count = 0
        self._kept: deque[Exchange] = deque(maxlen=KEPT)

    def watch(self, sender: str, receiver: str, *paths: str) -> Watch:
        """Return a watch that records requests to paths that begin with one of `paths`."""

        def watching(request: Request) -> Noted:
            if not request.path.startswith(paths):
                return _unnoted
            return self._begin(sender, receiver, request)

        return watching

    def rows(self) -> list[dict[str, Any]]:
        """Return the latest exchanges, oldest first, each as one row."""
        with self._lock:
            return [_row(one) for one in list(self._kept)[-LATEST:]]

    def whole(self, number: int) -> dict[str, Any]:
        """Return all of one exchange, with its secrets masked.

        Raises:
            LookupError: it is not remembered.
        """
        with self._lock:
            found = next((one for one in self._kept if one.number == number), None)
            secrets = frozenset(self._secrets)
        if found is None:
            raise LookupError(number)
        hide = without_arguments if found.receiver == "Phantombuster" else _unchanged
        return {
            "request": masked(_told(found.request, hide), secrets),
            "answer": found.answer and masked(_answered(found.answer, hide), secrets),
        }

    def _begin(self, sender: str, receiver: str, request: Request) -> Noted:
        with self._lock:
            self._secrets |= secrets_in(request)
            self._count += 1
            begun = Exchange(self._count, self._clock(), sender, receiver, request)
            self._kept.append(begun)
        return lambda answer: self._end(begun, answer)

    def _end(self, begun: Exchange, answer: Response) -> None:
        ended = replace(begun, answer=answer, seconds=self._clock() - begun.at)
        with self._lock:
            kept = [ended if one.number == begun.number else one for one in self._kept]
            self._kept = deque(kept, KEPT)


def _unnoted(_answer: Response) -> None:
    """Ignore the response."""


def _row(one: Exchange) -> dict[str, Any]:
    title, meaning = meaning_of(one.receiver, one.request)
    return {
        "number": one.number,
        "at": one.at,
        "sender": one.sender,
        "receiver": one.receiver,
        "title": title,
        "meaning": meaning,
        "status": one.answer and _status(one.answer),
        "seconds": one.seconds,
    }


def _status(answer: Response) -> str:
    """Return the HTTP status, with Slack's error code if it refused with a 200."""
    if answer.cut:
        return "no answer"
    body = read_body(answer.body, answer.content_type)
    refused = isinstance(body, dict) and body.get("ok") is False
    return f"{answer.status} {body['error']}" if refused else str(answer.status)


def _unchanged(thing: Any) -> Any:
    return thing


def _told(request: Request, hide: Hide) -> dict[str, Any]:
    query = "&".join(f"{name}={value}" for name, value in hide(request.query).items())
    return {
        "line": f"{request.method} {request.path}{'?' if query else ''}{query}",
        "headers": shown_headers(request.headers),
        "body": hide(read_body(request.body, request.headers.get("content-type", ""))),
    }


def _answered(answer: Response, hide: Hide) -> dict[str, Any]:
    headers = {"content-type": answer.content_type, **answer.headers}
    return {
        "line": "The connection was cut" if answer.cut else f"HTTP {answer.status}",
        "headers": {} if answer.cut else shown_headers(headers),
        "body": hide(read_body(answer.body, answer.content_type)),
    }
