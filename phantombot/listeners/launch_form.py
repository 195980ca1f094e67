"""The launch form: the buttons and shortcuts that open it, and the form as submitted."""

import logging
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from phantombot.commands.launch import OPEN_FORM, LaunchForm
from phantombot.commands.launch_form import NOTHING, Entered, offer, read_form
from phantombot.commands.launch_line import Launch, intent_of
from phantombot.context import Context
from phantombot.errors import StoreUnavailable
from phantombot.listeners.background import perform_in_background
from phantombot.listeners.forms import chosen, entered
from phantombot.messages.form import SAVED_OPTIONS
from phantombot.messages.launch_form import (
    AGENT,
    ARGUMENT,
    CHANNEL,
    COMMAND,
    NOT_LAUNCHED_YET,
    SAVE,
    repaired_notice,
)
from phantombot.messages.refusals import refusal
from phantombot.runs.ending import Kind
from phantombot.runs.model import Source
from phantombot.runs.request import request_launch
from phantombot.slack.payload import Body, Invocation, asker_of, workspace_of

LAUNCH_ANYWHERE = "launch_anywhere"
LAUNCH_WITH_TEXT = "launch_with_text"
SHORTCUTS = (LAUNCH_ANYWHERE, LAUNCH_WITH_TEXT)
"""Their ids in the manifest."""

log = logging.getLogger(__name__)


def press_launch(context: Context, body: Body) -> None:
    """Open the form for the agent of the pressed button, after the acknowledgement."""
    form = LaunchForm(str(body["actions"][0].get("value")))
    perform_in_background(context, body, OPEN_FORM, form)


def answer_shortcut(context: Context, body: Body) -> None:
    """Open the form, after the acknowledgement."""
    with_text = body.get("callback_id") == LAUNCH_WITH_TEXT
    text = str((body.get("message") or {}).get("text") or "")
    offered = offer(text) if with_text else NOTHING
    perform_in_background(context, body, OPEN_FORM, LaunchForm(offered=offered))


def answer_launch_form(context: Context, body: Body) -> dict[str, Any]:
    """Acknowledge the submitted form, with errors at its inputs or with the launch on disk.

    The form's id is the launch's, so submitting it twice is still one launch.
    """
    workspace, view = workspace_of(body), body["view"]
    answers = _entered(view["state"]["values"])
    launch = read_form(answers, partial(context.agents.lacks, workspace))
    if not isinstance(launch, Launch):
        return {"response_action": "errors", "errors": launch}
    asker = replace(asker_of(body), channel=answers.channel or "")
    intent = intent_of(Invocation(asker, str(view["id"])), launch, Source.FORM)
    try:
        refused = request_launch(context, intent, in_form=True).refused
    except StoreUnavailable as error:
        log.error("a launch couldn't be stored (%s)", error)
        return {"response_action": "errors", "errors": {AGENT: NOT_LAUNCHED_YET}}
    if refused is not None:
        why = refusal(intent.agent, refused)
        where = COMMAND if refused.kind is Kind.ENGINE_CHOSEN else AGENT
        return {"response_action": "errors", "errors": {where: why}}
    if launch.repaired:
        return {"response_action": "update", "view": repaired_notice()}
    return {}


def _entered(values: Mapping[str, Any]) -> Entered:
    """Return the form's values; an empty input is None or missing."""
    command = chosen(values, COMMAND) if COMMAND in values else SAVED_OPTIONS
    return Entered(
        agent=chosen(values, AGENT) or None,
        command=command or None,
        argument=str(entered(values, ARGUMENT, "value") or ""),
        save=bool(entered(values, SAVE, "selected_options")),
        channel=entered(values, CHANNEL, "selected_conversation"),
    )
