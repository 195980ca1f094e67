"""A stand-in for the bot, a clock to set, and the messages and modals that tests send."""

import json
import ssl
from collections.abc import Callable
from typing import Any

import pytest
from slack_sdk import WebClient, signature
from slack_sdk.errors import SlackApiError
from slack_sdk.webhook import WebhookClient

from phantombot.sandbox.server import LocalServer, Request, Response, json_response

SECRET = "sandbox-signing-secret"
TOKEN = "xoxb-sandbox"
TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
NOW = 1_761_955_200.0


def label(text: str) -> dict[str, str]:
    return {"type": "plain_text", "text": text}


def section(length: int) -> dict[str, Any]:
    return {"type": "section", "text": {"type": "mrkdwn", "text": "x" * length}}


BUTTON = {"type": "button", "action_id": "stop", "value": "7", "text": label("Stop")}
ACTIONS = [{"type": "actions", "block_id": "what", "elements": [BUTTON]}]
FIELD = {"type": "plain_text_input", "action_id": "typed", "initial_value": "{}"}
WORDS = [{"text": label(word), "value": word} for word in ("casperjs", "phantomjs")]
MENU = {"type": "static_select", "action_id": "chosen", "options": WORDS}
VIEW = {"type": "modal", "title": label("Output"), "blocks": []}
FORM = {
    "type": "modal",
    "callback_id": "launch",
    "private_metadata": "785",
    "title": label("Launch"),
    "submit": label("Launch"),
    "blocks": [
        {"type": "input", "block_id": "argument", "label": label("Argument"), "element": FIELD},
        {"type": "input", "block_id": "command", "label": label("Command"), "element": MENU},
    ],
}


class Clock(signature.Clock):
    """Stands still until it is set."""

    def __init__(self) -> None:
        self.time = NOW

    def now(self) -> float:
        return self.time

    __call__ = now


class Bot:
    """Keeps what it receives and answers what it is told to."""

    answer: Callable[[Request], Response]

    def __init__(self) -> None:
        self.received: list[Request] = []
        self.answer = lambda _: Response(200)
        self.server = LocalServer(self._handle)

    def _handle(self, request: Request) -> Response:
        self.received.append(request)
        return self.answer(request)

    def says(self, body: object) -> None:
        self.answer = lambda _: json_response(body)

    @property
    def payload(self) -> dict[str, Any]:
        """Return what came with the last button or modal."""
        return json.loads(self.received[-1].form["payload"])

    @property
    def webhook(self) -> WebhookClient:
        """Return a client that answers to the last response URL."""
        form = self.received[-1].form
        return WebhookClient((self.payload if "payload" in form else form)["response_url"], ssl=TLS)


def is_signed(request: Request) -> bool:
    stamp = request.headers["x-slack-request-timestamp"]
    given = request.headers["x-slack-signature"]
    verifier = signature.SignatureVerifier(SECRET, Clock())
    return verifier.is_valid(request.body.decode(), stamp, given)


def refusal(client: WebClient, method: str, **fields: Any) -> str:
    """Return Slack's error code for a call that must fail."""
    with pytest.raises(SlackApiError) as refused:
        client.api_call(method, json=fields)
    return str(refused.value.response["error"])
