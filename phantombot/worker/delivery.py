"""Post to and edit in Slack, once per call, and learn from the answer when to try again.

- "Not now" pauses the channel, or all of them: `PutOff` says until when.
- "Not here" closes the channel, until somebody types a command there again.
- A post that works opens its channel again.

The caller writes to disk beforehand what keeps a crash from repeating the call, and decides what to
do with a message that was put off or refused.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import TypeVar

from phantombot.context import Context
from phantombot.errors import CannotPost, Error, SlackError, SlackUnavailable
from phantombot.messages.blocks import Message, without_mentions
from phantombot.runs.model import Run
from phantombot.slack.client import Posted
from phantombot.worker.channel_store import Closed
from phantombot.worker.slack_limits import SlackLimits

T = TypeVar("T")

_GONE = frozenset({"message_not_found", "cant_update_message", "edit_window_closed"})
"""Slack's words for a message that can no longer be edited."""

log = logging.getLogger(__name__)


class PutOff(Error):
    """Slack accepts nothing now; try again at `until`.

    `may_have_acted` is whether Slack may have done it all the same.
    """

    def __init__(self, until: datetime, *, may_have_acted: bool) -> None:
        super().__init__(until.isoformat())
        self.until = until
        self.may_have_acted = may_have_acted

    def applied_to(self, run: Run) -> Run:
        """Return the run whose message was put off."""
        return run.put_off(self.until, may_be_posted=self.may_have_acted)


@dataclass(frozen=True)
class Delivery:
    """Posts and edits of one workspace, within Slack's limits."""

    context: Context
    workspace: str
    limits: SlackLimits

    def post(
        self,
        channel: str,
        message: Message,
        *,
        thread: str | None = None,
        run: Run | None = None,
        closes: bool = True,
    ) -> Posted:
        """Post a message, that of `run` if given, and open its channel again if it was closed.

        Its mentions notify nobody: only the reply in the thread is meant to.

        Raises:
            PutOff: it may have been posted all the same.
            SlackError: Slack refuses it for good.
        """
        slack = self.context.slack
        shown = without_mentions(message, partial(self._name_of, run))
        uid = run.uid if run else ""
        call = partial(slack.post, self.workspace, channel, shown, thread=thread, run=uid)
        posted = self.attempt(channel, call, closes=closes)
        if self.limits.closed.pop(channel, None) is not None:
            self.context.channels.open(self.workspace, channel)
        return posted

    def edit(self, posted: Posted, message: Message, *, closes: bool = False) -> None:
        """Change a posted message.

        Raises:
            PutOff: it may have been changed all the same.
            SlackError: Slack refuses it for good.
        """
        slack = self.context.slack
        call = partial(slack.edit, self.workspace, posted, message)
        self.attempt(posted.channel, call, closes=closes)

    def attempt(self, channel: str, call: Callable[[], T], *, closes: bool = False) -> T:
        """Make one call to Slack for what is shown in the channel.

        `closes`: if the bot can't post there, nothing more is tried in the channel.

        Raises:
            PutOff: it may have been done all the same.
            SlackError: Slack refuses it for good.
        """
        try:
            return call()
        except SlackUnavailable as error:
            raise self._paused(channel, error) from None
        except CannotPost as error:
            if closes:
                self._close(channel, error)
            raise

    def _name_of(self, run: Run | None, user: str) -> str:
        if run is not None and run.user == user and run.user_name:
            return run.user_name
        try:
            return self.context.people.person(self.workspace, user).name
        except Error as error:
            log.info("%s is not named in %s: %s", user, self.workspace, error)
            return ""

    def _paused(self, channel: str, error: SlackUnavailable) -> PutOff:
        log.warning("Slack takes nothing for %s in %s now: %s", channel, self.workspace, error.code)
        until = self.context.clock() + timedelta(seconds=error.retry_after)
        if error.code == "ratelimited":
            self.limits.pause(channel, until)
        else:
            self.limits.pause_everywhere(until)
        return PutOff(until, may_have_acted=not error.refused)

    def _close(self, channel: str, error: CannotPost) -> None:
        log.warning("%s can't be posted to in %s: %s", channel, self.workspace, error.code)
        closed = Closed(self.context.clock(), error.code)
        self.limits.closed[channel] = closed
        self.context.channels.close(self.workspace, channel, closed)


def post_run(delivery: Delivery, run: Run, message: Message) -> Callable[[Run], Run]:
    """Post a message of the run, whose digest is on disk as pending; return how that changes it.

    Raises:
        SlackError: Slack refuses it for good.
    """
    closes = run.stands_in_its_channel
    try:
        posted = delivery.post(run.posts_to, message, thread=run.replies_to, run=run, closes=closes)
    except PutOff as put_off:
        return put_off.applied_to
    now = delivery.context.clock()
    return lambda run: run.posted(posted.channel, posted.ts, message.digest, now)


def is_gone(error: SlackError) -> bool:
    """Return whether the message that was to be edited is gone, or can't be edited any more."""
    return error.code in _GONE
