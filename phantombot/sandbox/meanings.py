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

_V2 = "/api/v2/"
_TO_V2 = {
    "agents/launch": "The bot launches the agent, once; its tag finds the run if no answer comes.",
    "agents/stop": "The bot stops the agent; with softAbort it asks the script to end by itself.",
    "agents/fetch-all": "The bot reads the account's agents, and how they ended last.",
    "agents/fetch": "The bot reads about an agent.",
    "agents/fetch-output": "The bot reads how the latest run is doing, and its console so far.",
    "containers/fetch": "The bot reads how one run is doing, with its console or result.",
    "containers/fetch-all": "The bot reads how the latest runs ended, with exit codes and tags.",
    "containers/fetch-output": "The bot reads the whole console of one run.",
    "containers/fetch-result-object": "The bot reads the result of one run.",
    "orgs/fetch": "The bot reads whose account it is.",
    "orgs/fetch-resources": "The bot reads how much execution time is used.",
    "orgs/fetch-running-containers": "The bot reads what is running: one call covers all runs.",
}


def meaning_of(receiver: str, request: Request) -> tuple[str, str]:
    """Return a title for the request, and its explanation."""
    if receiver == "phantombot":
        return _from_slack(request)
    if receiver == "Slack":
        method = _slack_method(request.path)
        return method, _TO_SLACK.get(method, "The bot calls Slack.")
    return _to_phantombuster(request)


def _to_phantombuster(request: Request) -> tuple[str, str]:
    """Explain a call of v1 by the last word of its path, one of v2 by its whole path."""
    if request.path.startswith(_V2):
        path = request.path.removeprefix(_V2)
        return f"{request.method} {path}", _TO_V2.get(path, "The bot calls Phantombuster.")
    path = request.path.removeprefix("/api/v1/")
    word = path.removesuffix(".json").rpartition("/")[2]
    meaning = _TO_PHANTOMBUSTER.get(word, _TO_PHANTOMBUSTER["agent"])
    return f"{request.method} {path}", meaning


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
