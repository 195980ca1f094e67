"""What the core asks of the store about watches."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Protocol

from phantombot.access.audit import AuditEntry
from phantombot.watches.model import Notice, Round, Watch, Watched


class Watches(Protocol):
    """Watches, the agents that they are of, and what is to be told of those, on disk.

    Every method raises StoreUnavailable.
    """

    def set(self, watch: Watch, deed: AuditEntry) -> bool:
        """Watch an agent in a channel, or change what is told; False where there are too many.

        The deed goes into the audit trail.
        """

    def unset(self, watch: Watch, deed: AuditEntry) -> bool:
        """End a watch; False if there was none."""

    def round(self, workspace: str) -> Round | None:
        """When the workspace's watches were seen to; None where it has none."""

    def saw(self, workspace: str, after: Round) -> None:
        """Remember when they were seen to."""

    def agents(self, workspace: str) -> list[Watched]:
        """The agents that are watched in the workspace."""

    def of_agent(self, workspace: str, agent_id: str) -> list[Watch]:
        """The watches of one agent, in all channels."""

    def of_workspace(self, workspace: str) -> list[Watch]:
        """All watches of a workspace, by the agents' names."""

    def of_channel(self, workspace: str, channel: str) -> list[Watch]:
        """The watches of one channel."""

    def settle(
        self,
        before: Watched,
        news: Sequence[Notice] = (),
        seen: Sequence[Watch] = (),
        **changes: Any,
    ) -> Watched:
        """The agent with `changes`, on disk with what is to be told, and which watches are seen.

        StaleWrite if someone else wrote it, or nobody watches it any more.
        """

    def waiting(self, workspace: str) -> list[Notice]:
        """What is to be told, by channel, the oldest first."""

    def begin(self, some: Sequence[Notice]) -> bool:
        """Mark them as being posted; False, and nothing is marked, if one of them is already."""

    def told(self, some: Sequence[Notice], ts: str | None) -> None:
        """They were told in their channel, which works; `ts` is the message's, if it tells one."""

    def put_off(self, some: Sequence[Notice], until: datetime, *, begun: bool) -> None:
        """Slack asked for patience; `begun` says that they may stand there all the same."""

    def drop(self, some: Sequence[Notice], *, unsaid: bool = False) -> None:
        """They are done with; `unsaid` counts their ends as not told."""

    def forget_message(self, watch: Watch) -> None:
        """Its last message can no longer be changed."""

    def stopped(self, workspace: str, channel: str, user: str, code: str) -> None:
        """This user knows that the channel takes nothing."""
