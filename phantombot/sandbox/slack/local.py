"""The local Slack itself: what a test or the page does on it, and what the bot hears of it."""

import json
import time
from collections.abc import Callable
from dataclasses import replace
from urllib.parse import urlencode

from phantombot.sandbox.server import LocalServer, Request, Response, json_response
from phantombot.sandbox.slack.blocks import Typed
from phantombot.sandbox.slack.courier import Carry, Courier
from phantombot.sandbox.slack.faults import Faults
from phantombot.sandbox.slack.grants import Grants
from phantombot.sandbox.slack.http import Desk, say
from phantombot.sandbox.slack.installing import Installs
from phantombot.sandbox.slack.page import Page
from phantombot.sandbox.slack.payloads import (
    command_form,
    message_pressed,
    view_closed,
    view_pressed,
    view_submitted,
)
from phantombot.sandbox.slack.seen import Seen
from phantombot.sandbox.slack.staged import Staged
from phantombot.sandbox.slack.state import Workspace
from phantombot.sandbox.slack.tickets import Reply
from phantombot.sandbox.slack.values import Block, Call, Delivery, Message, Refusal, View


class LocalSlack(Seen, Staged, Installs):
    """A workspace with a few people and channels, in memory.

    `clock` answers seconds since 1970; it stamps messages and signatures, and ages trigger ids and
    response URLs. `bot_url` is where the bot receives requests, and is set once that is known.
    `ack_seconds` is how long the bot has for an acknowledgement. `client` is the app's id and
    secret, where teams install it; `app_token` opens a socket.
    """

    def __init__(  # noqa: PLR0913 - each is a setting of its own, with a default where one fits
        self,
        *,
        signing_secret: str,
        bot_token: str,
        port: int = 0,
        team: str = "T0SANDBOX",
        clock: Callable[[], float] = time.time,
        ack_seconds: float = 3.0,
        client: tuple[str, str] = ("", ""),
        app_token: str = "",
    ) -> None:
        self.bot_url: str | None = None
        self.calls: list[Call] = []
        self._workspace = Workspace(team, clock)
        self._workspace.grants = Grants(*client)
        self._faults = Faults()
        self._courier = Courier(signing_secret, clock, ack_seconds)
        self._desk = Desk(self._workspace, self._faults, self.calls, bot_token, app_token)
        self._page = Page(self, self._workspace)
        self._response_urls: dict[str, str] = {}
        self._server = LocalServer(self._handle, port)
        self.url = self._server.url
        self._workspace.url = self.url
        self.api_url = f"{self.url}/api/"

    def listen_at(self, socket_url: str, carry: Carry) -> None:
        """Give this address away by `apps.connections.open`, and send through `carry` alone."""
        self._desk.socket_url = socket_url
        self._courier.carry = carry

    def start(self) -> None:
        """Listen."""
        self._server.start()

    def stop(self) -> None:
        """Stop listening and end every wait."""
        with self._workspace.bell:
            self._workspace.stop()
        self._server.stop()

    def grant(self, *scopes: str) -> None:
        """Let the token's answers say that it has these scopes only; no call is refused for it."""
        self._desk.scopes = ",".join(scopes)

    def command(  # noqa: PLR0913 - each is one thing that a test varies
        self,
        text: str,
        *,
        user: str = "U0ADA",
        channel: str = "C0GENERAL",
        team: str | None = None,
        command: str = "/phantom",
        trigger_id: str | None = None,
        deliver: bool = True,
        timestamp: float | None = None,
        signature: str | None = None,
        extra: dict[str, str] | None = None,
    ) -> Delivery:
        """Type a slash command and show the acknowledgement.

        With the `trigger_id` of an earlier one it is that one delivered again, with the same
        response URL. It comes from the channel's team unless `team` names another, which need not
        be known. `deliver=False` loses it on the way to the bot. `timestamp` and `signature`
        stand in for the right ones, and `extra` adds fields of the form or replaces them.
        """
        with self._workspace.bell:
            home = team or self._workspace.team_of(channel)
            trigger = self._workspace.tickets.trigger(user, home, trigger_id)
            form = command_form(self._workspace, user, channel, home) | {
                "command": command,
                "text": text,
                "trigger_id": trigger,
                "response_url": self._response_url_for(trigger, channel, user),
            }
        if not deliver:
            return Delivery(0, None, 0.0, trigger)
        signed = {"X-Slack-Request-Timestamp": str(int(timestamp))} if timestamp is not None else {}
        signed |= {"X-Slack-Signature": signature} if signature is not None else {}
        delivery = self._courier.bring(self.bot_url, form | (extra or {}), trigger, signed)
        return self._acknowledged(delivery, Reply(channel, user, None, 0), f"{command} {text}")

    def press(
        self,
        message: Message | View,
        action_id: str,
        *,
        user: str = "U0ADA",
        value: str | None = None,
    ) -> Delivery:
        """Press a button; `value` stands in for the button's, or is what was chosen in a menu.

        Raises:
            LookupError: the message or modal has no such action.
        """
        with self._workspace.bell:
            if isinstance(message, View):
                payload = view_pressed(self._workspace, message, action_id, user, value)
            else:
                payload = message_pressed(self._workspace, message, action_id, user, value)
                payload["response_url"] = self._response_url(message.channel, user, message.ts)
        return self._interact(payload)

    def submit(self, view: View, values: Typed, *, user: str = "U0ADA") -> Delivery:
        """Fill a modal in and submit it, then do what the answer says.

        `values` go by block id or action id. Required fields may be left out, which Slack's own
        form does not allow. If the answer cannot be followed the modal stays, and `error` says why.

        Raises:
            LookupError: the modal has no such field or option.
        """
        with self._workspace.bell:
            filled = self._workspace.views.fill(view.id, values)
            payload = view_submitted(self._workspace, filled, user)
        delivery = self._interact(payload)
        if delivery.error:
            return delivery
        try:
            with self._workspace.bell:
                self._workspace.views.follow(filled, delivery.body, delivery.trigger_id)
                self._workspace.changed()
        except Refusal as refusal:
            return replace(delivery, error=refusal.code)
        return delivery

    def close(self, view: View, *, user: str = "U0ADA") -> Delivery | None:
        """Close a modal without submitting it; the bot hears of it if the view asks for that."""
        with self._workspace.bell:
            closed = self._workspace.views.close(view.id)
            payload = view_closed(self._workspace, closed, user)
            self._workspace.changed()
        return self._interact(payload) if closed.view["notify_on_close"] else None

    def write(
        self,
        text: str,
        *,
        user: str = "U0ADA",
        channel: str = "C0GENERAL",
        thread_ts: str | None = None,
    ) -> Message:
        """Say something that is no command; the bot does not hear of it."""
        safe = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        with self._workspace.bell:
            return self._workspace.post(channel, safe, [], author=user, thread_ts=thread_ts)

    def _handle(self, request: Request) -> Response:
        host = request.headers.get("host", "").rpartition(":")[0]
        if host not in ("127.0.0.1", "localhost"):
            return json_response({"error": "this Slack is for this machine"}, 403)
        if request.path.startswith("/api/"):
            return self._desk.api(request)
        if request.path == "/oauth/v2/authorize":
            return self._consent(request)
        if request.path.startswith("/response/"):
            return self._desk.reply(request)
        if request.path.startswith("/upload/"):
            return self._desk.upload(request)
        return self._page.answer(request)

    def _consent(self, request: Request) -> Response:
        """Slack's page of consent, where everybody says yes at once."""
        team = request.query.get("team") or self._workspace.team
        try:
            back = self.approve(f"?{urlencode(request.query)}", team=team)
        except Refusal as refusal:
            return json_response({"error": refusal.code}, 400)
        return Response(302, headers={"Location": back})

    def _interact(self, payload: Block) -> Delivery:
        form = {"payload": json.dumps(payload)}
        return self._courier.bring(self.bot_url, form, payload["trigger_id"])

    def _acknowledged(self, delivery: Delivery, reply: Reply, typed: str) -> Delivery:
        """Show what an acknowledgement says; in_channel publishes the typed line too."""
        body = delivery.body
        said = body if isinstance(body, dict) else {"text": body}
        if delivery.error or not (said.get("text") or said.get("blocks")):
            return delivery
        if said.get("response_type") == "in_channel":
            self.write(typed, user=reply.user, channel=reply.channel)
        try:
            with self._workspace.bell:
                say(self._workspace, reply, said)
        except Refusal:
            return replace(delivery, error="invalid_command_response")
        return delivery

    def _response_url_for(self, trigger_id: str, channel: str, user: str) -> str:
        """The same for a command that is delivered again."""
        if trigger_id not in self._response_urls:
            self._response_urls[trigger_id] = self._response_url(channel, user)
        return self._response_urls[trigger_id]

    def _response_url(self, channel: str, user: str, original: str | None = None) -> str:
        return self.url + self._workspace.tickets.reply_path(channel, user, original)
