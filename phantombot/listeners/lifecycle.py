"""Events of the app itself: added to a channel, uninstalled, withdrawn, its tokens revoked."""

from datetime import UTC, datetime

from phantombot.context import Context
from phantombot.slack.installation_store import Uninstalled
from phantombot.slack.payload import Body, installer_of, receiving_bot, receiving_workspace

UNINSTALLED = "app_uninstalled"
REVOKED = "tokens_revoked"
WITHDRAWN = "team_access_revoked"
"""An organisation has withdrawn the app from some of its teams."""
ERASING = (UNINSTALLED, REVOKED, WITHDRAWN)
JOINED = "member_joined_channel"


def forget_workspace(context: Context, body: Body) -> None:
    """Erase the workspaces that the event is about. Events arrive in any order, and repeatedly.

    This is done before the acknowledgement, so that Slack sends the event again if it fails.
    """
    event = body.get("event") or {}
    if event.get("type") == REVOKED and not (event.get("tokens") or {}).get("bot"):
        return  # users' tokens, which we never store
    if event.get("type") == WITHDRAWN:
        context.installed.withdrawn(*_withdrawn(body))
    else:
        context.installed.gone(_uninstalled(body))


def _uninstalled(body: Body) -> Uninstalled:
    granted = body.get("authorizations") or [{}]
    org_wide = any(
        str(one.get("is_enterprise_install")).lower() == "true" for one in (body, granted[0])
    )
    team = str(body.get("team_id") or granted[0].get("team_id") or "")
    enterprise = _enterprise(body)
    org_wide = bool(enterprise) and (org_wide or team in ("", enterprise))
    told_at = body.get("event_time")
    at = datetime.fromtimestamp(told_at, UTC) if isinstance(told_at, int) else None
    return Uninstalled(team, enterprise, org_wide, at)


def _withdrawn(body: Body) -> tuple[str, tuple[str, ...]]:
    """Return the organisation, and its teams that no longer have the app."""
    named = (body.get("event") or {}).get("team_ids") or ()
    return _enterprise(body), tuple(str(team) for team in named)


def _enterprise(body: Body) -> str:
    granted = body.get("authorizations") or [{}]
    return str(body.get("enterprise_id") or granted[0].get("enterprise_id") or "")


def note_join(context: Context, body: Body) -> None:
    """Store that the bot was added to a channel; ignore other members' joins.

    Slack repeats an event with the same time, while each join has a new one.

    Raises:
        StoreUnavailable: Slack will send it again.
    """
    event = body.get("event") or {}
    channel, workspace = str(event.get("channel") or ""), receiving_workspace(body)
    if not channel or not event.get("user") or event["user"] != receiving_bot(body):
        return
    at = _joined_at(body)
    if at is None or not context.installed.has(workspace, installer_of(body)):
        return
    if context.welcomes.join(workspace, channel, at, context.clock()):
        context.wake(workspace)


def _joined_at(body: Body) -> datetime | None:
    told_at = (body.get("event") or {}).get("event_ts") or body.get("event_time")
    try:
        return datetime.fromtimestamp(float(told_at or ""), UTC)
    except (ValueError, OverflowError, OSError):
        return None
