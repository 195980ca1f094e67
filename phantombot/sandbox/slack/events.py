"""What Slack tells a bot of by events, where the app asked to be told."""

import secrets
import uuid
from collections.abc import Iterator

from phantombot.sandbox.slack.payloads import LEGACY_TOKEN
from phantombot.sandbox.slack.state import Workspace
from phantombot.sandbox.slack.values import APP, BOT, BOT_ID, Block, Message
from phantombot.sandbox.slack.wire import wire_message

EVENTS = (
    "app_home_opened",
    "app_mention",
    "app_uninstalled",
    "message.im",
    "team_access_revoked",
    "tokens_revoked",
)
"""Every event that this Slack knows, by the name that a manifest's `bot_events` has for it."""

NEEDED = {"app_mention": "app_mentions:read", "message.im": "im:history"}
"""The scope without which an event cannot be subscribed to."""


def event_callback(workspace: Workspace, event: Block, holder: str) -> Block:
    """An event in a team, or in an organisation, which has no team then."""
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
    """The events that a message is as it stands now, each with its name in a manifest.

    Direct messages are told of as messages, and again whenever they change, the bot's own among
    them; elsewhere only those that mention it are, once, and not by itself. Source: Slack's pages
    on `message.im`, `message_changed`, `message_deleted` and `app_mention`.
    """
    channel = workspace.channel(message.channel)
    changed = message.deleted or message.edits > 0
    if channel.person:
        event = _changed(workspace, message) if changed else _said(workspace, message)
        yield "message.im", {**event, "type": "message", "channel_type": "im"}
    elif channel.has_bot and message.author != BOT and f"<@{BOT}>" in message.text and not changed:
        yield "app_mention", {**_said(workspace, message), "type": "app_mention"}


def home_opened(workspace: Workspace, user: str, holder: str, tab: str) -> Block:
    """`app_home_opened`, with what is published by then in the tab."""
    event: Block = {
        "type": "app_home_opened",
        "user": user,
        "channel": workspace.channel(user).id,
        "tab": tab,
    }
    home = workspace.views.home(holder, user)
    return {**event, "view": home.view} if home and tab == "home" else event


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
    return {**said, "thread_ts": message.thread_ts} if message.thread_ts else said


def _changed(workspace: Workspace, message: Message) -> Block:
    """It is hidden: neither who wrote it nor what it says stands where a new message has it."""
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
