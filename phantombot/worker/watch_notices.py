"""What watching found, told to the channels: each notice once, and never dropped in silence."""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import groupby

from phantombot.errors import CannotPost, SlackError, SlackUnavailable
from phantombot.messages.blocks import Message
from phantombot.messages.watches import (
    delivery_stopped,
    in_doubt,
    notice_message,
    several_notices,
)
from phantombot.slack.client import Posted
from phantombot.watches.model import Notice, Watch
from phantombot.worker.channel_store import Closed
from phantombot.worker.tick import Tick

APART = timedelta(seconds=1)
"""Slack takes about one message a second in a channel."""
ONE_BY_ONE = 3
"""More that wait for one channel are told in one message."""
TOGETHER = 40
_EVERYWHERE = ""

log = logging.getLogger(__name__)


def announce(tick: Tick) -> datetime | None:
    """Tell what is on disk to be told; when to come back, None where nothing is left.

    A post cannot be repeated without somebody reading it twice, so that it is marked before it is
    made. Where its answer never came, whoever set the watch is told instead, and of the doubt.

    Raises:
        StoreUnavailable: call again later.
    """
    waiting = tick.context.watches.waiting(tick.workspace)
    for notice in waiting:
        if notice.say_after is not None:
            tick.limits.pause_in(notice.channel, notice.say_after)
    dues = []
    for channel, group in groupby(waiting, key=lambda notice: notice.channel):
        notices = list(group)
        left = len(notices) - _announce_in(tick, channel, notices)
        if left:
            now = tick.context.clock()
            dues.append(max(tick.limits.resumes_in(channel) or now, now + APART))
    return min(dues, default=None)


def _announce_in(tick: Tick, channel: str, notices: Sequence[Notice]) -> int:
    """Tell one thing in the channel; how many of its notices are done with."""
    resumes_at = tick.limits.resumes_in(channel)
    if resumes_at is not None and tick.context.clock() < resumes_at:
        return 0
    watches = {
        watch.agent_id: watch for watch in tick.context.watches.of_channel(tick.workspace, channel)
    }
    doubtful = [notice for notice in notices if notice.posting]
    if doubtful:
        return _tell_of_doubt(tick, doubtful[:TOGETHER], watches)
    together = notices[:TOGETHER] if len(notices) > ONE_BY_ONE else notices[:1]
    return _tell(tick, together, watches)


def _tell(tick: Tick, notices: Sequence[Notice], watches: dict[str, Watch]) -> int:
    notice, store = notices[0], tick.context.watches
    unsaid = sum(watch.unsaid for watch in watches.values())
    if len(notices) == 1:
        message = notice_message(notice, tick.context.clock(), unsaid)
        watch = watches.get(notice.agent_id)
        if watch is not None and _goes_on(watch, notice):
            return _edit(tick, notice, watch, message)
    else:
        message = several_notices(notices, unsaid)
    if not store.begin(notices):
        return 0  # another follower is at it
    try:
        posted = tick.context.slack.post(tick.workspace, notice.channel, message)
    except SlackUnavailable as error:
        return _put_off(tick, notices, error)
    except SlackError as error:
        return _stopped(tick, notices, watches, message, error)
    _reopen(tick, notice.channel)
    store.told(notices, posted.ts if len(notices) == 1 else None)
    tick.limits.pause_in(notice.channel, tick.context.clock() + APART)
    return len(notices)


def _goes_on(watch: Watch, notice: Notice) -> bool:
    """Whether it is more of what the watch's last message tells."""
    end = notice.end
    return end is not None and end.times > 1 and watch.ts is not None and watch.alike == end.alike


def _edit(tick: Tick, notice: Notice, watch: Watch, message: Message) -> int:
    """The same failure as before changes the message of that one, which may be repeated."""
    store, posted = tick.context.watches, Posted(notice.channel, watch.ts or "")
    try:
        tick.context.slack.edit(tick.workspace, posted, message)
    except SlackUnavailable as error:
        later = _pause(tick, notice.channel, error)
        store.put_off([notice], later, begun=False)
        return 0
    except SlackError:
        store.forget_message(watch)  # the next try posts it anew
        return 0
    store.told([notice], watch.ts)
    tick.limits.pause_in(notice.channel, tick.context.clock() + APART)
    return 1


def _put_off(tick: Tick, notices: Sequence[Notice], error: SlackUnavailable) -> int:
    """What Slack refused in so many words has surely not been posted."""
    later = _pause(tick, notices[0].channel, error)
    tick.context.watches.put_off(notices, later, begun=not error.refused)
    return 0


def _pause(tick: Tick, channel: str, error: SlackUnavailable) -> datetime:
    log.warning("%s cannot be told now: %s", channel, error.code)
    later = tick.context.clock() + timedelta(seconds=error.retry_after)
    tick.limits.pause_in(channel if error.code == "ratelimited" else _EVERYWHERE, later)
    return later


def _reopen(tick: Tick, channel: str) -> None:
    if tick.limits.closed.pop(channel, None) is not None:
        tick.context.channels.open(tick.workspace, channel)


def _stopped(
    tick: Tick,
    notices: Sequence[Notice],
    watches: dict[str, Watch],
    message: Message,
    error: SlackError,
) -> int:
    """The channel takes nothing: whoever set watches there hears of it once, with the mend."""
    channel, store = notices[0].channel, tick.context.watches
    log.warning("%s takes no notices in %s: %s", channel, tick.workspace, error.code)
    if isinstance(error, CannotPost):
        closed = Closed(tick.context.clock(), error.code)
        tick.limits.closed[channel] = closed
        tick.context.channels.close(tick.workspace, channel, closed)
    untold = {watch.user: None for watch in watches.values() if watch.stopped is None}
    for user in untold:
        try:
            _tell_person(tick, user, delivery_stopped(channel, error.code, message))
        except SlackUnavailable as later:
            return _wait(tick, notices, later)
        store.stopped(tick.workspace, channel, user, error.code)
    store.drop(notices, unsaid=not untold)
    return len(notices)


def _wait(tick: Tick, notices: Sequence[Notice], error: SlackUnavailable) -> int:
    """Nothing was told, neither there nor by direct message: all of it is tried again."""
    later = _pause(tick, notices[0].channel, error)
    tick.context.watches.put_off(notices, later, begun=False)
    return 0


def _tell_of_doubt(tick: Tick, notices: Sequence[Notice], watches: dict[str, Watch]) -> int:
    """A message that may or may not stand in the channel is not repeated there."""
    setters = {watches[one.agent_id].user for one in notices if one.agent_id in watches}
    now = tick.context.clock()
    shown = notice_message(notices[0], now) if len(notices) == 1 else several_notices(notices)
    for user in sorted(setters):
        try:
            _tell_person(tick, user, in_doubt(notices[0].channel, shown))
        except SlackUnavailable as error:
            later = _pause(tick, notices[0].channel, error)
            tick.context.watches.put_off(notices, later, begun=True)
            return 0
    tick.context.watches.drop(notices)
    return len(notices)


def _tell_person(tick: Tick, user: str, message: Message) -> None:
    """By direct message; if they cannot be told, the admin who stored the key.

    Raises:
        SlackUnavailable: to be tried again later.
    """
    keeper = tick.context.keys.key_owner(tick.workspace)
    for person in dict.fromkeys(filter(None, (user, keeper))):
        try:
            tick.context.slack.post(tick.workspace, person, message)
        except SlackUnavailable:
            raise
        except SlackError as error:
            log.warning("%s cannot be told of a watch: %s", person, error.code)
        else:
            return
    log.error("that a watch cannot be told in %s reaches nobody", tick.workspace)
