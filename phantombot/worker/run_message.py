"""Who hears of a run, where, and how often: its one message, brought up to date."""

import logging
from dataclasses import replace
from datetime import datetime, timedelta

from phantombot.context import Context
from phantombot.errors import (
    CannotPost,
    DecryptionError,
    KeyRejected,
    SlackError,
    SlackRefused,
    SlackUnavailable,
)
from phantombot.messages.blocks import Message
from phantombot.messages.channels import cannot_post, moved, undeliverable
from phantombot.messages.runs import placeholder, run_message, with_add_key
from phantombot.runs.ending import PRIVATE, Kind
from phantombot.runs.model import Run, State
from phantombot.slack.client import Posted
from phantombot.worker.channel_store import Closed
from phantombot.worker.key_alert import alert_key_owner
from phantombot.worker.run_thread import add_detail
from phantombot.worker.slack_limits import EDIT_EVERY
from phantombot.worker.tick import Tick

_GONE = frozenset({"message_not_found", "cant_update_message", "edit_window_closed"})
"""Slack's words for a message that can no longer be edited: it is posted anew."""

log = logging.getLogger(__name__)


def tell(tick: Tick, run: Run) -> Run:
    """Bring the run's message up to date, if that is due.

    Idempotent: what was said is on disk as a digest. An ending is always an edit of a message
    whose place is known, so that a crash can repeat it without anybody reading it twice.

    Raises:
        StaleWrite: another follower is at it.
    """
    now = tick.context.clock()
    if run.state is State.ASKED and run.message_at is not None:
        return run  # the question was the acknowledgement itself, or was told
    if run.last_error == KeyRejected.__name__:
        _alert_key_owner(tick, run)
    if _must_wait(tick, run, now):
        return run
    message = run_message(run, now)
    if message is None or message.digest == run.message_digest:
        return _settle(tick, run)
    run = _say(tick, run, message)
    return _settle(tick, run) if run.message_digest == message.digest else run


def _must_wait(tick: Tick, run: Run, now: datetime) -> bool:
    if tick.limits.paused(run, now):
        return True
    first_news = run.status is None and run.error_since is None
    if run.state is State.ENDED or run.message_at is None or first_news:
        return False
    since = now - run.message_at
    if since < EDIT_EVERY:
        return True
    # That it goes on at all is told sooner than how far it is.
    return (
        since < tick.limits.edit_every(run.age(now))
        and run.message_digest != placeholder(run).digest
    )


def _say(tick: Tick, run: Run, message: Message) -> Run:
    if is_private(run) and run.ts is None:
        return _whisper(tick, run, message)
    closed = tick.limits.closed_to(run)
    if closed is not None:
        return _say_elsewhere(tick, run, message, closed)
    if run.ts is not None:
        return _edit(tick, run, message)
    if run.state is State.ENDED:
        return _tell_ending(tick, run, message)
    if run.message_channel == run.user and run.message_digest is not None:
        return run  # neither channel nor launcher can be told how it goes on
    # A post whose answer was lost may stand in the channel: it is not repeated as it was.
    return run if run.pending_post == message.digest else _post(tick, run, message)


def _say_elsewhere(tick: Tick, run: Run, message: Message, closed: Closed) -> Run:
    """Nothing more goes to a closed channel: what was begun there is ended with the launcher."""
    if run.ts is not None and run.state is not State.ENDED:
        return run
    return _say(tick, *_moved_to_the_launcher(tick, run, message, closed.code))


def _tell_ending(tick: Tick, run: Run, message: Message) -> Run:
    """An ending without a message yet: first a message, then the ending by an edit."""
    if run.pending_post == message.digest:
        # It was posted as it is, since nothing could be edited, and may stand there.
        return _tell_otherwise(tick, run, message)
    first = placeholder(run)
    run = _post(tick, run, first)
    if run.ts is not None:
        return _edit(tick, run, message, just_posted=True)
    put_off = run.retry_after is not None
    return run if put_off else _tell_otherwise(tick, run, message)


def _post(tick: Tick, run: Run, message: Message) -> Run:
    run = tick.context.runs.write(run, replace(run, pending_post=message.digest))
    try:
        posted = tick.context.slack.post(
            run.workspace, run.posts_to, message, thread=run.replies_to
        )
    except SlackUnavailable as error:
        return _put_off(tick, run, error)
    except SlackError as error:
        _close(tick, run, error)
        if run.message_channel == run.user:
            return _give_up(tick.context, run, message, error)
        return _post(tick, *_moved_to_the_launcher(tick, run, message, error.code))
    if run.posts_to in tick.limits.closed:
        tick.context.channels.open(run.workspace, run.posts_to)
        tick.limits.closed.pop(run.posts_to, None)
    now = tick.context.clock()
    return tick.context.runs.write(run, run.posted(posted.channel, posted.ts, message.digest, now))


def _edit(tick: Tick, run: Run, message: Message, *, just_posted: bool = False) -> Run:
    """Progress that cannot be edited is left untold; an ending finds another place."""
    context = tick.context
    try:
        context.slack.edit(run.workspace, Posted(run.posts_to, run.ts or ""), message)
    except SlackUnavailable as error:
        return _put_off(tick, run, error)
    except SlackError as error:
        _close(tick, run, error)
        if run.state is not State.ENDED:
            return _give_up(context, run, message, error)
        if just_posted:
            # Nothing here can be edited, so the ending is a message of its own after all.
            return _post(tick, context.runs.write(run, replace(run, ts=None)), message)
        if error.code in _GONE:
            return _tell_ending(tick, context.runs.write(run, replace(run, ts=None)), message)
        return _tell_ending(tick, *_moved_to_the_launcher(tick, run, message, error.code))
    return context.runs.write(run, run.shows(message.digest, context.clock()))


def _whisper(tick: Tick, run: Run, message: Message) -> Run:
    """To the launcher alone: through the command's response_url, else by direct message."""
    # Another follower may be at it: whoever writes this first says it.
    context = tick.context
    run = context.runs.write(run, replace(run, pending_post=message.digest))
    try:
        private = _for_launcher(context, run, message)
        if not _whispered(context, run, private):
            context.slack.post(run.workspace, run.user, private)
    except SlackUnavailable as error:
        return _put_off(tick, run, error)
    except SlackError as error:
        return _give_up(context, run, message, error)
    shown = run.shows(message.digest, context.clock())
    return context.runs.write(run, replace(shown, pending_post=None))


def _whispered(context: Context, run: Run, message: Message) -> bool:
    """False where the response_url is used up or too old, or cannot be read any more."""
    try:
        url = context.runs.response_url(run)
        if url is None:
            return False
        context.slack.respond_ephemeral(run.workspace, url, message)
    except (DecryptionError, SlackRefused, CannotPost) as error:
        log.info("run %s: its response_url is of no use: %s", run.id, error)
        return False
    return True


def _for_launcher(context: Context, run: Run, message: Message) -> Message:
    if run.ending is None or run.ending.kind is not Kind.NO_KEY:
        return message
    try:
        return with_add_key(message) if context.slack.is_admin(run.workspace, run.user) else message
    except SlackRefused:
        return message


def _moved_to_the_launcher(
    tick: Tick, run: Run, message: Message, code: str
) -> tuple[Run, Message]:
    """Where the bot may not post, the launcher reads the mend, and the rest by direct message.

    Answers the run, and what the message says there.
    """
    first = message.digest == placeholder(run).digest
    run = tick.context.runs.write(run, run.moved_to_launcher())
    news = run_message(run, tick.context.clock()) or message
    try:
        if not _whispered(tick.context, run, cannot_post(news, code)):
            tick.context.slack.post(run.workspace, run.user, moved(run, code))
    except SlackError as error:
        log.warning("run %s: the mend cannot be told: %s", run.id, error.code)
    there = placeholder(run) if first else run_message(run, tick.context.clock())
    return run, there or message


def _close(tick: Tick, run: Run, error: SlackError) -> None:
    """Remember a channel that Slack refuses for good, so that nothing more is tried there."""
    if not isinstance(error, CannotPost) or run.posts_to != run.channel:
        return
    closed = Closed(tick.context.clock(), error.code)
    tick.limits.closed[run.posts_to] = closed
    tick.context.channels.close(run.workspace, run.posts_to, closed)
    log.warning("%s cannot be posted to in %s: %s", run.posts_to, run.workspace, error.code)


def _put_off(tick: Tick, run: Run, error: SlackUnavailable) -> Run:
    """What Slack did not take now is said later."""
    log.warning("run %s cannot be told now: %s", run.id, error.code)
    limited = error.code == "ratelimited"
    later = tick.context.clock() + timedelta(seconds=error.retry_after)
    tick.limits.pause(run, later, everywhere=not limited)
    # What Slack refused in so many words has surely not been posted.
    return tick.context.runs.write(run, run.put_off(later, may_be_posted=not error.refused))


def _give_up(context: Context, run: Run, message: Message, error: SlackError) -> Run:
    """What Slack refuses for good is not said here."""
    log.error("run %s: this cannot be told to anybody: %s", run.id, error.code)
    return context.runs.write(run, run.shows(message.digest, context.clock()))


def _tell_otherwise(tick: Tick, run: Run, message: Message) -> Run:
    """Tell an ending that Slack takes neither in the channel nor as a direct message.

    The admin who stored the key reads it; failing that the launcher does, where the command was
    typed, unless that is too long ago.
    """
    try:
        if not _tell_keeper(tick.context, run, message):
            _whispered(tick.context, run, message)
    except SlackUnavailable as error:
        return _put_off(tick, run, error)
    return tick.context.runs.write(run, replace(run, message_digest=message.digest))


def _tell_keeper(context: Context, run: Run, message: Message) -> bool:
    """False where nobody else stored the key, or Slack refuses this as well."""
    keeper = context.keys.key_owner(run.workspace)
    if keeper is None or keeper == run.user:
        return False
    try:
        context.slack.post(run.workspace, keeper, undeliverable(run, message))
    except SlackUnavailable:
        raise
    except SlackError as error:
        log.error("run %s: its ending cannot be told to the keeper: %s", run.id, error.code)
        return False
    return True


def _settle(tick: Tick, run: Run) -> Run:
    """Nothing is left to be said about an ended run but the detail in its thread."""
    if run.state is not State.ENDED or run.done:
        return run
    if run.ending is not None and run.ending.cause == KeyRejected.__name__:
        _alert_key_owner(tick, run)
    return add_detail(tick, run)


def _alert_key_owner(tick: Tick, run: Run) -> None:
    if not tick.limits.paused(run, tick.context.clock()):
        alert_key_owner(tick)


def is_private(run: Run) -> bool:
    """Whether what is to be said of the run is its launcher's business alone."""
    return run.state is State.ASKED or (run.ending is not None and run.ending.kind in PRIVATE)
