"""The page in the browser: its one file, what it shows, and what is done on it."""

from dataclasses import asdict, replace
from importlib.resources import files
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from phantombot.sandbox.server import Request, Response, json_response
from phantombot.sandbox.slack.state import Workspace
from phantombot.sandbox.slack.values import BOT, Channel, File, Message, Refusal

if TYPE_CHECKING:
    from collections.abc import Callable

    from phantombot.sandbox.slack.local import LocalSlack

POLL_SECONDS = 20.0
"""How long the page's question for news waits."""

PREVIEW = 4_000
"""How many bytes of a file the page shows; the rest comes with the whole file."""

_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'unsafe-inline'; "
    "style-src 'unsafe-inline'; connect-src 'self'; img-src data:; frame-ancestors 'none'",
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
}


class Page:
    """Answers the browser; does what it asks through `slack`."""

    def __init__(self, slack: "LocalSlack", workspace: Workspace) -> None:
        self._slack = slack
        self._workspace = workspace
        self._deeds: dict[str, Callable[[dict[str, Any]], Any]] = {
            "/_page/command": self._command,
            "/_page/press": self._press,
            "/_page/submit": self._submit,
            "/_page/close": self._close,
        }

    def answer(self, request: Request) -> Response:
        """Answer `/` and `/_page/*`."""
        if request.method == "GET" and request.path == "/":
            html = files(__package__).joinpath("page.html").read_bytes()
            return Response(200, html, "text/html; charset=utf-8", _HEADERS)
        if request.method == "GET" and request.path == "/_page/state":
            return self._state(request.query)
        if request.method == "GET" and request.path.startswith("/_page/file/"):
            return self._file(request.path.removeprefix("/_page/file/"))
        if request.method == "POST" and request.path in self._deeds:
            return self._do(request)
        return json_response({"error": "not found"}, 404)

    def _do(self, request: Request) -> Response:
        """Only JSON of this very page: another site's form or script must not drive it."""
        origin = request.headers.get("origin", "")
        if origin not in ("", f"http://{request.headers['host']}"):
            return json_response({"error": "asked by another page"}, 403)
        if not request.headers.get("content-type", "").startswith("application/json"):
            return json_response({"error": "JSON, please"}, 415)
        try:
            deed = self._deeds[request.path](request.json)
        except Refusal as refusal:
            return json_response({"error": refusal.code}, 404)
        except (LookupError, TypeError, ValueError):
            return json_response({"error": "no such thing here"}, 400)
        return json_response(deed)

    def _command(self, asked: dict[str, Any]) -> Any:
        """A line that begins with a slash is a command; any other is just said."""
        who = {"user": asked["user"], "channel": asked["channel"]}
        command, _, text = asked["text"].strip().partition(" ")
        if not command.startswith("/"):
            self._slack.write(asked["text"], **who)
            return {"error": None}
        return asdict(self._slack.command(text.strip(), command=command, **who))

    def _press(self, asked: dict[str, Any]) -> Any:
        with self._workspace.bell:
            if "view_id" in asked:
                pressed: Any = self._workspace.views.get(asked["view_id"])
            else:
                pressed = self._workspace.messages[asked["ts"]]
        user, value = asked["user"], asked.get("value")
        return asdict(self._slack.press(pressed, asked["action_id"], user=user, value=value))

    def _submit(self, asked: dict[str, Any]) -> Any:
        with self._workspace.bell:
            view = self._workspace.views.get(asked["view_id"])
        return asdict(self._slack.submit(view, asked["values"], user=view.user))

    def _close(self, asked: dict[str, Any]) -> Any:
        with self._workspace.bell:
            view = self._workspace.views.get(asked["view_id"])
        delivery = self._slack.close(view, user=view.user)
        return asdict(delivery) if delivery else {"error": None}

    def _state(self, query: dict[str, str]) -> Response:
        """What a user sees; with `since` only when it differs from that version, or after 20 s."""
        since = query.get("since")
        if since is not None:
            self._workspace.wait(lambda: str(self._workspace.version) != since, POLL_SECONDS)
        with self._workspace.bell:
            if self._workspace.stopped:
                return json_response({"error": "stopped"}, 503)
            return json_response(self._seen_by(query.get("user", ""), query.get("channel", "")))

    def _file(self, file_id: str) -> Response:
        """The whole file, to be saved: nothing that somebody uploaded is opened as a page."""
        with self._workspace.bell:
            shared = (file for one in self._workspace.messages.values() for file in one.files)
            file = next((one for one in shared if one.id == file_id), None)
        if file is None:
            return json_response({"error": "file_not_found"}, 404)
        named = f"attachment; filename*=UTF-8''{quote(file.name, safe='')}"
        headers = {**_HEADERS, "Content-Disposition": named}
        return Response(200, file.content, "application/octet-stream", headers)

    def _seen_by(self, user: str, channel: str) -> dict[str, Any]:
        said = self._workspace.said_in(channel)
        kept = [one for one in said if not one.deleted and one.user in (None, user)]
        threads = {one.thread_ts for one in kept}
        messages = [one for one in said if one in kept or one.ts in threads]
        channels = self._workspace.channels.values()
        view = self._workspace.views.top(user)
        return {
            "version": self._workspace.version,
            "bot": BOT,
            "people": [asdict(person) for person in self._workspace.people.values()],
            "channels": [asdict(one) for one in channels if _may_open(one, user)],
            "messages": [_drawn(one) for one in messages],
            "view": asdict(view) if view else None,
        }


def _may_open(channel: Channel, user: str) -> bool:
    return user in channel.members


def _drawn(message: Message) -> dict[str, Any]:
    """As the page draws it; of a deleted message only its place is left."""
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
