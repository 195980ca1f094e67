"""Choose how the launcher of an ended run is rung: as they set it, and not in their quiet hours.

Quiet hours are those of the moment when the run ended, so that the answer stays the same however
often it is asked for.
"""

from datetime import datetime, timedelta

from phantombot.context import Context
from phantombot.errors import SlackError
from phantombot.runs.model import Run
from phantombot.runs.ring import Ring, RingBy, RingSettings, rings


def rings_in_thread(context: Context, run: Run) -> bool:
    """Return whether the launcher is still to be rung by a mention in the run's thread."""
    if run.rung or not rings(run):
        return False
    settings = context.rings.settings(run.workspace, run.user)
    in_thread = settings.by is RingBy.THREAD and rings(run, settings)
    return in_thread and _quiet_until(context, run, settings) is None


def direct_ring(context: Context, run: Run) -> Ring | None:
    """Return the direct message by which the launcher is rung, now or later, if they are."""
    if not rings(run):
        return None
    settings = context.rings.settings(run.workspace, run.user)
    if settings.by is RingBy.NOTHING or not rings(run, settings):
        return None
    due_at = _quiet_until(context, run, settings)
    if due_at is None and settings.by is RingBy.THREAD:
        return None
    return Ring(run.workspace, run.user, run.uid, due_at or context.clock())


def _quiet_until(context: Context, run: Run, settings: RingSettings) -> datetime | None:
    if settings.quiet_from is None:
        return None
    try:
        offset = context.people.person(run.workspace, run.user).utc_offset
    except SlackError:
        offset = None
    offset = offset if offset is not None else settings.utc_offset
    return settings.quiet_at(run.ended_at or context.clock(), offset or timedelta())
