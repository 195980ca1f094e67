"""Decide when to come back to a run: the next poll, or the next try of what failed.

A failed HTTP read is retried in phantombuster/transport.py.
"""

from datetime import datetime, timedelta

from phantombot.runs.adopt import LOOKED_FOR_EVERY, may_appear
from phantombot.runs.model import Run, State
from phantombot.runs.snapshot import ASKED_LIVES

FIRST_PACE = timedelta(seconds=2)
LAST_PACE = timedelta(seconds=60)
SOON = timedelta(seconds=1)
_QUIETER_WITH_AGE = 20
_TRIED_LESS_OFTEN_WITH_AGE = 8


def pace(age: timedelta) -> timedelta:
    """Return the pause between two polls of a run: short at first, longer as the run grows old."""
    return min(max(age / _QUIETER_WITH_AGE, FIRST_PACE), LAST_PACE)


def next_due(  # noqa: PLR0913 - times and limits, each by its name
    run: Run,
    now: datetime,
    *,
    polled_at: datetime,
    resumes_at: datetime,
    rate_limit: timedelta,
    in_hand: bool,
) -> datetime | None:
    """Return when to come back to the run; None for never.

    `polled_at` is when the pass that polled it began, `resumes_at` when Slack accepts messages for
    it again, `rate_limit` how long Phantombuster has asked us to wait; `in_hand` means that a
    launcher is still working on it.
    """
    if run.done:
        return None
    if may_appear(run, now) and run.message_at is not None and run.ended_at is not None:
        told = run.message_at >= run.ended_at
        return max(resumes_at, now + (LOOKED_FOR_EVERY if told else SOON))
    if run.state is State.ENDED and run.ended_at is not None:
        waits_for_result = run.message_at is not None and run.message_at >= run.ended_at
        backoff = min(max((now - run.ended_at) / _TRIED_LESS_OFTEN_WITH_AGE, SOON), LAST_PACE)
        return max(resumes_at, now + max(backoff, rate_limit if waits_for_result else SOON))
    if run.state is State.ASKED:
        asked_until = run.message_at + ASKED_LIVES if run.message_at else now
        return max(asked_until, resumes_at, now + FIRST_PACE)
    if run.waits(now) and run.due_at is not None:
        # Retried until its message is posted; a post that may have arrived isn't repeated.
        told = run.message_digest is not None or run.pending_post is not None
        return run.due_at if told else min(run.due_at, max(resumes_at, now + FIRST_PACE))
    if run.state is State.INTENDED or in_hand:
        # The launcher wakes us when it is done; this is in case it can't.
        return now + FIRST_PACE
    # Counted from when it was polled: a long pass would delay the next poll by its own length.
    return max(min(polled_at, now) + pace(run.age(now)), now + max(rate_limit, SOON))
