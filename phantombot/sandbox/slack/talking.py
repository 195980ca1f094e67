"""Messages that people write and tabs they open, which the bot learns of by events."""

from dataclasses import replace

from phantombot.sandbox.slack.events import home_opened, joined
from phantombot.sandbox.slack.outbox import Outbox, Told
from phantombot.sandbox.slack.state import Workspace
from phantombot.sandbox.slack.typed import composed
from phantombot.sandbox.slack.values import BOT, Message, View


class Talking:
    """Actions in a channel or a tab without a command, button or form."""

    _workspace: Workspace
    _outbox: Outbox

    @property
    def told(self) -> list[Told]:
        """Return every attempt to send an event to the bot, oldest first."""
        return list(self._outbox.told)

    def write(
        self,
        text: str,
        *,
        user: str = "U0ADA",
        channel: str = "C0GENERAL",
        thread_ts: str | None = None,
    ) -> Message:
        """Post a message that isn't a command, and wait until the bot has its events.

        The bot gets events of direct messages, and of mentions in channels that it is in, if the
        app is subscribed. `@phantombot` and `<@U0BOT>` both mention it.
        """
        with self._workspace.bell:
            place = self._workspace.channel(channel).id
            said = composed(text, self._workspace.people.values())
            message = self._workspace.post(place, said, [], author=user, thread_ts=thread_ts)
        self._outbox.settle(message)
        return message

    def invite(self, channel: str, *, user: str = "U0ADA") -> Message:
        """Invite the bot into a channel, and wait until it has the event.

        It gets one if the app is subscribed to `member_joined_channel`, and has the scope for the
        kind of channel.
        """
        with self._workspace.bell:
            found = self._workspace.channel(channel)
            joining = replace(found, members=(*found.members, BOT))
            self._workspace.channels[channel] = joining
            line = f"added {self._workspace.people[BOT].name} to this channel"
            said = self._workspace.post(channel, line, [], author=user)
            event = joined(self._workspace, joining, user)
            told = self._outbox.tell(event["type"], event, self._workspace.team_of(channel))
        if told is not None:
            told.result()
        return said

    def open_home(self, user: str = "U0ADA", *, tab: str = "home", team: str = "") -> View | None:
        """Open the bot's Home tab, or `messages`; return its view once the bot has the event."""
        with self._workspace.bell:
            team = team or self._workspace.team
            opened = home_opened(self._workspace, user, self._workspace.holder(team), tab)
            told = self._outbox.tell("app_home_opened", opened, team)
        if told is not None:
            told.result()
        return self.home(user, team=team)

    def home(self, user: str = "U0ADA", *, team: str = "") -> View | None:
        """Return what is published in somebody's Home tab; None if nothing was yet."""
        with self._workspace.bell:
            holder = self._workspace.holder(team or self._workspace.team)
            return self._workspace.views.home(holder, user)
