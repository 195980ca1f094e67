"""Read who did what and where from Slack's payloads."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from phantombot.access.rules import Asker

Body = Mapping[str, Any]


@dataclass(frozen=True)
class Invocation:
    """A request from Slack: who asks for what and where, and how we can answer."""

    asker: Asker
    id: str
    """The same however often Slack sends it: one invocation is one launch."""
    trigger_id: str = ""
    """Needed to open a form; empty if Slack allows none."""
    response_url: str = field(default="", repr=False)
    """Empty if Slack gives none: the asker is then answered by direct message."""
    thread_ts: str | None = None
    """The message whose thread a command was written in, or the command itself."""
    written: bool = False
    """Whether it was written in a message instead of typed after `/phantom`."""


def invocation_of(body: Body) -> Invocation:
    """Return the invocation of a command, a pressed button or a shortcut."""
    trigger_id = str(body.get("trigger_id") or "")
    return Invocation(
        asker_of(body),
        id=str(body.get("invocation") or trigger_id),
        trigger_id=trigger_id,
        response_url=str(body.get("response_url") or ""),
        thread_ts=str(body.get("thread_ts") or "") or None,
        written="invocation" in body,
    )


def workspace_of(body: Body) -> str:
    """Return the team's id; for an org-wide install without a team, the organisation's."""
    team, enterprise = body.get("team"), body.get("enterprise")
    ids = (
        body.get("team_id"),
        team.get("id") if isinstance(team, dict) else None,
        body.get("enterprise_id"),
        enterprise.get("id") if isinstance(enterprise, dict) else None,
    )
    return next((str(found) for found in ids if found), "")


def asker_of(body: Body) -> Asker:
    """Return who typed a command or pressed a button, and where."""
    user, channel = body.get("user") or {}, body.get("channel") or {}
    return Asker(
        workspace_of(body),
        str(body.get("user_id") or user.get("id") or ""),
        str(body.get("channel_id") or channel.get("id") or _container_of(body) or ""),
    )


def enterprise_of(body: Body) -> str:
    """Return the organisation's id on Enterprise Grid, else an empty string."""
    enterprise = body.get("enterprise")
    named = enterprise.get("id") if isinstance(enterprise, dict) else None
    return str(body.get("enterprise_id") or named or "")


def installer_of(body: Body) -> str:
    """Return the organisation whose org-wide installation received it, else an empty string.

    In a shared channel, other organisations in a payload can be strangers'.
    """
    granted = (body.get("authorizations") or [body])[0]
    org_wide = str(granted.get("is_enterprise_install")).lower() == "true"
    return (enterprise_of(granted) or enterprise_of(body)) if org_wide else ""


def receiving_workspace(body: Body) -> str:
    """Return the team whose installation receives the event.

    In a channel shared with another organisation, `team_id` is the channel's owner, so the team of
    the authorization comes first, as in slack_bolt. Elsewhere the sender's own team is used if
    Slack names no other.
    """
    shared = body.get("is_ext_shared_channel")
    near = _granted(body).get("team_id") if shared else None
    far = (body.get("team_id"), None if shared else body["event"].get("team"))
    ids = (body.get("context_team_id"), near, *far, installer_of(body))
    return next((str(found) for found in ids if found), "")


def receiving_bot(body: Body) -> str:
    """Return Slack's id of the bot's user that receives the event; empty if unknown."""
    return str(_granted(body).get("user_id") or "")


def is_stranger(body: Body) -> bool:
    """Return whether the payload shows that the presser is from another workspace (Slack Connect).

    In an organisation it doesn't: a member of several workspaces has one home team. There, the
    button's handler finds out.
    """
    home = body["user"].get("team_id")
    return bool(home) and home != workspace_of(body) and not enterprise_of(body)


def _container_of(body: Body) -> str:
    return str((body.get("container") or {}).get("channel_id") or "")


def _granted(body: Body) -> dict[str, Any]:
    """Return the first of the installations that the event is sent to."""
    granted: list[dict[str, Any]] = body.get("authorizations") or [{}]
    return granted[0]
