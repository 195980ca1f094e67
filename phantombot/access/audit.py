"""An entry of the audit trail."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class AuditAction(StrEnum):
    """An action that is recorded."""

    LAUNCH = "launch"
    LAUNCH_AND_SAVE = "launch, saved as defaults"
    STOP = "stop"
    KEY_STORED = "key stored"
    KEY_REMOVED = "key removed"
    KEY_MOVED = "key moved to API v2"
    ACCESS_CHANGED = "access changed"
    CHANNEL_CHANGED = "channel's notifications changed"
    ALIAS_SET = "alias set"
    ALIAS_REMOVED = "alias removed"
    WATCH = "watch"
    UNWATCH = "unwatch"
    MUTE = "mute"
    REFUSED = "refused"
    """Somebody asked for something they can't see or change."""


@dataclass(frozen=True)
class AuditEntry:
    """One entry. It holds neither a key nor an argument."""

    workspace: str
    at: datetime
    user: str
    """Slack's id."""
    what: AuditAction
    agent: str = ""
    """Name and id; untrusted text."""
    channel: str = ""
    """Slack's id."""
    outcome: str = ""
    """Result of the action."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "what", AuditAction(self.what))


def agent_label(agent_id: str, name: str | None) -> str:
    """Return `LinkedIn Search (785)`, or the id alone."""
    return f"{name} ({agent_id})" if name else agent_id
