"""What one person sees of the local Slack, as data for the page."""

from dataclasses import asdict, replace
from typing import Any

from phantombot.commands.launch import USAGE_HINT
from phantombot.sandbox.page.shortcuts import shortcuts
from phantombot.sandbox.slack.state import Workspace
from phantombot.sandbox.slack.values import BOT, Channel, File, Message

PREVIEW = 4_000
"""The number of bytes of a file that the page previews."""


def seen_by(workspace: Workspace, user: str, channel: str) -> dict[str, Any]:
    """Return the workspace, one of its channels and the open form, as `user` sees
    them.

    Ask while holding the lock. Everybody has direct messages with the bot.
    """
    if user in workspace.people:
        workspace.channel(user)
    view = workspace.views.top(user)
    home = workspace.views.home(workspace.holder(workspace.team), user)
    return {
        "version": workspace.version,
        "bot": BOT,
        "groups": [asdict(group) for group in workspace.groups.values()],
        "hint": USAGE_HINT,
        "shortcuts": shortcuts(),
        "people": [asdict(person) for person in workspace.people.values()],
        "channels": [
            asdict(one) | {"last": _last(workspace, one, user)}
            for one in workspace.channels.values()
            if user in one.members
        ],
        "messages": [_drawn(one) for one in _shown(workspace, user, channel)],
        "view": asdict(view) if view else None,
        "home": asdict(home) if home else None,
    }


def _shown(workspace: Workspace, user: str, channel: str) -> list[Message]:
    """Return the messages that are not deleted, and deleted ones whose thread is not."""
    said = workspace.said_in(channel)
    kept = [one for one in said if not one.deleted and one.user in (None, user)]
    threads = {one.thread_ts for one in kept}
    return [one for one in said if one in kept or one.ts in threads]


def _last(workspace: Workspace, channel: Channel, user: str) -> str:
    """Return the ts of the channel's latest message, by which the page knows what is unread."""
    said = reversed(workspace.said_in(channel.id))
    return next((one.ts for one in said if one.user in (None, user) and not one.deleted), "")


def _drawn(message: Message) -> dict[str, Any]:
    """Return the message as data; a deleted one is only a placeholder."""
    files = () if message.deleted else message.files
    if message.deleted:
        message = replace(message, text="", blocks=[], history=())
    return asdict(replace(message, files=())) | {"files": [_previewed(one) for one in files]}


def _previewed(file: File) -> dict[str, Any]:
    return {
        "id": file.id,
        "name": file.name,
        "title": file.title,
        "size": len(file.content),
        "preview": file.content[:PREVIEW].decode(errors="replace"),
        "whole": len(file.content) <= PREVIEW,
    }
