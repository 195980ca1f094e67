"""What Phantombuster tells, in values of our own: the same for every form of v1.

"The 2014 form" is v1 as it was first published; "the later form" is what it grew into from 2015.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

RunStatus = Literal["queued", "running", "not running"]


@dataclass(frozen=True)
class Progress:
    """How far a run says it is: `fraction` 0..1, `label` of 50 characters, `runtime` in seconds."""

    fraction: float | None
    label: str | None
    runtime: int | None


@dataclass(frozen=True)
class Agent:
    """One agent of the account. The 2014 form tells running or not: 1 or 0, with none queued."""

    id: str
    name: str
    running: int
    queued: int
    progress: Progress | None
    last_end_status: str | None
    last_end_message: str | None


@dataclass(frozen=True)
class Account:
    """All agents of a key; `time_left` is execution time in seconds."""

    agents: tuple[Agent, ...]
    time_left: int | None


@dataclass(frozen=True)
class Note:
    """An entry of `messages`; `date` is UTC."""

    id: int
    date: datetime
    text: str
    kind: str


@dataclass(frozen=True)
class Output:
    """What one run, or in the 2014 form the agent, has said so far.

    `status` is the container's, in the 2014 form the agent's; `agent_status` is None there.
    `console_position` is in bytes. `result` is JSON text, None when none was set.
    """

    status: RunStatus
    agent_status: RunStatus | None
    form: Literal["2014", "later"]
    launch_number: int | None
    container_id: str | None
    running: int | None
    queued: int | None
    progress: Progress | None
    notes: tuple[Note, ...] = field(repr=False)
    console: str = field(repr=False)
    console_position: int | None
    result: str | None = field(repr=False)


@dataclass(frozen=True)
class Container:
    """A run that ended; Phantombuster keeps it for 7 days."""

    id: str
    queued_at: datetime | None
    launched_at: datetime | None
    ended_at: datetime | None
    launch_type: str | None
    launch_number: int | None
    exit_code: int | None
    end_status: str | None
    end_message: str | None


@dataclass(frozen=True)
class AgentRecord:
    """What is kept of an agent's record, which holds proxy passwords too.

    `execution_time_limit` is in minutes.
    """

    id: str
    name: str
    execution_time_limit: int | None
    max_parallel: int | None
    last_end_status: str | None
    last_end_message: str | None
