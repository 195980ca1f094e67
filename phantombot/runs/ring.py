"""Whether the end of a run rings somebody, how, and when. Pure."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum

from phantombot.runs.ending import PRIVATE, Kind
from phantombot.runs.model import Run
from phantombot.text.times import Until

RUNG_AFTER = timedelta(minutes=2)
"""Until then, whoever launched a run still looks at its message."""
_WELL = frozenset({Kind.SUCCESS, Kind.EMPTY})


class RingBy(StrEnum):
    """How somebody is rung."""

    THREAD = "thread"
    """By a mention in the thread of the run's message."""
    DIRECT = "direct"
    """By a direct message."""
    NOTHING = "nothing"


@dataclass(frozen=True)
class RingSettings:
    """How somebody wants to be rung, in one workspace."""

    by: RingBy = RingBy.THREAD
    failures_only: bool = False
    quiet_from: time | None = None
    """In their own time zone; None with `quiet_until` if they have no quiet hours."""
    quiet_until: time | None = None
    utc_offset: timedelta | None = None
    """Of their clock, when this was set; Slack tells the present one."""

    def quiet_at(self, at: datetime, offset: timedelta) -> datetime | None:
        """Return when the quiet hours end that `at` falls into; None if it falls into none."""
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
    """Its post was begun, and may have arrived."""


def rings(run: Run, user: str, settings: RingSettings = DEFAULT) -> bool:
    """Return whether somebody is rung at the end of a run.

    The launcher is: at every failure, and after a while at any end, unless they set it otherwise.
    Whoever asked for it is, however it ended. What somebody else stopped rings as a failure does,
    however it ended then. Nobody is rung for what they stopped themselves, or for what is told in
    private; but a launch that was due later is refused while its launcher looks elsewhere. Of the
    runs that one dead session fails, the first rings.
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
    """Return how long the launcher waited, or the run took by Phantombuster's word."""
    waited = run.age(run.ended_at) if run.ended_at else timedelta()
    return max(waited, timedelta(seconds=run.ending.seconds or 0) if run.ending else waited)
