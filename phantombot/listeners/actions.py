"""What a pressed button does. Forms and everything slow come after the acknowledgement."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from phantombot.context import Context
from phantombot.errors import StaleWrite
from phantombot.listeners.access_form import open_access_form
from phantombot.listeners.account import stop_agent
from phantombot.listeners.agents import turn_page
from phantombot.listeners.audit_trail import send_audit
from phantombot.listeners.background import respond_ephemeral, run_in_background
from phantombot.listeners.home import turn_home
from phantombot.listeners.key_form import open_key_form, remove_key
from phantombot.listeners.launch_form import press_launch, press_typed
from phantombot.listeners.run_actions import RUN_BUTTONS, answer_run_button, run_of
from phantombot.listeners.watches import WATCH_BUTTONS, answer_watch_button
from phantombot.messages.access import OPEN_ACCESS
from phantombot.messages.agents import NEXT_AGENTS, PREVIOUS_AGENTS
from phantombot.messages.audit import EXPORT_AUDIT
from phantombot.messages.commands import (
    LAUNCHING_AGAIN,
    LOOKING_AGAIN,
    NOT_LAUNCHED,
    OPEN_TYPED,
    QUESTION_CLOSED,
    STALE_BUTTON,
)
from phantombot.messages.doubts import (
    LAUNCH_AGAIN,
    LAUNCH_NOT,
    LOOK_AGAIN,
    chosen_agent,
    is_choice,
)
from phantombot.messages.home import HOME_ACTIONS
from phantombot.messages.keys import KEEP_KEY, KEY_KEPT, REMOVE_KEY
from phantombot.messages.launch_form import OPEN_LAUNCH
from phantombot.messages.pressed import STRANGER
from phantombot.messages.runs import ADD_KEY
from phantombot.messages.stops import NOT_STOPPED, STOP_ALL, STOP_NOT
from phantombot.runs.ending import Ending, Kind
from phantombot.runs.model import Run, State
from phantombot.slack.payload import Body, asker_of, is_stranger

_FOR_ADMINS = frozenset({ADD_KEY, REMOVE_KEY, OPEN_ACCESS, EXPORT_AUDIT})
_LEFT_AS_IT_IS = {STOP_NOT: NOT_STOPPED, KEEP_KEY: KEY_KEPT}
_ELSEWHERE: dict[str, Callable[[Context, Body], None]] = {
    **dict.fromkeys(RUN_BUTTONS, answer_run_button),
    **dict.fromkeys(WATCH_BUTTONS, answer_watch_button),
    **dict.fromkeys((PREVIOUS_AGENTS, NEXT_AGENTS), turn_page),
    **dict.fromkeys(HOME_ACTIONS, turn_home),
    OPEN_LAUNCH: press_launch,
    OPEN_TYPED: press_typed,
}
_TRIES = 5


def answer_button(context: Context, body: Body) -> None:
    """Do what the button says."""
    action_id = body["actions"][0]["action_id"]
    if is_stranger(body):
        respond_ephemeral(context, body, STRANGER)
    elif action_id in _ELSEWHERE:
        _ELSEWHERE[action_id](context, body)
    elif action_id in _FOR_ADMINS:
        _answer_admin(context, body, action_id)
    elif action_id in (LAUNCH_AGAIN, LAUNCH_NOT, LOOK_AGAIN) or is_choice(action_id):
        text = _answered(context, body, action_id)
        respond_ephemeral(context, body, text, replace=True)
    elif action_id == STOP_ALL:
        agent_id = str(body["actions"][0].get("value"))
        stopped = partial(stop_agent, context, asker_of(body), agent_id)
        run_in_background(context, body, stopped, replace=True)
    elif action_id in _LEFT_AS_IT_IS:
        respond_ephemeral(context, body, _LEFT_AS_IT_IS[action_id], replace=True)
    else:
        respond_ephemeral(context, body, STALE_BUTTON)


def _answer_admin(context: Context, body: Body, action_id: str) -> None:
    """Whether it is an admin that pressed is found out after the acknowledgement."""
    asker, trigger_id = asker_of(body), str(body["trigger_id"])
    workspace, user = asker.workspace, asker.user
    match action_id:
        case action if action == ADD_KEY:
            run_in_background(
                context, body, lambda: open_key_form(context, workspace, user, trigger_id)
            )
        case action if action == OPEN_ACCESS:
            run_in_background(
                context, body, lambda: open_access_form(context, workspace, user, trigger_id)
            )
        case action if action == EXPORT_AUDIT:
            run_in_background(context, body, lambda: send_audit(context, workspace, user))
        case action if action == REMOVE_KEY:
            run_in_background(
                context, body, lambda: remove_key(context, workspace, user), replace=True
            )


def _answered(context: Context, body: Body, action_id: str) -> str:
    """The launcher said whether it is meant, or which agent."""
    meant = action_id != LAUNCH_NOT
    for _ in range(_TRIES):
        run = _questioned_run(context, body)
        if run is None:
            return QUESTION_CLOSED
        if run.state is not State.ASKED:
            return _answered_before(run)
        try:
            context.runs.write(run, _after_answer(context, body, action_id, run))
        except StaleWrite:
            # The follower that asked was still writing down that it had asked.
            continue
        if meant:
            context.launch(run.workspace, run.id)
        if action_id == LOOK_AGAIN:
            return LOOKING_AGAIN
        return LAUNCHING_AGAIN if meant else NOT_LAUNCHED
    return QUESTION_CLOSED


def _questioned_run(context: Context, body: Body) -> Run | None:
    """The run that the question is about, if it is the presser's own."""
    run = run_of(context, body)
    return run if run is not None and run.user == body["user"]["id"] else None


def _answered_before(run: Run) -> str:
    """A button that is pressed twice reads what the first press did."""
    if run.confirmed or run.sent_at is not None or run.state is State.INTENDED:
        return LAUNCHING_AGAIN
    cancelled = run.ending is not None and run.ending.kind is Kind.CANCELLED
    return NOT_LAUNCHED if cancelled else QUESTION_CLOSED


def _after_answer(context: Context, body: Body, action_id: str, run: Run) -> Run:
    """Return what the answer makes of the run; what it does not settle is looked at once more."""
    if action_id == LAUNCH_NOT:
        return run.ended(Ending(Kind.CANCELLED), context.clock())
    again = run.intended_again()
    if action_id == LAUNCH_AGAIN:
        return replace(again, confirmed=True)
    if action_id == LOOK_AGAIN:
        return again
    return replace(again, agent_id=chosen_agent(str(body["actions"][0].get("value"))))
