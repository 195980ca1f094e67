"""`notify`: how somebody hears that their runs have ended."""

import logging
from dataclasses import dataclass, replace
from datetime import timedelta

from phantombot.access.rules import Asker
from phantombot.commands.permission import Members
from phantombot.commands.spec import Action, CommandSpec, Subcommand, nothing_after
from phantombot.context import Context
from phantombot.errors import SlackError, SlackRefused, StaleWrite, StoreUnavailable
from phantombot.messages.blocks import Message, plain
from phantombot.messages.commands import Group
from phantombot.messages.notify import NOTIFY_SLACK_SILENT, notify_form, open_notify_button
from phantombot.messages.pressed import nobody_notified, notifying
from phantombot.runs.model import Run, State
from phantombot.slack.payload import Invocation

_SPEC = CommandSpec(
    "notify",
    "notify",
    "sets in a form how you hear that your runs ended: how, of which ends, and when not",
    "notify",
    group=Group.HEAR,
    brief="sets how you hear of your runs",
    who=Members("notify"),
    others=("notifications",),
)

MOST = 50
"""People who are notified of one run because they asked for it."""
_TRIES = 9

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Notify:
    """Open the form of how the asker is notified."""


def open_notify_form(context: Context, invocation: Invocation, _asked: Notify) -> Message | None:
    """Open the form with what is set now."""
    asker = invocation.asker
    settings = context.rings.settings(asker.workspace, asker.user)
    view = notify_form(settings, utc_offset(context, asker))
    try:
        context.slack.open_view(asker.workspace, invocation.trigger_id, view)
    except SlackError as error:
        log.warning("the form of notifications cannot be opened: %s", error.code)
        refused = isinstance(error, SlackRefused)
        return open_notify_button() if refused else plain(NOTIFY_SLACK_SILENT)
    return None


def utc_offset(context: Context, asker: Asker) -> timedelta | None:
    """Return by how much the asker's clock is ahead of UTC; None where Slack doesn't tell."""
    try:
        return context.people.person(asker.workspace, asker.user).utc_offset
    except SlackError:
        return None


def notify_of_run(context: Context, invocation: Invocation, run: Run) -> Message:
    """Add the presser to those who are notified of the run's end."""
    user = invocation.asker.user
    for _ in range(_TRIES):
        if user in run.also_rung and run.state is not State.ENDED:
            return notifying(run)
        if run.state is State.ENDED or len(run.also_rung) >= MOST:
            return nobody_notified(run)
        try:
            context.runs.write(run, replace(run, also_rung=(*run.also_rung, user)))
        except StaleWrite:
            # Whoever follows it wrote it meanwhile.
            run = context.runs.by_uid(run.workspace, run.uid) or run
        else:
            return notifying(run)
    raise StoreUnavailable("the run is being written by others")


OPEN_NOTIFY_FORM = Action(_SPEC.who, open_notify_form)
NOTIFY_OF_RUN = Action(_SPEC.who, notify_of_run)
NOTIFY = Subcommand(_SPEC, nothing_after(_SPEC, Notify()), {Notify: OPEN_NOTIFY_FORM})
