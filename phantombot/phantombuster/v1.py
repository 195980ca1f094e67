"""Phantombuster's API v1 over HTTP.

Reads are GETs. Launch and abort are POSTs with a form in the body, or GETs if the server accepts
nothing else. The key is sent in a header. We find out which shape of request an account's server
accepts, and store it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from threading import Lock
from typing import Any

from phantombot.errors import AnswerTooLarge, NotTheApi, PhantombusterError
from phantombot.phantombuster.account import ApiKey, Dialect
from phantombot.phantombuster.api import Account, Container, Output
from phantombot.phantombuster.argument_secrets import secrets_of
from phantombot.phantombuster.http import ACT_BEGUN_WITHIN, Http, checked_agent_id, key_header
from phantombot.phantombuster.parsing import (
    read_account,
    read_containers,
    read_launch,
    read_output,
)
from phantombot.phantombuster.responses import LARGEST_ANSWER, HttpRequest, Reply, read_reply
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
    worth_trying,
)

Remember = Callable[[ApiKey], None]

_KEY_HEADER = "X-Phantombuster-Key-1"
_MOST_REMEMBERED = 10_000


def not_remembered(_key: ApiKey) -> None:
    """Keep a dialect in memory only."""


def _nothing(known: Dialect, _data: Any) -> Dialect:
    return known


@dataclass(frozen=True)
class _Call:
    """One call, in any shape of request; a call that acts is sent once."""

    path: str
    parameters: Mapping[str, str] = field(default_factory=dict, repr=False)
    acts: bool = False
    largest: int = LARGEST_ANSWER
    teaches: Callable[[Dialect, Any], Dialect] = _nothing
    """Return the dialect with what the answer's data shows about the account."""

    @property
    def name(self) -> str:
        return self.path.rpartition("/")[2]

    @property
    def launches(self) -> bool:
        return self.name == "launch"

    def is_cut(self, error: PhantombusterError) -> bool:
        """Return whether the answer is a success that is larger than the caller wants."""
        return isinstance(error, AnswerTooLarge) and self.largest < LARGEST_ANSWER


class V1:
    """A client for many workspaces; threads can share it.

    It uses the first root that answers; roots end in `v1`. Every method can raise a
    `PhantombusterError`, which never contains key, argument or URL. `remember` is called with a key
    each time its dialect changed, after the call was counted, and must not block.
    """

    def __init__(
        self, http: Http, roots: Sequence[str], remember: Remember = not_remembered
    ) -> None:
        self._http = http
        self._roots = roots
        self._remember = remember
        self._dialects: dict[str, Dialect] = {}
        self._lock = Lock()

    def check(self, key: ApiKey) -> tuple[Account, ApiKey]:
        """Return the account of a key, and the key with the dialect of its server.

        KeyRejected means that the key is wrong; any other error proves nothing about it.
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
        """Return the state and console of a container, by default the most recent one.

        The result object, which may be megabytes, is only read with `result`. If that makes the
        answer too large, it is read again without, and `result_too_large` is set.

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
            pass  # ends here, so that an error of the next call isn't chained to it
        return replace(read_output(self._ask(key, lean)), result_too_large=True)

    def containers(self, key: ApiKey, agent_id: str) -> tuple[Container, ...]:
        """Return the runs that ended in the last 7 days, newest first."""
        return read_containers(self._ask(key, _Call(_path(agent_id, "/containers"))))

    def launch(  # noqa: PLR0913 - what is launched, each by its name
        self,
        key: ApiKey,
        agent_id: str,
        *,
        command: str | None,
        argument: str | None,
        save: bool,
        tag: str = "",  # noqa: ARG002 - v1 has none
    ) -> str | None:
        """Launch once; return the container's id if this form of v1 returns it.

        It is never sent again once it may have had an effect. If the error raised says
        `maybe_acted`, the agent may have been launched.
        """
        options = {"command": command, "argument": argument}
        given = {name: value for name, value in options.items() if value is not None}
        if save:  # the parameter's name until 2017, and the one since
            given |= {"saveLaunchOptions": "1", "saveArgument": "true"}
        path = _path(agent_id, "/launch")
        call = _Call(path, given, acts=True, teaches=learned_from_launch)
        return read_launch(self._ask(key, call))

    def running(self, key: ApiKey) -> None:
        """Return None without a call."""

    def tagged(self, key: ApiKey, agent_id: str, tag: str) -> None:
        """Return None without a call."""

    def abort(self, key: ApiKey, agent_id: str, *, softly: bool = False) -> None:  # noqa: ARG002
        """Abort all running instances of the agent; never retried. v1 has no soft abort."""
        self._ask(key, _Call(_path(agent_id, "/abort"), acts=True))

    def _ask(self, key: ApiKey, call: _Call) -> Any:
        headers = key_header(_KEY_HEADER, key)
        reply = self._answered(key, call, headers)
        error = reply.error
        self._http.count(call.name, None if error and call.is_cut(error) else error)
        if error is not None:
            raise error
        return reply.data

    def _answered(self, key: ApiKey, call: _Call, headers: Mapping[str, str]) -> Reply:
        """Send in one shape after another, until one has an effect or no other can."""
        known, began = self._dialect(key), self._http.timer()
        misses: list[Miss] = []
        for shape in shapes(known, self._roots, acts=call.acts):
            if not worth_trying(shape, misses, known, acts=call.acts):
                continue
            if misses and call.acts and self._http.timer() - began >= ACT_BEGUN_WITHIN:
                break
            reply = self._sent(key, call, shape, headers)
            if reply.error is None:
                self._learn(key, call, shape, reply.data)
                return reply
            if not is_miss(reply, acts=call.acts):
                return reply
            misses.append(Miss(shape, reply.error, reply.from_api))
        return Reply(error=most_telling(misses, known) if misses else NotTheApi())

    def _sent(self, key: ApiKey, call: _Call, shape: Shape, headers: Mapping[str, str]) -> Reply:
        method, url = "POST" if shape.post else "GET", shape.url(call.path)
        request = HttpRequest(method, url, call.parameters, headers, call.largest)
        secrets = (key.value, *secrets_of(call.parameters.get("argument")))
        read = partial(read_reply, launch=call.launches)
        return self._http.send(request, secrets, read, once=call.acts)

    def _dialect(self, key: ApiKey) -> Dialect:
        """Return what is known of the account now; the caller's key may be older."""
        return self._dialects.get(key.value, key.dialect)

    def _learn(self, key: ApiKey, call: _Call, shape: Shape, data: Any) -> None:
        """Add what a success shows to what is known now, which other calls may have changed."""
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
    return f"agent/{checked_agent_id(agent_id)}{call}"
