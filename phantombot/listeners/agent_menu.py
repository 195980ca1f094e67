"""Return the options of a form's menu of agents as the user types."""

from collections.abc import Mapping
from itertools import islice
from typing import Any

from phantombot.access.rules import DEFAULT, Rules
from phantombot.agents.catalog import FRESH_ENOUGH
from phantombot.context import Context
from phantombot.errors import StoreUnavailable
from phantombot.messages import aliases, launch_form, watch_form
from phantombot.messages.agent_menu import agent_choices
from phantombot.slack.payload import Body, is_stranger, workspace_of

MENUS: Mapping[str, str] = {
    launch_form.AGENT: launch_form.LAUNCH_FORM,
    watch_form.AGENT: watch_form.WATCH_FORM,
    aliases.AGENT: aliases.ALIAS_FORM,
}
"""The form that each menu of agents is in."""
_OF_ALL_AGENTS = frozenset({watch_form.WATCH_FORM})
"""Forms of features that the rules don't restrict by agent."""
_MOST_CHOICES = 100
"""What Slack accepts in one menu."""


def suggest_agents(context: Context, body: Body) -> list[dict[str, Any]]:
    """Return the menu's options for what was typed so far.

    Permission was checked when the form was opened, so Slack isn't asked here; it is checked again
    when the form is submitted.
    """
    form = (body.get("view") or {}).get("callback_id")
    if is_stranger(body) or form not in MENUS.values():
        return []
    workspace, typed = workspace_of(body), str(body.get("value") or "")
    agent_list = context.agents.known(workspace)
    if agent_list is None:
        return agent_choices(None)
    rules = DEFAULT if form in _OF_ALL_AGENTS else _rules(context, workspace)
    found = list(islice(agent_list.found(typed, rules), _MOST_CHOICES))
    if not found:
        context.agents.known(workspace, FRESH_ENOUGH)
    return agent_choices(found)


def _rules(context: Context, workspace: str) -> Rules:
    try:
        return context.access.read(workspace).rules
    except StoreUnavailable:
        return DEFAULT  # submitting the form checks the rules again
