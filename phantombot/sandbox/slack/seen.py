"""What can be seen of a local Slack: messages, threads, files, modals, and when they change."""

from collections.abc import Callable
from typing import Self

from phantombot.sandbox.slack.state import Workspace
from phantombot.sandbox.slack.values import File, Message, View


class Seen:
    """Everything that a test may look at, as it stands when it is asked for."""

    _workspace: Workspace

    def messages(self, channel: str = "C0GENERAL", *, replies: bool = False) -> list[Message]:
        """What everybody in a channel sees, oldest first; deleted ones are marked.

        Replies stand in their threads, and among the rest only where they are asked for.
        """
        with self._workspace.bell:
            said = self._workspace.said_in(channel)
            public = [one for one in said if one.user is None]
            return [one for one in public if replies or not one.thread_ts]

    def thread(self, ts: str) -> list[Message]:
        """The replies that everybody sees to the message with this ts, oldest first."""
        with self._workspace.bell:
            return self._workspace.replies(ts)

    def files(self, channel: str = "C0GENERAL") -> list[File]:
        """The files of a channel and of its threads, oldest first."""
        with self._workspace.bell:
            said = [one for one in self._workspace.said_in(channel) if not one.deleted]
            return [file for message in said for file in message.files]

    def ephemerals(self, user: str | None = None) -> list[Message]:
        """What one user alone sees, or what anybody alone sees, in any channel, oldest first."""
        with self._workspace.bell:
            private = [one for one in self._workspace.messages.values() if one.user]
            return [one for one in private if user in (None, one.user)]

    def said_to(self, user: str) -> list[Message]:
        """What stands in all the channels of a user, replies among it, oldest first."""
        with self._workspace.bell:
            said = self._workspace.messages.values()
            public = [one for one in said if one.user is None and not one.deleted]
            return [one for one in public if user in self._workspace.channel(one.channel).members]

    def homes(self) -> list[View]:
        """Every Home tab that is published."""
        with self._workspace.bell:
            return self._workspace.views.homes()

    def hear(self, hearer: Callable[[Message], None]) -> None:
        """Have every message told to `hearer`, and again whenever it is changed."""
        with self._workspace.bell:
            self._workspace.hearers.append(hearer)

    def views(self) -> list[View]:
        """The modals that are open, oldest first."""
        with self._workspace.bell:
            return self._workspace.views.open_ones()

    def wait_for(self, predicate: Callable[[Self], bool], timeout: float) -> bool:
        """Wait up to `timeout` seconds for something to be true of this Slack; answers whether."""
        return self._workspace.wait(lambda: predicate(self), timeout)
