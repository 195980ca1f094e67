"""Catalog of each workspace's agents: cached in memory, stored, refreshed in the background.

A lookup never waits for Phantombuster.
"""

import logging
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from phantombot.agents.agent_list import AgentList, agent_list_of
from phantombot.context import Clock
from phantombot.database.read_ahead import Asked
from phantombot.errors import DecryptionError, PhantombusterError, RateLimited, StoreUnavailable
from phantombot.http_headers import LONGEST_PAUSE
from phantombot.phantombuster.account import ApiKey
from phantombot.phantombuster.api import Account, Agent, Phantombuster

if TYPE_CHECKING:
    from phantombot.access.api_keys import ApiKeys
    from phantombot.agents.catalog_store import CatalogStore

FRESH = timedelta(minutes=1)
"""Age from which a list is refreshed in the background."""
FRESH_ENOUGH = timedelta(seconds=5)
"""Age from which a list is refreshed if it lacks an agent."""
TRIED_AGAIN_AFTER = timedelta(seconds=20)
"""Pause before the next try after Phantombuster returned no list."""
_LONGEST_PAUSE = timedelta(seconds=LONGEST_PAUSE)
_MOST_REMEMBERED = 200
"""Workspaces in memory; a list of 2,000 agents takes about a megabyte."""

log = logging.getLogger(__name__)

InBackground = Callable[[str, Callable[[], None]], object]
"""Run slow work for a workspace on another thread."""


class Catalog:
    """Lists of agents, one per workspace, for all threads of a process.

    Processes share the stored lists, so only one of them reads a list from Phantombuster. A list is
    valid only while the key that it was read with is stored.
    """

    def __init__(
        self,
        kept: "CatalogStore",
        keys: "ApiKeys",
        phantombuster: Phantombuster,
        clock: Clock,
        in_background: InBackground,
    ) -> None:
        self._kept, self._keys, self._phantombuster = kept, keys, phantombuster
        self._clock = clock
        self._in_background = in_background
        self._lock = threading.Lock()
        self._remembered: dict[str, AgentList] = {}
        self._being_read: set[str] = set()
        self._not_before: dict[str, datetime] = {}

    def known(self, workspace: str, fresh: timedelta = FRESH) -> AgentList | None:
        """Return the last list, or None; one older than `fresh` is refreshed in the background."""
        agent_list = self.recalled(workspace)
        if agent_list is None or abs(self._clock() - agent_list.read_at) > fresh:
            self._read_soon(workspace)
        return agent_list

    def recalled(self, workspace: str) -> AgentList | None:
        """Return the last list without refreshing it.

        The list in memory is used if it is the stored one, or if the database can't be read.
        """
        with self._lock:
            agent_list = self._remembered.get(workspace)
        try:
            read_at = self._kept.read_at(workspace)
            if agent_list is not None and agent_list.read_at == read_at:
                return agent_list
            agent_list = self._kept.get(workspace) if read_at else None
        except StoreUnavailable as error:
            log.warning("a stored list of agents can't be read (%s)", error)
            return agent_list
        self._remember(workspace, agent_list)
        return agent_list

    def listed(self, workspace: str, agent_id: str) -> Agent | None:
        """Return the agent's entry in the last list; None if it has none, or there is no list."""
        agent_list = self.recalled(workspace)
        return agent_list.agent(agent_id) if agent_list is not None else None

    def asked(self, workspace: str) -> Asked:
        """Return what `recalled` asks the database, to be read ahead."""
        return self._kept.asked(workspace)

    def lacks(self, workspace: str, agent_id: str) -> bool:
        """Return whether the list is known and lacks the agent; the database is read only then."""
        with self._lock:
            agent_list = self._remembered.get(workspace)
        if agent_list is None or agent_list.agent(agent_id) is None:
            agent_list = self.known(workspace)
        return agent_list is not None and agent_list.agent(agent_id) is None

    def being_read(self, workspace: str) -> bool:
        """Return whether this process is refreshing the list."""
        with self._lock:
            return workspace in self._being_read

    def learn(self, workspace: str, account: Account, key_at: datetime) -> None:
        """Store what was read with the key that was stored at `key_at`."""
        agent_list = agent_list_of(account, self._clock())
        self._remember(workspace, agent_list)
        try:
            self._kept.keep(workspace, agent_list, key_at)
        except StoreUnavailable as error:
            log.warning("the agents of %s were not stored: %s", workspace, error)

    def read_now(self, workspace: str, key: ApiKey) -> AgentList:
        """Read the list from Phantombuster, and wait for it.

        Raises:
            PhantombusterError: Phantombuster returned no list.
        """
        account = self._phantombuster.account(key)
        if key.stored_at is not None:
            self.learn(workspace, account, key.stored_at)
        return agent_list_of(account, self._clock())

    def _remember(self, workspace: str, agent_list: AgentList | None) -> None:
        with self._lock:
            if len(self._remembered) >= _MOST_REMEMBERED:
                self._remembered.clear()
            if agent_list is None:
                self._remembered.pop(workspace, None)
            else:
                self._remembered[workspace] = agent_list

    def _read_soon(self, workspace: str) -> None:
        if self._take(workspace):
            self._in_background(workspace, lambda: self._read(workspace))

    def _take(self, workspace: str) -> bool:
        """Claim refreshing the list; return False if it is claimed, or was tried too recently."""
        now = self._clock()
        with self._lock:
            # If the next try is further away than any pause, the clock was set back.
            too_soon = now < self._not_before.get(workspace, now) <= now + _LONGEST_PAUSE
            if too_soon or workspace in self._being_read:
                return False
            self._being_read.add(workspace)
            return True

    def _read(self, workspace: str) -> None:
        pause = TRIED_AGAIN_AFTER
        try:
            if self._read_with_key(workspace):
                pause = timedelta()
        except RateLimited as error:
            pause = timedelta(seconds=error.retry_after)
        except (PhantombusterError, DecryptionError, StoreUnavailable) as error:
            log.warning("the agents of %s can't be read now: %s", workspace, error)
        finally:
            with self._lock:
                self._being_read.discard(workspace)
                self._not_before[workspace] = self._clock() + pause

    def _read_with_key(self, workspace: str) -> bool:
        key = self._keys.key(workspace)
        if key is None:
            return False
        self.read_now(workspace, key)
        return True
