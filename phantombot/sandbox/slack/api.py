"""The methods of Slack's Web API that a bot like this one calls."""

from collections.abc import Callable
from typing import Any

from phantombot.sandbox.slack.blocks import TOGETHER_MOST, characters, checked
from phantombot.sandbox.slack.files import FILE_METHODS
from phantombot.sandbox.slack.state import Workspace
from phantombot.sandbox.slack.values import BOT, BOT_ID, DOMAIN, Block, Channel, Refusal, View
from phantombot.sandbox.slack.wire import wire_channel, wire_group, wire_message, wire_user

Fields = dict[str, Any]

TEXT_MOST = 40_000
"""The most characters in a message; source: Slack's page on truncating content."""


def content(fields: Fields) -> tuple[str, list[Block]]:
    """Return the text and blocks of a new message.

    Raises:
        Refusal: `msg_too_long`, `invalid_blocks` or `no_text`.
    """
    text, blocks = fields.get("text") or "", checked(fields.get("blocks") or [])
    if len(text) > TEXT_MOST:
        raise Refusal("msg_too_long")
    if not text and not blocks:
        raise Refusal("no_text")
    return text, blocks


def _chat_content(fields: Fields) -> tuple[str, list[Block]]:
    """Return text and blocks within the limit of chat methods; response URLs accept
    longer blocks.
    """
    text, blocks = content(fields)
    if characters(blocks) > TOGETHER_MOST:
        raise Refusal("msg_blocks_too_long")
    return text, blocks


def _auth_test(workspace: Workspace, fields: Fields) -> Block:
    return {
        "url": f"https://{DOMAIN}.slack.com/",
        "team": "Sandbox",
        "team_id": fields.get("team_id") or workspace.team,
        "user": workspace.people[BOT].name,
        "user_id": BOT,
        "bot_id": BOT_ID,
        "is_enterprise_install": False,
    }


def _post_message(workspace: Workspace, fields: Fields) -> Block:
    channel = workspace.writable(fields.get("channel", ""))
    text, blocks = _chat_content(fields)
    root = workspace.root(channel.id, fields.get("thread_ts"))
    more = {"metadata": _metadata(fields), "broadcast": _broadcast(fields, root)}
    message = workspace.post(channel.id, text, blocks, thread_ts=root, **more)
    wire = wire_message(message, workspace.team_of(channel.id))
    return {"channel": channel.id, "ts": message.ts, "message": wire}


def _broadcast(fields: Fields, root: str | None) -> bool:
    """Return whether a reply is shown in the channel too; only replies can be."""
    return root is not None and fields.get("reply_broadcast") in (True, "true", "1")


def _metadata(fields: Fields) -> Block | None:
    """Return what the app keeps with a message.

    Raises:
        Refusal: `invalid_metadata_format`.
    """
    metadata = fields.get("metadata")
    if metadata is None:
        return None
    known = isinstance(metadata, dict) and set(metadata) == {"event_type", "event_payload"}
    if not (known and isinstance(metadata["event_payload"], dict) and metadata["event_type"]):
        raise Refusal("invalid_metadata_format")
    return dict(metadata)


def _post_ephemeral(workspace: Workspace, fields: Fields) -> Block:
    channel = workspace.writable(fields.get("channel", ""))
    if fields.get("user") not in channel.members:
        raise Refusal("user_not_in_channel")
    text, blocks = _chat_content(fields)
    where = {"user": fields["user"], "thread_ts": fields.get("thread_ts")}
    return {"message_ts": workspace.post(channel.id, text, blocks, **where).ts}


def _update(workspace: Workspace, fields: Fields) -> Block:
    """Edit a message: text without blocks removes the blocks, blocks without text keep the text."""
    message = workspace.message(fields.get("channel", ""), fields.get("ts", ""))
    if message.author != BOT:
        raise Refusal("cant_update_message")
    text, blocks = _chat_content(fields)
    edited = workspace.edit(message, text or message.text, blocks)
    wire = wire_message(edited, workspace.team_of(edited.channel))
    return {"channel": edited.channel, "ts": edited.ts, "text": edited.text, "message": wire}


def _delete(workspace: Workspace, fields: Fields) -> Block:
    message = workspace.message(fields.get("channel", ""), fields.get("ts", ""))
    if message.author != BOT:
        raise Refusal("cant_delete_message")
    workspace.delete(message)
    return {"channel": message.channel, "ts": message.ts}


def _get_permalink(workspace: Workspace, fields: Fields) -> Block:
    """Return a message's link, which names the thread of a reply.

    This needs no scope, but membership if the channel is private.
    """
    channel = _seen(workspace, fields)
    message = workspace.message(channel.id, fields.get("message_ts", ""))
    link = f"https://{DOMAIN}.slack.com/archives/{channel.id}/p{message.ts.replace('.', '')}"
    if message.thread_ts:
        link += f"?thread_ts={message.thread_ts}&cid={channel.id}"
    return {"channel": channel.id, "permalink": link}


def _views_open(workspace: Workspace, fields: Fields) -> Block:
    trigger_id = fields.get("trigger_id", "")
    trigger = workspace.tickets.redeem(trigger_id)
    return _shown(workspace, workspace.views.open(fields.get("view"), trigger_id, trigger))


def _views_push(workspace: Workspace, fields: Fields) -> Block:
    trigger_id = fields.get("trigger_id", "")
    trigger = workspace.tickets.redeem(trigger_id)
    parent = workspace.views.top(trigger.user)
    if parent is None:
        raise Refusal("not_found", "there is no modal to push on")
    return _shown(workspace, workspace.views.open(fields.get("view"), trigger_id, trigger, parent))


def _views_publish(workspace: Workspace, fields: Fields) -> Block:
    user = workspace.person(fields.get("user_id", ""))
    holder = fields.get("team_id") or fields.get("enterprise_id") or workspace.team
    view = workspace.views.publish(fields.get("view"), user.id, holder, fields.get("hash"))
    return _shown(workspace, view)


def _views_update(workspace: Workspace, fields: Fields) -> Block:
    view_id = fields.get("view_id") or workspace.views.find(fields.get("external_id", "")).id
    view = workspace.views.update(view_id, fields.get("view"), fields.get("hash"))
    return _shown(workspace, view)


def _shown(workspace: Workspace, view: View) -> Block:
    workspace.changed()
    return {"view": view.view}


def _users_info(workspace: Workspace, fields: Fields) -> Block:
    team = fields.get("team_id") or workspace.team
    person = workspace.person(fields.get("user", ""))
    return {"user": wire_user(person, team, tuple(sorted(workspace.teams)))}


def _usergroups_list(workspace: Workspace, _fields: Fields) -> Block:
    groups = workspace.groups.values()
    return {"usergroups": [wire_group(group, workspace.team) for group in groups]}


def _usergroups_users_list(workspace: Workspace, fields: Fields) -> Block:
    group = workspace.groups.get(fields.get("usergroup", ""))
    if group is None:
        raise Refusal("no_such_subteam")
    return {"users": list(group.members)}


def _conversations_open(workspace: Workspace, fields: Fields) -> Block:
    """Open a direct message; this workspace has no group messages."""
    if not fields.get("users"):
        raise Refusal("users_list_not_supplied")
    user = workspace.person(fields["users"])
    return {"channel": {"id": workspace.channel(user.id).id}}


def _conversations_info(workspace: Workspace, fields: Fields) -> Block:
    return {"channel": wire_channel(_seen(workspace, fields))}


def _conversations_members(workspace: Workspace, fields: Fields) -> Block:
    members = list(_seen(workspace, fields).members)
    return {"members": members, "response_metadata": {"next_cursor": ""}}


def _seen(workspace: Workspace, fields: Fields) -> Channel:
    """Return a channel that the bot can see: private ones are hidden from non-members."""
    channel = workspace.channels.get(fields.get("channel", ""))
    if channel is None or (channel.private and not channel.has_bot):
        raise Refusal("channel_not_found")
    return channel


METHODS: dict[str, Callable[[Workspace, Fields], Block]] = {
    "auth.test": _auth_test,
    "chat.postMessage": _post_message,
    "chat.postEphemeral": _post_ephemeral,
    "chat.update": _update,
    "chat.delete": _delete,
    "chat.getPermalink": _get_permalink,
    "views.open": _views_open,
    "views.publish": _views_publish,
    "views.push": _views_push,
    "views.update": _views_update,
    "users.info": _users_info,
    "usergroups.list": _usergroups_list,
    "usergroups.users.list": _usergroups_users_list,
    "conversations.open": _conversations_open,
    "conversations.info": _conversations_info,
    "conversations.members": _conversations_members,
    **FILE_METHODS,
}
