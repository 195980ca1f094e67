"""Helpers for submitted forms: reading inputs, and saving after the acknowledgement."""

import logging
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from phantombot.context import Context
from phantombot.errors import (
    DecryptionError,
    Error,
    PhantombusterError,
    Refused,
    SlackError,
    StoreUnavailable,
    StoreUndecided,
)
from phantombot.listeners.background import guarded
from phantombot.messages.agent_menu import AGENT_GONE, AGENT_MISSING
from phantombot.messages.blocks import Message
from phantombot.messages.form import CHANNEL_MISSING, View, with_problem
from phantombot.messages.refusals import DATABASE_SILENT, unanswered
from phantombot.phantombuster.api import Agent
from phantombot.slack.payload import Body, workspace_of

ACK_ARRIVES_WITHIN = 0.3
"""Seconds until Slack has certainly shown the acknowledgement in the form."""
_AGENT_ID = re.compile("[1-9][0-9]{0,17}")
_CHANNEL_ID = re.compile("[CDG][A-Z0-9]{1,30}")

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class AgentAndChannel:
    """The agent and the channel that were chosen in a form."""

    agent: Agent
    """With its name, if that is known."""
    channel: str
    """Empty if none was chosen."""
    problems: Mapping[str, str]
    """What is wrong with each, by its input."""


def entered(values: Mapping[str, Any], name: str, kind: str) -> Any:
    """Return the value of an input; None if it is empty or missing."""
    return (values.get(name) or {}).get(name, {}).get(kind)


def chosen(values: Mapping[str, Any], name: str) -> str:
    """Return the value of a menu's chosen option; empty if none was chosen."""
    return str((entered(values, name, "selected_option") or {}).get("value") or "")


def agent_and_channel(
    context: Context, workspace: str, values: Mapping[str, Any], agent_at: str, channel_at: str
) -> AgentAndChannel:
    """Return the agent and the channel that were chosen at these inputs."""
    agent_id = chosen(values, agent_at)
    channel = str(entered(values, channel_at, "selected_conversation") or "")
    problems = {
        agent_at: _agent_problem(context, workspace, agent_id),
        channel_at: "" if _CHANNEL_ID.fullmatch(channel) else CHANNEL_MISSING,
    }
    return AgentAndChannel(_agent_chosen(context, workspace, agent_id), channel, problems)


def _agent_problem(context: Context, workspace: str, agent_id: str) -> str:
    if not _AGENT_ID.fullmatch(agent_id):
        return AGENT_MISSING
    return AGENT_GONE if context.agents.lacks(workspace, agent_id) else ""


def _agent_chosen(context: Context, workspace: str, agent_id: str) -> Agent:
    agent = context.agents.listed(workspace, agent_id)
    return agent or Agent(agent_id, "", 0, 0, None, None, None)


def errors_at(problems: Mapping[str, str]) -> dict[str, Any]:
    """Return the acknowledgement that shows each problem at its input; empty texts are ignored."""
    errors = {name: text.replace("`", "") for name, text in problems.items() if text}
    return {"response_action": "errors", "errors": errors}


def save_in_background(
    context: Context,
    body: Body,
    save: Callable[[], View],
    notice: Callable[[str], View],
    shown: View | None = None,
) -> dict[str, Any]:
    """Return the acknowledgement that says "saving"; later show the view that `save` returns.

    `shown` is in the form's place until then, instead of "saving".
    """
    workspace, view_id = workspace_of(body), str(body["view"]["id"])
    show = partial(_show_when_done, context, workspace, view_id, save, notice)
    context.background.submit(workspace, show)
    return {"response_action": "update", "view": shown or notice("⏳ Saving…")}


def _show_when_done(
    context: Context,
    workspace: str,
    view_id: str,
    work: Callable[[], View],
    notice: Callable[[str], View],
) -> None:
    """Do the work, and show the view that it returns in place of the form."""
    started = time.monotonic()
    views: list[View] = []
    problem = guarded(lambda: views.append(work()))
    view = views[0] if problem is None else notice(problem.text)
    time.sleep(max(0.0, ACK_ARRIVES_WITHIN - (time.monotonic() - started)))
    try:
        context.slack.update_view(workspace, view_id, view)
    except SlackError as error:
        log.warning("a form couldn't be updated with its outcome: %s", error.code)


def outcome(  # noqa: PLR0913 - what is done, and how each outcome is shown
    form: View,
    save: Callable[[], Message],
    notice: Callable[[str], View],
    *,
    command: str,
    typed: str,
    at: Callable[[Error], str],
) -> View:
    """Call `save` and return the view to show: the form itself, if it was refused.

    `at` returns the input that an error is about; empty if it is about none.
    """
    try:
        return notice(f"✅ {save().text}")
    except StoreUndecided:
        raise
    except StoreUnavailable:
        return with_problem(form, DATABASE_SILENT)
    except (Refused, PhantombusterError, DecryptionError) as error:
        return with_problem(form, unanswered(command, typed, error).text, at(error))
