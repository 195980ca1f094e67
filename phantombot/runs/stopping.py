"""What a stop is asked about, and what it did."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from phantombot.phantombuster.api import Agent


class StopOutcome(StrEnum):
    """The outcome of a request to stop an agent."""

    IDLE = "idle"
    """Nothing of it is running: nothing was done."""
    CANCELLED = "cancelled"
    """Nothing of it is running; launches that weren't sent yet were cancelled."""
    TAKEN = "taken"
    """Somebody else is stopping it, or did meanwhile: nothing was done."""
    STOPPED = "stopped"
    """Phantombuster accepted the abort."""
    STOPPING = "stopping"
    """Phantombuster asks the scripts to end by themselves, which they need not."""
    DOUBTFUL = "doubtful"
    """The abort's answer was lost: it may have been stopped."""
    LATE = "late"
    """The abort was held up on its way: it may have ended what was launched in between."""


@dataclass(frozen=True)
class Stopping:
    """What a stop did. `agent` is as before; `by` is Slack's id of who stops it, or was faster."""

    fate: StopOutcome
    agent: Agent
    by: str
    cancelled: int = 0
    """Launches from Slack that weren't sent yet, and never will be."""
    at: datetime | None = None
    """When the agent's instances were counted, if any were stopped."""


@dataclass(frozen=True)
class Instances:
    """What a stop would end."""

    agent: Agent
    """With the numbers of its running and queued containers."""
    at: datetime
    """When they were counted."""
    unsent: int = 0
    """Launches from Slack that Phantombuster does not know of yet."""

    @property
    def count(self) -> int:
        """Return how many there are."""
        return self.agent.running + self.agent.queued + self.unsent


@dataclass(frozen=True)
class StopQuestion:
    """What somebody who confirms a stop was asked about."""

    agent_id: str
    at: datetime
    count: int | None = None
    """How many instances the question spoke of; None if it spoke of all there are."""
    now: bool = False
    """Whether the scripts aren't asked to end by themselves first."""
