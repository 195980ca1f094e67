"""Post the notices of watches to their channels: each once, and none dropped silently."""

import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from itertools import groupby

from phantombot.errors import CannotPost, SlackError
from phantombot.messages.blocks import Message
from phantombot.messages.watches import (
    delivery_stopped,
    in_doubt,
    notice_message,
    session_notice,
    several_notices,
)
from phantombot.runs.cause import dead_session
from phantombot.runs.channel_settings import ending_counted_only
from phantombot.runs.ending import Kind
from phantombot.slack.client import Posted
from phantombot.watches.model import Notice, Watch
from phantombot.worker.delivery import PutOff
from phantombot.worker.tick import Tick

APART = timedelta(seconds=1)
"""Slack accepts about one message a second in a channel."""
ONE_BY_ONE = 3
"""If more than this wait for one channel, they are posted in one message."""
TOGETHER = 40
SESSION_FOR = 3600
"""Seconds after its post during which agents are added to a dead session's message."""

log = logging.getLogger(__name__)


def announce(tick: Tick) -> datetime | None:
    """Post the notices on disk; return when to come back, None if nothing is left.

    Repeating a post would show it twice, so each is marked before it is made. If its answer never
    came, whoever set the watch gets it by direct message, and is told that it may have been posted.

    Raises:
        StoreUnavailable: call again later.
    """
    unmuted_at = tick.context.watches.unmute(tick.workspace, tick.context.clock())
    waiting = tick.context.watches.waiting(tick.workspace)
    for notice in waiting:
        if notice.retry_after is not None:
            tick.limits.pause(notice.channel, notice.retry_after)
    dues = [] if unmuted_at is None else [unmuted_at]
    for channel, group in groupby(waiting, key=lambda notice: notice.channel):
        notices = list(group)
        left = len(notices) - _announce_in(tick, channel, notices)
        if left:
            now = tick.context.clock()
            dues.append(max(tick.limits.resumes_at(channel) or now, now + APART))
    return min(dues, default=None)


def _announce_in(tick: Tick, channel: str, notices: Sequence[Notice]) -> int:
    """Post one message in the channel; return how many of its notices are done with."""
    watches = {
        watch.agent_id: watch for watch in tick.context.watches.of_channel(tick.workspace, channel)
    }
    if tick.context.rings.in_channel(tick.workspace, channel).count_only:
        notices = [_counted_only(notice) for notice in notices]
    hushed = [notice for notice in notices if _is_muted(tick, notice, watches)]
    if hushed:
        tick.context.watches.hush(hushed)
        return len(hushed)
    if tick.limits.paused(channel, tick.context.clock()):
        return 0
    doubtful = [notice for notice in notices if notice.pending]
    if doubtful:
        return _tell_of_doubt(tick, doubtful[:TOGETHER], watches)
    of_session = _of_one_session(notices)
    if of_session:
        return _show_session(tick, of_session, watches)
    together = notices[:TOGETHER] if len(notices) > ONE_BY_ONE else notices[:1]
    return _show(tick, together, watches)


def _counted_only(notice: Notice) -> Notice:
    if notice.end is None:
        return notice
    end = replace(notice.end, ending=ending_counted_only(notice.end.ending))
    return replace(notice, end=end)


def _is_muted(tick: Tick, notice: Notice, watches: dict[str, Watch]) -> bool:
    """Return whether an end is only counted, as its agent is muted; one already posted never is."""
    watch = watches.get(notice.agent_id)
    if watch is None or notice.end is None or notice.pending:
        return False
    return watch.is_muted(tick.context.clock())


def _show(tick: Tick, notices: Sequence[Notice], watches: dict[str, Watch]) -> int:
    notice = notices[0]
    unsaid = sum(watch.unsaid for watch in watches.values())
    if len(notices) > 1:
        return _post(tick, notices, watches, several_notices(notices, unsaid))
    message = notice_message(notice, tick.context.clock(), unsaid)
    watch = watches.get(notice.agent_id)
    if watch is not None and _goes_on(watch, notice):
        shared = any(one.ts == watch.ts for one in watches.values() if one is not watch)
        if not shared:
            return _edit(tick, [notice], [watch], message)
    return _post(tick, notices, watches, message)


def _of_one_session(notices: Sequence[Notice]) -> list[Notice]:
    """Return the notices of the first dead session among them, if any."""
    told = [(notice, _session(notice.end.alike)) for notice in notices if notice.end is not None]
    service = next((one for _, one in told if one), None)
    return [notice for notice, one in told if one and one == service][:TOGETHER]


def _session(alike: str) -> str | None:
    """Return the service whose session has died, by the nature of an end; None if none has."""
    kind, _, rest = alike.partition("/")
    return dead_session(rest.rpartition("/")[2]) if kind == Kind.FAILED else None


def _show_session(tick: Tick, notices: Sequence[Notice], watches: dict[str, Watch]) -> int:
    """Report a dead session in one message an hour, to which each agent it fails is added."""
    end = notices[0].end
    service, now = _session(end.alike if end else ""), tick.context.clock().timestamp()
    lately = [
        watch
        for watch in watches.values()
        if watch.ts and _session(watch.alike) == service and now - float(watch.ts) < SESSION_FOR
    ]
    ts = max((watch.ts or "" for watch in lately), default=None)
    holders = [watch for watch in lately if watch.ts == ts]
    agents = {watch.agent_id: watch.agent_name for watch in holders}
    agents |= {notice.agent_id: notice.agent_name for notice in notices}
    if end is None or len(agents) == 1:
        return _show(tick, notices[:1], watches)
    unsaid = sum(watch.unsaid for watch in watches.values())
    message = session_notice(end.ending.cause, list(agents.items()), unsaid)
    if ts is None:
        return _post(tick, notices, watches, message, grows=True)
    return _edit(tick, notices, holders, message)


def _goes_on(watch: Watch, notice: Notice) -> bool:
    """Return whether the notice belongs in the watch's last message."""
    end = notice.end
    return end is not None and end.times > 1 and watch.ts is not None and watch.alike == end.alike


def _post(
    tick: Tick,
    notices: Sequence[Notice],
    watches: dict[str, Watch],
    message: Message,
    *,
    grows: bool = False,
) -> int:
    """Post a message; one with a single notice, or of a dead session, can be edited later."""
    channel, store = notices[0].channel, tick.context.watches
    # Marked before the call: a post whose answer is lost may have arrived, and is not repeated.
    if not store.begin(notices):
        return 0  # another worker is posting it
    try:
        posted = tick.delivery.post(channel, message)
    except PutOff as put_off:
        store.put_off(notices, put_off.until, pending=put_off.may_have_acted)
        return 0
    except SlackError as error:
        return _stopped(tick, notices, watches, message, error)
    store.posted(notices, posted.ts if grows or len(notices) == 1 else None)
    tick.limits.pause(channel, tick.context.clock() + APART)
    return len(notices)


def _edit(tick: Tick, notices: Sequence[Notice], watches: Sequence[Watch], message: Message) -> int:
    """Edit the message of these watches; an edit can be repeated, so it isn't marked."""
    store, channel, ts = tick.context.watches, notices[0].channel, watches[0].ts
    try:
        tick.delivery.edit(Posted(channel, ts or ""), message)
    except PutOff as put_off:
        store.put_off(notices, put_off.until, pending=False)
        return 0
    except SlackError:
        for watch in watches:
            store.forget_message(watch)  # the next try posts a new message
        return 0
    store.posted(notices, ts)
    tick.limits.pause(channel, tick.context.clock() + APART)
    return len(notices)


def _stopped(
    tick: Tick,
    notices: Sequence[Notice],
    watches: dict[str, Watch],
    message: Message,
    error: SlackError,
) -> int:
    """Tell whoever set the watches, once, that the bot can't post there, and how to fix that."""
    channel, store = notices[0].channel, tick.context.watches
    if not isinstance(error, CannotPost):
        log.warning("%s takes no notices in %s: %s", channel, tick.workspace, error.code)
    untold = {watch.user: None for watch in watches.values() if watch.stopped is None}
    for user in untold:
        try:
            _tell_person(tick, channel, user, delivery_stopped(channel, error.code, message))
        except PutOff as put_off:
            # Neither the channel nor a direct message worked: try all of it again.
            store.put_off(notices, put_off.until, pending=False)
            return 0
        store.stopped(tick.workspace, channel, user, error.code)
    store.drop(notices, unsaid=not untold)
    return len(notices)


def _tell_of_doubt(tick: Tick, notices: Sequence[Notice], watches: dict[str, Watch]) -> int:
    """Send by direct message what may or may not have been posted in the channel."""
    channel, store = notices[0].channel, tick.context.watches
    setters = {watches[one.agent_id].user for one in notices if one.agent_id in watches}
    now = tick.context.clock()
    shown = notice_message(notices[0], now) if len(notices) == 1 else several_notices(notices)
    for user in sorted(setters):
        try:
            _tell_person(tick, channel, user, in_doubt(channel, shown))
        except PutOff as put_off:
            store.put_off(notices, put_off.until, pending=True)
            return 0
    store.drop(notices)
    return len(notices)


def _tell_person(tick: Tick, channel: str, user: str, message: Message) -> None:
    """Tell somebody by direct message; if that is refused, the admin who stored the key.

    Raises:
        PutOff: try again later, together with the channel's other notices.
    """
    key_owner = tick.context.keys.key_owner(tick.workspace)
    for person in dict.fromkeys(filter(None, (user, key_owner))):
        post = partial(tick.context.slack.post, tick.workspace, person, message)
        try:
            tick.delivery.attempt(channel, post)
        except SlackError as error:
            log.warning("%s can't be told of a watch: %s", person, error.code)
        else:
            return
    log.error("nobody can be told of a watch in %s", tick.workspace)
