"""The progress of a first visit: each step is ticked off once it really happened."""

import threading
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from phantombot.sandbox.first_steps import FIRST_STEPS
from phantombot.sandbox.phantombuster import LocalPhantombuster
from phantombot.sandbox.slack.values import BOT, Message

if TYPE_CHECKING:
    from phantombot.sandbox.slack.local import LocalSlack


@dataclass(frozen=True)
class Elsewhere:
    """A launch on Phantombuster's own page, and what had happened by then."""

    container: str
    agent_id: str
    name: str
    launches: int
    said: frozenset[str]
    """The ts of each of the bot's messages."""


class Steps:
    """Which steps are done, according to the local Slack and the local Phantombuster."""

    def __init__(self, slack: "LocalSlack", phantombuster: LocalPhantombuster) -> None:
        self._phantombuster = phantombuster
        self._lock = threading.Lock()
        self._said: dict[str, Message] = {}
        """The bot's messages as they are now, by ts."""
        self._times_said = 0
        self._broken_since: tuple[int, int] | None = None
        """How many calls Phantombuster had got, and messages the bot had sent, when it broke."""
        self._elsewhere: list[Elsewhere] = []
        self._done: set[str] = set()
        self._shown = True
        self._happened: dict[str, Callable[[], bool]] = {
            "launch": self._has_launched,
            "end": self._has_told_an_end,
            "break": self._has_met_a_bad_day,
            "watch": self._has_told_a_watched_end,
        }
        slack.hear(self._hear)

    def show(self, asked: dict[str, Any]) -> Any:
        """Show or hide the steps."""
        self._shown = bool(asked["shown"])
        return {"error": None}

    def listed(self) -> dict[str, Any]:
        """Return the steps, those done so far, and whether they are shown."""
        with self._lock:
            self._done |= {
                name
                for name, happened in self._happened.items()
                if name not in self._done and happened()
            }
        steps = [asdict(step) | {"done": step.name in self._done} for step in FIRST_STEPS]
        return {"shown": self._shown, "steps": steps}

    def broken(self, *, on: bool) -> None:
        """Note whether Phantombuster has bad days from now on."""
        with self._lock:
            if not on:
                self._broken_since = None
            elif self._broken_since is None:
                self._broken_since = len(self._phantombuster.requests), self._times_said

    def launched_elsewhere(self, container: str, agent_id: str, name: str) -> None:
        """Note a launch on Phantombuster's own page."""
        with self._lock:
            launches, said = len(self._phantombuster.launches), frozenset(self._said)
            self._elsewhere.append(Elsewhere(container, agent_id, name, launches, said))

    def _hear(self, message: Message) -> None:
        if message.author != BOT:
            return
        with self._lock:
            self._said[message.ts] = message
            self._times_said += 1

    def _has_launched(self) -> bool:
        return bool(self._phantombuster.launches)

    def _has_told_an_end(self) -> bool:
        """Return whether a launched run has ended, and the bot has posted that.

        The bot posts in the thread of an edited message only at the end.
        """
        launched = {launch.container_id for launch in self._phantombuster.launches}
        if not launched & self._ended():
            return False
        roots = (self._said.get(one.thread_ts or "") for one in self._said.values())
        return any(root.edits > 0 for root in roots if root)

    def _has_met_a_bad_day(self) -> bool:
        if self._broken_since is None:
            return False
        asked, said = self._broken_since
        return len(self._phantombuster.requests) > asked and self._times_said > said

    def _has_told_a_watched_end(self) -> bool:
        ended = self._ended() if self._elsewhere else frozenset()
        return any(self._is_told(one) for one in self._elsewhere if one.container in ended)

    def _is_told(self, launch: Elsewhere) -> bool:
        """Return whether the bot posted about an agent that nobody launched through it."""
        since = self._phantombuster.launches[launch.launches :]
        if launch.agent_id in {one.agent_id for one in since}:
            return False
        new = (one for one in self._said.values() if one.ts not in launch.said)
        return any(launch.name in one.text for one in _posted(new))

    def _ended(self) -> frozenset[str]:
        """Return the containers of the runs that are over."""
        runs = self._phantombuster.state()["runs"]
        return frozenset(str(one["id"]) for one in runs if one["state"] == "not running")


def _posted(messages: Iterable[Message]) -> Iterable[Message]:
    """Yield the messages that everybody in a channel sees."""
    return (one for one in messages if one.user is None and one.thread_ts is None)
