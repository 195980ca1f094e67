"""The interface to Phantombuster: our calls and their answers, the same for v1 and v2.

"The 2014 form" is v1 as it was first published; "the later form" is what it grew into from 2015.
A key's `can` says what its account's API can do.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal, Protocol

from phantombot.phantombuster.account import ApiKey

RunStatus = Literal["queued", "running", "not running"]


@dataclass(frozen=True)
class Progress:
    """A run's own progress: `fraction` 0..1, `label` of 50 characters, `runtime` in seconds."""

    fraction: float | None
    label: str | None
    runtime: int | None


@dataclass(frozen=True)
class Agent:
    """One agent of the account. The 2014 form only shows whether it runs: 1 or 0, none queued.

    v2 counts queued runs as running. If the counters can't be read, `counted` is False and both
    are 0. `last_end_status` is in v1's words: success, error or launch failed.
    """

    id: str
    name: str
    running: int
    queued: int
    progress: Progress | None
    last_end_status: str | None
    last_end_message: str | None
    counted: bool = True
    folder: str = ""
    """The folder of its result files, below the account's own; empty if it isn't known."""
    last_ended_at: datetime | None = None
    """When its last run ended, by Phantombuster's clock; None if unknown (always in v1)."""


@dataclass(frozen=True)
class Account:
    """All agents of a key; `time_left` is execution time in seconds."""

    agents: tuple[Agent, ...]
    time_left: int | None
    running: frozenset[str] | None = None
    """The containers that are running or queued; None if unknown (always in v1)."""


@dataclass(frozen=True)
class Container:
    """An ended run; Phantombuster keeps it for 7 days.

    `end_status` and `end_message` are v1's words, `end_type` is v2's.
    """

    id: str
    queued_at: datetime | None
    launched_at: datetime | None
    ended_at: datetime | None
    launch_number: int | None
    exit_code: int | None
    end_status: str | None
    end_message: str | None
    end_type: str | None = None


@dataclass(frozen=True)
class Output:
    """The output of a run, or in the 2014 forms of the agent; each part can be missing.

    `status` is None if the server doesn't say it, or uses an undocumented word. `ended` is the
    run's own record, if the answer says that it ended (only in v2). `console_position` is opaque
    and is sent back unchanged; if it is None, the console is complete. `result` is JSON text, None
    if there is none, or if it is too large to be read: `result_too_large` says so. `tells_results`
    is False in the 2014 forms, which have no results.
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
    ended: Container | None = None


class Phantombuster(Protocol):
    """The calls we make. Each raises PhantombusterError unless it succeeds."""

    def check(self, key: ApiKey) -> tuple[Account, ApiKey]:
        """Return the account of a key, and the key with what we learned about its API."""

    def account(self, key: ApiKey) -> Account:
        """Return the account with all its agents."""

    def running(self, key: ApiKey) -> frozenset[str] | None:
        """Return the containers that are running or queued, without reading the agents.

        Return None in v1, without a call.
        """

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
        """Return one run's output; without an id for the run, the most recent one's.

        Its console begins at `from_position`, which an earlier answer gave; its result object,
        which may be megabytes, comes only with `result`.

        Raises:
            AnswerTooLarge: with its result, the answer has more bytes than `largest`.
        """

    def containers(self, key: ApiKey, agent_id: str) -> tuple[Container, ...]:
        """Return the agent's ended runs, newest first."""

    def launch(  # noqa: PLR0913 - what is launched, each by its name
        self,
        key: ApiKey,
        agent_id: str,
        *,
        command: str | None,
        argument: str | None,
        save: bool,
        tag: str = "",
    ) -> str | None:
        """Launch once; return the container id if the API returns it.

        `tag` marks the launch, if the key's API can do that.
        """

    def tagged(self, key: ApiKey, agent_id: str, tag: str) -> str | None:
        """Return the container of the launch with this tag, or None; always None in v1."""

    @property
    def clock_offset(self) -> timedelta:
        """Return how far the server's clock is ahead of ours, from its last answer."""

    def abort(self, key: ApiKey, agent_id: str, *, softly: bool = False) -> None:
        """Abort all running instances of the agent, once.

        `softly` asks the scripts to end by themselves, if the key's API can do that.
        """

    def close(self) -> None:
        """Close every connection."""
