"""What a stop is asked about, and what it did."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from phantombot.phantombuster.api import Agent


class StopOutcome(StrEnum):
    """The outcome of a request to stop an agent."""

    IDLE = "idle"
    """The agent isn't running: nothing was done."""
    CANCELLED = "cancelled"
    """The agent isn't running; launches that weren't sent yet were cancelled."""
    TAKEN = "taken"
    """Somebody else is stopping the agent, or just did: nothing was done."""
    STOPPED = "stopped"
    """Phantombuster accepted the abort."""
    STOPPING = "stopping"
    """Phantombuster asks the scripts to end by themselves, which they need not."""
    DOUBTFUL = "doubtful"
    """The abort's answer was lost: the agent may have been stopped."""
    LATE = "late"
    """The abort was delayed: it may have ended runs that were launched in between."""


@dataclass(frozen=True)
class Stopping:
    """What a stop did. `agent` is as before it; `by` is Slack's id of who stopped it."""

    fate: StopOutcome
    agent: Agent
    by: str
    cancelled: int = 0
    """Number of launches from Slack that weren't sent yet and were cancelled."""
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
    """Launches from Slack that Phantombuster doesn't know yet."""

    @property
    def count(self) -> int:
        """Return the number of instances."""
        return self.agent.running + self.agent.queued + self.unsent


@dataclass(frozen=True)
class StopQuestion:
    """The question that somebody answers by confirming a stop."""

    agent_id: str
    at: datetime
    count: int | None = None
    """How many instances the question named; None if it named no number."""
    now: bool = False
    """Whether to abort without first asking the scripts to end by themselves."""
