"""The arguments that each method of the Web API requires."""

from typing import Any

from phantombot.sandbox.slack.values import Refusal

_NEEDED: dict[str, tuple[str, ...]] = {
    "chat.postMessage": ("channel",),
    "chat.postEphemeral": ("channel", "user"),
    "chat.update": ("channel", "ts"),
    "chat.delete": ("channel", "ts"),
    "chat.getPermalink": ("channel", "message_ts"),
    "views.open": ("view",),
    "views.push": ("view",),
    "views.update": ("view",),
    "views.publish": ("user_id", "view"),
    "users.info": ("user",),
    "usergroups.users.list": ("usergroup",),
    "conversations.info": ("channel",),
    "conversations.members": ("channel",),
    "files.getUploadURLExternal": ("filename",),
    "files.completeUploadExternal": ("files",),
}


def check_arguments(method: str, fields: dict[str, Any]) -> None:
    """Refuse a call that lacks a required argument.

    Raises:
        Refusal: `invalid_arguments`, with each that is missing.
    """
    missing = [name for name in _NEEDED.get(method, ()) if name not in fields]
    if missing:
        raise Refusal("invalid_arguments", *(f"missing required field: {one}" for one in missing))
