"""Trigger ids and response URLs, which Slack issues for a short while."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass

from phantombot.sandbox.slack.values import Refusal

TRIGGER_SECONDS = 3.0
"""How long a trigger id can open a modal; source: Slack's page on modals."""
RESPONSE_SECONDS = 30 * 60.0
RESPONSE_USES = 5


@dataclass
class Trigger:
    """Who can open a modal, in which team, and the conversation on their screen then."""

    user: str
    team: str
    at: float
    conversation: str | None = None
    used: bool = False


@dataclass
class Reply:
    """Where the answers to a response URL go; `original` is the ts of the pressed message.

    `acknowledgement` is the ts of a command's immediate answer, which can be deleted, but not
    replaced.
    """

    channel: str
    user: str
    original: str | None
    at: float
    uses: int = 0
    acknowledgement: str | None = None


class Tickets:
    """The issued trigger ids and response URLs. Call only while holding the workspace's lock."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._triggers: dict[str, Trigger] = {}
        self._replies: dict[str, Reply] = {}

    def trigger(
        self, user: str, team: str, conversation: str | None = None, known: str | None = None
    ) -> str:
        """Issue a trigger id for `user`, or issue `known` again, which then keeps its age."""
        issued = known or f"{secrets.randbelow(10**11):011}.738474920.{secrets.token_hex(16)}"
        self._triggers.setdefault(issued, Trigger(user, team, self._clock(), conversation))
        return issued

    def issued(self, trigger_id: str) -> Trigger:
        """Return what a trigger id was issued for, however old it is."""
        return self._triggers[trigger_id]

    def redeem(self, trigger_id: str) -> Trigger:
        """Use up a trigger id.

        Raises:
            Refusal: it is unknown, was used before, or is older than 3 s.
        """
        trigger = self._triggers.get(trigger_id)
        if trigger is None:
            raise Refusal("invalid_trigger_id")
        if trigger.used:
            raise Refusal("exchanged_trigger_id")
        if self._clock() - trigger.at > TRIGGER_SECONDS:
            raise Refusal("expired_trigger_id")
        trigger.used = True
        return trigger

    def team_of(self, trigger_id: str) -> str | None:
        """Return the team that a trigger id comes from."""
        return self._triggers[trigger_id].team if trigger_id in self._triggers else None

    def reply_path(self, channel: str, user: str, original: str | None = None) -> str:
        """Return the path of a new response URL."""
        path = f"/response/{secrets.token_urlsafe(18)}"
        self._replies[path] = Reply(channel, user, original, self._clock())
        return path

    def acknowledged(self, path: str, ts: str) -> None:
        """Note which message the command of a response URL was answered with."""
        self._replies[path].acknowledgement = ts

    def place(self, path: str) -> str | None:
        """Return the channel that the answers to a response URL go to."""
        return self._replies[path].channel if path in self._replies else None

    def use_reply(self, path: str) -> Reply:
        """Count one use of a response URL.

        Raises:
            Refusal: it is unknown, older than 30 min, or was used 5 times.
        """
        reply = self._replies.get(path)
        if reply is None or self._clock() - reply.at > RESPONSE_SECONDS:
            raise Refusal("expired_url")
        if reply.uses >= RESPONSE_USES:
            raise Refusal("used_url")
        reply.uses += 1
        return reply
