"""What each request is, in one line: it teaches how a Slack app works."""

from typing import Any

from phantombot.sandbox.server import Request
from phantombot.sandbox.wording import read_body

_FROM_SLACK = {
    "block_actions": "Somebody pressed a button or chose something. The bot has 3 s to answer 200.",
    "block_suggestion": "Somebody types in a menu: Slack asks which options to offer.",
    "view_submission": "Somebody sent a form. The answer may show errors, or the next form.",
    "view_closed": "Somebody closed a form without sending it.",
    "shortcut": "Somebody chose a shortcut of the app. It brings a trigger_id to open a form with.",
    "message_action": "Somebody chose a shortcut at a message, which comes along.",
    "event_callback": "Something happened that the app subscribed to.",
}
_COMMAND = "Somebody typed the command. The bot writes it down and answers 200 within 3 s."

_TO_SLACK = {
    "chat.postMessage": "The bot posts a message. Its ts is its name from now on.",
    "chat.update": "The bot edits a message: one message follows a run to its end.",
    "chat.postEphemeral": "The bot says something to one person alone.",
    "chat.delete": "The bot takes a message back.",
    "chat.getPermalink": "The bot asks for a message's address, which tells if it is there.",
    "views.open": "The bot opens a form, with a trigger_id that is at most 3 s old.",
    "views.push": "The bot lays a form on top of another.",
    "views.update": "The bot changes a form that is open.",
    "views.publish": "The bot shows its Home to one person.",
    "users.info": "The bot asks who somebody is: an admin, a member or a guest.",
    "usergroups.list": "The bot asks which user groups there are.",
    "conversations.info": "The bot asks about a channel: private, archived, a member of it?",
    "conversations.open": "The bot opens direct messages with somebody.",
    "auth.test": "The bot asks whether its token is good, and for which team.",
    "files.getUploadURLExternal": "The bot asks where to bring a file.",
    "files.completeUploadExternal": "The bot shares the file that it brought.",
    "response_url": "The bot answers a command: this address serves 5 times, within 30 minutes.",
    "upload_url": "The bot brings the file's bytes.",
}

_TO_PHANTOMBUSTER = {
    "launch": "The bot launches the agent: once, and never again if the answer is lost.",
    "output": "The bot reads how one run is doing, and its console from where it left off.",
    "user": "The bot looks at the whole account: one call tells of all runs.",
    "containers": "The bot reads how the last runs ended, with their exit codes.",
    "abort": "The bot stops all running instances of the agent.",
    "agent": "The bot reads about an agent.",
}


def meaning_of(receiver: str, request: Request) -> tuple[str, str]:
    """A title, and what it means."""
    if receiver == "phantombot":
        return _from_slack(request)
    if receiver == "Slack":
        method = _slack_method(request.path)
        return method, _TO_SLACK.get(method, "The bot asks something of Slack.")
    path = request.path.removeprefix("/api/v1/")
    word = path.removesuffix(".json").rpartition("/")[2]
    title = f"{request.method} {path}"
    return title, _TO_PHANTOMBUSTER.get(word, _TO_PHANTOMBUSTER["agent"])


def _slack_method(path: str) -> str:
    if path.startswith("/response/"):
        return "response_url"
    return "upload_url" if path.startswith("/upload/") else path.removeprefix("/api/")


def _from_slack(request: Request) -> tuple[str, str]:
    """Commands and interactions are forms; events are JSON."""
    body: Any = read_body(request.body, request.headers.get("content-type", ""))
    sent = body if isinstance(body, dict) else {}
    if "command" in sent:
        word = sent.get("text", "").partition(" ")[0]
        return f"{sent['command']} {word}".strip(), _COMMAND
    payload = sent.get("payload", sent)
    kind = payload.get("type", "request")
    about = payload.get("event", {}).get("type", "") if kind == "event_callback" else ""
    return about or kind, _FROM_SLACK.get(kind, "Slack tells the bot something.")
