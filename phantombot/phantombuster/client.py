"""Asks Phantombuster's v1 over HTTP.

Everything is a GET with a query string, which every v1 server takes. The key travels in a header.
"""

import logging
import re
from collections.abc import Mapping
from typing import Any

import requests

from phantombot.errors import AgentNotFound, KeyRejected, PhantombusterError
from phantombot.phantombuster.answers import (
    read_account,
    read_agent_record,
    read_containers,
    read_launch,
    read_output,
)
from phantombot.phantombuster.jsend import read_data
from phantombot.phantombuster.redaction import secrets_of
from phantombot.phantombuster.transport import (
    exchange,
    session_for_one_act,
    session_for_reads,
    trusting,
)
from phantombot.phantombuster.values import Account, AgentRecord, Container, Output
from phantombot.ports import Count, not_counted

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
        self._count = count
        self._context = trusting()
        self._reads = session_for_reads(self._context, pool, backoff)

    def account(self, key: str) -> Account:
        """The account and all its agents."""
        return read_account(self._read(key, "user"))

    def agent(self, key: str, agent_id: str) -> AgentRecord:
        """One agent's record, without its secrets."""
        return read_agent_record(self._read(key, _path(agent_id)))

    def output(
        self,
        key: str,
        agent_id: str,
        *,
        container_id: str | None = None,
        launch_number: int | None = None,
        from_position: int = 0,
    ) -> Output:
        """State and console of one container, or of the most recent; from a position in bytes."""
        query = {"mode": "most-recent"}
        if container_id is not None:
            query = {"mode": "track", "containerId": container_id}
        if launch_number is not None:
            query["launchNumber"] = str(launch_number)
        if from_position:
            query["fromOutputPos"] = str(from_position)
        return read_output(self._read(key, _path(agent_id, "/output"), query))

    def containers(self, key: str, agent_id: str) -> tuple[Container, ...]:
        """The runs that ended in the last 7 days, newest first."""
        return read_containers(self._read(key, _path(agent_id, "/containers")))

    def launch(
        self, key: str, agent_id: str, *, command: str | None, argument: str | None, save: bool
    ) -> str | None:
        """Launch once, never retried; the container's id where the form of v1 tells one.

        Where the error raised says `maybe_acted`, the agent may have been launched.
        """
        options = {"command": command, "argument": argument}
        query = {name: value for name, value in options.items() if value is not None}
        if save:
            query["saveLaunchOptions"] = "1"
        return read_launch(self._act(key, _path(agent_id, "/launch"), query))

    def abort(self, key: str, agent_id: str) -> None:
        """Abort all running instances of the agent; never retried."""
        self._act(key, _path(agent_id, "/abort"), {})

    def close(self) -> None:
        """Close the connections kept for the next read."""
        self._reads.close()

    def _read(self, key: str, path: str, query: Mapping[str, str] | None = None) -> Any:
        return self._ask(self._reads, key, path, query or {})

    def _act(self, key: str, path: str, query: Mapping[str, str]) -> Any:
        with session_for_one_act(self._context) as session:
            return self._ask(session, key, path, query)

    def _ask(self, session: requests.Session, key: str, path: str, query: Mapping[str, str]) -> Any:
        call = path.rpartition("/")[2]
        call = "agent" if call.isdecimal() else call
        try:
            data = self._answer(session, key, path, query)
        except PhantombusterError as error:
            self._count("phantombuster", call, type(error).__name__)
            raise
        self._count("phantombuster", call, None)
        return data

    def _answer(
        self, session: requests.Session, key: str, path: str, query: Mapping[str, str]
    ) -> Any:
        if not _KEY.fullmatch(key):
            raise KeyRejected
        url = f"{self._base}/{path}.json"
        outcome = exchange(session, url, query, {_KEY_HEADER: key}, self._timeout)
        if isinstance(outcome, PhantombusterError):
            raise outcome
        return read_data(outcome, (key, *secrets_of(query.get("argument"))))


def _path(agent_id: str, call: str = "") -> str:
    if not _AGENT_ID.fullmatch(agent_id):
        raise AgentNotFound
    return f"agent/{agent_id}{call}"
