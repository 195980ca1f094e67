"""What App Home asks of the store."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol


@dataclass(frozen=True)
class OpenHome:
    """Somebody's App Home that was opened lately, and how it was left."""

    workspace: str
    user: str
    version: int
    """Rises with each turn and each drawing."""
    opened_at: datetime
    page: int = 0
    """Of the agents, from 0."""
    wanted: str = ""
    """What the agents are searched for."""
    drawn: str | None = None
    """Digest of what Slack shows; None where that is not known."""
    drawn_at: datetime | None = None
    not_before: datetime | None = None
    """Slack asked for patience until then."""


class Homes(Protocol):
    """The App Homes that were opened lately, on disk: whoever follows redraws them."""

    def open(self, workspace: str, user: str, at: datetime, **changes: Any) -> OpenHome:
        """The user's home, opened just now or turned to another page or search."""

    def lately(self, workspace: str, since: datetime) -> list[OpenHome]:
        """The workspace's homes that were opened since."""

    def drawn(self, home: OpenHome, digest: str, at: datetime) -> bool:
        """Remember what Slack shows.

        False where the home was turned or drawn by others meanwhile, so that this is not known.
        """

    def wait(self, workspace: str, until: datetime) -> None:
        """Leave all homes of the workspace as they are until then."""
