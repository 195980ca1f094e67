"""What the bot asks of Slack: the Web API and the response URLs, over HTTP."""

import json
from collections.abc import Callable
from typing import Any

from phantombot.sandbox.server import Request, Response, json_response
from phantombot.sandbox.slack.api import METHODS, Fields, content
from phantombot.sandbox.slack.faults import Faults, suffer
from phantombot.sandbox.slack.state import Workspace
from phantombot.sandbox.slack.tickets import Reply
from phantombot.sandbox.slack.values import Call, Message, Refusal

MASK = "•••"
SCOPES = ",".join(
    [
        *("commands", "chat:write", "chat:write.public", "files:write", "im:write"),
        *("users:read", "usergroups:read", "channels:read", "groups:read"),
    ]
)

_AS_JSON = ("blocks", "view", "metadata", "files")
"""Arguments that are JSON in themselves where the rest comes as a form."""


class Desk:
    """Where the bot's requests are answered, recorded, and spoilt where that was asked for."""

    def __init__(
        self, workspace: Workspace, faults: Faults, calls: list[Call], bot_token: str
    ) -> None:
        self._workspace = workspace
        self._faults = faults
        self._calls = calls
        self._bot_token = bot_token
        self.scopes = SCOPES
        """What the token may do, as its answers say."""

    def api(self, request: Request) -> Response:
        """Answer `/api/<method>`."""
        try:
            fields = _fields(request)
        except ValueError:
            return _refused(Refusal("invalid_json"), 200)
        method = request.path.removeprefix("/api/")
        token = fields.get("token") or _bearer(request)
        self._record(method, fields, request)
        place = fields.get("channel") or fields.get("channel_id")
        return self._unless_spoilt(method, lambda: self._answer(method, fields, token), 200, place)

    def reply(self, request: Request) -> Response:
        """Answer `/response/<random>`."""
        try:
            said = _object(request)
        except ValueError:
            return _refused(Refusal("invalid_payload"), 400)
        self._record("response_url", said, request)
        with self._workspace.bell:
            place = self._workspace.tickets.place(request.path)
        return self._unless_spoilt(
            "response_url", lambda: self._say(request.path, said), 404, place
        )

    def upload(self, request: Request) -> Response:
        """Answer `/upload/v1/<random>`: the bytes of a file as they are."""
        self._record("upload_url", {"length": len(request.body)}, request)
        return self._unless_spoilt("upload_url", lambda: self._receive(request), 400)

    def _unless_spoilt(
        self,
        method: str,
        act: Callable[[], Response],
        status: int,
        place: str | None = None,
    ) -> Response:
        with self._workspace.bell:
            fault = self._faults.take(method, place)
        if fault is None:
            return act()
        self._workspace.wait(lambda: False, fault.seconds)
        return suffer(fault, act, status)

    def _answer(self, method: str, fields: Fields, token: str | None) -> Response:
        try:
            self._admit(method, token)
            with self._workspace.bell:
                answer = METHODS[method](self._workspace, fields)
        except Refusal as refusal:
            return _refused(refusal, 200)
        return json_response({"ok": True, **answer}, x_oauth_scopes=self.scopes)

    def _admit(self, method: str, token: str | None) -> None:
        if method not in METHODS:
            raise Refusal("unknown_method")
        if token != self._bot_token:
            raise Refusal("invalid_auth" if token else "not_authed")

    def _receive(self, request: Request) -> Response:
        try:
            with self._workspace.bell:
                upload = self._workspace.uploads.receive(request.path, request.body)
        except Refusal as refusal:
            return _refused(refusal, 400)
        return Response(200, f"OK - {upload.length}".encode(), "text/plain; charset=utf-8")

    def _say(self, path: str, said: Fields) -> Response:
        try:
            with self._workspace.bell:
                reply = self._workspace.tickets.use_reply(path)
                say(self._workspace, reply, said)
        except Refusal as refusal:
            return _refused(refusal, 404 if refusal.code.endswith("_url") else 400)
        return json_response({"ok": True})

    def _record(self, method: str, fields: Fields, request: Request) -> None:
        shown = {**fields, "token": MASK} if "token" in fields else dict(fields)
        headers = dict(request.headers)
        if "authorization" in headers:
            headers["authorization"] = MASK
        with self._workspace.bell:
            self._calls.append(Call(method, shown, headers, self._workspace.clock()))
            self._workspace.changed()


def say(workspace: Workspace, reply: Reply, said: Fields) -> Message:
    """What an answer to a command or a button does: a message, or a change of the pressed one.

    Raises:
        Refusal: it says nothing, or its blocks are forbidden.
    """
    original = workspace.messages.get(reply.original or "")
    if original and _yes(said, "delete_original"):
        return workspace.delete(original)
    text, blocks = content(said)
    if original and _yes(said, "replace_original") and not original.deleted:
        return workspace.edit(original, text, blocks)
    user = None if said.get("response_type") == "in_channel" else reply.user
    thread_ts = said.get("thread_ts")
    return workspace.post(reply.channel, text, blocks, user=user, thread_ts=thread_ts)


def _yes(said: Fields, name: str) -> bool:
    """Slack's own examples write `"true"` as a string."""
    return said.get(name) in (True, "true")


def _fields(request: Request) -> Fields:
    """The arguments, from the query and from a body that is JSON or a form.

    Raises:
        ValueError: what should be JSON is not, or is no object.
    """
    fields: dict[str, Any] = dict(request.query)
    if request.body and request.headers.get("content-type", "").startswith("application/json"):
        return {**fields, **_object(request)}
    fields |= request.form
    for name in _AS_JSON:
        if isinstance(fields.get(name), str):
            fields[name] = json.loads(fields[name])
    return fields


def _object(request: Request) -> Fields:
    body = request.json
    if not isinstance(body, dict):
        raise ValueError("the body is no JSON object")  # noqa: TRY004 - both are one mistake
    return body


def _bearer(request: Request) -> str | None:
    kind, _, token = request.headers.get("authorization", "").partition(" ")
    return token if kind.lower() == "bearer" else None


def _refused(refusal: Refusal, status: int) -> Response:
    answer: dict[str, Any] = {"ok": False, "error": refusal.code}
    if refusal.why:
        answer["response_metadata"] = {"messages": [f"[ERROR] {refusal.why}"]}
    return json_response(answer, status)
