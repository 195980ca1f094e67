"""A one-line explanation of each request, which teaches how a Slack app works."""

from typing import Any

from phantombot.sandbox.server import Request
from phantombot.sandbox.wording import read_body

_FROM_SLACK = {
    "block_actions": "Somebody pressed a button or chose something. The bot has 3 s to answer 200.",
    "block_suggestion": "Somebody types in a menu: Slack asks which options to offer.",
    "view_submission": "Somebody sent a form. The answer can show errors, or the next form.",
    "view_closed": "Somebody closed a form without sending it.",
    "shortcut": "Somebody chose a shortcut of the app. Its trigger_id can open a form.",
    "message_action": "Somebody chose a shortcut on a message. The message comes with it.",
    "event_callback": "Something happened that the app is subscribed to.",
}
_COMMAND = "Somebody typed the command. The bot stores it and answers 200 within 3 s."

_TO_SLACK = {
    "chat.postMessage": "The bot posts a message. Its ts identifies it from now on.",
    "chat.update": "The bot edits a message: one message follows a run to its end.",
    "chat.postEphemeral": "The bot shows a message to one person only.",
    "chat.delete": "The bot deletes a message.",
    "chat.getPermalink": "The bot asks for a message's link, to see whether it exists.",
    "views.open": "The bot opens a form, with a trigger_id no older than 3 s.",
    "views.push": "The bot opens a form on top of another.",
    "views.update": "The bot changes an open form.",
    "views.publish": "The bot updates one person's Home tab.",
    "users.info": "The bot asks whether somebody is an admin, a member or a guest.",
    "usergroups.list": "The bot asks for the list of user groups.",
    "conversations.info": "The bot asks about a channel: private? archived? am I a member?",
    "conversations.open": "The bot opens a direct message with somebody.",
    "auth.test": "The bot asks whether its token is valid, and for which team.",
    "files.getUploadURLExternal": "The bot asks where to upload a file.",
    "files.completeUploadExternal": "The bot shares the file that it uploaded.",
    "response_url": "The bot answers a command: this URL works 5 times, within 30 minutes.",
    "upload_url": "The bot uploads the file's bytes.",
}

_TO_PHANTOMBUSTER = {
    "launch": "The bot launches the agent: once, and never again if the answer is lost.",
    "output": "The bot reads how one run is doing, and its console from where it left off.",
    "user": "The bot reads the whole account: one call covers all runs.",
    "containers": "The bot reads how the latest runs ended, with their exit codes.",
    "abort": "The bot stops all running instances of the agent.",
    "agent": "The bot reads about an agent.",
}


def meaning_of(receiver: str, request: Request) -> tuple[str, str]:
    """Return a title for the request, and its explanation."""
    if receiver == "phantombot":
        return _from_slack(request)
    if receiver == "Slack":
        method = _slack_method(request.path)
        return method, _TO_SLACK.get(method, "The bot calls Slack.")
    path = request.path.removeprefix("/api/v1/")
    word = path.removesuffix(".json").rpartition("/")[2]
    title = f"{request.method} {path}"
    return title, _TO_PHANTOMBUSTER.get(word, _TO_PHANTOMBUSTER["agent"])


def _slack_method(path: str) -> str:
    if path.startswith("/response/"):
        return "response_url"
    return "upload_url" if path.startswith("/upload/") else path.removeprefix("/api/")


def _from_slack(request: Request) -> tuple[str, str]:
    """Explain a request from Slack: commands and interactions are forms, events are JSON."""
    body: Any = read_body(request.body, request.headers.get("content-type", ""))
    sent = body if isinstance(body, dict) else {}
    if "command" in sent:
        word = sent.get("text", "").partition(" ")[0]
        return f"{sent['command']} {word}".strip(), _COMMAND
    payload = sent.get("payload", sent)
    kind = payload.get("type", "request")
    about = payload.get("event", {}).get("type", "") if kind == "event_callback" else ""
    return about or kind, _FROM_SLACK.get(kind, "Slack sends the bot a request.")
