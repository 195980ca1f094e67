"""Read who did what and where from any payload that Slack sends."""

from collections.abc import Mapping
from typing import Any

from phantombot.access.rules import Asker

Body = Mapping[str, Any]


def workspace_of(body: Body) -> str:
    """The team's id; an org-wide install without a team goes by the organisation's."""
    team, enterprise = body.get("team"), body.get("enterprise")
    ids = (
        body.get("team_id"),
        team.get("id") if isinstance(team, dict) else None,
        body.get("enterprise_id"),
        enterprise.get("id") if isinstance(enterprise, dict) else None,
    )
    return next((str(found) for found in ids if found), "")


def asker_of(body: Body) -> Asker:
    """Who typed a command or pressed a button, and where."""
    user, channel = body.get("user") or {}, body.get("channel") or {}
    return Asker(
        workspace_of(body),
        str(body.get("user_id") or user.get("id") or ""),
        str(body.get("channel_id") or channel.get("id") or _container_of(body) or ""),
    )


def is_written(body: Body) -> bool:
    """Whether the command was written in a message, and not typed behind `/phantom`."""
    return "invocation" in body


def enterprise_of(body: Body) -> str:
    """The organisation's id, on Enterprise Grid; else empty."""
    enterprise = body.get("enterprise")
    named = enterprise.get("id") if isinstance(enterprise, dict) else None
    return str(body.get("enterprise_id") or named or "")


def installer_of(body: Body) -> str:
    """The organisation whose installation hears of it, for all of its teams; else empty.

    Whatever else is said of organisations may be about a stranger's, in a shared channel.
    """
    granted = (body.get("authorizations") or [body])[0]
    org_wide = str(granted.get("is_enterprise_install")).lower() == "true"
    return (enterprise_of(granted) or enterprise_of(body)) if org_wide else ""


def is_stranger(body: Body) -> bool:
    """Whether the payload says that the presser is of another workspace, as Slack Connect has them.

    In an organisation it does not say: whoever belongs to several workspaces has one home. There,
    what the button does finds out.
    """
    home = body["user"].get("team_id")
    return bool(home) and home != workspace_of(body) and not enterprise_of(body)


def _container_of(body: Body) -> str:
    return str((body.get("container") or {}).get("channel_id") or "")
