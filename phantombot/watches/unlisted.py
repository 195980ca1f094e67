"""Ends that the account tells of and the agent's list of ended runs does not hold, or not yet."""

from datetime import datetime, timedelta

from phantombot.runs.ending import Kind
from phantombot.watches.ended_runs import AgentPoll, Ended, Found
from phantombot.watches.model import Watched

AGAIN = timedelta(seconds=6)
"""How long after a hint an agent is looked at once more: it may have come before the list did."""
UNLISTED = timedelta(seconds=15)
"""How long a launch that failed may take to be listed, if it ever is."""
_GIVEN_UP = timedelta(minutes=10)
"""How long any other end may take, where the account tells when it was."""
_SAME_END = timedelta(seconds=1)
"""By how much an agent and its run may differ in when that ended."""


def look_again_at(polled: AgentPoll, found: Found) -> datetime | None:
    """Return when to look once more, because something may have ended that was not found.

    The longer the list does not hold the account's last end, the longer it is given.
    """
    at = polled.agent.last_ended_at
    if at is not None and (found.horizon is None or found.horizon < at - _SAME_END):
        since = polled.now - polled.by_our_clock(at)
        if since < _GIVEN_UP:
            return polled.now + max(since, AGAIN)
    return polled.now + AGAIN if polled.watched.hinted else None


def was_there(polled: AgentPoll) -> bool:
    """Return whether the account's last end is from before the last look at the agent.

    v1 does not tell when it was and v2 does, so that its digest is new with the first look by v2.
    """
    at, looked_at = polled.agent.last_ended_at, polled.watched.looked_at
    if at is None or looked_at is None or _is_awaited(polled.watched):
        return False
    return polled.by_our_clock(at) < looked_at - AGAIN


def told_unlisted(polled: AgentPoll, ended: Ended, digest: str) -> bool:
    """Return whether a failed launch is listed that was told by the account's words already."""
    container, watched = ended.container, polled.watched
    if container is None or container.end_status != Kind.LAUNCH_FAILED:
        return False
    if watched.unlisted_at is None or _is_awaited(watched):
        return False
    if container.ended_at is None:
        return watched.last_end == digest
    return polled.by_our_clock(container.ended_at) <= watched.unlisted_at + AGAIN


def _is_awaited(watched: Watched) -> bool:
    """Return whether a launch that failed was not told yet, as it might have been listed."""
    if watched.unlisted_at is None or watched.looked_at is None:
        return False
    return watched.looked_at - watched.unlisted_at < UNLISTED
