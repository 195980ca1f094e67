"""The local Slack: what a test or the page does in it, and what is sent to the bot."""

import time
from collections.abc import Callable, Collection
from dataclasses import replace
from urllib.parse import urlencode

from phantombot.sandbox.page import Page, Panel
from phantombot.sandbox.phantombuster import LocalPhantombuster
from phantombot.sandbox.server import LocalServer, Request, Response, json_response
from phantombot.sandbox.slack.courier import Carry, Courier
from phantombot.sandbox.slack.events import EVENTS
from phantombot.sandbox.slack.faults import Faults
from phantombot.sandbox.slack.grants import Grants
from phantombot.sandbox.slack.http import Desk, say
from phantombot.sandbox.slack.installing import Installs
from phantombot.sandbox.slack.interactions import Interactions
from phantombot.sandbox.slack.outbox import Outbox
from phantombot.sandbox.slack.payloads import command_form
from phantombot.sandbox.slack.scopes import SCOPES
from phantombot.sandbox.slack.seen import Seen
from phantombot.sandbox.slack.staged import Staged
from phantombot.sandbox.slack.state import Workspace
from phantombot.sandbox.slack.talking import Talking
from phantombot.sandbox.slack.tickets import Reply
from phantombot.sandbox.slack.typed import composed
from phantombot.sandbox.slack.values import Block, Call, Delivery, Refusal

_FOR_THE_BOT = ("/api/", "/response/", "/upload/")


class LocalSlack(Seen, Staged, Installs, Interactions, Talking):
    """A workspace with a few people and channels, in memory.

    `clock` returns seconds since 1970, for messages, signatures, trigger ids and response URLs.
    `bot_url` is where the bot receives requests, and is set once it is known. `ack_seconds` is the
    time for an acknowledgement. `client` is the app's id and secret, for teams that install it;
    `app_token` opens a socket. `scopes` are those of the bot token, and `events` the app's
    subscriptions, both as in its manifest.
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
        scopes: Collection[str] = SCOPES,
        events: Collection[str] = EVENTS,
    ) -> None:
        self.bot_url: str | None = None
        self.calls: list[Call] = []
        self._workspace = Workspace(team, clock)
        self._workspace.grants = Grants(*client)
        self._workspace.scopes = tuple(scopes)
        self._faults = Faults()
        self._courier = Courier(signing_secret, clock, ack_seconds)
        self._outbox = Outbox(self._workspace, self._tell, events)
        self._workspace.hearers.append(self._outbox.hear)
        self._desk = Desk(self._workspace, self._faults, self.calls, bot_token, app_token)
        self._page = Page(self, self._workspace)
        self._response_urls: dict[str, str] = {}
        self._server = LocalServer(self._handle, port)
        self.url = self._server.url
        self._workspace.url = self.url
        self.api_url = f"{self.url}/api/"

    def listen_at(self, socket_url: str, carry: Carry) -> None:
        """Return this URL from `apps.connections.open`, and send everything through `carry`."""
        self._desk.socket_url = socket_url
        self._courier.carry = carry

    def show_panel(self, phantombuster: LocalPhantombuster) -> None:
        """Show Phantombuster and the traffic on the page too."""
        panel = Panel(self, phantombuster)
        self._page.panel = panel
        self._courier.watch = panel.traffic.watch("Slack", "phantombot", "/")
        self._server.watch = panel.traffic.watch("phantombot", "Slack", *_FOR_THE_BOT)

    def start(self) -> None:
        """Listen."""
        self._server.start()

    def stop(self) -> None:
        """Stop listening and end every wait."""
        with self._workspace.bell:
            self._workspace.stop()
        self._outbox.stop()
        self._server.stop()

    def grant(self, *scopes: str) -> None:
        """Limit the home team's token to these scopes."""
        with self._workspace.bell:
            self._workspace.scopes = scopes

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

        With the `trigger_id` of an earlier command, that command is delivered again, with the same
        response URL. It comes from the channel's team unless `team` names another, known or not.
        `deliver=False` loses it on the way to the bot. `timestamp` and `signature` replace the
        right ones, and `extra` adds or replaces form fields.
        """
        with self._workspace.bell:
            home = team or self._workspace.team_of(channel)
            trigger = self._workspace.tickets.trigger(user, home, channel, trigger_id)
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
        path = form["response_url"].removeprefix(self.url)
        reply = Reply(channel, user, None, 0)
        return self._acknowledged(delivery, reply, path, f"{command} {text}")

    def _handle(self, request: Request) -> Response:
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
        """Agree to Slack's consent page at once."""
        team = request.query.get("team") or self._workspace.team
        try:
            back = self.approve(f"?{urlencode(request.query)}", team=team)
        except Refusal as refusal:
            return json_response({"error": refusal.code}, 400)
        return Response(302, headers={"Location": back})

    def _tell(self, payload: Block, more: dict[str, str]) -> Delivery:
        return self._courier.tell(self.bot_url, payload, more)

    def _acknowledged(self, delivery: Delivery, reply: Reply, path: str, typed: str) -> Delivery:
        """Show the acknowledgement's message; in_channel publishes the typed line too."""
        body = delivery.body
        said = body if isinstance(body, dict) else {"text": body}
        if delivery.error or not (said.get("text") or said.get("blocks")):
            return delivery
        if said.get("response_type") == "in_channel":
            with self._workspace.bell:
                people = self._workspace.people.values()
                line = composed(typed, people)
                self._workspace.post(reply.channel, line, [], author=reply.user)
        try:
            with self._workspace.bell:
                shown = say(self._workspace, reply, said)
                self._workspace.tickets.acknowledged(path, shown.ts)
        except Refusal:
            return replace(delivery, error="invalid_command_response")
        return delivery

    def _response_url_for(self, trigger_id: str, channel: str, user: str) -> str:
        """Return the response URL, which is the same if a command is delivered again."""
        if trigger_id not in self._response_urls:
            self._response_urls[trigger_id] = self._response_url(channel, user)
        return self._response_urls[trigger_id]
