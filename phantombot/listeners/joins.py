"""The event that the bot was added to a channel, where a worker then posts a greeting."""

from datetime import UTC, datetime

from phantombot.context import Context
from phantombot.slack.payload import Body, installer_of, receiving_bot, receiving_workspace

JOINED = "member_joined_channel"


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
