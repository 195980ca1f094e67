"""The launch form: how it is opened, what its menu of agents offers, and what it launches."""

import logging
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from itertools import islice
from typing import Any

from phantombot.access.permissions import denied_reading
from phantombot.access.rules import DEFAULT
from phantombot.agents.catalog import FRESH_ENOUGH
from phantombot.commands.launch_form import NOTHING, Entered, Offer, offer_typed, read_form
from phantombot.commands.launch_line import Launch
from phantombot.context import Context
from phantombot.errors import DecryptionError, NoKey, SlackError, SlackRefused, StoreUnavailable
from phantombot.listeners.admins import note_refused
from phantombot.listeners.background import respond_ephemeral, run_in_background
from phantombot.listeners.run_actions import run_of
from phantombot.messages.access import not_allowed
from phantombot.messages.blocks import Message, plain
from phantombot.messages.commands import QUESTION_CLOSED
from phantombot.messages.launch_form import (
    AGENT,
    AGENT_GONE_SINCE,
    ARGUMENT,
    CHANNEL,
    COMMAND,
    LAUNCH_FORM,
    LAUNCH_SLACK_SILENT,
    NO_CHOICE,
    NOT_LAUNCHED_YET,
    SAVE,
    agent_choices,
    launch_form,
    open_launch_button,
    repaired_notice,
)
from phantombot.messages.pressed import ARGUMENT_SEALED
from phantombot.messages.refusals import refusal
from phantombot.messages.unanswered import unanswered
from phantombot.runs.admit import known_agent
from phantombot.runs.model import ConfirmReason, Intent, Run
from phantombot.runs.request import request_launch
from phantombot.slack.payload import Body, asker_of, is_stranger, workspace_of

_MOST_CHOICES = 100
"""What Slack takes in one menu."""
_WANTED = "launch form"

log = logging.getLogger(__name__)


def open_launch_form(
    context: Context, body: Body, agent_id: str = "", offered: Offer = NOTHING
) -> Message | None:
    """Open the form for whoever may see the agents; a Message for everybody else.

    What is said in a message opens no form, as Slack has it: a button does.
    """
    asker = asker_of(body)
    denial = denied_reading(context, asker)
    if denial is not None:
        note_refused(context, asker.workspace, asker.user, _WANTED, asker.channel)
        return not_allowed(denial)
    if context.keys.key_note(asker.workspace) is None:
        return unanswered("launch", "", NoKey())
    trigger_id = str(body.get("trigger_id") or "")
    if not trigger_id:
        return open_launch_button()
    view = _preset(context, asker.workspace, agent_id, offered)
    try:
        context.slack.open_view(asker.workspace, trigger_id, view)
    except SlackRefused as error:
        log.warning("the launch form cannot be opened: %s", error.code)
        return open_launch_button()
    except SlackError as error:
        log.warning("the launch form cannot be opened: %s", error.code)
        return plain(LAUNCH_SLACK_SILENT)
    return None


def press_launch(context: Context, body: Body) -> None:
    """Open the form for the agent of the pressed button, after the acknowledgement."""
    agent_id = str(body["actions"][0].get("value"))
    run_in_background(context, body, lambda: open_launch_form(context, body, agent_id))


def press_typed(context: Context, body: Body) -> None:
    """Open the form with the launch that was typed, after the acknowledgement."""
    run = run_of(context, body)
    if run is None or run.user != asker_of(body).user or run.doubt != ConfirmReason.ARGUMENT:
        respond_ephemeral(context, body, QUESTION_CLOSED)
        return
    run_in_background(context, body, lambda: _open_typed(context, body, run))


def _open_typed(context: Context, body: Body, run: Run) -> Message | None:
    try:
        typed = context.runs.argument(run) or ""
    except DecryptionError:
        return plain(ARGUMENT_SEALED)
    asker = replace(asker_of(body), channel=run.channel)
    agent_id = known_agent(context, asker, run.agent, quoted=run.quoted)
    return open_launch_form(context, body, agent_id, offer_typed(typed, run.command))


def suggest_agents(context: Context, body: Body) -> list[dict[str, Any]]:
    """The menu's choices for what was typed so far.

    Whoever has the form before them was let in when it was opened, so nothing is asked of Slack
    here; what they may launch is looked at once more before it is launched.
    """
    if is_stranger(body) or (body.get("view") or {}).get("callback_id") != LAUNCH_FORM:
        return []
    workspace, typed = workspace_of(body), str(body.get("value") or "")
    agent_list = context.agents.known(workspace)
    if agent_list is None:
        return agent_choices(None)
    try:
        rules = context.access.read(workspace).rules
    except StoreUnavailable:
        rules = DEFAULT  # the launch itself is refused where they forbid it
    found = list(islice(agent_list.found(typed, rules), _MOST_CHOICES))
    if not found:
        context.agents.known(workspace, FRESH_ENOUGH)
    return agent_choices(found)


def answer_launch_form(context: Context, body: Body) -> dict[str, Any]:
    """The acknowledgement of the submitted form: errors at its inputs, or the launch on disk.

    The form's own id is the launch's: however often it is sent, it is one launch.
    """
    workspace, view = workspace_of(body), body["view"]
    entered = _entered(view["state"]["values"])
    launch = read_form(entered, partial(context.agents.lacks, workspace))
    if not isinstance(launch, Launch):
        return {"response_action": "errors", "errors": launch}
    intent = Intent(
        workspace=workspace,
        trigger_id=str(view["id"]),
        channel=entered.channel or "",
        user=str(body["user"]["id"]),
        response_url="",
        agent=launch.agent,
        command=launch.command,
        argument=launch.argument,
        save=launch.save,
    )
    try:
        refused = request_launch(context, intent, in_form=True).refused
    except StoreUnavailable as error:
        log.error("a launch cannot be put on disk (%s)", error)
        return {"response_action": "errors", "errors": {AGENT: NOT_LAUNCHED_YET}}
    if refused is not None:
        why = refusal(intent.agent, refused)
        return {"response_action": "errors", "errors": {AGENT: why}}
    if launch.repaired:
        return {"response_action": "update", "view": repaired_notice()}
    return {}


def _preset(context: Context, workspace: str, agent_id: str, offered: Offer) -> dict[str, Any]:
    """The form with that agent chosen, if it is there still; its list is looked up ahead."""
    agent_list = context.agents.known(workspace)
    agent = agent_list.agent(agent_id) if agent_list else None
    gone = agent_list is not None and agent is None and agent_id not in ("", NO_CHOICE)
    note = AGENT_GONE_SINCE if gone else offered.note
    return launch_form(agent, offered.argument, note, offered.command)


def _entered(values: Mapping[str, Any]) -> Entered:
    """What was entered; an empty input is None, or missing as a whole."""

    def field(name: str, kind: str) -> Any:
        return (values.get(name) or {}).get(name, {}).get(kind)

    return Entered(
        agent=(field(AGENT, "selected_option") or {}).get("value"),
        command=(field(COMMAND, "selected_option") or {}).get("value"),
        argument=str(field(ARGUMENT, "value") or ""),
        save=bool(field(SAVE, "selected_options")),
        channel=field(CHANNEL, "selected_conversation"),
    )
