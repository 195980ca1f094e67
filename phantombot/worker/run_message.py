"""Post and edit the Slack message of a run."""

import logging
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

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
from phantombot.messages.keys import with_add_key
from phantombot.messages.runs import beside_earlier, placeholder
from phantombot.runs.adopt import may_appear
from phantombot.runs.ending import PRIVATE, Kind
from phantombot.runs.model import Run, State
from phantombot.slack.client import Posted
from phantombot.worker.acknowledgement import deletable_at, delete_acknowledgement
from phantombot.worker.channel_store import Closed
from phantombot.worker.dead_session import join_first, message_of
from phantombot.worker.delivery import PutOff, is_gone, post_run
from phantombot.worker.key_alert import alert_key_owner
from phantombot.worker.run_thread import add_detail
from phantombot.worker.slack_limits import EDIT_EVERY
from phantombot.worker.tick import Tick

EDIT_COMES_WITHIN = timedelta(seconds=30)
"""How long an edit that timed out can still take effect."""

log = logging.getLogger(__name__)


def update_message(tick: Tick, run: Run) -> Run:
    """Bring the run's message up to date, if that is due.

    Idempotent: a digest of what the message says is on disk. An ending is always an edit of a known
    message, so a crash can repeat it without anybody reading it twice.

    Raises:
        StaleWrite: another worker is processing the run.
    """
    run = delete_acknowledgement(tick.context, run)
    now = tick.context.clock()
    if run.state is State.ASKED and run.message_at is not None:
        return run  # the question was in the acknowledgement itself, or was sent
    if run.last_error == KeyRejected.__name__:
        _alert_key_owner(tick, run)
    if _must_wait(tick, run, now):
        return run
    message = message_of(tick.context, run)
    if message is None or message.digest == run.message_digest:
        return _finish(tick, run)
    run = _show(tick, run, message)
    return _finish(tick, run) if run.message_digest == message.digest else run


def _must_wait(tick: Tick, run: Run, now: datetime) -> bool:
    if tick.limits.paused(run.posts_to, now):
        return True
    first_news = run.status is None and run.error_since is None
    if run.state is State.ENDED or run.message_at is None or first_news:
        return False
    since = now - run.message_at
    if since < EDIT_EVERY:
        return True
    if since >= tick.limits.edit_every(run.age(now)):
        return False
    # That it started is shown sooner than its progress.
    return run.message_digest != placeholder(run).digest


def _show(tick: Tick, run: Run, message: Message) -> Run:
    if is_private(run) and run.ts is None:
        return _tell_launcher(tick, run, message)
    closed = tick.limits.closed_to(run)
    if closed is not None:
        return _show_elsewhere(tick, run, message, closed)
    if run.ts is not None:
        return _edit(tick, run, message)
    if run.state is State.ENDED:
        return _show_ending(tick, run, message)
    if run.message_channel == run.user and run.message_digest is not None:
        return run  # progress can be shown neither in the channel nor to the launcher
    return run if _is_repeated(run, message) else _post(tick, run, message)


def _is_repeated(run: Run, message: Message) -> bool:
    """Return whether a post whose answer was lost may have shown already that the run is running.

    Only "launching" is followed by one other message before the ending.
    """
    if run.pending_post is None:
        return False
    first = placeholder(run).digest
    return run.reposted or run.pending_post != first or message.digest == first


def _show_elsewhere(tick: Tick, run: Run, message: Message, closed: Closed) -> Run:
    """Show nothing more in a closed channel; the launcher is told how the run goes on."""
    if run.ts is not None and run.state is not State.ENDED:
        return run
    return _show(tick, *_move_to_launcher(tick, run, message, closed.code))


def _show_ending(tick: Tick, run: Run, message: Message) -> Run:
    """Show an ending without a message yet: first post a message, then edit the ending into it.

    If the ending itself were posted and Slack's answer lost, posting it again might show it twice,
    and not posting it again might show it to nobody.
    """
    if run.pending_post == message.digest:
        # The ending itself was posted, since nothing could be edited, and may have arrived.
        return _tell_otherwise(tick, run, message)
    run = _post(tick, run, placeholder(run))
    if run.ts is not None:
        # Since the post, it may have to say that an earlier message is out of date.
        message = message_of(tick.context, run) or message
        return _edit(tick, run, message, just_posted=True)
    put_off = run.retry_after is not None
    return run if put_off else _tell_otherwise(tick, run, message)


def _post(tick: Tick, run: Run, message: Message) -> Run:
    if run.pending_post is not None and not run.reposted:
        message = beside_earlier(message)
    # On disk before the call: after a crash the post may have arrived without our knowing, and is
    # not repeated.
    run = tick.context.runs.write(run, run.posting(message.digest))
    try:
        change = post_run(tick.delivery, run, message)
    except SlackError as error:
        if run.message_channel == run.user:
            return _give_up(tick.context, run, message, error)
        return _post(tick, *_move_to_launcher(tick, run, message, error.code))
    return tick.context.runs.write(run, change(run))


def _edit(tick: Tick, run: Run, message: Message, *, just_posted: bool = False) -> Run:
    """Edit the message; if that fails, progress is left out, and an ending is shown elsewhere."""
    context, posted = tick.context, Posted(run.posts_to, run.ts or "")
    earlier = run.editing_at if _may_come_late(run, context.clock()) else None
    if run.state is not State.ENDED:
        # On disk before the call: if we are killed meanwhile, it may take effect after the ending's
        # edit.
        run = context.runs.write(run, replace(run, editing_at=context.clock()))
    try:
        tick.delivery.edit(posted, message, closes=run.stands_in_its_channel)
    except PutOff as put_off:
        begun = run if put_off.may_have_acted else replace(run, editing_at=earlier)
        return context.runs.write(run, put_off.applied_to(begun))
    except SlackError as error:
        if run.state is not State.ENDED:
            return _give_up(context, run, message, error)
        if just_posted:
            # This message can't be edited, so the ending gets a message of its own after all.
            return _post(tick, context.runs.write(run, replace(run, ts=None)), message)
        if is_gone(error):
            return _show_ending(tick, context.runs.write(run, replace(run, ts=None)), message)
        return _show_ending(tick, *_move_to_launcher(tick, run, message, error.code))
    # Written after the call: a crash in between repeats the edit, which nobody sees.
    shown = run.shows(message.digest, context.clock())
    is_over = run.state is State.ENDED
    return context.runs.write(run, replace(shown, editing_at=earlier), flushed=is_over)


def _may_come_late(run: Run, now: datetime) -> bool:
    """Return whether an edit that wasn't answered can still take effect."""
    return run.editing_at is not None and now - run.editing_at < EDIT_COMES_WITHIN


def _tell_launcher(tick: Tick, run: Run, message: Message) -> Run:
    """Tell only the launcher: through the command's response_url, else by direct message.

    A refusal is sent once, since it may have been read even if Slack's answer was lost. A question
    is repeated, since nothing is launched without an answer to it.
    """
    context = tick.context
    # Written first: of two workers that process the run, only the one that writes this sends it.
    run = context.runs.write(run, replace(run, pending_post=message.digest))
    try:
        tick.delivery.attempt(run.posts_to, partial(_send_to_launcher, context, run, message))
    except PutOff as put_off:
        if run.state is State.ASKED or not put_off.may_have_acted:
            return context.runs.write(run, put_off.applied_to(run))
    except SlackError as error:
        return _give_up(context, run, message, error)
    shown = run.shows(message.digest, context.clock())
    return context.runs.write(run, replace(shown, pending_post=None))


def _send_to_launcher(context: Context, run: Run, message: Message) -> None:
    message = _for_launcher(context, run, message)
    if not _responded(context, run, message):
        context.slack.post(run.workspace, run.user, message)


def _responded(context: Context, run: Run, message: Message) -> bool:
    """Answer through the response_url; return False if that no longer works."""
    try:
        url = context.runs.response_url(run)
        if url is None:
            return False
        context.slack.respond_ephemeral(run.workspace, url, message)
    except (DecryptionError, SlackRefused, CannotPost) as error:
        log.info("run %s: its response_url can't be used: %s", run.id, error)
        return False
    return True


def _for_launcher(context: Context, run: Run, message: Message) -> Message:
    if run.ending is None or run.ending.kind is not Kind.NO_KEY:
        return message
    try:
        return with_add_key(message) if context.slack.is_admin(run.workspace, run.user) else message
    except SlackRefused:
        return message


def _move_to_launcher(tick: Tick, run: Run, message: Message, code: str) -> tuple[Run, Message]:
    """Continue by direct message if the bot can't post, and tell the launcher how to fix that.

    Return the run, and the message to show there.
    """
    context, first = tick.context, message.digest == placeholder(run).digest
    run = context.runs.write(run, run.moved_to_launcher())
    news = message_of(context, run) or message
    try:
        if not _responded(context, run, cannot_post(news, code)):
            context.slack.post(run.workspace, run.user, moved(run, code))
    except SlackError as error:
        log.warning("run %s: its launcher can't be told to invite the bot: %s", run.id, error.code)
    there = placeholder(run) if first else message_of(context, run)
    return run, there or message


def _give_up(context: Context, run: Run, message: Message, error: SlackError) -> Run:
    """Give up on a message that Slack refuses for good: store it as shown."""
    log.error("run %s: this can't be told to anybody: %s", run.id, error.code)
    return context.runs.write(run, run.shows(message.digest, context.clock()))


def _tell_otherwise(tick: Tick, run: Run, message: Message) -> Run:
    """Report an ending that Slack accepts neither in the channel nor as a direct message.

    Send it to the admin who stored the key; failing that, answer the launcher's command through its
    response_url, unless that has expired.
    """
    context = tick.context
    try:
        tick.delivery.attempt(
            run.posts_to,
            lambda: _told_key_owner(context, run, message) or _responded(context, run, message),
        )
    except PutOff as put_off:
        return context.runs.write(run, put_off.applied_to(run))
    return context.runs.write(run, replace(run, message_digest=message.digest))


def _told_key_owner(context: Context, run: Run, message: Message) -> bool:
    """Tell whoever stored the key; return False if that is the launcher, or Slack refuses."""
    key_owner = context.keys.key_owner(run.workspace)
    if key_owner is None or key_owner == run.user:
        return False
    try:
        context.slack.post(run.workspace, key_owner, undeliverable(run, message))
    except SlackUnavailable:
        raise
    except SlackError as error:
        log.error("run %s: its ending can't be told to the key's owner: %s", run.id, error.code)
        return False
    return True


def _finish(tick: Tick, run: Run) -> Run:
    """Add the detail to an ended run's thread, which is the last step."""
    if run.state is not State.ENDED or run.done or may_appear(run, tick.context.clock()):
        return run
    if deletable_at(run) is not None:
        return run  # nothing processes the run again once it is done
    if run.editing_at is not None and run.ts is not None:
        return _edit_again(tick, run)
    if run.ending is not None and run.ending.cause == KeyRejected.__name__:
        _alert_key_owner(tick, run)
    run, waits = join_first(tick, run)
    return run if waits else add_detail(tick, run)


def _edit_again(tick: Tick, run: Run) -> Run:
    """Repeat the ending's edit once no earlier edit can undo it; readers see no change."""
    message = message_of(tick.context, run)
    if message is None or _may_come_late(run, tick.context.clock()):
        return run
    return _edit(tick, run, message)


def _alert_key_owner(tick: Tick, run: Run) -> None:
    if not tick.limits.paused(run.posts_to, tick.context.clock()):
        alert_key_owner(tick)


def is_private(run: Run) -> bool:
    """Return whether only the launcher is told about the run."""
    return run.state is State.ASKED or (run.ending is not None and run.ending.kind in PRIVATE)
