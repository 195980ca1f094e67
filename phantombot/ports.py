"""What the core asks of the outside world; the adapters, or a test's fakes, answer."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from phantombot.messages.message import Message
from phantombot.phantombuster.values import Account, Container, Output
from phantombot.run import Run

Clock = Callable[[], datetime]
"""Now, in UTC."""


class Phantombuster(Protocol):
    """API v1. Every method raises PhantombusterError for anything but a successful answer."""

    def account(self, key: str) -> Account:
        """The account and all its agents."""

    def output(
        self,
        key: str,
        agent_id: str,
        *,
        container_id: str | None = None,
        launch_number: int | None = None,
    ) -> Output:
        """One run's output; without a name for the run, the most recent one's."""

    def containers(self, key: str, agent_id: str) -> tuple[Container, ...]:
        """The agent's ended runs, newest first."""

    def launch(
        self, key: str, agent_id: str, *, command: str | None, argument: str | None, save: bool
    ) -> str | None:
        """Launch once; the container id where the form tells it."""


@dataclass(frozen=True)
class Posted:
    """Where a message stands: its channel (a user's DM has its own) and Slack's `ts`."""

    channel: str
    ts: str


class Slack(Protocol):
    """Slack's Web API for one workspace. Every method raises SlackError."""

    def post(self, workspace: str, channel: str, message: Message) -> Posted:
        """Post a message; `channel` may be a user's id, for a direct message."""

    def edit(self, workspace: str, posted: Posted, message: Message) -> None:
        """Change a posted message."""

    def whisper(self, response_url: str, message: Message) -> None:
        """Answer the user of a command alone, through its response_url."""

    def is_admin(self, workspace: str, user: str) -> bool:
        """Whether the user is an admin or owner of the workspace."""


class Runs(Protocol):
    """The runs on disk."""

    def open(self, workspace: str) -> list[Run]:
        """Runs of which something is still to be done or told, oldest first."""

    def twins(self, run: Run, within: timedelta) -> list[Run]:
        """Earlier runs by which the same user launched the same not longer than `within` before."""

    def taken(self, run: Run) -> tuple[set[str], set[int]]:
        """Container ids and launch numbers of the agent that other runs of ours go by."""

    def argument(self, run: Run) -> str | None:
        """The JSON text to be sent."""

    def response_url(self, run: Run) -> str | None:
        """Where the launcher can be answered in private for 30 minutes."""

    def write(self, run: Run, **changes: Any) -> Run:
        """The run with `changes`, on disk; Superseded if someone else wrote it."""


class Keys(Protocol):
    """The workspaces' Phantombuster keys."""

    def key(self, workspace: str) -> str | None:
        """The stored key; SealBroken if it does not open."""

    def keeper_to_alert(self, workspace: str) -> str | None:
        """Slack's id of the admin who stored the key, unless alerted about it before."""

    def keeper_alerted(self, workspace: str) -> None:
        """Remember that the keeper knows."""


@dataclass(frozen=True)
class Ports:
    """Everything the core is handed."""

    runs: Runs
    keys: Keys
    phantombuster: Phantombuster
    slack: Slack
    clock: Clock
