"""The buttons of a run's message: Stop, Output and Run again, if the rules allow them."""

from typing import Any

from phantombot.commands.launch import LAUNCH_RUN_AGAIN
from phantombot.commands.output import SHOW_OUTPUT_OF
from phantombot.commands.spec import Action
from phantombot.commands.stop import STOP_THIS_RUN
from phantombot.context import Context
from phantombot.listeners.background import perform_in_background, respond_ephemeral
from phantombot.messages.pressed import RUN_UNKNOWN
from phantombot.messages.runs import RUN_AGAIN, SHOW_OUTPUT, STOP_RUN
from phantombot.runs.model import Run
from phantombot.slack.payload import Body, workspace_of

RUN_BUTTONS: dict[str, Action[Any]] = {
    STOP_RUN: STOP_THIS_RUN,
    SHOW_OUTPUT: SHOW_OUTPUT_OF,
    RUN_AGAIN: LAUNCH_RUN_AGAIN,
}
_LONGEST_NUMBER = 18
"""Digits that any database takes."""


def run_of(context: Context, body: Body) -> Run | None:
    """Return the run whose number the pressed button's value begins with.

    None if it isn't this workspace's.
    """
    value = str(body["actions"][0].get("value")).partition(" ")[0]
    if not (value.isascii() and value.isdigit()) or len(value) > _LONGEST_NUMBER:
        return None
    return context.runs.get(workspace_of(body), int(value))


def answer_run_button(context: Context, body: Body) -> None:
    """Do what the button says; its message stays as it is, since everybody reads it."""
    run = run_of(context, body)
    if run is None:
        respond_ephemeral(context, body, RUN_UNKNOWN)
        return
    perform_in_background(context, body, RUN_BUTTONS[body["actions"][0]["action_id"]], run)
