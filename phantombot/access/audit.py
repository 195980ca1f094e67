"""What was done in a workspace, by whom: an entry of its audit trail."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class AuditAction(StrEnum):
    """The actions that are recorded."""

    LAUNCH = "launch"
    LAUNCH_AND_SAVE = "launch, saved as defaults"
    STOP = "stop"
    KEY_STORED = "key stored"
    KEY_REMOVED = "key removed"
    ACCESS_CHANGED = "access changed"
    ALIAS_SET = "alias set"
    ALIAS_REMOVED = "alias removed"
    WATCH = "watch"
    UNWATCH = "unwatch"
    REFUSED = "refused"
    """Somebody asked for what they may not see or change."""


@dataclass(frozen=True)
class AuditEntry:
    """One entry. It holds neither a key nor an argument."""

    workspace: str
    at: datetime
    user: str
    """Slack's id."""
    what: AuditAction
    agent: str = ""
    """Name and id, not to be trusted."""
    channel: str = ""
    """Slack's id."""
    outcome: str = ""
    """What became of it."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "what", AuditAction(self.what))


def agent_label(agent_id: str, name: str | None) -> str:
    """`LinkedIn Search (785)`, or the id alone."""
    return f"{name} ({agent_id})" if name else agent_id
