"""The form of who may do what, as it is submitted. An admin sends it, or nothing is changed."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from phantombot.access.audit import AuditAction, AuditEntry
from phantombot.access.rules import Asker, Rules, Who
from phantombot.access.rules_store import KeptRules
from phantombot.commands.admin import ACCESS_ADMINS, access_view
from phantombot.context import Context
from phantombot.errors import SlackError, StoreUnavailable
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
    access_notice,
    access_stored,
    saving,
    summary,
)
from phantombot.slack.payload import Body, asker_of
from phantombot.text.tokens import each_word


def answer_access_form(context: Context, body: Body) -> dict[str, Any]:
    """Acknowledge the submitted form: with errors at its inputs, or with "saving"."""
    values = body["view"]["state"]["values"]
    rules = _entered(values)
    errors = _errors(rules, has_groups=GROUPS in values)
    if errors:
        return {"response_action": "errors", "errors": errors}
    asker = asker_of(body)
    kept = KeptRules(rules, int(body["view"]["private_metadata"]))

    def save() -> dict[str, Any]:
        return _saved(context, asker, kept, has_groups=GROUPS in values)

    view_id = str(body["view"]["id"])
    show = partial(show_when_done, context, asker.workspace, view_id, save, access_notice)
    context.background.submit(asker.workspace, show)
    return {"response_action": "update", "view": saving()}


def _saved(context: Context, asker: Asker, kept: KeptRules, *, has_groups: bool) -> dict[str, Any]:
    """Store the rules if an admin sent them, and return what the form shows then."""
    workspace = asker.workspace
    try:
        if not ACCESS_ADMINS.include(context, asker):
            return access_notice(ACCESS_ADMINS_ONLY)
        if not has_groups:
            kept = _with_groups(kept, context.access.read(workspace).rules)
        at, said = context.clock(), summary(kept.rules)
        entry = AuditEntry(workspace, at, asker.user, AuditAction.ACCESS_CHANGED, outcome=said)
        if not context.access.change(kept, entry):
            return access_view(context, workspace, CHANGED_MEANWHILE)
        context.wake(workspace)
    except StoreUnavailable:
        return access_notice(ACCESS_NOT_STORED)
    except SlackError:
        return access_notice(ACCESS_SLACK_SILENT)
    return access_stored(kept.rules)


def _with_groups(kept: KeptRules, before: Rules) -> KeptRules:
    rules = Rules(**{**kept.rules.__dict__, "groups": before.groups})
    return KeptRules(rules, kept.version)


def _entered(values: Mapping[str, Any]) -> Rules:
    """Return what was entered; an empty field is None or an empty list."""

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
    """Return what Slack's form doesn't check; groups that aren't shown may have been named."""
    errors = {}
    if rules.who is Who.NAMED and has_groups and not (rules.users or rules.groups):
        errors[PEOPLE] = NOBODY_NAMED
    if len(rules.agents) > MOST or any(len(agent) > LONGEST_AGENT for agent in rules.agents):
        errors[AGENTS] = TOO_MANY_AGENTS
    return errors
