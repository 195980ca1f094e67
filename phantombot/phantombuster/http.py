"""HTTP calls to Phantombuster: what both versions of its API have in common."""

import logging
import re
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from threading import Lock
from typing import TYPE_CHECKING

from phantombot.context import Clock, Count, not_counted
from phantombot.errors import AgentNotFound, KeyRejected, PhantombusterError
from phantombot.phantombuster.account import ApiKey
from phantombot.phantombuster.responses import HttpAnswer, HttpRequest, Reply, server_time

if TYPE_CHECKING:
    from phantombot.phantombuster.transport import Line

ACT_BEGUN_WITHIN = 2.0
"""Seconds during which a launch is tried in one shape after another; then it fails."""
_KEY = re.compile(r"[!-~\xa1-\xff]+")  # what a header can contain: http.client writes latin-1
_AGENT_ID = re.compile(r"[1-9][0-9]*")
_CLOCKS_AGREE_WITHIN = timedelta(seconds=1)
_LONGEST_ROUND_TRIP = timedelta(seconds=2)
"""Longest round trip of an answer whose `Date` is used, since half of it is the error."""
_FURTHEST_CLOCK = timedelta(days=1)

ReadReply = Callable[[HttpAnswer, Iterable[str]], Reply]
"""Read an answer, and remove the secrets from its error's text."""


def utc_now() -> datetime:
    """Return the current time."""
    return datetime.now(UTC)


@dataclass(frozen=True)
class Options:
    """How requests are sent. Time-outs and `backoff` are in seconds.

    An answer can take as long as both time-outs together.
    """

    connect_timeout: float = 3.05
    read_timeout: float = 30.0
    pool: int = 16
    """Connections kept for reads."""
    backoff: float = 0.2
    count: Count = not_counted
    """Called after each call; it must not block."""
    clock: Clock = utc_now
    """The clock that Phantombuster's is compared with."""
    timer: Callable[[], float] = time.monotonic


class Http:
    """Sends requests, counts calls, and compares clocks; threads can share it."""

    def __init__(self, options: Options) -> None:
        # urllib3 logs URLs, even at WARNING for odd headers; the URL of a GET contains an argument.
        logging.getLogger("urllib3").setLevel(logging.ERROR)
        self._options = options
        self._clock_offset = timedelta()
        self._clocks_compared = 0.0
        self._lock = Lock()

    @property
    def clock_offset(self) -> timedelta:
        """Return how far Phantombuster's clock is ahead of ours; 0 if that is within a second."""
        return self._clock_offset

    def clock(self) -> datetime:
        """Return the current time."""
        return self._options.clock()

    def timer(self) -> float:
        """Return seconds of a monotonic clock."""
        return self._options.timer()

    def count(self, call: str, error: PhantombusterError | None) -> None:
        """Count a call, and its error if it failed."""
        self._options.count("phantombuster", call, type(error).__name__ if error else None)

    def send(
        self, request: HttpRequest, secrets: Iterable[str], read: ReadReply, *, once: bool
    ) -> Reply:
        """Send a request, with `once` never again, and return the answer as `read` reads it."""
        line = self._line
        asked_at, began = self._options.clock(), self.timer()
        outcome = line.send(request, once=once)
        if isinstance(outcome, PhantombusterError):
            return Reply(error=outcome)
        self._compare_clocks(outcome, asked_at, began)
        return read(outcome, secrets)

    def close(self) -> None:
        """Close the connections kept for the next read."""
        if "_line" in vars(self):
            self._line.close()

    @cached_property
    def _line(self) -> "Line":
        """Return the connections, which the first call creates.

        Creating them takes 70 ms, which Slack's first command shouldn't wait for.
        """
        from phantombot.phantombuster.transport import Line  # noqa: PLC0415

        options = self._options
        timeouts = options.connect_timeout, options.read_timeout
        return Line(options.pool, options.backoff, timeouts)

    def _compare_clocks(self, answer: HttpAnswer, asked_at: datetime, began: float) -> None:
        """Compare the clocks, using the newest request whose headers came quickly."""
        theirs, took = server_time(answer), answer.round_trip
        if theirs is None or took is None or took > _LONGEST_ROUND_TRIP:
            return
        # `Date` is in whole seconds, rounded down.
        offset = theirs + timedelta(seconds=0.5) - (asked_at + took / 2)
        with self._lock:
            if abs(offset) < _FURTHEST_CLOCK and began >= self._clocks_compared:
                self._clocks_compared = began
                self._clock_offset = offset if abs(offset) > _CLOCKS_AGREE_WITHIN else timedelta()


def key_header(name: str, key: ApiKey) -> dict[str, str]:
    """Return the header that carries the key.

    Raises:
        KeyRejected: no header can contain it.
    """
    if not _KEY.fullmatch(key.value):
        raise KeyRejected
    return {name: key.value}


def checked_agent_id(agent_id: str) -> str:
    """Return the id if it can be part of a URL.

    Raises:
        AgentNotFound: no agent can have it.
    """
    if not _AGENT_ID.fullmatch(agent_id):
        raise AgentNotFound
    return agent_id
