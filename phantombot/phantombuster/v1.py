"""A client of Phantombuster's API v1 over HTTP.

Reads are GETs. Launch and abort are POSTs with a form in the body, or GETs if the server takes
nothing else. The key is sent in a header. The shape of request that an account's server takes is
found out, and remembered.
"""

import logging
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cached_property
from threading import Lock
from typing import TYPE_CHECKING, Any

from phantombot.context import Clock, Count, not_counted
from phantombot.errors import (
    AgentNotFound,
    AnswerTooLarge,
    KeyRejected,
    PhantombusterError,
)
from phantombot.phantombuster.account import ApiKey, Dialect
from phantombot.phantombuster.api import Account, Container, Output
from phantombot.phantombuster.argument_secrets import secrets_of
from phantombot.phantombuster.parsing import (
    read_account,
    read_containers,
    read_launch,
    read_output,
)
from phantombot.phantombuster.responses import (
    LARGEST_ANSWER,
    HttpAnswer,
    HttpRequest,
    Reply,
    read_reply,
    server_time,
)
from phantombot.phantombuster.shapes import (
    Miss,
    Shape,
    is_miss,
    learned,
    learned_from_launch,
    learned_from_output,
    learned_from_user,
    most_telling,
    shapes,
    v1_root,
    worth_trying,
)

if TYPE_CHECKING:
    from phantombot.phantombuster.transport import Line

Remember = Callable[[ApiKey], None]

_KEY_HEADER = "X-Phantombuster-Key-1"
_KEY = re.compile(r"[!-~\xa1-\xff]+")  # what a header can carry: http.client writes latin-1
_AGENT_ID = re.compile(r"[1-9][0-9]*")
_MOST_REMEMBERED = 10_000
_CLOCKS_AGREE_WITHIN = timedelta(seconds=1)
_LONGEST_ROUND_TRIP = timedelta(seconds=2)
"""Longest round trip of an answer whose `Date` is used: half of it is the error."""
_ACT_BEGUN_WITHIN = 2.0
"""Seconds within which a launch is sent in one shape after another; then it fails."""
_FURTHEST_CLOCK = timedelta(days=1)


def _not_remembered(_key: ApiKey) -> None:
    """Keep a dialect in memory alone."""


def _utc_now() -> datetime:
    return datetime.now(UTC)


def _nothing(known: Dialect, _data: Any) -> Dialect:
    return known


@dataclass(frozen=True)
class _Call:
    """One call, whatever the request's shape; a call that acts is sent once."""

    path: str
    parameters: Mapping[str, str] = field(default_factory=dict, repr=False)
    acts: bool = False
    largest: int = LARGEST_ANSWER
    teaches: Callable[[Dialect, Any], Dialect] = _nothing
    """Returns the dialect with what the answer's data shows of the account."""

    @property
    def name(self) -> str:
        return self.path.rpartition("/")[2]

    @property
    def launches(self) -> bool:
        return self.name == "launch"

    def is_cut(self, error: PhantombusterError) -> bool:
        """Return whether the answer isn't a failure, only larger than the caller wants."""
        return isinstance(error, AnswerTooLarge) and self.largest < LARGEST_ANSWER


class Client:
    """A client for many workspaces; threads can share it.

    It uses the first of the addresses that answers. Every method can raise a `PhantombusterError`,
    which never holds key, argument or URL. Time-outs and `backoff` are in seconds; an answer can
    take both time-outs in all. `count` is called after each call, and `remember` with a key each
    time its dialect changed, in that order, and must not wait. Phantombuster's clock is compared
    with `clock`; `timer` counts seconds.
    """

    def __init__(  # noqa: PLR0913 - settings, each by its name
        self,
        *base_urls: str,
        connect_timeout: float = 3.05,
        read_timeout: float = 30.0,
        pool: int = 16,
        backoff: float = 0.2,
        count: Count = not_counted,
        remember: Remember = _not_remembered,
        clock: Clock = _utc_now,
        timer: Callable[[], float] = time.monotonic,
    ) -> None:
        # urllib3 logs URLs, at WARNING still when headers are odd; that of a GET holds an argument.
        logging.getLogger("urllib3").setLevel(logging.ERROR)
        self._roots = [v1_root(url) for url in base_urls]
        self._timeout = (connect_timeout, read_timeout)
        self._pool = pool
        self._backoff = backoff
        self._count = count
        self._remember = remember
        self._clock = clock
        self._timer = timer
        self._dialects: dict[str, Dialect] = {}
        self._clock_offset = timedelta()
        self._clocks_compared = 0.0
        self._lock = Lock()

    @property
    def clock_offset(self) -> timedelta:
        """Return how far Phantombuster's clock is ahead of ours; 0 if that is within a second."""
        return self._clock_offset

    def check(self, key: ApiKey) -> tuple[Account, ApiKey]:
        """Return the account of a key, and the key with the dialect that was found out.

        Raises KeyRejected for a key that is wrong; any other error says nothing of the key.
        """
        account = self.account(key)
        return account, replace(key, dialect=self._dialect(key))

    def account(self, key: ApiKey) -> Account:
        """Return the account with all its agents."""
        return read_account(self._ask(key, _Call("user", teaches=learned_from_user)))

    def output(  # noqa: PLR0913 - which run, from where, and how much of it
        self,
        key: ApiKey,
        agent_id: str,
        *,
        container_id: str | None = None,
        launch_number: int | None = None,
        from_position: str = "",
        result: bool = False,
        largest: int | None = None,
    ) -> Output:
        """Return one container's state and console, or the most recent one's, from a position on.

        The result object, which may be megabytes, is read only with `result`. If the answer is too
        large with it, it is read again without, and `result_too_large` is set.

        Raises:
            AnswerTooLarge: it is too large even without the result, or has more than `largest`
                bytes.
        """
        query = {"mode": "most-recent"}
        if container_id is not None:
            query = {"mode": "track", "containerId": container_id}
        if launch_number is not None:
            query["launchNumber"] = str(launch_number)
        if from_position:
            query["fromOutputPos"] = from_position
        whole = _Call(_path(agent_id, "/output"), query, teaches=learned_from_output)
        lean = replace(whole, parameters=query | {"withoutResultObject": "true"})
        if not result:
            return read_output(self._ask(key, lean))
        if largest is not None:
            return read_output(self._ask(key, replace(whole, largest=largest)))
        try:
            return read_output(self._ask(key, whole))
        except AnswerTooLarge:
            pass  # left here, so that an error of the next call isn't chained to this one
        return replace(read_output(self._ask(key, lean)), result_too_large=True)

    def containers(self, key: ApiKey, agent_id: str) -> tuple[Container, ...]:
        """Return the runs that ended in the last 7 days, newest first."""
        return read_containers(self._ask(key, _Call(_path(agent_id, "/containers"))))

    def launch(
        self, key: ApiKey, agent_id: str, *, command: str | None, argument: str | None, save: bool
    ) -> str | None:
        """Launch once; return the container's id if this form of v1 names it.

        It is never sent again once it may have had an effect. If the error raised says
        `maybe_acted`, the agent may have been launched.
        """
        options = {"command": command, "argument": argument}
        given = {name: value for name, value in options.items() if value is not None}
        if save:  # by its name until 2017, and the one since
            given |= {"saveLaunchOptions": "1", "saveArgument": "true"}
        path = _path(agent_id, "/launch")
        call = _Call(path, given, acts=True, teaches=learned_from_launch)
        return read_launch(self._ask(key, call))

    def abort(self, key: ApiKey, agent_id: str) -> None:
        """Abort all running instances of the agent; never retried."""
        self._ask(key, _Call(_path(agent_id, "/abort"), acts=True))

    def close(self) -> None:
        """Close the connections kept for the next read."""
        if "_line" in vars(self):
            self._line.close()

    @cached_property
    def _line(self) -> "Line":
        """Return the connections, made at the first call.

        That takes 70 ms, for which Slack's first command must not wait.
        """
        from phantombot.phantombuster.transport import Line  # noqa: PLC0415

        return Line(self._pool, self._backoff, self._timeout)

    def _ask(self, key: ApiKey, call: _Call) -> Any:
        if not _KEY.fullmatch(key.value):
            raise KeyRejected
        reply = self._answered(key, call)
        error = reply.error
        failed = error is not None and not call.is_cut(error)
        self._count("phantombuster", call.name, type(error).__name__ if failed else None)
        if error is not None:
            raise error
        return reply.data

    def _answered(self, key: ApiKey, call: _Call) -> Reply:
        """Ask in one shape after another, until one had an effect or all are known to have none."""
        known, began = self._dialect(key), self._timer()
        misses: list[Miss] = []
        for shape in shapes(known, self._roots, acts=call.acts):
            if not worth_trying(shape, misses, known, acts=call.acts):
                continue
            if misses and call.acts and self._timer() - began >= _ACT_BEGUN_WITHIN:
                break
            reply = self._sent(key, call, shape)
            if reply.error is None:
                self._learn(key, call, shape, reply.data)
                return reply
            if not is_miss(reply, acts=call.acts):
                return reply
            misses.append(Miss(shape, reply.error, reply.from_api))
        return Reply(error=most_telling(misses))

    def _sent(self, key: ApiKey, call: _Call, shape: Shape) -> Reply:
        method, headers = "POST" if shape.post else "GET", {_KEY_HEADER: key.value}
        url = shape.url(call.path)
        request = HttpRequest(method, url, call.parameters, headers, call.largest)
        line = self._line
        asked_at, began = self._clock(), self._timer()
        outcome = line.send(request, once=call.acts)
        if isinstance(outcome, PhantombusterError):
            return Reply(error=outcome)
        self._compare_clocks(outcome, asked_at, began)
        secrets = (key.value, *secrets_of(call.parameters.get("argument")))
        return read_reply(outcome, secrets, launch=call.launches)

    def _compare_clocks(self, answer: HttpAnswer, asked_at: datetime, began: float) -> None:
        """Compare the clocks by the newest request whose headers came soon."""
        theirs, took = server_time(answer), answer.round_trip
        if theirs is None or took is None or took > _LONGEST_ROUND_TRIP:
            return
        # `Date` is in whole seconds, rounded down.
        offset = theirs + timedelta(seconds=0.5) - (asked_at + took / 2)
        with self._lock:
            if abs(offset) < _FURTHEST_CLOCK and began >= self._clocks_compared:
                self._clocks_compared = began
                self._clock_offset = offset if abs(offset) > _CLOCKS_AGREE_WITHIN else timedelta()

    def _dialect(self, key: ApiKey) -> Dialect:
        """Return what is known of the account by now; the key that a caller holds may be older."""
        return self._dialects.get(key.value, key.dialect)

    def _learn(self, key: ApiKey, call: _Call, shape: Shape, data: Any) -> None:
        """Add what a success shows to what is known now: other calls may have added to it."""
        with self._lock:
            known = self._dialect(key)
            dialect = call.teaches(learned(known, shape, acts=call.acts), data)
            if dialect == known:
                return
            if len(self._dialects) >= _MOST_REMEMBERED:
                self._dialects.clear()
            self._dialects[key.value] = dialect
            if key.workspace:
                self._remember(replace(key, dialect=dialect))


def _path(agent_id: str, call: str = "") -> str:
    if not _AGENT_ID.fullmatch(agent_id):
        raise AgentNotFound
    return f"agent/{agent_id}{call}"
