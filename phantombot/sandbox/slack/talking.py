"""What people say and open, of which the bot hears by events."""

from phantombot.sandbox.slack.events import home_opened
from phantombot.sandbox.slack.outbox import Outbox, Told
from phantombot.sandbox.slack.state import Workspace
from phantombot.sandbox.slack.typed import composed
from phantombot.sandbox.slack.values import Message, View


class Talking:
    """What is done in a channel or a tab without any command, button or form."""

    _workspace: Workspace
    _outbox: Outbox

    @property
    def told(self) -> list[Told]:
        """Every try to tell the bot of an event, oldest first."""
        return list(self._outbox.told)

    def write(
        self,
        text: str,
        *,
        user: str = "U0ADA",
        channel: str = "C0GENERAL",
        thread_ts: str | None = None,
    ) -> Message:
        """Say something that is no command, and wait until the bot has heard of it.

        It does in direct messages, and where it is mentioned in a channel that it is in, as far as
        the app is subscribed to that. `@phantombot` and `<@U0BOT>` both mention it.
        """
        with self._workspace.bell:
            place = self._workspace.channel(channel).id
            said = composed(text, self._workspace.people.values())
            message = self._workspace.post(place, said, [], author=user, thread_ts=thread_ts)
        self._outbox.settle(message)
        return message

    def open_home(self, user: str = "U0ADA", *, tab: str = "home", team: str = "") -> View | None:
        """Open the bot's Home tab, or `messages`; answers what it shows once the bot has heard."""
        with self._workspace.bell:
            team = team or self._workspace.team
            opened = home_opened(self._workspace, user, self._workspace.holder(team), tab)
            told = self._outbox.tell("app_home_opened", opened, team)
        if told is not None:
            told.result()
        return self.home(user, team=team)

    def home(self, user: str = "U0ADA", *, team: str = "") -> View | None:
        """What is published in somebody's Home tab; None before anything was."""
        with self._workspace.bell:
            holder = self._workspace.holder(team or self._workspace.team)
            return self._workspace.views.home(holder, user)
