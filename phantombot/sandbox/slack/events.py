"""The events that Slack sends to a bot, if the app is subscribed to them."""

import secrets
import uuid
from collections.abc import Iterator

from phantombot.sandbox.slack.payloads import LEGACY_TOKEN
from phantombot.sandbox.slack.state import Workspace
from phantombot.sandbox.slack.values import APP, BOT, BOT_ID, Block, Channel, Message
from phantombot.sandbox.slack.wire import wire_message

EVENTS = (
    "app_home_opened",
    "app_mention",
    "app_uninstalled",
    "member_joined_channel",
    "message.im",
    "team_access_revoked",
    "tokens_revoked",
)
"""Every event that this Slack knows, by its name in a manifest's `bot_events`."""

_NEEDED = {"app_mention": "app_mentions:read", "message.im": "im:history"}
_NEEDED_FOR_JOINING = {"C": "channels:read", "G": "groups:read"}
"""By the kind of the channel: public or private."""


def scope_for(name: str, event: Block) -> str | None:
    """Return the scope that an app needs to be sent the event; None if it needs none."""
    if name == "member_joined_channel":
        return _NEEDED_FOR_JOINING[event["channel_type"]]
    return _NEEDED.get(name)


def event_callback(workspace: Workspace, event: Block, holder: str) -> Block:
    """Return the payload of an event in a team, or in an organisation, which then has no team."""
    org_wide = holder in workspace.enterprises.values()
    team = None if org_wide else holder
    enterprise = holder if org_wide else workspace.enterprises.get(holder)
    return {
        "token": LEGACY_TOKEN,
        "team_id": team,
        "enterprise_id": enterprise,
        "api_app_id": APP,
        "event": {"event_ts": f"{workspace.clock():.6f}", **event},
        "type": "event_callback",
        "event_id": f"Ev{secrets.token_hex(5).upper()}",
        "event_time": int(workspace.clock()),
        "authorizations": [
            {
                "enterprise_id": enterprise,
                "team_id": team,
                "user_id": BOT,
                "is_bot": True,
                "is_enterprise_install": org_wide,
            }
        ],
        "is_ext_shared_channel": False,
        "event_context": secrets.token_urlsafe(24),
        "is_enterprise_install": org_wide,
    }


def events_of(workspace: Workspace, message: Message) -> Iterator[tuple[str, Block]]:
    """Yield the events for a message in its current state, each with its name in a manifest.

    In direct messages every message is an event, even the bot's own, and so is every change. In
    channels, only other people's messages that mention the bot are, once. Source: Slack's pages on
    `message.im`, `message_changed`, `message_deleted` and `app_mention`.
    """
    channel = workspace.channel(message.channel)
    changed = message.deleted or message.edits > 0
    if channel.person:
        event = _changed(workspace, message) if changed else _said(workspace, message)
        yield "message.im", {**event, "type": "message", "channel_type": "im"}
    elif channel.has_bot and message.author != BOT and f"<@{BOT}>" in message.text and not changed:
        yield "app_mention", {**_said(workspace, message), "type": "app_mention"}


def joined(workspace: Workspace, channel: Channel, inviter: str) -> Block:
    """Return `member_joined_channel` of the bot itself, invited by somebody."""
    return {
        "type": "member_joined_channel",
        "user": BOT,
        "channel": channel.id,
        "channel_type": "G" if channel.private else "C",
        "team": workspace.team_of(channel.id),
        "inviter": inviter,
    }


def home_opened(workspace: Workspace, user: str, holder: str, tab: str) -> Block:
    """Return `app_home_opened`, with the view published in the tab so far."""
    event: Block = {
        "type": "app_home_opened",
        "user": user,
        "channel": workspace.channel(user).id,
        "tab": tab,
    }
    home = workspace.views.home(holder, user)
    return {**event, "view": home.view} if home and tab == "home" else event


def wire_root(workspace: Workspace, message: Message) -> Block:
    """Return the root of a reply's thread as JSON."""
    root = workspace.messages[message.thread_ts or message.ts]
    return wire_message(root, workspace.team_of(root.channel))


def _said(workspace: Workspace, message: Message) -> Block:
    said: Block = {
        "user": message.author,
        "text": message.text,
        "ts": message.ts,
        "team": workspace.team_of(message.channel),
        "channel": message.channel,
        "event_ts": message.ts,
    }
    if message.author == BOT:
        said |= {"bot_id": BOT_ID, "app_id": APP, "blocks": message.blocks}
    else:
        said["client_msg_id"] = str(uuid.uuid4())
    if message.broadcast:
        said |= {"subtype": "thread_broadcast", "root": wire_root(workspace, message)}
    return {**said, "thread_ts": message.thread_ts} if message.thread_ts else said


def _changed(workspace: Workspace, message: Message) -> Block:
    """Return the event of a change, which is hidden: author and text are not where a
    new message has them.
    """
    wire = wire_message(message, workspace.team_of(message.channel))
    before = wire | {"text": message.history[-1] if message.history else message.text}
    common = {
        "hidden": True,
        "channel": message.channel,
        "ts": f"{workspace.clock():.6f}",
        "previous_message": before,
    }
    if message.deleted:
        return {**common, "subtype": "message_deleted", "deleted_ts": message.ts}
    return {**common, "subtype": "message_changed", "message": wire}
