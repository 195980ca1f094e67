"""Decide whether somebody is notified of a run's end, how, and when. Pure."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum

from phantombot.runs.ending import PRIVATE, Kind
from phantombot.runs.model import Run
from phantombot.text.times import Until

RUNG_AFTER = timedelta(minutes=2)
"""Until then, we assume that the launcher is still looking at the run's message."""
_WELL = frozenset({Kind.SUCCESS, Kind.EMPTY})


class RingBy(StrEnum):
    """How somebody is notified."""

    THREAD = "thread"
    """By a mention in the thread of the run's message."""
    DIRECT = "direct"
    """By a direct message."""
    NOTHING = "nothing"


@dataclass(frozen=True)
class RingSettings:
    """How somebody wants to be notified, in one workspace."""

    by: RingBy = RingBy.THREAD
    failures_only: bool = False
    quiet_from: time | None = None
    """In their own time zone; like `quiet_until`, None if they have no quiet hours."""
    quiet_until: time | None = None
    utc_offset: timedelta | None = None
    """Of their clock when this was set; Slack says the current one."""

    def quiet_at(self, at: datetime, offset: timedelta) -> datetime | None:
        """Return when the quiet hours around `at` end; None if `at` is outside of them."""
        begin, end = self.quiet_from, self.quiet_until
        if begin is None or end is None:
            return None
        there = (at + offset).time()
        within = begin <= there < end if begin < end else there >= begin or there < end
        return Until(end).after(at, offset) if within else None


DEFAULT = RingSettings()


@dataclass(frozen=True)
class Ring:
    """A direct message about a run's end, stored until it is sent."""

    workspace: str
    user: str
    run: str
    """The run's uid."""
    due_at: datetime
    id: int = 0
    pending: bool = False
    """It was being sent, and may have arrived."""


def rings(run: Run, user: str, settings: RingSettings = DEFAULT) -> bool:
    """Return whether somebody is notified of a run's end.

    The launcher is notified of every failure, and of any end after a while, unless they set it
    otherwise. Whoever asked to be is notified however the run ended. A run that somebody else
    stopped counts as a failure. Nobody is notified of runs that they stopped themselves, or of
    endings shown in private, except when a launch that was due later is refused, since its launcher
    isn't watching. If one dead session fails several runs, only the first one notifies.
    """
    if run.ending is None or run.ending.stopped_by == user:
        return False
    if run.ending.kind in PRIVATE and run.due_at is None:
        return False
    if user in run.also_rung:
        return True
    if run.told_by_another:
        return False
    if settings.by is RingBy.NOTHING:
        return False
    if run.ending.kind not in _WELL or run.ending.stopped_by:
        return True
    return not settings.failures_only and _took(run) > RUNG_AFTER


def _took(run: Run) -> timedelta:
    """Return how long the launcher waited, or how long Phantombuster says that the run took."""
    waited = run.age(run.ended_at) if run.ended_at else timedelta()
    return max(waited, timedelta(seconds=run.ending.seconds or 0) if run.ending else waited)
