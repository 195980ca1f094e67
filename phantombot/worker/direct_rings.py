"""Notify people by direct message, if they chose that or their quiet hours are over."""

import logging
from collections.abc import Sequence
from datetime import datetime
from functools import partial
from itertools import groupby

from phantombot.errors import SlackError
from phantombot.messages.blocks import Message
from phantombot.messages.endings import ring_directly, rings_directly
from phantombot.runs.model import Run
from phantombot.runs.recent import slack_url
from phantombot.runs.ring import Ring
from phantombot.worker.delivery import PutOff
from phantombot.worker.tick import Tick

TOGETHER = 40
"""Maximum ends listed in one message."""

log = logging.getLogger(__name__)


def ring_people(tick: Tick) -> datetime | None:
    """Send what is due, one message per person; return when to come back, None for never.

    Sending a message again would notify twice, so each is marked before it is sent.

    Raises:
        StoreUnavailable: call again later.
    """
    dues = []
    waiting = tick.context.rings.waiting(tick.workspace)
    for user, group in groupby(waiting, key=lambda ring: ring.user):
        left = _ring(tick, user, list(group))
        dues += [ring.due_at for ring in left]
    return min(dues, default=None)


def _ring(tick: Tick, user: str, rings: Sequence[Ring]) -> Sequence[Ring]:
    """Send one person what is due; return what is left for later."""
    now, store = tick.context.clock(), tick.context.rings
    begun = [ring for ring in rings if ring.pending]
    if begun:
        # No other process works on this workspace, so the one that began them was killed.
        log.warning("%s may not have been told of %s ends", user, len(begun))
        store.drop(begun)
    due = [ring for ring in rings if ring.due_at <= now and not ring.pending][:TOGETHER]
    if due:
        due = _sent(tick, user, due)
    gone = {ring.id for ring in (*begun, *due)}
    return [ring for ring in rings if ring.id not in gone]


def _message(tick: Tick, user: str, runs: Sequence[Run]) -> Message:
    url = slack_url(tick.context, tick.workspace)
    if len(runs) == 1:
        return ring_directly(runs[0], user, url)
    return rings_directly(runs, user, url)


def _sent(tick: Tick, user: str, due: list[Ring]) -> list[Ring]:
    """Send one message; return the ends it lists, none if it has to wait."""
    store, workspace = tick.context.rings, tick.workspace
    runs = [tick.context.runs.by_uid(workspace, ring.run) for ring in due]
    known = [run for run in runs if run is not None]
    if known:
        message = _message(tick, user, known)
        store.begin(due)  # before the call: after a crash it may have arrived
        try:
            tick.delivery.attempt(user, partial(tick.context.slack.post, workspace, user, message))
        except PutOff as put_off:
            if not put_off.may_have_acted:
                store.put_off(due, put_off.until)
                return []
            log.warning("%s may not have been told of %s ends", user, len(due))
        except SlackError as error:
            log.warning("%s can't be told of %s ends: %s", user, len(due), error.code)
    store.drop(due)
    return due
