"""What submitted forms have in common: how they are read, and saved after the acknowledgement."""

import re
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from phantombot.context import Context
from phantombot.errors import (
    DecryptionError,
    Error,
    PhantombusterError,
    Refused,
    StoreUnavailable,
    StoreUndecided,
)
from phantombot.listeners.key_form import show_when_done
from phantombot.messages.agent_menu import AGENT_GONE, AGENT_MISSING
from phantombot.messages.blocks import Message
from phantombot.messages.form import View, with_problem
from phantombot.messages.refusals import DATABASE_SILENT, unanswered
from phantombot.phantombuster.api import Agent
from phantombot.slack.payload import Body, workspace_of

_AGENT_ID = re.compile("[1-9][0-9]{0,17}")
_CHANNEL_ID = re.compile("[CDG][A-Z0-9]{1,30}")


def entered(values: Mapping[str, Any], name: str, kind: str) -> Any:
    """Return what was entered into an input; an empty one is None, or missing as a whole."""
    return (values.get(name) or {}).get(name, {}).get(kind)


def chosen(values: Mapping[str, Any], name: str) -> str:
    """Return the value of the option that was chosen in a menu; empty if none was."""
    return str((entered(values, name, "selected_option") or {}).get("value") or "")


def agent_problem(context: Context, workspace: str, agent_id: str) -> str:
    """Return what is wrong with the agent that was chosen; empty if nothing is known to be."""
    if not _AGENT_ID.fullmatch(agent_id):
        return AGENT_MISSING
    return AGENT_GONE if context.agents.lacks(workspace, agent_id) else ""


def agent_chosen(context: Context, workspace: str, agent_id: str) -> Agent:
    """Return the agent, with its name if that is known."""
    known = context.agents.recalled(workspace)
    agent = known.agent(agent_id) if known else None
    return agent or Agent(agent_id, "", 0, 0, None, None, None)


def is_channel(channel: str) -> bool:
    """Return whether it can be a channel's id."""
    return _CHANNEL_ID.fullmatch(channel) is not None


def errors_at(problems: Mapping[str, str]) -> dict[str, Any]:
    """Return the acknowledgement that shows each problem at its input; empty ones are none."""
    errors = {name: text.replace("`", "") for name, text in problems.items() if text}
    return {"response_action": "errors", "errors": errors}


def save_in_background(
    context: Context, body: Body, save: Callable[[], View], notice: Callable[[str], View]
) -> dict[str, Any]:
    """Return the acknowledgement that says "saving", and show what `save` returns afterwards."""
    workspace, view_id = workspace_of(body), str(body["view"]["id"])
    show = partial(show_when_done, context, workspace, view_id, save, notice)
    context.background.submit(workspace, show)
    return {"response_action": "update", "view": notice("⏳ Saving…")}


def outcome(  # noqa: PLR0913 - what is done, and how each outcome is shown
    form: View,
    save: Callable[[], Message],
    notice: Callable[[str], View],
    *,
    command: str,
    typed: str,
    at: Callable[[Error], str],
) -> View:
    """Do what a form asks for, and return what it shows then: itself, where that was refused.

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
