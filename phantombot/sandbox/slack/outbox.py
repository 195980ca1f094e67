"""Events for the bot, which are sent again if it doesn't accept them."""

from collections.abc import Callable, Collection
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass

from phantombot.sandbox.slack.events import event_callback, events_of, scope_for
from phantombot.sandbox.slack.state import Workspace
from phantombot.sandbox.slack.values import Block, Delivery, Message

RETRIES = 3
"""Slack retries at once, after a minute and after five; here there is no wait.

Source: Slack's page on the Events API.
"""
_REASONS = {"operation_timeout": "http_timeout", "dispatch_failed": "http_error"}

Send = Callable[[Block, dict[str, str]], Delivery]
"""Sends a payload to the bot, with further headers."""


@dataclass(frozen=True)
class Told:
    """One attempt to send an event to the bot; `retry` counts from 0."""

    payload: Block
    retry: int
    delivery: Delivery

    @property
    def event(self) -> Block:
        """Return the event itself."""
        event: Block = self.payload["event"]
        return event


class Outbox:
    """Sends the events that the app is subscribed to, each in a thread of its own."""

    def __init__(self, workspace: Workspace, send: Send, subscribed: Collection[str]) -> None:
        self._workspace = workspace
        self._send = send
        self._subscribed = subscribed
        self._threads = ThreadPoolExecutor(4, "slack-events")
        self._on_the_way: dict[str, list[Future[None]]] = {}
        self.told: list[Told] = []

    def hear(self, message: Message) -> None:
        """Send the events of a message that several people see, new or changed.

        Call only while holding the workspace's lock.
        """
        events = () if message.user else events_of(self._workspace, message)
        for name, event in events:
            sent = self.tell(name, event, self._workspace.team_of(message.channel))
            if sent is not None:
                self._on_the_way.setdefault(message.ts, []).append(sent)

    def tell(self, name: str, event: Block, team: str) -> Future[None] | None:
        """Send an event in a team, if the app is subscribed to it and has the scope
        for it.

        Call only while holding the workspace's lock.
        """
        holder = self._workspace.holder(team)
        scopes = (None, *self._workspace.scopes_of(holder))
        known = name in self._subscribed and scope_for(name, event) in scopes
        if not known or self._workspace.stopped:
            return None
        return self._threads.submit(self._deliver, event_callback(self._workspace, event, holder))

    def settle(self, message: Message) -> None:
        """Wait until the bot has accepted a message's events, or Slack has given up."""
        wait(self._on_the_way.pop(message.ts, []))

    def stop(self) -> None:
        """Send no more events."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _deliver(self, payload: Block) -> None:
        again: dict[str, str] = {}
        for retry in range(RETRIES + 1):
            delivery = self._send(payload, again)
            with self._workspace.bell:
                self.told.append(Told(payload, retry, delivery))
                self._workspace.changed()
            if delivery.error is None or self._workspace.stopped:
                return
            again = {
                "X-Slack-Retry-Num": str(retry + 1),
                "X-Slack-Retry-Reason": _REASONS.get(delivery.error, "unknown_error"),
            }
