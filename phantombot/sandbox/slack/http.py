"""The bot's requests to Slack: the Web API and the response URLs, over HTTP."""

import base64
import json
from collections.abc import Callable
from typing import Any

from phantombot.sandbox.server import Request, Response, json_response
from phantombot.sandbox.slack.api import METHODS, Fields, content
from phantombot.sandbox.slack.arguments import check_arguments
from phantombot.sandbox.slack.faults import Faults, suffer
from phantombot.sandbox.slack.grants import Grant
from phantombot.sandbox.slack.scopes import check_scopes
from phantombot.sandbox.slack.state import Workspace
from phantombot.sandbox.slack.tickets import Reply
from phantombot.sandbox.slack.values import APP, BOT, Call, Message, Refusal

MASK = "•••"
_AS_JSON = ("blocks", "view", "metadata", "files")
"""Arguments that are JSON within a form."""


class Desk:
    """Answers and records the bot's requests, and makes them fail if asked to."""

    def __init__(
        self,
        workspace: Workspace,
        faults: Faults,
        calls: list[Call],
        bot_token: str,
        app_token: str,
    ) -> None:
        self._workspace = workspace
        self._faults = faults
        self._calls = calls
        self._bot_token = bot_token
        self._app_token = app_token
        self.socket_url = ""

    def api(self, request: Request) -> Response:
        """Answer `/api/<method>`."""
        try:
            fields = _fields(request)
        except ValueError:
            return _refused(Refusal("invalid_json"), 200)
        method = request.path.removeprefix("/api/")
        token = fields.get("token") or _bearer(request)
        self._record(method, fields, request, self._holder(token))
        place = fields.get("channel") or fields.get("channel_id")
        if method == "oauth.v2.access":
            client = _basic(request)
            return self._unless_spoilt(method, lambda: self._grant(client, fields), 200)
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
            if method == "apps.connections.open":
                return json_response(self._socket(token))
            with self._workspace.bell:
                home = self._admit(method, token, fields)
                scopes = self._workspace.scopes_of(self._holder(token))
                check_scopes(self._workspace, method, fields, scopes)
                check_arguments(method, fields)
                answer = METHODS[method](self._workspace, fields | home)
        except Refusal as refusal:
            return _refused(refusal, 200)
        return json_response({"ok": True, **answer}, x_oauth_scopes=",".join(scopes))

    def _admit(self, method: str, token: str | None, fields: Fields) -> Fields:
        """Return the arguments implied by a token. The home team's reaches every
        team, others only their own.
        """
        if method not in METHODS:
            raise Refusal("unknown_method")
        if token == self._bot_token:
            return {}
        grant = self._workspace.grants.of(token)
        place, trigger_id = fields.get("channel"), fields.get("trigger_id")
        if place in self._workspace.channels and place[0] != "D":
            self._check_reach(grant, self._workspace.team_of(place), "channel_not_found")
        if trigger_id is not None:
            team = self._workspace.tickets.team_of(trigger_id)
            self._check_reach(grant, team or "", "invalid_trigger_id")
        return {"team_id": grant.team, "enterprise_id": grant.enterprise}

    def _check_reach(self, grant: Grant, team: str, code: str) -> None:
        of_org = self._workspace.enterprises.get(team) == grant.enterprise
        if not (team == grant.team if grant.team else of_org):
            raise Refusal(code)

    def _holder(self, token: str | None) -> str:
        with self._workspace.bell:
            try:
                return self._workspace.grants.of(token).holder
            except Refusal:
                return ""

    def _socket(self, token: str | None) -> Fields:
        if not self._app_token or token != self._app_token:
            raise Refusal("invalid_auth")
        return {"ok": True, "url": self.socket_url}

    def _grant(self, client: tuple[str, str], fields: Fields) -> Response:
        """Answer `oauth.v2.access`; without a user token, which this app never asks for."""
        code, redirect_uri = fields.get("code", ""), fields.get("redirect_uri", "")
        try:
            with self._workspace.bell:
                token, grant = self._workspace.grants.exchange(client, code, redirect_uri)
        except Refusal as refusal:
            return _refused(refusal, 200)
        team = {"id": grant.team, "name": f"Team {grant.team}"} if grant.team else None
        organisation = {"id": grant.enterprise, "name": f"Organisation {grant.enterprise}"}
        return json_response(
            {
                "ok": True,
                "access_token": token,
                "token_type": "bot",
                "scope": grant.scope,
                "bot_user_id": BOT,
                "app_id": APP,
                "team": team,
                "enterprise": organisation if grant.enterprise else None,
                "authed_user": {"id": grant.user},
                "is_enterprise_install": not grant.team,
            }
        )

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

    def _record(self, method: str, fields: Fields, request: Request, holder: str = "") -> None:
        shown = {**fields, "token": MASK} if "token" in fields else dict(fields)
        headers = dict(request.headers)
        if "authorization" in headers:
            headers["authorization"] = MASK
        with self._workspace.bell:
            self._calls.append(Call(method, shown, headers, self._workspace.clock(), holder))
            self._workspace.changed()


def say(workspace: Workspace, reply: Reply, said: Fields) -> Message:
    """Post an answer to a command or a button, or change the message of the button.

    Raises:
        Refusal: it is empty, or its blocks are forbidden, or there is nothing to delete.
    """
    original = workspace.messages.get(reply.original or "")
    if _yes(said, "delete_original"):
        return _delete(workspace, reply)
    text, blocks = content(said)
    if original and _yes(said, "replace_original") and not original.deleted:
        return workspace.edit(original, text, blocks)
    user = None if said.get("response_type") == "in_channel" else reply.user
    thread_ts = said.get("thread_ts")
    return workspace.post(reply.channel, text, blocks, user=user, thread_ts=thread_ts)


def _delete(workspace: Workspace, reply: Reply) -> Message:
    """Delete the pressed button's message, or the answer to a command."""
    found = workspace.messages.get(reply.original or reply.acknowledgement or "")
    if found is None:
        raise Refusal("message_not_found")
    return found if found.deleted else workspace.delete(found)


def _yes(said: Fields, name: str) -> bool:
    """Return whether the field is true; Slack's own examples write `"true"` as a string."""
    return said.get(name) in (True, "true")


def _fields(request: Request) -> Fields:
    """Return the arguments, from the query and from a body that is JSON or a form.

    Raises:
        ValueError: something that should be a JSON object isn't one.
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


def _basic(request: Request) -> tuple[str, str]:
    """Return the app's id and secret from HTTP basic authentication."""
    given = request.headers.get("authorization", "").removeprefix("Basic ")
    client_id, _, client_secret = base64.b64decode(given).decode(errors="replace").partition(":")
    return client_id, client_secret


def _refused(refusal: Refusal, status: int) -> Response:
    answer: dict[str, Any] = {"ok": False, "error": refusal.code, **refusal.more}
    if refusal.reasons:
        answer["response_metadata"] = {"messages": [f"[ERROR] {why}" for why in refusal.reasons]}
    return json_response(answer, status)
