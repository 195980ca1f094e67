"""Pressed buttons. Forms and slow answers come after the acknowledgement."""

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from phantombot.commands import ACTIONS
from phantombot.commands.admin import EXPORT_TRAIL, OPEN_ACCESS_FORM, Access, Audit
from phantombot.commands.again import (
    LAUNCH_RUN_AGAIN,
    LAUNCH_WATCHED_AGAIN,
    RETRY_RUN_LATER,
    RETRY_WATCHED_LATER,
    WatchedAgents,
    WatchedRun,
)
from phantombot.commands.alias import OPEN_ALIAS_FORM, AliasForm
from phantombot.commands.key import (
    MOVE_STORED_KEY,
    OPEN_KEY_FORM,
    REMOVE_STORED_KEY,
    Key,
    KeyMove,
    KeyRemovalConfirmed,
)
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
from phantombot.errors import UsageError
from phantombot.listeners.background import perform_in_background, respond_ephemeral
from phantombot.listeners.home import turn_home
from phantombot.listeners.launch_form import press_launch
from phantombot.listeners.questions import (
    ANSWERS,
    answer_alias_choice,
    answer_question,
    open_typed_form,
)
from phantombot.listeners.run_actions import RUN_BUTTONS, answer_run_button, own_run_of, run_of
from phantombot.messages.access import OPEN_ACCESS
from phantombot.messages.agents import NEXT_AGENTS, PREVIOUS_AGENTS
from phantombot.messages.aliases import OPEN_ALIAS
from phantombot.messages.audit import EXPORT_AUDIT
from phantombot.messages.commands import (
    OPEN_TYPED,
    STALE_BUTTON,
)
from phantombot.messages.detail import SHOW_RESULTS
from phantombot.messages.doubts import (
    is_choice,
)
from phantombot.messages.home import HOME_ACTIONS
from phantombot.messages.keys import ADD_KEY, KEEP_KEY, KEY_KEPT, MOVE_KEY, REMOVE_KEY
from phantombot.messages.launch_form import OPEN_LAUNCH
from phantombot.messages.notify import OPEN_NOTIFY, OPEN_NOTIFY_HERE
from phantombot.messages.output import EXPORT_RESULT
from phantombot.messages.pressed import RUN_UNKNOWN, STRANGER
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
    elif action_id in ANSWERS or is_choice(action_id):
        answer_question(context, body, own_run_of(context, body))
    elif is_agent_choice(action_id):
        _answer_choice(context, body)
    elif is_alias_choice(action_id):
        answer_alias_choice(context, body, own_run_of(context, body))
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


def _open_typed(context: Context, body: Body) -> None:
    open_typed_form(context, body, own_run_of(context, body))


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
    OPEN_TYPED: _open_typed,
}
