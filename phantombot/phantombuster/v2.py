"""Phantombuster's API v2 over HTTP.

Reads are GETs; launch and stop are POSTs with a JSON body. The key is sent in a header.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from phantombot.errors import AgentNotFound, AnswerTooLarge, NotTheApi, PhantombusterError
from phantombot.phantombuster.account import Api, ApiKey, Org
from phantombot.phantombuster.api import Account, Container, Output
from phantombot.phantombuster.argument_secrets import secrets_of
from phantombot.phantombuster.http import ACT_BEGUN_WITHIN, Http, checked_agent_id, key_header
from phantombot.phantombuster.responses import LARGEST_ANSWER, HttpRequest, Reply, read_bare_reply
from phantombot.phantombuster.shapes import Miss, Shape, is_miss, most_telling, worth_trying
from phantombot.phantombuster.v2_parsing import (
    counted,
    read_agents,
    read_containers,
    read_launch,
    read_org,
    read_output,
    read_run,
    read_running,
    read_tagged,
    read_time_left,
)

LARGEST_LIST = 64_000_000
"""Maximum bytes of the list of agents: there is no paging, and their manifests take megabytes."""
TAG = "phantombot"
"""The name of our own tag in a launch's `userCustomMetadata`."""
_RESOURCES_EVERY = timedelta(minutes=3)
"""How long the time left is cached."""
_MOST_LISTED = "100"
"""How many containers are requested; a week can have more."""
_MOST_REMEMBERED = 10_000
_KEY_HEADER = "X-Phantombuster-Key"


@dataclass(frozen=True)
class _Call:
    """One call; a call that acts is sent once."""

    path: str
    parameters: Mapping[str, Any] = field(default_factory=dict, repr=False)
    acts: bool = False
    largest: int = LARGEST_ANSWER
    read_stream: Callable[[Iterator[bytes]], Any] | None = None

    @property
    def launches(self) -> bool:
        return self.path == "agents/launch"

    def is_cut(self, error: PhantombusterError) -> bool:
        """Return whether the answer is a success that is larger than the caller wants."""
        return isinstance(error, AnswerTooLarge) and self.largest < LARGEST_ANSWER


class V2:
    """A client for many workspaces; threads can share it.

    It uses the first root that answers; roots end in `v2`. Every method can raise a
    `PhantombusterError`, which never contains key, argument or URL.
    """

    def __init__(self, http: Http, roots: Sequence[str]) -> None:
        self._http = http
        self._roots = roots
        self._answering: dict[str, str] = {}
        """The root that answered last, by key."""
        self._time_left: dict[str, tuple[datetime, int | None]] = {}
        """When the time left was read, and what it was, by key."""

    def check(self, key: ApiKey) -> tuple[Account, ApiKey]:
        """Return the account of a key, and the key with its org.

        KeyRejected means that the key is wrong; any other error proves nothing about it.
        """
        account = self.account(key)
        return account, replace(key, api=Api.V2, org=self._org(key))

    def account(self, key: ApiKey) -> Account:
        """Return the account with all its agents.

        Of its three reads, only that of the agents is required.
        """
        whole = _Call("agents/fetch-all", largest=LARGEST_LIST, read_stream=read_agents)
        agents = self._ask(key, whole)
        containers = None
        with suppress(PhantombusterError):
            containers = read_running(self._ask(key, _RUNNING))
        running = None if containers is None else frozenset(containers)
        return Account(counted(agents, containers), self._time(key), running)

    def running(self, key: ApiKey) -> frozenset[str]:
        """Return the containers that are running or queued."""
        return frozenset(read_running(self._ask(key, _RUNNING)))

    def output(  # noqa: PLR0913 - which run, from where, and how much of it
        self,
        key: ApiKey,
        agent_id: str,
        *,
        container_id: str | None = None,
        launch_number: int | None = None,  # noqa: ARG002 - runs go by their container
        from_position: str = "",
        result: bool = False,
        largest: int | None = None,
    ) -> Output:
        """Return the state and console of a container, by default the most recent one.

        Only the most recent container's console can be read from a position; others come complete.
        The result is only read with `result`, and then the console comes complete. If that makes
        the answer too large, it is read again without, and `result_too_large` is set.

        Raises:
            AnswerTooLarge: it is too large even without the result, or has more than `largest`
                bytes.
        """
        if container_id is not None:
            if result:
                return self._whole(key, container_id, largest)
            latest = self._latest_if_known(key, agent_id, from_position)
            if latest is None or latest.container_id != container_id:
                return self._run(key, container_id, console=True)
        else:
            latest = self._latest(key, agent_id, from_position)
        if latest.container_id is None or latest.status in ("queued", "running"):
            return latest
        if result:
            return self._whole(key, latest.container_id, largest)
        return replace(latest, ended=self._run(key, latest.container_id).ended)

    def containers(self, key: ApiKey, agent_id: str) -> tuple[Container, ...]:
        """Return the runs that ended, newest first."""
        query = {"agentId": checked_agent_id(agent_id), "mode": "finalized", "limit": _MOST_LISTED}
        return read_containers(self._ask(key, _Call("containers/fetch-all", query)))

    def launch(  # noqa: PLR0913 - what is launched, each by its name
        self,
        key: ApiKey,
        agent_id: str,
        *,
        command: str | None,  # noqa: ARG002 - agents choose their own engine
        argument: str | None,
        save: bool,
        tag: str = "",
    ) -> str | None:
        """Launch once; return the container's id, or None if the answer lacks it.

        It is never sent again once it may have had an effect. If the error raised says
        `maybe_acted`, the agent may have been launched.
        """
        given: dict[str, Any] = {"id": checked_agent_id(agent_id)}
        if argument is not None:
            given["argument"] = argument
        if save:
            given["saveArgument"] = True
        if tag:
            given["userCustomMetadata"] = {TAG: tag}
        return read_launch(self._ask(key, _Call("agents/launch", given, acts=True)))

    def tagged(self, key: ApiKey, agent_id: str, tag: str) -> str | None:
        """Return the container of the launch with this tag, among the agent's newest."""
        query = {"agentId": checked_agent_id(agent_id), "mode": "all", "limit": _MOST_LISTED}
        return read_tagged(self._ask(key, _Call("containers/fetch-all", query)), TAG, tag)

    def abort(self, key: ApiKey, agent_id: str, *, softly: bool = False) -> None:
        """Abort all running instances of the agent; never retried."""
        given = {"id": checked_agent_id(agent_id)} | ({"softAbort": True} if softly else {})
        self._ask(key, _Call("agents/stop", given, acts=True))

    def _latest(self, key: ApiKey, agent_id: str, from_position: str) -> Output:
        query = {"id": checked_agent_id(agent_id)}
        if from_position:
            query["fromOutputPos"] = from_position
        return read_output(self._ask(key, _Call("agents/fetch-output", query)))

    def _latest_if_known(self, key: ApiKey, agent_id: str, from_position: str) -> Output | None:
        """Return the most recent run's output; None if the agent was deleted, unlike its runs."""
        try:
            return self._latest(key, agent_id, from_position)
        except AgentNotFound:
            return None

    def _whole(self, key: ApiKey, container_id: str, largest: int | None) -> Output:
        """Return one run with its result, or without it if it is too large; see `output`."""
        if largest is not None:
            return self._run(key, container_id, console=True, result=True, largest=largest)
        try:
            return self._run(key, container_id, console=True, result=True)
        except AnswerTooLarge:
            pass  # ends here, so that an error of the next call isn't chained to it
        return replace(self._run(key, container_id, console=True), result_too_large=True)

    def _run(
        self,
        key: ApiKey,
        container_id: str,
        *,
        console: bool = False,
        result: bool = False,
        largest: int = LARGEST_ANSWER,
    ) -> Output:
        wanted = {"withOutput": console, "withResultObject": result}
        query = {"id": container_id} | {name: "true" for name, wants in wanted.items() if wants}
        return read_run(self._ask(key, _Call("containers/fetch", query, largest=largest)))

    def _org(self, key: ApiKey) -> Org | None:
        with suppress(PhantombusterError):
            return read_org(self._ask(key, _Call("orgs/fetch")))
        return None

    def _time(self, key: ApiKey) -> int | None:
        """Return the execution time left, which is only read every few minutes."""
        now = self._http.clock()
        read_at, left = self._time_left.get(key.value, (None, None))
        if read_at is not None and abs(now - read_at) < _RESOURCES_EVERY:
            return left
        left = None
        with suppress(PhantombusterError):
            left = read_time_left(self._ask(key, _Call("orgs/fetch-resources")))
        _remember(self._time_left, key.value, (now, left))
        return left

    def _ask(self, key: ApiKey, call: _Call) -> Any:
        headers = key_header(_KEY_HEADER, key)
        reply = self._answered(key, call, headers)
        error = reply.error
        self._http.count(call.path, None if error and call.is_cut(error) else error)
        if error is not None:
            raise error
        return reply.data

    def _answered(self, key: ApiKey, call: _Call, headers: Mapping[str, str]) -> Reply:
        """Send to one root after another, until one has an effect or no other can."""
        began = self._http.timer()
        misses: list[Miss] = []
        answering = self._answering.get(key.value)
        for root in sorted(self._roots, key=lambda root: root != answering):
            shape = Shape(root, suffix=False, post=call.acts)
            if not worth_trying(shape, misses, key.dialect, acts=call.acts):
                continue
            if misses and call.acts and self._http.timer() - began >= ACT_BEGUN_WITHIN:
                break
            reply = self._sent(key, call, shape, headers)
            if reply.error is None:
                _remember(self._answering, key.value, root)
                return reply
            if not is_miss(reply, acts=call.acts):
                return reply
            misses.append(Miss(shape, reply.error, reply.from_api))
        return Reply(error=most_telling(misses) if misses else NotTheApi())

    def _sent(self, key: ApiKey, call: _Call, shape: Shape, headers: Mapping[str, str]) -> Reply:
        request = HttpRequest(
            method="POST" if call.acts else "GET",
            url=shape.url(call.path),
            parameters=call.parameters,
            headers=headers,
            largest=call.largest,
            as_json=call.acts,
            read_stream=call.read_stream,
        )
        secrets = (key.value, *secrets_of(call.parameters.get("argument")))
        read = partial(read_bare_reply, launch=call.launches)
        return self._http.send(request, secrets, read, once=call.acts)


_RUNNING = _Call("orgs/fetch-running-containers")


def _remember(memory: dict[str, Any], name: str, value: Any) -> None:
    if len(memory) >= _MOST_REMEMBERED:
        memory.clear()
    memory[name] = value
