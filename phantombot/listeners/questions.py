"""The answers to what is asked before a launch, or before an alias is set."""

from dataclasses import replace
from functools import partial

from phantombot.commands.alias import GIVE_ALIAS, alias_of
from phantombot.commands.launch import OPEN_TYPED_FORM
from phantombot.context import Context
from phantombot.errors import DecryptionError
from phantombot.listeners.background import perform_in_background, respond_ephemeral
from phantombot.messages.commands import (
    LAUNCHING_AGAIN,
    LOOKING_AGAIN,
    NOT_LAUNCHED,
    QUESTION_CLOSED,
)
from phantombot.messages.doubts import (
    LAUNCH_AGAIN,
    LAUNCH_NOT,
    LOOK_AGAIN,
    answers_question,
    chosen_agent,
)
from phantombot.messages.pressed import ALIAS_SEALED
from phantombot.runs.ending import Ending, Kind
from phantombot.runs.model import ConfirmReason, Run, State
from phantombot.slack.payload import Body

ANSWERS = frozenset({LAUNCH_AGAIN, LAUNCH_NOT, LOOK_AGAIN})
"""The buttons under a question; a choice of agents has others."""


def answer_question(context: Context, body: Body, run: Run | None) -> None:
    """Do what the launcher answered: launch it, or don't, or with which agent.

    `run` is the button's, if its presser launched it.
    """
    text = QUESTION_CLOSED
    if run is not None:
        # The worker that asked can still be storing that it has asked.
        text = context.runs.with_newest(run, partial(_answered, context, body))
    respond_ephemeral(context, body, text, replace=True)


def _answered(context: Context, body: Body, run: Run) -> str:
    action_id, value = body["actions"][0]["action_id"], str(body["actions"][0].get("value"))
    meant = action_id != LAUNCH_NOT
    if run.state is not State.ASKED:
        return _answered_before(run)
    if not answers_question(action_id, value, run):
        return QUESTION_CLOSED
    after = _after_answer(context, action_id, value, run)
    url = _deletes_question(body, run) if meant else None
    after = replace(after, acknowledged=url is not None)
    context.runs.write(run, after, response_url=url)
    if meant:
        context.launch(run.workspace, run.id)
    if action_id == LOOK_AGAIN:
        return LOOKING_AGAIN
    return LAUNCHING_AGAIN if meant else NOT_LAUNCHED


def _answered_before(run: Run) -> str:
    """Say what the first press did, if a button is pressed twice."""
    if run.confirmed or run.sent_at is not None or run.state is State.INTENDED:
        return LAUNCHING_AGAIN
    cancelled = run.ending is not None and run.ending.kind is Kind.CANCELLED
    return NOT_LAUNCHED if cancelled else QUESTION_CLOSED


def _deletes_question(body: Body, run: Run) -> str | None:
    """Return the response_url that deletes the question's message; None if it should stay.

    It stays if others can read it too. It also stays in a thread, where the answer belongs, and
    where the response_url stored with the run posts.
    """
    ephemeral = (body.get("container") or {}).get("is_ephemeral")
    if not ephemeral or run.thread_ts is not None:
        return None
    return str(body.get("response_url") or "") or None


def _after_answer(context: Context, action_id: str, value: str, run: Run) -> Run:
    """Return the run after the answer; everything else is checked again."""
    if action_id == LAUNCH_NOT:
        return run.ended(Ending(Kind.CANCELLED), context.clock())
    again = run.intended_again(context.clock())
    if action_id == LAUNCH_AGAIN:
        return replace(again, confirmed=True)
    if action_id == LOOK_AGAIN:
        return again
    chosen = chosen_agent(value)
    names = dict(run.ending.candidates) if run.ending is not None else {}
    return replace(again, agent_id=chosen, agent_name=names.get(chosen) or None)


def answer_alias_choice(context: Context, body: Body, draft: Run | None) -> None:
    """Set the alias with the chosen agent and the typed argument."""
    if draft is None or draft.state is not State.ASKED or draft.doubt != ConfirmReason.ALIAS:
        respond_ephemeral(context, body, QUESTION_CLOSED, replace=True)
        return
    try:
        asked = alias_of(context, draft, chosen_agent(str(body["actions"][0].get("value"))))
    except DecryptionError:
        respond_ephemeral(context, body, ALIAS_SEALED, replace=True)
        return
    perform_in_background(context, body, GIVE_ALIAS, asked, replace=True)


def open_typed_form(context: Context, body: Body, run: Run | None) -> None:
    """Open the form with the launch that was typed, after the acknowledgement."""
    if run is None or run.doubt != ConfirmReason.ARGUMENT:
        respond_ephemeral(context, body, QUESTION_CLOSED)
        return
    perform_in_background(context, body, OPEN_TYPED_FORM, run)
