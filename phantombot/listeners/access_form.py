"""The form in which admins say who may do what. All of it runs after the acknowledgement."""

import logging
from collections.abc import Mapping
from functools import partial
from typing import Any

from phantombot.access.audit import AuditAction, AuditEntry
from phantombot.access.rules import Rules, Who
from phantombot.access.rules_store import KeptRules
from phantombot.context import Context
from phantombot.errors import SlackError, SlackRefused, StoreUnavailable
from phantombot.listeners.admins import is_admin
from phantombot.listeners.key_form import show_when_done
from phantombot.messages.access import (
    ACCESS_ADMINS_ONLY,
    ACCESS_NOT_STORED,
    ACCESS_SLACK_SILENT,
    AGENTS,
    CHANGED_MEANWHILE,
    GROUPS,
    GUESTS,
    LONGEST_AGENT,
    MOST,
    NOBODY_NAMED,
    PEOPLE,
    PLACES,
    TOO_MANY_AGENTS,
    WHO,
    access_form,
    access_notice,
    access_stored,
    open_access_button,
    saving,
    summary,
)
from phantombot.messages.blocks import Message, plain
from phantombot.slack.payload import Body, workspace_of
from phantombot.text.tokens import each_word

_WANTED = "access"

log = logging.getLogger(__name__)


def open_access_form(
    context: Context, workspace: str, user: str, trigger_id: str
) -> Message | None:
    """Open the form for an admin; a Message for everybody else."""
    try:
        if not is_admin(context, workspace, user, _WANTED):
            return plain(ACCESS_ADMINS_ONLY)
        context.slack.open_view(workspace, trigger_id, _form(context, workspace))
    except SlackRefused as error:
        log.warning("the form of who may do what cannot be opened: %s", error.code)
        return open_access_button()
    except SlackError as error:
        log.warning("the form of who may do what cannot be opened: %s", error.code)
        return plain(ACCESS_SLACK_SILENT)
    return None


def answer_access_form(context: Context, body: Body) -> dict[str, Any]:
    """The acknowledgement of the submitted form: errors at its inputs, or "saving"."""
    values = body["view"]["state"]["values"]
    rules = _entered(values)
    errors = _errors(rules, has_groups=GROUPS in values)
    if errors:
        return {"response_action": "errors", "errors": errors}
    workspace, user = workspace_of(body), str(body["user"]["id"])
    kept = KeptRules(rules, int(body["view"]["private_metadata"]))

    def save() -> dict[str, Any]:
        return _saved(context, workspace, user, kept, has_groups=GROUPS in values)

    view_id = str(body["view"]["id"])
    show = partial(show_when_done, context, workspace, view_id, save, access_notice)
    context.background.submit(workspace, show)
    return {"response_action": "update", "view": saving()}


def _saved(
    context: Context, workspace: str, user: str, kept: KeptRules, *, has_groups: bool
) -> dict[str, Any]:
    """What the form shows after it was found out whether an admin sent it."""
    try:
        if not is_admin(context, workspace, user, _WANTED):
            return access_notice(ACCESS_ADMINS_ONLY)
        if not has_groups:
            kept = _with_groups(kept, context.access.read(workspace).rules)
        at, said = context.clock(), summary(kept.rules)
        entry = AuditEntry(workspace, at, user, AuditAction.ACCESS_CHANGED, outcome=said)
        if not context.access.change(kept, entry):
            return _form(context, workspace, CHANGED_MEANWHILE)
        context.wake(workspace)
    except StoreUnavailable:
        return access_notice(ACCESS_NOT_STORED)
    except SlackError:
        return access_notice(ACCESS_SLACK_SILENT)
    return access_stored(kept.rules)


def _form(context: Context, workspace: str, problem: str = "") -> dict[str, Any]:
    kept = context.access.read(workspace)
    return access_form(kept.rules, kept.version, _groups(context, workspace), problem)


def _groups(context: Context, workspace: str) -> list[tuple[str, str]]:
    """Without them the form serves all the same: what it does not show it leaves as it is."""
    try:
        return context.slack.groups(workspace)
    except SlackError as error:
        log.warning("the user groups of %s are not known: %s", workspace, error.code)
        return []


def _with_groups(kept: KeptRules, before: Rules) -> KeptRules:
    rules = Rules(**{**kept.rules.__dict__, "groups": before.groups})
    return KeptRules(rules, kept.version)


def _entered(values: Mapping[str, Any]) -> Rules:
    """What was entered; an empty field is None or an empty list."""

    def field(name: str, kind: str) -> Any:
        return (values.get(name) or {}).get(name, {}).get(kind)

    groups = field(GROUPS, "selected_options") or []
    lines = (" ".join(each_word(line)) for line in str(field(AGENTS, "value") or "").splitlines())
    return Rules(
        who=Who((field(WHO, "selected_option") or {}).get("value", Who.ADMINS)),
        users=tuple(field(PEOPLE, "selected_users") or ()),
        groups=tuple(option["value"] for option in groups),
        channels=tuple(field(PLACES, "selected_conversations") or ()),
        agents=tuple(dict.fromkeys(line for line in lines if line)),
        guests=bool(field(GUESTS, "selected_options")),
    )


def _errors(rules: Rules, *, has_groups: bool) -> dict[str, str]:
    """What Slack's own form does not see to; groups that are not shown may have been named."""
    errors = {}
    if rules.who is Who.NAMED and has_groups and not (rules.users or rules.groups):
        errors[PEOPLE] = NOBODY_NAMED
    if len(rules.agents) > MOST or any(len(agent) > LONGEST_AGENT for agent in rules.agents):
        errors[AGENTS] = TOO_MANY_AGENTS
    return errors
