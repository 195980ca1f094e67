"""What tests can read from a local Slack: messages, threads, files and modals."""

from collections.abc import Callable
from typing import Self

from phantombot.sandbox.slack.state import Workspace
from phantombot.sandbox.slack.values import File, Message, View


class Seen:
    """Everything that a test can read, in its current state."""

    _workspace: Workspace

    def messages(self, channel: str = "C0GENERAL", *, replies: bool = False) -> list[Message]:
        """Return what everybody in a channel sees, oldest first; deleted messages
        are marked.

        Replies are in their threads, and here only if asked for or broadcast.
        """
        with self._workspace.bell:
            said = self._workspace.said_in(channel)
            public = [one for one in said if one.user is None]
            return [one for one in public if replies or one.broadcast or not one.thread_ts]

    def thread(self, ts: str) -> list[Message]:
        """Return the public replies to the message with this ts, oldest first."""
        with self._workspace.bell:
            return self._workspace.replies(ts)

    def files(self, channel: str = "C0GENERAL") -> list[File]:
        """Return the files of a channel and its threads, oldest first."""
        with self._workspace.bell:
            said = [one for one in self._workspace.said_in(channel) if not one.deleted]
            return [file for message in said for file in message.files]

    def ephemerals(self, user: str | None = None) -> list[Message]:
        """Return the ephemeral messages of one user, or of everybody, oldest first."""
        with self._workspace.bell:
            private = [one for one in self._workspace.messages.values() if one.user]
            return [one for one in private if user in (None, one.user)]

    def said_to(self, user: str) -> list[Message]:
        """Return the messages in all the channels of a user, with replies, oldest first."""
        with self._workspace.bell:
            said = self._workspace.messages.values()
            public = [one for one in said if one.user is None and not one.deleted]
            return [one for one in public if user in self._workspace.channel(one.channel).members]

    def homes(self) -> list[View]:
        """Return every published Home tab."""
        with self._workspace.bell:
            return self._workspace.views.homes()

    def hear(self, hearer: Callable[[Message], None]) -> None:
        """Call `hearer` with every message, and again whenever it changes."""
        with self._workspace.bell:
            self._workspace.hearers.append(hearer)

    def views(self) -> list[View]:
        """Return the open modals, oldest first."""
        with self._workspace.bell:
            return self._workspace.views.open_ones()

    def wait_for(self, predicate: Callable[[Self], bool], timeout: float) -> bool:
        """Wait up to `timeout` seconds until `predicate` is true of this Slack;
        return whether it is.
        """
        return self._workspace.wait(lambda: predicate(self), timeout)
