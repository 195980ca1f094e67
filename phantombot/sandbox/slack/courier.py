"""Delivery of requests to the bot as Slack does it: signed, and with a short timeout."""

import json
import time
from collections.abc import Callable
from http.client import HTTPException
from typing import Any
from urllib.parse import urlencode, urlsplit
from urllib.request import HTTPHandler, OpenerDirector, Request, UnknownHandler

from slack_sdk.signature import SignatureVerifier

from phantombot.sandbox import server
from phantombot.sandbox.slack.values import Delivery

_AGENT = "Slackbot 1.0 (+https://api.slack.com/robots)"

Carry = Callable[[str, dict[str, Any], float], Any]
"""Sends a payload of a kind through a socket; returns the acknowledgement's payload, or raises
TimeoutError after so many seconds."""


def _opener() -> OpenerDirector:
    """Return an opener for HTTP without a proxy that accepts any status and no redirect."""
    opener = OpenerDirector()
    opener.add_handler(HTTPHandler())
    opener.add_handler(UnknownHandler())
    return opener


class Courier:
    """The sender of requests, signed with the app's secret; `patience` is in seconds."""

    def __init__(self, signing_secret: str, clock: Callable[[], float], patience: float) -> None:
        self._signer = SignatureVerifier(signing_secret)
        self._clock = clock
        self._opener = _opener()
        self.patience = patience
        self.watch: server.Watch = server.unwatched
        self.carry: Carry | None = None
        """Sends everything instead of HTTP, once the bot has opened a socket."""

    def bring(
        self,
        url: str | None,
        form: dict[str, str],
        trigger_id: str,
        signed: dict[str, str] | None = None,
    ) -> Delivery:
        """Post a form; `signed` overrides the signing headers. Never raises because of the bot."""
        if self.carry is not None:
            interactive = "payload" in form
            kind = "interactive" if interactive else "slash_commands"
            payload = json.loads(form["payload"]) if interactive else form
            return self._by_socket(self.carry, kind, payload, trigger_id)
        body = urlencode(form).encode()
        return self._send(url, body, self._headers(body, signed or {}), trigger_id)

    def tell(self, url: str | None, event: dict[str, Any], more: dict[str, str]) -> Delivery:
        """Post an event, with `more` headers. Never raises because of the bot."""
        if self.carry is not None:
            return self._by_socket(self.carry, "events_api", event, "")
        body = json.dumps(event).encode()
        headers = self._headers(body, {"Content-Type": "application/json", **more})
        return self._send(url, body, headers, "")

    def _by_socket(
        self, carry: Carry, kind: str, payload: dict[str, Any], trigger_id: str
    ) -> Delivery:
        started = time.monotonic()
        try:
            answer = carry(kind, payload, self.patience)
        except TimeoutError:
            return Delivery(0, None, time.monotonic() - started, trigger_id, "operation_timeout")
        return Delivery(200, answer or None, time.monotonic() - started, trigger_id)

    def _send(
        self, url: str | None, body: bytes, headers: dict[str, str], trigger_id: str
    ) -> Delivery:
        started = time.monotonic()
        noted = self.watch(_as_received(url or "/", headers, body))
        status, answer, error = self._post(url, body, headers)
        noted(server.Response(status, answer, cut=not status))
        seconds = time.monotonic() - started
        if seconds > self.patience:
            error = "operation_timeout"
        return Delivery(status, _read(answer), seconds, trigger_id, error)

    def _headers(self, body: bytes, signed: dict[str, str]) -> dict[str, str]:
        stamp = signed.get("X-Slack-Request-Timestamp", str(int(self._clock())))
        signature = self._signer.generate_signature(timestamp=stamp, body=body)
        return {
            "Content-Type": "application/x-www-form-urlencoded",
            "User-Agent": _AGENT,
            "X-Slack-Request-Timestamp": stamp,
            "X-Slack-Signature": signature or "",
            **signed,
        }

    def _post(
        self, url: str | None, body: bytes, headers: dict[str, str]
    ) -> tuple[int, bytes, str | None]:
        if url is None:
            return 0, b"", "dispatch_failed"
        request = Request(url, body, headers)  # noqa: S310 - the bot's own address
        try:
            with self._opener.open(request, timeout=self.patience) as response:
                status, answer = response.status, response.read()
        except (OSError, HTTPException, ValueError) as failure:
            return 0, b"", _word_for(failure)
        return status, answer, None if status == 200 else "dispatch_failed"  # noqa: PLR2004 - OK


def _as_received(url: str, headers: dict[str, str], body: bytes) -> server.Request:
    named = {name.lower(): value for name, value in headers.items()}
    return server.Request("POST", urlsplit(url).path, {}, named, body)


def _word_for(failure: Exception) -> str:
    """Return Slack's word for a failure; urllib wraps only some timeouts."""
    late = isinstance(failure, TimeoutError)
    wrapped = isinstance(getattr(failure, "reason", None), TimeoutError)
    return "operation_timeout" if late or wrapped else "dispatch_failed"


def _read(answer: bytes) -> Any:
    text = answer.decode(errors="replace")
    try:
        return json.loads(text)
    except ValueError:
        return text or None
