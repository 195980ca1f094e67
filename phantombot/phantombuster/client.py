"""Call Phantombuster in the version of its API that an account's key uses."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from phantombot.errors import (
    AgentNotFound,
    AnswerUnreadable,
    KeyRejected,
    NotTheApi,
    PhantombusterError,
    Redirected,
)
from phantombot.phantombuster.account import Api, ApiKey
from phantombot.phantombuster.api import Account, Container, Output
from phantombot.phantombuster.http import Http, Options
from phantombot.phantombuster.shapes import roots
from phantombot.phantombuster.v1 import V1, Remember, not_remembered
from phantombot.phantombuster.v2 import V2

_NOT_THERE = (NotTheApi, AnswerUnreadable, Redirected, AgentNotFound)
"""Errors of a server without that version."""


class Client:
    """A client for many workspaces, in both versions; threads can share it.

    Each version is tried below `base_urls`; a URL that ends in `v1` or `v2` is only for that
    version. Every method can raise a `PhantombusterError`, which never holds key, argument or URL.
    `remember` is called with a key each time its account's dialect changed in v1, and must not
    block.
    """

    def __init__(
        self, *base_urls: str, remember: Remember = not_remembered, **options: Any
    ) -> None:
        self._http = Http(Options(**options))
        self._v1 = V1(self._http, roots(base_urls, Api.V1), remember)
        self._v2 = V2(self._http, roots(base_urls, Api.V2))

    @property
    def clock_offset(self) -> timedelta:
        """Return how far Phantombuster's clock is ahead of ours; 0 if that is within a second."""
        return self._http.clock_offset

    def check(self, key: ApiKey) -> tuple[Account, ApiKey]:
        """Return the account of a key, and the key with the version of the API that answered it.

        v2 is tried first. KeyRejected means that the key is wrong; any other error proves nothing
        about it.
        """
        try:
            return self._v2.check(key)
        except PhantombusterError as error:
            in_v2 = error
        try:
            return self._v1.check(replace(key, api=Api.V1))
        except PhantombusterError as error:
            raise _more_telling(in_v2, error) from None

    def account(self, key: ApiKey) -> Account:
        """Return the account with all its agents."""
        return self._of(key).account(key)

    def running(self, key: ApiKey) -> frozenset[str] | None:
        """Return the containers that are running or queued; None in v1, without a call."""
        return self._of(key).running(key)

    def output(self, key: ApiKey, agent_id: str, **which: Any) -> Output:
        """Return one run's output; without an id for the run, the most recent one's."""
        return self._of(key).output(key, agent_id, **which)

    def containers(self, key: ApiKey, agent_id: str) -> tuple[Container, ...]:
        """Return the agent's ended runs, newest first."""
        return self._of(key).containers(key, agent_id)

    def launch(self, key: ApiKey, agent_id: str, **what: Any) -> str | None:
        """Launch once; return the container id if the API returns it."""
        return self._of(key).launch(key, agent_id, **what)

    def tagged(self, key: ApiKey, agent_id: str, tag: str) -> str | None:
        """Return the container of the launch with this tag; None if there is none."""
        return self._of(key).tagged(key, agent_id, tag)

    def abort(self, key: ApiKey, agent_id: str, *, softly: bool = False) -> None:
        """Abort all running instances of the agent, once."""
        self._of(key).abort(key, agent_id, softly=softly)

    def close(self) -> None:
        """Close the connections kept for the next read."""
        self._http.close()

    def _of(self, key: ApiKey) -> V1 | V2:
        return self._v2 if key.api is Api.V2 else self._v1


def _more_telling(in_v2: PhantombusterError, in_v1: PhantombusterError) -> PhantombusterError:
    """Return the more conclusive error if neither version accepted a key."""
    if isinstance(in_v2, _NOT_THERE):
        return in_v1
    is_no_answer = isinstance(in_v1, KeyRejected) and not isinstance(in_v2, KeyRejected)
    return in_v2 if is_no_answer or isinstance(in_v1, _NOT_THERE) else in_v1
