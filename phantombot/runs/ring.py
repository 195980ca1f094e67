"""Whether the end of a run rings its launcher. Pure."""

from datetime import timedelta

from phantombot.runs.ending import PRIVATE, Kind
from phantombot.runs.model import Run

RUNG_AFTER = timedelta(minutes=2)
"""Until then, whoever launched a run still looks at its message."""
_WELL = frozenset({Kind.SUCCESS, Kind.EMPTY})


def rings(run: Run) -> bool:
    """Return whether the launcher is rung: at every failure, and after a while at any end.

    What somebody else asked to end, and so finished, rings as what they stopped does.

    Nobody is rung for what they stopped themselves, or were told in private.
    """
    if run.ending is None or run.ending.kind in PRIVATE or run.ending.stopped_by == run.user:
        return False
    was_cut_short = run.ending.kind not in _WELL or run.ending.stopped_by != ""
    return was_cut_short or _took(run) > RUNG_AFTER


def _took(run: Run) -> timedelta:
    """Return how long the launcher waited, or the run took by Phantombuster's word."""
    waited = run.age(run.ended_at) if run.ended_at else timedelta()
    return max(waited, timedelta(seconds=run.ending.seconds or 0) if run.ending else waited)
