"""The buttons of a run's message, which check the access rules first."""

import re
from typing import Any

from phantombot.commands.again import (
    CANCEL_RETRY_OF_RUN,
    LAUNCH_ALL_AGAIN,
    LAUNCH_RUN_AGAIN,
    RETRY_RUN_LATER,
)
from phantombot.commands.notify import NOTIFY_OF_RUN
from phantombot.commands.output import SHOW_OUTPUT_OF
from phantombot.commands.spec import Action
from phantombot.commands.stop import STOP_THIS_RUN
from phantombot.context import Context
from phantombot.listeners.background import perform_in_background, respond_ephemeral
from phantombot.messages.pressed import RUN_UNKNOWN
from phantombot.messages.runs import (
    CANCEL_RETRY,
    NOTIFY_ME,
    RETRY_LATER,
    RUN_AGAIN,
    SHOW_OUTPUT,
    STOP_RUN,
)
from phantombot.messages.sessions import RUN_ALL_AGAIN
from phantombot.runs.model import Run
from phantombot.slack.payload import Body, asker_of, workspace_of

RUN_BUTTONS: dict[str, Action[Any]] = {
    STOP_RUN: STOP_THIS_RUN,
    SHOW_OUTPUT: SHOW_OUTPUT_OF,
    RUN_AGAIN: LAUNCH_RUN_AGAIN,
    RUN_ALL_AGAIN: LAUNCH_ALL_AGAIN,
    RETRY_LATER: RETRY_RUN_LATER,
    CANCEL_RETRY: CANCEL_RETRY_OF_RUN,
    NOTIFY_ME: NOTIFY_OF_RUN,
}
_NUMBER = re.compile(r"[0-9]{1,18}")
"""How earlier releases' messages identify a run.

After runs were deleted or a backup was restored, a number may be another run's.
"""
_UID = re.compile(r"[A-Za-z0-9_-]{16,64}")


def run_of(context: Context, body: Body) -> Run | None:
    """Return the workspace's run whose uid begins the pressed button's value; None if unknown.

    A number is only accepted in the run's own message.
    """
    value = str(body["actions"][0].get("value")).partition(" ")[0]
    if _NUMBER.fullmatch(value):
        run = context.runs.get(workspace_of(body), int(value))
        return run if run is not None and _is_shown(run, body) else None
    return context.runs.by_uid(workspace_of(body), value) if _UID.fullmatch(value) else None


def own_run_of(context: Context, body: Body) -> Run | None:
    """Return the pressed button's run, if the presser launched it."""
    run = run_of(context, body)
    return run if run is not None and run.user == asker_of(body).user else None


def _is_shown(run: Run, body: Body) -> bool:
    """Return whether the pressed button's message is the run's own."""
    place = body.get("container") or {}
    return run.stands_in(str(place.get("channel_id")), str(place.get("message_ts")))


def _is_for_launcher(run: Run, body: Body) -> bool:
    """Return whether only the run's launcher, who pressed, can see the message."""
    ephemeral = bool((body.get("container") or {}).get("is_ephemeral"))
    return ephemeral and run.user == asker_of(body).user


def answer_run_button(context: Context, body: Body) -> None:
    """Do what the button says; its message stays as it is, since everybody can read it."""
    run = run_of(context, body)
    if run is None or not (_is_shown(run, body) or _is_for_launcher(run, body)):
        respond_ephemeral(context, body, RUN_UNKNOWN)
        return
    perform_in_background(context, body, RUN_BUTTONS[body["actions"][0]["action_id"]], run)
