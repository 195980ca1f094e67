"""Slack's rate limits and closed channels, during one pass over a workspace."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from phantombot.runs.model import Run
from phantombot.worker.channel_store import Closed

EDIT_EVERY = timedelta(seconds=3)
"""A run's progress is shown no more often than this; an ending never waits for it."""
SHARE = timedelta(seconds=1.2)
"""Slack accepts about 50 edits a minute from a workspace, which all its runs share."""
QUIETEST = timedelta(seconds=60)
_QUIETER_WITH_AGE = 20
_EVERYWHERE = ""


@dataclass(frozen=True)
class SlackLimits:
    """Channels where Slack accepts nothing now, or at all, and how many runs share its limit."""

    open_runs: int = 0
    pauses: dict[str, datetime] = field(default_factory=dict)
    """Until when Slack accepts nothing, by channel."""
    closed: dict[str, Closed] = field(default_factory=dict)
    """The channels that Slack doesn't let the bot post to."""

    def edit_every(self, age: timedelta) -> timedelta:
        """Return how often the progress of a run of that age is shown."""
        return max(EDIT_EVERY, min(age / _QUIETER_WITH_AGE, QUIETEST), SHARE * self.open_runs)

    def resumes_at(self, channel: str) -> datetime | None:
        """Return when Slack accepts posts for the channel again; None if it does now."""
        until = (self.pauses.get(place) for place in (channel, _EVERYWHERE))
        return max((at for at in until if at is not None), default=None)

    def paused(self, channel: str, now: datetime) -> bool:
        """Return whether Slack accepts nothing for the channel now."""
        until = self.resumes_at(channel)
        return until is not None and now < until

    def pause(self, channel: str, until: datetime) -> None:
        """Leave the channel alone until then."""
        self.pauses[channel] = max(until, self.pauses.get(channel, until))

    def pause_everywhere(self, until: datetime) -> None:
        """Leave all channels alone until then."""
        self.pause(_EVERYWHERE, until)

    def closed_to(self, run: Run) -> Closed | None:
        """Return why the run's message can't be posted in its channel; None if it can.

        If the command was typed after Slack refused the channel, try again: it may be fixed.
        """
        closed = self.closed.get(run.channel) if run.stands_in_its_channel else None
        return closed if closed is not None and closed.at >= run.created_at else None


def limits_of(runs: Sequence[Run], closed: dict[str, Closed]) -> SlackLimits:
    """Return the limits that are stored with the runs."""
    limits = SlackLimits(len(runs), closed=closed)
    for run in runs:
        if run.retry_after is not None:
            limits.pause(run.posts_to, run.retry_after)
    return limits
