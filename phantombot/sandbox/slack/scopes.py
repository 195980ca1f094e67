"""The scopes that each method of the Web API needs, and Slack's answer if one is missing."""

from collections.abc import Collection
from typing import Any

from phantombot.sandbox.slack.state import Workspace
from phantombot.sandbox.slack.values import Channel, Refusal

SCOPES = (
    *("app_mentions:read", "channels:read", "chat:write", "chat:write.public", "commands"),
    *("files:write", "groups:read", "im:history", "im:read", "im:write", "mpim:read"),
    *("usergroups:read", "users:read"),
)
"""Every scope that a method or an event here needs."""

_NEEDED = {
    "chat.postMessage": "chat:write",
    "chat.postEphemeral": "chat:write",
    "chat.update": "chat:write",
    "chat.delete": "chat:write",
    "conversations.open": "im:write",
    "files.getUploadURLExternal": "files:write",
    "files.completeUploadExternal": "files:write",
    "usergroups.list": "usergroups:read",
    "usergroups.users.list": "usergroups:read",
    "users.info": "users:read",
}
_OF_CONVERSATIONS = ("channels:read", "groups:read", "mpim:read", "im:read")


def check_scopes(
    workspace: Workspace, method: str, fields: dict[str, Any], scopes: Collection[str]
) -> None:
    """Refuse a method that a token with these scopes can't call.

    Raises:
        Refusal: `missing_scope`, or the error of a method that goes less far without a scope.
            Source: the methods' own pages.
    """
    needed = _NEEDED.get(method)
    channel = workspace.channels.get(str(fields.get("channel", "")))
    if needed and needed not in scopes:
        raise _missing(needed, scopes)
    if method in ("conversations.info", "conversations.members"):
        _check_reading(channel, scopes)
    stranger = channel is not None and not channel.private and not channel.has_bot
    if method == "chat.postMessage" and stranger and "chat:write.public" not in scopes:
        raise Refusal("not_in_channel")


def _check_reading(channel: Channel | None, scopes: Collection[str]) -> None:
    """Refuse to read a channel without any of the scopes, or without the one for its kind."""
    if not set(scopes) & set(_OF_CONVERSATIONS):
        raise _missing(",".join(_OF_CONVERSATIONS), scopes)
    if channel is not None and (channel.has_bot or not channel.private):
        needed = "im:read" if channel.person else "channels:read"
        needed = "groups:read" if channel.private else needed
        if needed not in scopes:
            raise _missing(needed, scopes)


def _missing(needed: str, scopes: Collection[str]) -> Refusal:
    return Refusal("missing_scope", more={"needed": needed, "provided": ",".join(scopes)})
