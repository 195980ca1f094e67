"""A small Slack workspace in memory: people, messages and open modals."""

import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from phantombot.sandbox.slack.entries import Entries
from phantombot.sandbox.slack.grants import Grants
from phantombot.sandbox.slack.tickets import Tickets
from phantombot.sandbox.slack.uploads import Uploads
from phantombot.sandbox.slack.values import (
    BOT,
    CHANNELS,
    GROUPS,
    PEOPLE,
    Block,
    Channel,
    Message,
    Person,
    Refusal,
)
from phantombot.sandbox.slack.views import Views


class Workspace:
    """The state of the workspace, under one lock that also announces every change.

    Call everything but `wait` while holding the lock: `with workspace.bell: …`.
    """

    def __init__(self, team: str, clock: Callable[[], float]) -> None:
        self.team = team
        self.clock = clock
        self.url = ""
        """This Slack's URL, once it is known."""
        self.bell = threading.Condition()
        self.version = 0
        """The number of changes so far."""
        self.stopped = False
        self.people = {person.id: person for person in PEOPLE}
        self.groups = {group.id: group for group in GROUPS}
        self.teams: set[str] = set()
        """The teams of the organisation, if there is one: its people belong to all of them."""
        self.channels = {channel.id: channel for channel in CHANNELS}
        self.messages: dict[str, Message] = {}
        """Messages by ts, oldest first."""
        self.enterprises: dict[str, str] = {}
        """Organisations by team, for teams that belong to one."""
        self.grants = Grants("", "")
        self.scopes: tuple[str, ...] = ()
        """The scopes of the home team's token."""
        self.hearers: list[Callable[[Message], None]] = []
        """Called with each message, and again whenever it changes."""
        self.tickets = Tickets(clock)
        self.entries = Entries()
        self.views = Views(self.entries)
        self.uploads = Uploads()
        self._by_place: dict[str, dict[str, Message]] = {}
        """The messages of each channel, by its id, and of each thread, by the ts of its root."""
        self._last_ts = 0

    def changed(self) -> None:
        """Wake all threads that wait for a change."""
        self.version += 1
        self.bell.notify_all()

    def stop(self) -> None:
        """End all waiting, now and later."""
        self.stopped = True
        self.changed()

    def wait(self, until: Callable[[], bool], timeout: float) -> bool:
        """Wait for something to become true; return whether it is. Ends early at `stop`."""
        with self.bell:
            self.bell.wait_for(lambda: self.stopped or until(), timeout)
            return until()

    def person(self, user: str) -> Person:
        """Return a person by id.

        Raises:
            Refusal: `user_not_found`.
        """
        if user not in self.people:
            raise Refusal("user_not_found")
        return self.people[user]

    def channel(self, channel: str) -> Channel:
        """Return a channel by its id; a user's id gives their direct messages, opened if needed.

        Raises:
            Refusal: `channel_not_found`.
        """
        if channel in self.people and channel != BOT:
            return self._direct(self.people[channel])
        if channel not in self.channels:
            raise Refusal("channel_not_found")
        return self.channels[channel]

    def writable(self, channel: str) -> Channel:
        """Return a channel the bot can post in; chat:write.public makes that all public ones.

        Raises:
            Refusal: `channel_not_found`, `is_archived` or `not_in_channel`.
        """
        found = self.channel(channel)
        if found.archived:
            raise Refusal("is_archived")
        if found.private and not found.has_bot:
            raise Refusal("not_in_channel")
        return found

    def team_of(self, channel: str) -> str:
        """Return the team that a channel belongs to."""
        known = self.channels.get(channel)
        return (known.team if known else "") or self.team

    def is_org_wide(self, team: str) -> bool:
        """Return whether the team uses the app as installed for its organisation."""
        holders = self.grants.holders()
        return team not in holders and self.enterprises.get(team) in holders

    def holder(self, team: str) -> str:
        """Return the team or organisation whose installation the team uses."""
        return self.enterprises[team] if self.is_org_wide(team) else team

    def scopes_of(self, holder: str) -> tuple[str, ...]:
        """Return the scopes of a team's or an organisation's token."""
        scope = self.grants.scope_of(holder)
        return self.scopes if scope is None else tuple(scope.split(","))

    def home_in(self, enterprise: str) -> str:
        """Return the team that an organisation's people are reported to belong to."""
        return min(team for team, its in self.enterprises.items() if its == enterprise)

    def said_in(self, channel: str) -> list[Message]:
        """Return all messages of a channel, with replies and ephemeral ones, oldest first."""
        return list(self._by_place.get(channel, {}).values())

    def replies(self, ts: str) -> list[Message]:
        """Return the public replies in a thread, oldest first."""
        return [one for one in self._by_place.get(ts, {}).values() if one.user is None]

    def root(self, channel: str, ts: str | None) -> str | None:
        """Return the ts of the root of the thread that a reply to `ts` goes to.

        Return None if there is no such message: Slack then posts in the channel itself, without an
        error. A deleted message keeps its thread while that has replies.
        """
        answered = self.messages.get(ts or "")
        if answered is None or answered.channel != channel or answered.user:
            return None
        first = self.messages[answered.thread_ts or answered.ts]
        kept = any(not reply.deleted for reply in self.replies(first.ts))
        return first.ts if kept or not first.deleted else None

    def post(
        self,
        channel: str,
        text: str,
        blocks: list[Block],
        *,
        thread_ts: str | None = None,
        **more: Any,
    ) -> Message:
        """Add a message; `more` sets further fields of Message."""
        root = self.root(channel, thread_ts)
        message = Message(self._next_ts(), channel, text, blocks, thread_ts=root, **more)
        return self._keep(message)

    def edit(self, message: Message, text: str, blocks: list[Block]) -> Message:
        """Replace a message's text and blocks."""
        history = (*message.history, message.text)
        edits = message.edits + 1
        return self._keep(replace(message, text=text, blocks=blocks, edits=edits, history=history))

    def delete(self, message: Message) -> Message:
        """Mark a message as deleted."""
        return self._keep(replace(message, deleted=True))

    def message(self, channel: str, ts: str) -> Message:
        """Return a public message; ephemeral ones can't be reached by their ts.

        Raises:
            Refusal: `message_not_found`.
        """
        found = self.messages.get(ts)
        if not found or found.channel != channel or found.user or found.deleted:
            raise Refusal("message_not_found")
        return found

    def _direct(self, person: Person) -> Channel:
        channel = f"D{person.id[1:]}"
        members = (person.id, BOT)
        opened = Channel(channel, person.name, members, person=person.id)
        return self.channels.setdefault(channel, opened)

    def _next_ts(self) -> str:
        """Return a unique, increasing ts in microseconds, even if the clock stands still."""
        self._last_ts = max(self._last_ts + 1, int(self.clock() * 1_000_000))
        return f"{self._last_ts // 1_000_000}.{self._last_ts % 1_000_000:06}"

    def _keep(self, message: Message) -> Message:
        self.messages[message.ts] = message
        for place in (message.channel, message.thread_ts):
            if place:
                self._by_place.setdefault(place, {})[message.ts] = message
        for hear in self.hearers:
            hear(message)
        self.changed()
        return message
