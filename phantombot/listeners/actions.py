"""Pressed buttons. Forms and slow answers come after the acknowledgement."""

import re
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

from phantombot.commands import ACTIONS
from phantombot.commands.admin import (
    EXPORT_TRAIL,
    MOVE_STORED_KEY,
    OPEN_ACCESS_FORM,
    OPEN_KEY_FORM,
    REMOVE_STORED_KEY,
    Access,
    Audit,
    Key,
    KeyMove,
    KeyRemovalConfirmed,
)
from phantombot.commands.again import (
    LAUNCH_RUN_AGAIN,
    LAUNCH_WATCHED_AGAIN,
    RETRY_RUN_LATER,
    RETRY_WATCHED_LATER,
    WatchedAgents,
    WatchedRun,
)
from phantombot.commands.alias import OPEN_ALIAS_FORM, Alias, AliasForm, alias_of
from phantombot.commands.launch import LAUNCH_SAVED_OPTIONS
from phantombot.commands.notify import (
    OPEN_NOTIFY_FORM,
    OPEN_NOTIFY_HERE_FORM,
    Notify,
    NotifyHere,
)
from phantombot.commands.output import (
    EXPORT_RESULT_IN,
    SHOW_OUTPUT_IN,
    SHOW_OUTPUT_OF,
    OutputIn,
    ResultIn,
)
from phantombot.commands.parse import parse
from phantombot.commands.spec import Action
from phantombot.commands.status import LIST_AGENTS, Agents
from phantombot.commands.stop import ASK_TO_STOP, STOP_AGENT, Stop
from phantombot.commands.watch import OPEN_WATCH_FORM, WatchForm
from phantombot.context import Context
from phantombot.errors import DecryptionError, UsageError
from phantombot.listeners.background import perform_in_background, respond_ephemeral
from phantombot.listeners.home import turn_home
from phantombot.listeners.launch_form import press_launch, press_typed
from phantombot.listeners.run_actions import RUN_BUTTONS, answer_run_button, own_run_of, run_of
from phantombot.messages.access import OPEN_ACCESS
from phantombot.messages.agents import NEXT_AGENTS, PREVIOUS_AGENTS
from phantombot.messages.alias_form import OPEN_ALIAS
from phantombot.messages.audit import EXPORT_AUDIT
from phantombot.messages.commands import (
    LAUNCHING_AGAIN,
    LOOKING_AGAIN,
    NOT_LAUNCHED,
    OPEN_TYPED,
    QUESTION_CLOSED,
    STALE_BUTTON,
)
from phantombot.messages.detail import SHOW_RESULTS
from phantombot.messages.doubts import (
    LAUNCH_AGAIN,
    LAUNCH_NOT,
    LOOK_AGAIN,
    answers_question,
    chosen_agent,
    is_choice,
)
from phantombot.messages.home import HOME_ACTIONS
from phantombot.messages.keys import ADD_KEY, KEEP_KEY, KEY_KEPT, MOVE_KEY, REMOVE_KEY
from phantombot.messages.launch_form import OPEN_LAUNCH
from phantombot.messages.notify import OPEN_NOTIFY
from phantombot.messages.notify_here import OPEN_NOTIFY_HERE
from phantombot.messages.output import EXPORT_RESULT
from phantombot.messages.pressed import ALIAS_SEALED, RUN_UNKNOWN, STRANGER
from phantombot.messages.recent import LISTED_OUTPUT
from phantombot.messages.refusals import is_agent_choice, is_alias_choice
from phantombot.messages.stops import (
    ASK_STOP,
    NOT_STOPPED,
    STOP_ALL,
    STOP_NOT,
    STOP_NOW,
    question_answered,
)
from phantombot.messages.watch_form import OPEN_WATCH
from phantombot.messages.watches import (
    LAUNCH_SAVED,
    SAVED_LATER,
    WATCHED_AGAIN,
    WATCHED_ALL_AGAIN,
    WATCHED_LATER,
    WATCHED_OUTPUT,
)
from phantombot.runs.ending import Ending, Kind
from phantombot.runs.model import ConfirmReason, Run, State
from phantombot.slack.payload import Body, is_stranger

_ASKS: dict[str, tuple[Action[Any], object]] = {
    ADD_KEY: (OPEN_KEY_FORM, Key()),
    MOVE_KEY: (MOVE_STORED_KEY, KeyMove()),
    OPEN_ACCESS: (OPEN_ACCESS_FORM, Access()),
    EXPORT_AUDIT: (EXPORT_TRAIL, Audit()),
    OPEN_NOTIFY: (OPEN_NOTIFY_FORM, Notify()),
    OPEN_WATCH: (OPEN_WATCH_FORM, WatchForm()),
    OPEN_ALIAS: (OPEN_ALIAS_FORM, AliasForm()),
    OPEN_NOTIFY_HERE: (OPEN_NOTIFY_HERE_FORM, NotifyHere()),
}
"""The action of each button."""
_LEFT_AS_IT_IS = {STOP_NOT: NOT_STOPPED, KEEP_KEY: KEY_KEPT}
_RUN_NAMED = re.compile(r"([1-9][0-9]{0,99})(?::([^\s:]{0,100}))?")
"""The value of a button about a run that may not be ours: its agent, and its container if known."""
_LONGEST_NUMBER = 5
"""Digits of a page's number: no account has as many agents."""


def answer_button(context: Context, body: Body) -> None:
    """Do what the pressed button says."""
    action_id = body["actions"][0]["action_id"]
    if is_stranger(body):
        respond_ephemeral(context, body, STRANGER)
    elif action_id in _BUTTONS:
        _BUTTONS[action_id](context, body)
    elif action_id in _ASKS:
        action, asked = _ASKS[action_id]
        perform_in_background(context, body, action, asked)
    elif action_id in (LAUNCH_AGAIN, LAUNCH_NOT, LOOK_AGAIN) or is_choice(action_id):
        text = _answered(context, body, action_id)
        respond_ephemeral(context, body, text, replace=True)
    elif is_agent_choice(action_id):
        _answer_choice(context, body)
    elif is_alias_choice(action_id):
        _answer_alias_choice(context, body)
    elif action_id in _LEFT_AS_IT_IS:
        respond_ephemeral(context, body, _LEFT_AS_IT_IS[action_id], replace=True)
    else:
        respond_ephemeral(context, body, STALE_BUTTON)


def _answer_choice(context: Context, body: Body) -> None:
    """Do what was typed with the chosen agent; the answer replaces the question."""
    try:
        asked = parse(str(body["actions"][0].get("value")))
    except UsageError:
        respond_ephemeral(context, body, STALE_BUTTON)
        return
    perform_in_background(context, body, ACTIONS[type(asked)], asked, replace=True)


def _answer_alias_choice(context: Context, body: Body) -> None:
    """Set the alias with the chosen agent and the typed argument."""
    draft = own_run_of(context, body)
    if draft is None or draft.state is not State.ASKED or draft.doubt != ConfirmReason.ALIAS:
        respond_ephemeral(context, body, QUESTION_CLOSED, replace=True)
        return
    try:
        asked = alias_of(context, draft, chosen_agent(str(body["actions"][0].get("value"))))
    except DecryptionError:
        respond_ephemeral(context, body, ALIAS_SEALED, replace=True)
        return
    perform_in_background(context, body, ACTIONS[Alias], asked, replace=True)


def page_meant(value: str) -> Agents:
    """Return the page of agents in a button's value: its number, then the filter."""
    page, _, wanted = value.partition(" ")
    is_one = page.isascii() and page.isdigit() and len(page) <= _LONGEST_NUMBER
    return Agents(wanted, int(page) if is_one else 0)


def _turn_page(context: Context, body: Body) -> None:
    """Replace the page whose button was pressed by another one."""
    page = page_meant(str(body["actions"][0].get("value")))
    perform_in_background(context, body, LIST_AGENTS, page, replace=True)


def _forget_key(context: Context, body: Body) -> None:
    removal = KeyRemovalConfirmed(str(body["actions"][0].get("value")))
    perform_in_background(context, body, REMOVE_STORED_KEY, removal, replace=True)


def _ask_to_stop(context: Context, body: Body) -> None:
    stop = Stop(str(body["actions"][0].get("value")), quoted=False)
    perform_in_background(context, body, ASK_TO_STOP, stop)


def _stop(context: Context, body: Body) -> None:
    asked = question_answered(str(body["actions"][0].get("value")))
    perform_in_background(context, body, STOP_AGENT, asked, replace=True)


def _stop_now(context: Context, body: Body) -> None:
    asked = question_answered(str(body["actions"][0].get("value")))
    now = replace(asked, now=True)
    perform_in_background(context, body, STOP_AGENT, now, replace=True)


def _answer_watched(context: Context, body: Body) -> None:
    """Do what a button under a watched run's end says."""
    pressed = body["actions"][0]
    found = _RUN_NAMED.fullmatch(str(pressed.get("value")))
    if found is None:
        respond_ephemeral(context, body, STALE_BUTTON)
    elif pressed["action_id"] == WATCHED_OUTPUT:
        wanted = OutputIn(found[1], found[2] or "")
        perform_in_background(context, body, SHOW_OUTPUT_IN, wanted)
    elif pressed["action_id"] == SAVED_LATER:
        told_by = str((body.get("container") or {}).get("message_ts"))
        failed = WatchedRun(found[1], found[2] or told_by)
        perform_in_background(context, body, RETRY_WATCHED_LATER, failed)
    else:
        perform_in_background(context, body, LAUNCH_SAVED_OPTIONS, found[1])


def _export_result(context: Context, body: Body) -> None:
    """Send the result that the answer above the button shows the beginning of."""
    found = _RUN_NAMED.fullmatch(str(body["actions"][0].get("value")))
    if found is None or not found[2]:
        respond_ephemeral(context, body, STALE_BUTTON)
        return
    perform_in_background(context, body, EXPORT_RESULT_IN, ResultIn(found[1], found[2]))


def _launch_watched_agents(context: Context, body: Body) -> None:
    """Launch the agents that a watch's message names."""
    ids = tuple(str(body["actions"][0].get("value")).split())
    ts = str((body.get("container") or {}).get("message_ts") or "")
    if not ts or not all(one.isascii() and one.isdigit() for one in ids):
        respond_ephemeral(context, body, STALE_BUTTON)
        return
    perform_in_background(context, body, LAUNCH_WATCHED_AGAIN, WatchedAgents(ids, ts))


def _act_on_run(context: Context, body: Body) -> None:
    """Do what a button says under a message about a run that isn't the run's own."""
    run = run_of(context, body)
    if run is None:
        respond_ephemeral(context, body, RUN_UNKNOWN)
        return
    perform_in_background(context, body, _OF_RUNS[body["actions"][0]["action_id"]], run)


_OF_RUNS: dict[str, Action[Any]] = {
    WATCHED_AGAIN: LAUNCH_RUN_AGAIN,
    WATCHED_LATER: RETRY_RUN_LATER,
    LISTED_OUTPUT: SHOW_OUTPUT_OF,
    SHOW_RESULTS: SHOW_OUTPUT_OF,
}


_BUTTONS: dict[str, Callable[[Context, Body], None]] = {
    **dict.fromkeys(RUN_BUTTONS, answer_run_button),
    **dict.fromkeys((WATCHED_OUTPUT, LAUNCH_SAVED, SAVED_LATER), _answer_watched),
    **dict.fromkeys(_OF_RUNS, _act_on_run),
    **dict.fromkeys((PREVIOUS_AGENTS, NEXT_AGENTS), _turn_page),
    **dict.fromkeys(HOME_ACTIONS, turn_home),
    WATCHED_ALL_AGAIN: _launch_watched_agents,
    EXPORT_RESULT: _export_result,
    REMOVE_KEY: _forget_key,
    ASK_STOP: _ask_to_stop,
    STOP_ALL: _stop,
    STOP_NOW: _stop_now,
    OPEN_LAUNCH: press_launch,
    OPEN_TYPED: press_typed,
}


def _answered(context: Context, body: Body, action_id: str) -> str:
    """Do what the launcher answered: launch, don't launch, or which agent to launch."""
    run = own_run_of(context, body)
    if run is None:
        return QUESTION_CLOSED
    # The worker that asked can be storing still that it has asked.
    return context.runs.with_newest(run, partial(_answer_question, context, body, action_id))


def _answer_question(context: Context, body: Body, action_id: str, run: Run) -> str:
    meant, value = action_id != LAUNCH_NOT, str(body["actions"][0].get("value"))
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
