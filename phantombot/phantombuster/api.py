"""Values for what Phantombuster answers, the same for every form of v1.

"The 2014 form" is v1 as it was first published; "the later form" is what it grew into from 2015.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal, Protocol

from phantombot.phantombuster.account import ApiKey

RunStatus = Literal["queued", "running", "not running"]


@dataclass(frozen=True)
class Progress:
    """How far a run says it is: `fraction` 0..1, `label` of 50 characters, `runtime` in seconds."""

    fraction: float | None
    label: str | None
    runtime: int | None


@dataclass(frozen=True)
class Agent:
    """One agent of the account. The 2014 form tells running or not: 1 or 0, with none queued.

    If the counters can't be read, `counted` is False and both are 0.
    """

    id: str
    name: str
    running: int
    queued: int
    progress: Progress | None
    last_end_status: str | None
    last_end_message: str | None
    counted: bool = True
    last_ended_at: datetime | None = None
    """When its last run ended, by Phantombuster's clock; None where the account doesn't tell (all
    of v1)."""


@dataclass(frozen=True)
class Account:
    """All agents of a key; `time_left` is execution time in seconds."""

    agents: tuple[Agent, ...]
    time_left: int | None


@dataclass(frozen=True)
class Output:
    """The output of a run, or in the forms of 2014 of the agent; each part can be missing.

    `status` is None if the server doesn't say it, or uses an undocumented word.
    `console_position` is opaque: it is sent back as it came. `result` is JSON text, None if there
    is none, or if it is too large to be read: `result_too_large` says so.
    `tells_results` is False in the forms of 2014, which have no results.
    """

    status: RunStatus | None = None
    container_id: str | None = None
    launch_number: int | None = None
    running: int | None = None
    queued: int | None = None
    progress: Progress | None = None
    console: str = field(default="", repr=False)
    console_position: str | None = None
    result: str | None = field(default=None, repr=False)
    tells_results: bool = True
    result_too_large: bool = False


@dataclass(frozen=True)
class Container:
    """A run that ended; Phantombuster keeps it for 7 days."""

    id: str
    queued_at: datetime | None
    launched_at: datetime | None
    ended_at: datetime | None
    launch_number: int | None
    exit_code: int | None
    end_status: str | None
    end_message: str | None


class Phantombuster(Protocol):
    """The calls we make. Each raises PhantombusterError unless it succeeds."""

    def check(self, key: ApiKey) -> tuple[Account, ApiKey]:
        """Return the account of a key, and the key with the dialect that was found out."""

    def account(self, key: ApiKey) -> Account:
        """Return the account with all its agents."""

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
        """Return one run's output; without a name for the run, the most recent one's.

        Its console begins at `from_position`, which an earlier answer gave; its result object,
        which may be megabytes, comes only with `result`.

        Raises:
            AnswerTooLarge: with its result, the answer has more bytes than `largest`.
        """

    def containers(self, key: ApiKey, agent_id: str) -> tuple[Container, ...]:
        """Return the agent's ended runs, newest first."""

    def launch(
        self, key: ApiKey, agent_id: str, *, command: str | None, argument: str | None, save: bool
    ) -> str | None:
        """Launch once; return the container id where the form tells it."""

    @property
    def clock_offset(self) -> timedelta:
        """Return how far the server's clock is ahead of ours, by its last answer."""

    def abort(self, key: ApiKey, agent_id: str) -> None:
        """Abort all running instances of the agent, once."""

    def close(self) -> None:
        """Close every connection."""
