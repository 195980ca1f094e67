"""Ends that the account reports but the agent's list of ended runs lacks, at least for now."""

from datetime import datetime, timedelta

from phantombot.runs.ending import Kind
from phantombot.watches.ended_runs import AgentPoll, Ended, Found
from phantombot.watches.model import Watched

AGAIN = timedelta(seconds=6)
"""How long after a webhook call an agent is polled again: the list may be later than the call."""
UNLISTED = timedelta(seconds=15)
"""How long a failed launch may take to be listed, if it ever is."""
_GIVEN_UP = timedelta(minutes=10)
"""How long any other end may take, if the account says when it was."""
_SAME_END = timedelta(seconds=1)
"""Maximum difference between an agent's and its run's times for the same end."""


def look_again_at(polled: AgentPoll, found: Found) -> datetime | None:
    """Return when to poll again, because something may have ended that wasn't found.

    The longer the list lacks the account's last end, the longer the pause.
    """
    at = polled.agent.last_ended_at
    if at is not None and (found.horizon is None or found.horizon < at - _SAME_END):
        since = polled.now - polled.by_our_clock(at)
        if since < _GIVEN_UP:
            return polled.now + max(since, AGAIN)
    return polled.now + AGAIN if polled.watched.hinted else None


def was_there(polled: AgentPoll) -> bool:
    """Return whether the account's last end is older than the agent's last poll.

    v1 doesn't say when it was and v2 does, so its digest changes with the first poll in v2.
    """
    at, looked_at = polled.agent.last_ended_at, polled.watched.looked_at
    if at is None or looked_at is None or _is_awaited(polled.watched):
        return False
    return polled.by_our_clock(at) < looked_at - AGAIN


def told_unlisted(polled: AgentPoll, ended: Ended, digest: str) -> bool:
    """Return whether a listed failed launch was already announced from the account's words."""
    container, watched = ended.container, polled.watched
    if container is None or container.end_status != Kind.LAUNCH_FAILED:
        return False
    if watched.unlisted_at is None or _is_awaited(watched):
        return False
    if container.ended_at is None:
        return watched.last_end == digest
    return polled.by_our_clock(container.ended_at) <= watched.unlisted_at + AGAIN


def _is_awaited(watched: Watched) -> bool:
    """Return whether a failed launch isn't announced yet, because it may still be listed."""
    if watched.unlisted_at is None or watched.looked_at is None:
        return False
    return watched.looked_at - watched.unlisted_at < UNLISTED
