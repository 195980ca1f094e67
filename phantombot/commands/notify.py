"""`notify`: how people are notified when their runs end, and what is posted in a channel."""

import logging
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial

from phantombot.access.rules import Asker
from phantombot.commands.forms import show_form
from phantombot.commands.permission import Admins, Members
from phantombot.commands.spec import Action, CommandSpec, Subcommand
from phantombot.context import Context
from phantombot.errors import SlackError, UsageError
from phantombot.messages.blocks import Message, plain
from phantombot.messages.commands import Group
from phantombot.messages.notify import (
    NOT_HERE,
    NOTIFY_ADMINS_ONLY,
    NOTIFY_HERE_SLACK_SILENT,
    notify_form,
    notify_here_form,
    open_notify_button,
    open_notify_here_button,
)
from phantombot.messages.pressed import nobody_notified, notifying
from phantombot.runs.model import Run, State
from phantombot.slack.payload import Invocation
from phantombot.text.normalize import folded

_SPEC = CommandSpec(
    "notify",
    "notify [here]",
    "sets in a form how you hear that your runs ended: how, of which ends, and when not; `here`,"
    " for admins, whether this channel shows endings and results, or only counts results",
    "notify",
    group=Group.HEAR,
    brief="sets how you hear of your runs",
    who=Members("notify"),
    others=("notifications",),
)

_CHANNELS = "CG"
"""First letters of Slack's ids of channels and group messages."""
MOST = 50
"""Maximum people who ask to be notified of one run."""

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Notify:
    """Open the form of how the asker is notified."""


@dataclass(frozen=True)
class NotifyHere:
    """Open the form of the channel's settings."""


def read_notify(text: str) -> Notify | NotifyHere:
    """Parse `text`, typed after `notify`.

    Raises:
        UsageError: it is anything but `here`.
    """
    match folded(text).split():
        case []:
            return Notify()
        case ["here"]:
            return NotifyHere()
    raise UsageError(_SPEC.explained("After `notify` may stand `here`, and nothing else."))


def open_notify_form(context: Context, invocation: Invocation, _asked: Notify) -> Message | None:
    """Open the form with the current settings."""
    asker = invocation.asker
    settings = context.rings.settings(asker.workspace, asker.user)
    view = notify_form(settings, utc_offset(context, asker))
    return show_form(context, invocation, view, open_notify_button())


def open_notify_here_form(
    context: Context, invocation: Invocation, _asked: NotifyHere
) -> Message | None:
    """Open the form with the channel's settings; direct messages have none."""
    asker = invocation.asker
    if asker.channel[:1] not in _CHANNELS:
        return plain(NOT_HERE)
    settings = context.rings.in_channel(asker.workspace, asker.channel)
    view = notify_here_form(asker.channel, settings)
    return show_form(context, invocation, view, open_notify_here_button())


def _slack_silent(error: SlackError) -> Message:
    log.warning("Slack doesn't say who may change what a channel is told: %s", error.code)
    return plain(NOTIFY_HERE_SLACK_SILENT)


def utc_offset(context: Context, asker: Asker) -> timedelta | None:
    """Return how far the asker's clock is ahead of UTC; None if Slack doesn't say."""
    try:
        return context.people.person(asker.workspace, asker.user).utc_offset
    except SlackError:
        return None


def notify_of_run(context: Context, invocation: Invocation, run: Run) -> Message:
    """Add the presser to the people who are notified of the run's end."""
    return context.runs.with_newest(run, partial(_notify, context, invocation.asker.user))


def _notify(context: Context, user: str, run: Run) -> Message:
    if user in run.also_rung and run.state is not State.ENDED:
        return notifying(run)
    if run.state is State.ENDED or len(run.also_rung) >= MOST:
        return nobody_notified(run)
    context.runs.write(run, replace(run, also_rung=(*run.also_rung, user)))
    return notifying(run)


OPEN_NOTIFY_FORM = Action(_SPEC.who, open_notify_form)
NOTIFY_OF_RUN = Action(_SPEC.who, notify_of_run)
NOTIFY_ADMINS = Admins("notify here", NOTIFY_ADMINS_ONLY, _slack_silent)
OPEN_NOTIFY_HERE_FORM = Action(NOTIFY_ADMINS, open_notify_here_form)
NOTIFY = Subcommand(
    _SPEC, read_notify, {Notify: OPEN_NOTIFY_FORM, NotifyHere: OPEN_NOTIFY_HERE_FORM}
)
