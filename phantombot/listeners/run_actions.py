"""The buttons of a run's message: Stop, Output and Run again, for whom the rules allow it."""

from phantombot.context import Context
from phantombot.errors import DecryptionError
from phantombot.listeners.account import stop_agent, tell_output_of
from phantombot.listeners.background import respond_ephemeral, run_in_background
from phantombot.listeners.requests import refusal_or_question
from phantombot.messages.blocks import Message, plain
from phantombot.messages.commands import incomplete
from phantombot.messages.pressed import ARGUMENT_SEALED, LAUNCHING_ANEW, RUN_UNKNOWN, run_over
from phantombot.messages.runs import RUN_AGAIN, SHOW_OUTPUT, STOP_RUN
from phantombot.runs.model import Intent, Run, State
from phantombot.runs.request import request_launch
from phantombot.slack.payload import Body, asker_of, workspace_of

RUN_BUTTONS = frozenset({STOP_RUN, SHOW_OUTPUT, RUN_AGAIN})
_LONGEST_NUMBER = 18
"""Digits that any database takes."""


def run_of(context: Context, body: Body) -> Run | None:
    """The run whose number the pressed button's value begins with, if it is this workspace's."""
    value = str(body["actions"][0].get("value")).partition(" ")[0]
    if not (value.isascii() and value.isdigit()) or len(value) > _LONGEST_NUMBER:
        return None
    return context.runs.get(workspace_of(body), int(value))


def answer_run_button(context: Context, body: Body) -> None:
    """Do what the button says. The message it stands in stays as it is: all others read it too."""
    run = run_of(context, body)
    if run is None:
        respond_ephemeral(context, body, RUN_UNKNOWN)
        return
    match body["actions"][0]["action_id"]:
        case action if action == STOP_RUN:
            run_in_background(context, body, lambda: _stop(context, body, run))
        case action if action == SHOW_OUTPUT:
            run_in_background(context, body, lambda: tell_output_of(context, asker_of(body), run))
        case action if action == RUN_AGAIN:
            # The intent is on disk before the acknowledgement, as a typed one is.
            message = _run_again(context, body, run)
            run_in_background(context, body, lambda: message)


def _stop(context: Context, body: Body, run: Run) -> Message:
    """An old button must not stop what was launched since."""
    if run.agent_id is None or run.state is State.ENDED:
        return run_over(run)
    return stop_agent(context, asker_of(body), run.agent_id)


def _run_again(context: Context, body: Body, run: Run) -> Message:
    try:
        argument = context.runs.argument(run)
    except DecryptionError:
        return plain(ARGUMENT_SEALED)
    asker = asker_of(body)
    intent = Intent(
        workspace=run.workspace,
        trigger_id=str(body.get("trigger_id") or ""),
        channel=asker.channel,
        user=asker.user,
        response_url=str(body.get("response_url") or ""),
        agent=run.agent_id or run.agent,
        quoted=run.agent_id is None and run.quoted,
        command=run.command,
        argument=argument,
        thread_ts=run.thread_ts if asker.channel == run.channel else None,
    )
    if not (intent.trigger_id and intent.channel):
        return incomplete()
    requested = request_launch(context, intent)
    return refusal_or_question(context, requested) or plain(LAUNCHING_ANEW)
