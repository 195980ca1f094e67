"""A small Slack workspace in memory: who is there, what was said, which modals are open."""

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
    """What the workspace holds, under one lock, with a bell that rings at every change.

    Everything but `wait` is asked while holding the lock: `with workspace.bell: …`.
    """

    def __init__(self, team: str, clock: Callable[[], float]) -> None:
        self.team = team
        self.clock = clock
        self.url = ""
        """Where this Slack is served, once that is known."""
        self.bell = threading.Condition()
        self.version = 0
        """Counts the changes."""
        self.stopped = False
        self.people = {person.id: person for person in PEOPLE}
        self.groups = {group.id: group for group in GROUPS}
        self.teams: set[str] = set()
        """Those of the organisation, where there is one: its people belong to all of them."""
        self.channels = {channel.id: channel for channel in CHANNELS}
        self.messages: dict[str, Message] = {}
        """By ts, oldest first."""
        self.enterprises: dict[str, str] = {}
        """The organisations of the teams that belong to one."""
        self.grants = Grants("", "")
        self.scopes: tuple[str, ...] = ()
        """Those of the home team's token."""
        self.hearers: list[Callable[[Message], None]] = []
        """Are told of each message, and again whenever it is changed."""
        self.tickets = Tickets(clock)
        self.entries = Entries()
        self.views = Views(self.entries)
        self.uploads = Uploads()
        self._by_place: dict[str, dict[str, Message]] = {}
        """What stands in a channel, by its id, or in a thread, by the ts of its first message."""
        self._last_ts = 0

    def changed(self) -> None:
        """Wake everybody who waits for a change."""
        self.version += 1
        self.bell.notify_all()

    def stop(self) -> None:
        """End all waiting, now and later."""
        self.stopped = True
        self.changed()

    def wait(self, until: Callable[[], bool], timeout: float) -> bool:
        """Wait for something to become true; answers whether it is. Ends early at `stop`."""
        with self.bell:
            self.bell.wait_for(lambda: self.stopped or until(), timeout)
            return until()

    def person(self, user: str) -> Person:
        """Somebody by id.

        Raises:
            Refusal: `user_not_found`.
        """
        if user not in self.people:
            raise Refusal("user_not_found")
        return self.people[user]

    def channel(self, channel: str) -> Channel:
        """A channel by its id, or by a user's id the direct messages with them, opened at need.

        Raises:
            Refusal: `channel_not_found`.
        """
        if channel in self.people and channel != BOT:
            return self._direct(self.people[channel])
        if channel not in self.channels:
            raise Refusal("channel_not_found")
        return self.channels[channel]

    def writable(self, channel: str) -> Channel:
        """A channel the bot may speak in: a public one even as a stranger, by chat:write.public.

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
        """The team that a channel belongs to."""
        known = self.channels.get(channel)
        return (known.team if known else "") or self.team

    def is_org_wide(self, team: str) -> bool:
        """Whether the app serves the team as one of its organisation's."""
        holders = self.grants.holders()
        return team not in holders and self.enterprises.get(team) in holders

    def holder(self, team: str) -> str:
        """By whose consent the app serves the team: its own, or its organisation's."""
        return self.enterprises[team] if self.is_org_wide(team) else team

    def scopes_of(self, holder: str) -> tuple[str, ...]:
        """What the token of a team or an organisation may do."""
        scope = self.grants.scope_of(holder)
        return self.scopes if scope is None else tuple(scope.split(","))

    def home_in(self, enterprise: str) -> str:
        """The team of an organisation that its people are told to be of."""
        return min(team for team, its in self.enterprises.items() if its == enterprise)

    def said_in(self, channel: str) -> list[Message]:
        """All messages of a channel, replies and ephemeral ones among them, oldest first."""
        return list(self._by_place.get(channel, {}).values())

    def replies(self, ts: str) -> list[Message]:
        """The replies in a thread that everybody sees, oldest first."""
        return [one for one in self._by_place.get(ts, {}).values() if one.user is None]

    def root(self, channel: str, ts: str | None) -> str | None:
        """The first message of the thread that a reply to `ts` goes to.

        None where there is no such message: Slack then posts in the channel itself and says
        nothing. A deleted message keeps its thread while that has replies.
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
        """Add a message; `more` names further fields of Message."""
        root = self.root(channel, thread_ts)
        message = Message(self._next_ts(), channel, text, blocks, thread_ts=root, **more)
        return self._keep(message)

    def edit(self, message: Message, text: str, blocks: list[Block]) -> Message:
        """Replace what a message says."""
        history = (*message.history, message.text)
        edits = message.edits + 1
        return self._keep(replace(message, text=text, blocks=blocks, edits=edits, history=history))

    def delete(self, message: Message) -> Message:
        """Take a message away; it stays on record, marked."""
        return self._keep(replace(message, deleted=True))

    def message(self, channel: str, ts: str) -> Message:
        """A message that everybody sees: ephemeral ones cannot be reached by their ts.

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
        """Unique and increasing, in microseconds, even where the clock stands still."""
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
