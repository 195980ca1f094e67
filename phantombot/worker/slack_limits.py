"""How much telling Slack bears, in one workspace, while one tick goes through its runs."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from phantombot.runs.model import Run
from phantombot.worker.channel_store import Closed

EDIT_EVERY = timedelta(seconds=3)
"""A run's progress is told no more often than this; an ending never waits for it."""
SHARE = timedelta(seconds=1.2)
"""Slack takes about 50 edits a minute of a workspace, shared by all that goes on there."""
QUIETEST = timedelta(seconds=60)
_QUIETER_WITH_AGE = 20
_EVERYWHERE = ""


@dataclass(frozen=True)
class SlackLimits:
    """Whom Slack asked for patience, and where it takes nothing."""

    open: int = 0
    """Runs that share Slack's limit."""
    pauses: dict[str, datetime] = field(default_factory=dict)
    """Until when Slack wants to hear nothing, by channel."""
    closed: dict[str, Closed] = field(default_factory=dict)
    """The channels that Slack does not let the bot post to."""

    def edit_every(self, age: timedelta) -> timedelta:
        """How often the progress of a run of that age is told."""
        return max(EDIT_EVERY, min(age / _QUIETER_WITH_AGE, QUIETEST), SHARE * self.open)

    def resumes_at(self, run: Run) -> datetime | None:
        """Until when Slack wants to hear nothing where the run is told."""
        return self.resumes_in(run.posts_to)

    def resumes_in(self, channel: str) -> datetime | None:
        """Until when Slack wants to hear nothing there."""
        until = (self.pauses.get(place) for place in (channel, _EVERYWHERE))
        return max((at for at in until if at is not None), default=None)

    def paused(self, run: Run, now: datetime) -> bool:
        """Whether Slack wants to hear nothing more for now where the run is told."""
        until = self.resumes_at(run)
        return until is not None and now < until

    def pause(self, run: Run, until: datetime, *, everywhere: bool) -> None:
        """Remember that Slack asked for patience."""
        self.pause_in(_EVERYWHERE if everywhere else run.posts_to, until)

    def pause_in(self, channel: str, until: datetime) -> None:
        """Remember that a channel is to be left alone; an empty one stands for all of them."""
        self.pauses[channel] = max(until, self.pauses.get(channel, until))

    def closed_to(self, run: Run) -> Closed | None:
        """What keeps the run's message out of its channel.

        A command typed after Slack refused the channel tries again: somebody may have mended it.
        """
        closed = self.closed.get(run.channel) if run.posts_to == run.channel else None
        return closed if closed is not None and closed.at >= run.created_at else None


def limits_of(runs: Sequence[Run], closed: dict[str, Closed]) -> SlackLimits:
    """What the runs on disk tell of what Slack asked for."""
    pauses: dict[str, datetime] = {}
    for run in runs:
        if run.retry_after is not None:
            pauses[run.posts_to] = max(run.retry_after, pauses.get(run.posts_to, run.retry_after))
    return SlackLimits(len(runs), pauses, closed)
