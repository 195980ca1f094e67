"""The requests of the browser."""

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from phantombot.sandbox.page.actions import Actions
from phantombot.sandbox.page.panel import Panel
from phantombot.sandbox.page.site import HEADERS, static_file
from phantombot.sandbox.page.stream import Look, stream
from phantombot.sandbox.page.visible import seen_by
from phantombot.sandbox.server import Request, Response, json_response
from phantombot.sandbox.slack.state import Workspace

if TYPE_CHECKING:
    from phantombot.sandbox.slack.local import LocalSlack

_NOT_FOUND = json_response({"error": "not found"}, 404)


class Page:
    """The page's HTTP handler; it acts through `slack`."""

    def __init__(self, slack: "LocalSlack", workspace: Workspace) -> None:
        self._workspace = workspace
        self._actions = Actions(slack, workspace)
        self._panel: Panel | None = None

    @property
    def panel(self) -> Panel | None:
        """Return the panel beside the channel, if there is one."""
        return self._panel

    @panel.setter
    def panel(self, panel: Panel) -> None:
        self._panel = panel
        self._actions.add("switch", panel.switch)
        self._actions.add("api", panel.choose_api)
        self._actions.add("elsewhere", panel.launch_elsewhere)
        self._actions.add("steps", panel.steps.show)

    def answer(self, request: Request) -> Response:
        """Answer `/` and `/_page/*`."""
        if request.path == "/":
            return static_file("index.html") if request.method == "GET" else _NOT_FOUND
        name = request.path.removeprefix("/_page/")
        if request.method == "POST" and name in self._actions:
            return self._do(name, request)
        return self._shown(name, request.query) if request.method == "GET" else _NOT_FOUND

    def _shown(self, name: str, query: dict[str, str]) -> Response:
        folder, _, rest = name.partition("/")
        match folder:
            case "static":
                return static_file(rest)
            case "file":
                return self._file(rest)
            case "events":
                rung = {"slack": lambda: self._seen(query)}
                news = stream(self._workspace, rung, self._ticking())
                return Response(200, b"", "text/event-stream", HEADERS, stream=news)
            case "traffic":
                return self._exchange(rest)
        return _NOT_FOUND

    def _do(self, name: str, request: Request) -> Response:
        """Do an action; accept only JSON, which no other site's form can send."""
        if not request.headers.get("content-type", "").startswith("application/json"):
            return json_response({"error": "JSON, please"}, 415)
        try:
            asked = request.json
        except ValueError:
            return json_response({"error": "JSON, please"}, 400)
        status, answer = self._actions.do(name, asked)
        return json_response(answer, status)

    def _ticking(self) -> dict[str, Look]:
        if self._panel is None:
            return {}
        return {
            "steps": self._panel.steps.listed,
            "account": self._panel.account,
            "traffic": self._panel.traffic.rows,
        }

    def _exchange(self, number: str) -> Response:
        try:
            return json_response(self._panel.traffic.whole(int(number)) if self._panel else None)
        except (LookupError, ValueError):
            return _NOT_FOUND

    def _seen(self, query: dict[str, str]) -> dict[str, Any]:
        user, channel = query.get("user", ""), query.get("channel", "")
        with self._workspace.bell:
            return seen_by(self._workspace, user, channel)

    def _file(self, file_id: str) -> Response:
        """Return a file as a download: the browser must never open uploaded content as a page."""
        with self._workspace.bell:
            shared = (file for one in self._workspace.messages.values() for file in one.files)
            file = next((one for one in shared if one.id == file_id), None)
        if file is None:
            return json_response({"error": "file_not_found"}, 404)
        named = f"attachment; filename*=UTF-8''{quote(file.name, safe='')}"
        headers = {**HEADERS, "Content-Disposition": named}
        return Response(200, file.content, "application/octet-stream", headers)
