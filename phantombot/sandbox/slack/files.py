"""The methods of Slack's Web API that upload a file: announce it, then share it."""

from collections.abc import Callable
from typing import Any

from phantombot.sandbox.slack.state import Workspace
from phantombot.sandbox.slack.uploads import Upload
from phantombot.sandbox.slack.values import BOT, Block, File, Refusal

SNIPPET_MOST = 1_000_000
"""The most bytes of a file shown as a snippet; source: files.getUploadURLExternal."""


def _get_upload_url(workspace: Workspace, fields: Block) -> Block:
    name, length = fields.get("filename"), _length(fields.get("length"))
    if not name or not isinstance(name, str):
        raise Refusal("invalid_arguments", "must provide a string [json-pointer:/filename]")
    if fields.get("snippet_type") and length > SNIPPET_MOST:
        raise Refusal("snippet_too_large")
    upload = workspace.uploads.announce(name, length)
    return {"upload_url": workspace.url + upload.path, "file_id": upload.id}


def _length(given: Any) -> int:
    """Return the length; a length of 0 gets "missing_argument", says Slack's page."""
    try:
        length = int(given or 0)
    except (TypeError, ValueError):
        raise Refusal("invalid_arguments", "length must be an integer") from None
    if length < 1:
        raise Refusal("missing_argument")
    return length


def _complete_upload(workspace: Workspace, fields: Block) -> Block:
    """Share the files; without a channel they are visible to the bot only."""
    asked = _asked(fields.get("files"))
    uploads = [workspace.uploads.arrived(one.get("id")) for one in asked]
    channels = [_place(workspace, one) for one in _channels(fields)]
    titles = [one.get("title") or upload.name for one, upload in zip(asked, uploads, strict=True)]
    for channel in channels:
        root = workspace.root(channel, fields.get("thread_ts"))
        files = tuple(_file(*each, root) for each in zip(uploads, titles, strict=True))
        comment = fields.get("initial_comment") or ""
        workspace.post(channel, comment, [], thread_ts=root, files=files)
    for upload in uploads:
        workspace.uploads.done(upload)
    shown = zip(uploads, titles, strict=True)
    return {"files": [_wire(workspace, upload, title) for upload, title in shown]}


def _asked(files: Any) -> list[Block]:
    if not isinstance(files, list) or not files:
        raise Refusal("invalid_arguments", "files must be a list of objects with an id")
    if not all(isinstance(one, dict) for one in files):
        raise Refusal("invalid_arguments", "files must be a list of objects with an id")
    if len({one.get("id") for one in files}) < len(files):
        raise Refusal("invalid_arguments", "a file is named twice")
    return files


def _channels(fields: Block) -> list[str]:
    """Return the channels to share in; unlike for messages, a user's id is refused."""
    several = fields.get("channels") or ""
    given = [fields["channel_id"]] if fields.get("channel_id") else several.split(",")
    named = [one for one in given if one]
    if not all(isinstance(one, str) and one[0] in "CDGZ" for one in named):
        raise Refusal("invalid_arguments", "must match ^[CGDZ] [json-pointer:/channel_id]")
    return named


def _place(workspace: Workspace, channel: str) -> str:
    """Return a channel that accepts files from the bot: chat:write.public is not enough."""
    found = workspace.writable(channel)
    if not found.has_bot:
        raise Refusal("not_in_channel")
    return found.id


def _file(upload: Upload, title: str, root: str | None) -> File:
    return File(upload.id, upload.name, title, upload.content or b"", root)


def _wire(workspace: Workspace, upload: Upload, title: str) -> Block:
    """Return a file as JSON; Slack shares after it has answered, so the answer names no message."""
    return {
        "id": upload.id,
        "name": upload.name,
        "title": title,
        "size": upload.length,
        "created": int(workspace.clock()),
        "user": BOT,
        "channels": [],
        "shares": {},
    }


FILE_METHODS: dict[str, Callable[[Workspace, Block], Block]] = {
    "files.getUploadURLExternal": _get_upload_url,
    "files.completeUploadExternal": _complete_upload,
}
