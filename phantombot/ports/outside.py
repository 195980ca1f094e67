"""What the core asks of Phantombuster and of Slack."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Protocol

from phantombot.access.rules import Person
from phantombot.messages.blocks import File, Message
from phantombot.phantombuster.account import ApiKey
from phantombot.phantombuster.api import Account, Container, Output


class Phantombuster(Protocol):
    """API v1. Every method raises PhantombusterError for anything but a successful answer."""

    def account(self, key: ApiKey) -> Account:
        """The account and all its agents."""

    def output(  # noqa: PLR0913 - which run, from where, and how much of it
        self,
        key: ApiKey,
        agent_id: str,
        *,
        container_id: str | None = None,
        launch_number: int | None = None,
        from_position: str = "",
        result: bool = False,
    ) -> Output:
        """One run's output; without a name for the run, the most recent one's.

        Its console begins at `from_position`, as an earlier answer told it; its result object,
        which may be megabytes, comes only where it is asked for.
        """

    def containers(self, key: ApiKey, agent_id: str) -> tuple[Container, ...]:
        """The agent's ended runs, newest first."""

    def launch(
        self, key: ApiKey, agent_id: str, *, command: str | None, argument: str | None, save: bool
    ) -> str | None:
        """Launch once; the container id where the form tells it."""

    @property
    def clock_offset(self) -> timedelta:
        """How much the server's clock is ahead of ours, as its last answer told."""

    def abort(self, key: ApiKey, agent_id: str) -> None:
        """Abort all running instances of the agent, once."""


@dataclass(frozen=True)
class Posted:
    """Where a message stands: its channel (a user's DM has its own) and Slack's `ts`."""

    channel: str
    ts: str


class Slack(Protocol):
    """Slack's Web API for one workspace. Every method raises SlackError."""

    def post(
        self, workspace: str, channel: str, message: Message, *, thread: str | None = None
    ) -> Posted:
        """Post a message; `channel` may be a user's id, for a direct message.

        `thread` is the `ts` of the message that it answers.
        """

    def edit(self, workspace: str, posted: Posted, message: Message) -> None:
        """Change a posted message."""

    def upload(self, workspace: str, posted: Posted, file: File) -> None:
        """Put a file into the thread of a posted message."""

    def whisper(self, workspace: str, response_url: str, message: Message) -> None:
        """Answer the user of a command alone, through its response_url."""

    def is_admin(self, workspace: str, user: str) -> bool:
        """Whether the user is an admin or owner of the workspace."""

    def publish(self, workspace: str, user: str, view: dict[str, Any]) -> None:
        """Show a view in the user's App Home."""


class People(Protocol):
    """What Slack says of users, asked at most once a minute or so each.

    Every method raises SlackUnavailable where it cannot be found out now.
    """

    def person(self, workspace: str, user: str) -> Person:
        """What the user is in the workspace; whom Slack does not know is a stranger."""

    def group_members(self, workspace: str, group: str) -> frozenset[str]:
        """The ids of a user group's members; nobody where there is no such group."""

    @property
    def at_hand(self) -> "People":
        """The same, as far as Slack told it lately; NotAtHand is raised for the rest."""
