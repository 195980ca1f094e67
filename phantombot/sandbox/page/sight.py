"""What one person sees of the local Slack, as the page draws it."""

from dataclasses import asdict, replace
from typing import Any

from phantombot.commands.parse import USAGE_HINT
from phantombot.sandbox.page.shortcuts import shortcuts
from phantombot.sandbox.slack.state import Workspace
from phantombot.sandbox.slack.values import BOT, Channel, File, Message

PREVIEW = 4_000
"""How many bytes of a file the page shows; the rest comes with the whole file."""


def seen_by(workspace: Workspace, user: str, channel: str) -> dict[str, Any]:
    """The workspace, one channel of it, and what lies on the screen. Ask while holding the lock.

    Everybody has direct messages with the bot.
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
    """What is not deleted, and what is but has a thread that is not."""
    said = workspace.said_in(channel)
    kept = [one for one in said if not one.deleted and one.user in (None, user)]
    threads = {one.thread_ts for one in kept}
    return [one for one in said if one in kept or one.ts in threads]


def _last(workspace: Workspace, channel: Channel, user: str) -> str:
    """The ts of the last thing that was said there, by which the page knows what is unread."""
    said = reversed(workspace.said_in(channel.id))
    return next((one.ts for one in said if one.user in (None, user) and not one.deleted), "")


def _drawn(message: Message) -> dict[str, Any]:
    """Of a deleted message only its place is left."""
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
