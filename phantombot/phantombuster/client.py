"""Asks Phantombuster's v1 over HTTP.

Everything is a GET with a query string, which every v1 server takes. The key travels in a header.
"""

import logging
import re
from collections.abc import Mapping
from datetime import timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any

from phantombot.errors import AgentNotFound, KeyRejected, PhantombusterError
from phantombot.phantombuster.account import ApiKey
from phantombot.phantombuster.answers import (
    read_account,
    read_containers,
    read_launch,
    read_output,
)
from phantombot.phantombuster.jsend import read_data
from phantombot.phantombuster.redaction import secrets_of
from phantombot.phantombuster.values import Account, Container, Output
from phantombot.ports import Count, not_counted

if TYPE_CHECKING:
    from phantombot.phantombuster.transport import Line

_KEY_HEADER = "X-Phantombuster-Key-1"
_KEY = re.compile(r"[!-~\xa1-\xff]+")  # what a header can carry: http.client writes latin-1
_AGENT_ID = re.compile(r"[1-9][0-9]*")


class Client:
    """One Phantombuster, asked for many workspaces; threads may share it.

    Every method raises a `PhantombusterError`; none of them carries key, argument or URL.
    Time-outs and `backoff` are in seconds; an answer may take both time-outs in all.
    `count` is told of each call.
    """

    def __init__(  # noqa: PLR0913 - settings, each by its name
        self,
        base_url: str,
        *,
        connect_timeout: float = 3.05,
        read_timeout: float = 30.0,
        pool: int = 16,
        backoff: float = 0.2,
        count: Count = not_counted,
    ) -> None:
        # urllib3 logs URLs, at WARNING still when headers are odd; a launch's holds the argument.
        logging.getLogger("urllib3").setLevel(logging.ERROR)
        self._base = base_url.rstrip("/")
        self._timeout = (connect_timeout, read_timeout)
        self._pool = pool
        self._backoff = backoff
        self._count = count

    def account(self, key: ApiKey) -> Account:
        """The account and all its agents."""
        return read_account(self._read(key, "user"))

    def output(  # noqa: PLR0913 - which run, from where, and how much of it
        self,
        key: ApiKey,
        agent_id: str,
        *,
        container_id: str | None = None,
        launch_number: int | None = None,
        from_position: str = "",
        result: bool = False,
    ) -> Output:
        """State and console of one container, or of the most recent; from a position told before.

        The result object, which may be megabytes, comes only where it is asked for.
        """
        query = {"mode": "most-recent"}
        if container_id is not None:
            query = {"mode": "track", "containerId": container_id}
        if launch_number is not None:
            query["launchNumber"] = str(launch_number)
        if from_position:
            query["fromOutputPos"] = from_position
        if not result:
            query["withoutResultObject"] = "true"
        return read_output(self._read(key, _path(agent_id, "/output"), query))

    def containers(self, key: ApiKey, agent_id: str) -> tuple[Container, ...]:
        """The runs that ended in the last 7 days, newest first."""
        return read_containers(self._read(key, _path(agent_id, "/containers")))

    def launch(
        self, key: ApiKey, agent_id: str, *, command: str | None, argument: str | None, save: bool
    ) -> str | None:
        """Launch once, never retried; the container's id where the form of v1 tells one.

        Where the error raised says `maybe_acted`, the agent may have been launched.
        """
        options = {"command": command, "argument": argument}
        query = {name: value for name, value in options.items() if value is not None}
        if save:
            query["saveLaunchOptions"] = "1"
        return read_launch(self._act(key, _path(agent_id, "/launch"), query))

    def abort(self, key: ApiKey, agent_id: str) -> None:
        """Abort all running instances of the agent; never retried."""
        self._act(key, _path(agent_id, "/abort"), {})

    @property
    def clock_offset(self) -> timedelta:
        """How much the server's clock is ahead of ours, as its last answer told."""
        return timedelta()

    def close(self) -> None:
        """Close the connections kept for the next read."""
        if "_line" in vars(self):
            self._line.close()

    @cached_property
    def _line(self) -> "Line":
        """Made at the first call: it costs some 70 ms, for which Slack's first command must not
        wait.
        """
        from phantombot.phantombuster.transport import Line  # noqa: PLC0415

        return Line(self._pool, self._backoff, self._timeout)

    def _read(self, key: ApiKey, path: str, query: Mapping[str, str] | None = None) -> Any:
        return self._ask(key, path, query or {}, once=False)

    def _act(self, key: ApiKey, path: str, query: Mapping[str, str]) -> Any:
        return self._ask(key, path, query, once=True)

    def _ask(self, key: ApiKey, path: str, query: Mapping[str, str], *, once: bool) -> Any:
        call = path.rpartition("/")[2]
        try:
            data = self._answer(key, path, query, once=once)
        except PhantombusterError as error:
            self._count("phantombuster", call, type(error).__name__)
            raise
        self._count("phantombuster", call, None)
        return data

    def _answer(self, key: ApiKey, path: str, query: Mapping[str, str], *, once: bool) -> Any:
        if not _KEY.fullmatch(key.value):
            raise KeyRejected
        url = f"{self._base}/{path}.json"
        outcome = self._line.get(url, query, {_KEY_HEADER: key.value}, once=once)
        if isinstance(outcome, PhantombusterError):
            raise outcome
        return read_data(outcome, (key.value, *secrets_of(query.get("argument"))))


def _path(agent_id: str, call: str = "") -> str:
    if not _AGENT_ID.fullmatch(agent_id):
        raise AgentNotFound
    return f"agent/{agent_id}{call}"
