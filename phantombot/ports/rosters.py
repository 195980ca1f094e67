"""What is asked of whoever knows the agents, and of their lists on disk."""

from datetime import datetime, timedelta
from typing import Protocol

from phantombot.agents.agent_list import Roster
from phantombot.phantombuster.account import ApiKey
from phantombot.phantombuster.api import Account


class Rosters(Protocol):
    """The lists of agents on disk, which count for the key that they were read with."""

    def read_at(self, workspace: str) -> datetime | None:
        """When the list that counts was read; None where there is none."""

    def get(self, workspace: str) -> Roster | None:
        """The list that counts."""

    def keep(self, workspace: str, roster: Roster, key_at: datetime) -> None:
        """Put the list in the place of the former; `key_at` is when its key was stored."""


class Agents(Protocol):
    """The agents of each workspace's account, as they were read lately."""

    def known(self, workspace: str, fresh: timedelta = ...) -> Roster | None:
        """The list as it was read last, without a wait; None before it ever was."""

    def recalled(self, workspace: str) -> Roster | None:
        """The list as it was read last, and nothing is read anew for that."""

    def read_now(self, workspace: str, key: ApiKey) -> Roster:
        """The list as Phantombuster tells it now, for which the caller waits.

        Raises PhantombusterError.
        """

    def learn(self, workspace: str, account: Account, key_at: datetime) -> None:
        """Take over what was read with the key that was stored at that time."""

    def being_read(self, workspace: str) -> bool:
        """Whether this process is reading the list anew just now."""
