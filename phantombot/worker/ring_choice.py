"""Choose who is notified of a run's end, and how, by their own settings and quiet hours.

Quiet hours are checked for the moment when the run ended, so that the answer stays the same however
often it is computed.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from phantombot.context import Context
from phantombot.errors import SlackError
from phantombot.runs.model import Run
from phantombot.runs.ring import Ring, RingBy, RingSettings, rings


def rung_in_thread(context: Context, run: Run) -> tuple[str, ...]:
    """Return who is still to be notified by a mention in the run's thread."""
    if run.rung:
        return ()
    rung = _rung(context, run)
    return tuple(user for user, by, quiet in rung if by is RingBy.THREAD and not quiet)


def direct_rings(context: Context, run: Run, users: Iterable[str]) -> list[Ring]:
    """Return the direct messages that notify these people now."""
    return [Ring(run.workspace, user, run.uid, context.clock()) for user in users]


def rung_directly(context: Context, run: Run) -> list[Ring]:
    """Return the direct messages that notify the others, now or after quiet hours."""
    now = context.clock()
    return [
        Ring(run.workspace, user, run.uid, quiet_until or now)
        for user, by, quiet_until in _rung(context, run)
        if by is RingBy.DIRECT or quiet_until
    ]


def _rung(context: Context, run: Run) -> Iterator[tuple[str, RingBy, datetime | None]]:
    """Yield each person to notify, how, and when their quiet hours end, if they are in them."""
    for user in dict.fromkeys((run.user, *run.also_rung)):
        if not rings(run, user):
            continue
        settings = context.rings.settings(run.workspace, user)
        if rings(run, user, settings):
            by = RingBy.THREAD if settings.by is RingBy.NOTHING else settings.by
            yield user, by, _quiet_until(context, run, user, settings)


def _quiet_until(context: Context, run: Run, user: str, settings: RingSettings) -> datetime | None:
    if settings.quiet_from is None:
        return None
    try:
        offset = context.people.person(run.workspace, user).utc_offset
    except SlackError:
        offset = None
    offset = offset if offset is not None else settings.utc_offset
    return settings.quiet_at(run.ended_at or context.clock(), offset or timedelta())
