"""Who hears of a run, where, and how often: its one message, brought up to date."""

import logging
from datetime import datetime, timedelta

from phantombot.ending import PRIVATE, Kind
from phantombot.errors import (
    CannotPost,
    KeyRejected,
    SealBroken,
    SlackError,
    SlackRefused,
    SlackUnavailable,
)
from phantombot.messages.keys import key_refused
from phantombot.messages.message import Message
from phantombot.messages.runs import cannot_post, placeholder, run_message, with_add_key
from phantombot.ports import Ports, Posted
from phantombot.run import Run, State

EDIT_EVERY = timedelta(seconds=3)
"""Progress is told no more often than this; an ending never waits."""
_GONE = frozenset({"message_not_found", "cant_update_message", "edit_window_closed"})
"""Slack's words for a message that can no longer be edited: it is posted anew."""

log = logging.getLogger(__name__)


def tell(ports: Ports, run: Run) -> Run:
    """Bring the run's message up to date, if that is due.

    Idempotent: what was said is on disk as a digest. An ending is always an edit of a message
    whose place is known, so that a crash can repeat it without anybody reading it twice.

    Raises:
        Superseded: another follower is at it.
    """
    now = ports.clock()
    if run.trouble == KeyRejected.__name__:
        _alert_keeper(ports, run.workspace)
    message = run_message(run, now)
    if message is None or message.digest == run.said:
        return _settle(ports, run)
    if _must_wait(run, now):
        return run
    run = _say(ports, run, message)
    return _settle(ports, run) if run.said == message.digest else run


def _must_wait(run: Run, now: datetime) -> bool:
    if run.say_after is not None and now < run.say_after:
        return True
    if run.state is State.ENDED:
        return False
    just_said = run.said_at is not None and now - run.said_at < EDIT_EVERY
    return just_said and (run.status is not None or run.trouble_at is not None)


def _say(ports: Ports, run: Run, message: Message) -> Run:
    if run.ts is not None:
        return _edit(ports, run, message)
    if _is_private(run):
        return _whisper(ports, run, message)
    if run.state is State.ENDED:
        return _tell_ending(ports, run, message)
    # A post whose answer was lost may stand in the channel: it is not repeated as it was.
    return run if run.posting == message.digest else _post(ports, run, message)


def _tell_ending(ports: Ports, run: Run, message: Message) -> Run:
    """An ending without a message yet: first a message, then the ending by an edit."""
    first = placeholder(run)
    run = _post(ports, run, first)
    if run.ts is not None:
        return _edit(ports, run, message, just_posted=True)
    given_up = run.said == first.digest
    return ports.runs.write(run, said=message.digest) if given_up else run


def _post(ports: Ports, run: Run, message: Message) -> Run:
    run = ports.runs.write(run, posting=message.digest)
    try:
        posted = ports.slack.post(run.workspace, run.home or run.channel, message)
    except SlackUnavailable as error:
        return _put_off(ports, run, message, error)
    except SlackError as error:
        if run.home == run.user:
            return _put_off(ports, run, message, error)
        return _post(ports, _move_to_the_launcher(ports, run, message), message)
    return _said(ports, run, message, home=posted.channel, ts=posted.ts, posting=None)


def _edit(ports: Ports, run: Run, message: Message, *, just_posted: bool = False) -> Run:
    """Progress that cannot be edited is left untold; an ending finds another place."""
    try:
        ports.slack.edit(run.workspace, Posted(run.home or run.channel, run.ts or ""), message)
    except SlackUnavailable as error:
        return _put_off(ports, run, message, error)
    except SlackError as error:
        if run.state is not State.ENDED:
            return _put_off(ports, run, message, error)
        if just_posted:
            # Nothing here can be edited, so the ending is a message of its own after all.
            return _post(ports, ports.runs.write(run, ts=None), message)
        if error.code in _GONE:
            return _tell_ending(ports, ports.runs.write(run, ts=None), message)
        return _tell_ending(ports, _move_to_the_launcher(ports, run, message), message)
    return _said(ports, run, message)


def _whisper(ports: Ports, run: Run, message: Message) -> Run:
    """To the launcher alone: through the command's response_url, else by direct message."""
    try:
        shown = _for_launcher(ports, run, message)
        if not _whispered(ports, run, shown):
            ports.slack.post(run.workspace, run.user, shown)
    except SlackError as error:
        return _put_off(ports, run, message, error)
    return _said(ports, run, message)


def _whispered(ports: Ports, run: Run, message: Message) -> bool:
    """False where the response_url is used up or too old, or cannot be read any more."""
    try:
        url = ports.runs.response_url(run)
        if url is None:
            return False
        ports.slack.whisper(url, message)
    except (SealBroken, SlackRefused, CannotPost) as error:
        log.info("run %s: its response_url is of no use: %s", run.id, error)
        return False
    return True


def _for_launcher(ports: Ports, run: Run, message: Message) -> Message:
    no_key = run.ending is not None and run.ending.kind is Kind.NO_KEY
    if no_key and ports.slack.is_admin(run.workspace, run.user):
        return with_add_key(message)
    return message


def _move_to_the_launcher(ports: Ports, run: Run, message: Message) -> Run:
    """Where the bot may not post, the launcher reads the mend, and the rest by direct message."""
    run = ports.runs.write(run, home=run.user, ts=None, posting=None)
    try:
        _whispered(ports, run, cannot_post(message))
    except SlackError as error:
        log.warning("run %s: the mend cannot be told: %s", run.id, error.code)
    return run


def _put_off(ports: Ports, run: Run, message: Message, error: SlackError) -> Run:
    """What Slack did not take now is said later; what it refuses for good is not said at all."""
    if isinstance(error, SlackUnavailable):
        log.warning("run %s cannot be told now: %s", run.id, error.code)
        later = ports.clock() + timedelta(seconds=error.retry_after)
        # Slack's own "ratelimited" is the one case in which a post has surely not been made.
        posting = None if error.code == "ratelimited" else run.posting
        return ports.runs.write(run, say_after=later, posting=posting)
    log.error("run %s: this cannot be told to anybody: %s", run.id, error.code)
    return ports.runs.write(run, said=message.digest)


def _said(ports: Ports, run: Run, message: Message, **changes: str | None) -> Run:
    return ports.runs.write(
        run, said=message.digest, said_at=ports.clock(), say_after=None, **changes
    )


def _settle(ports: Ports, run: Run) -> Run:
    """Nothing is left to be said about an ended run."""
    if run.state is not State.ENDED or run.told:
        return run
    if run.ending is not None and run.ending.cause == KeyRejected.__name__:
        _alert_keeper(ports, run.workspace)
    return ports.runs.write(run, told=True)


def _alert_keeper(ports: Ports, workspace: str) -> None:
    """Tell the admin who stored the key, once per key, that it is no longer accepted."""
    keeper = ports.keys.keeper_to_alert(workspace)
    if keeper is None:
        return
    try:
        ports.slack.post(workspace, keeper, key_refused())
    except SlackError as error:
        log.warning("the keeper of %s's key cannot be told: %s", workspace, error.code)
    ports.keys.keeper_alerted(workspace)


def _is_private(run: Run) -> bool:
    return run.state is State.ASKED or (run.ending is not None and run.ending.kind in PRIVATE)
