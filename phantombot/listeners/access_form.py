"""The submitted access form, which is only saved if an admin sent it."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from itertools import chain
from typing import Any

from phantombot.access.audit import AuditAction, AuditEntry
from phantombot.access.rules import Asker, Rules, Who
from phantombot.access.rules_store import KeptRules
from phantombot.agents.catalog import FRESH_ENOUGH
from phantombot.agents.resolve import entry_meant
from phantombot.commands.admin import ACCESS_ADMINS, access_view, agent_names, user_groups
from phantombot.context import Context
from phantombot.errors import (
    DecryptionError,
    NoKey,
    PhantombusterError,
    Refused,
    SlackError,
    StoreUnavailable,
    StoreUndecided,
)
from phantombot.listeners.forms import chosen, entered, errors_at, save_in_background
from phantombot.messages.access import (
    ACCESS_ADMINS_ONLY,
    ACCESS_NOT_STORED,
    ACCESS_SLACK_SILENT,
    AGENTS,
    CHANGED_MEANWHILE,
    CHANNELS_ONLY,
    GROUPS,
    GROUPS_GONE,
    GROUPS_NOT_KNOWN,
    GUESTS,
    LONGEST_AGENT,
    MOST,
    NO_KEY_FOR_AGENTS,
    NOBODY_NAMED,
    PEOPLE,
    PEOPLE_NOT_KNOWN,
    PLACES,
    TOO_MANY_AGENTS,
    WHO,
    access_notice,
    access_stored,
    agents_unknown,
    person_refused,
    summary,
)
from phantombot.messages.blocks import neutral
from phantombot.messages.form import View, with_problem
from phantombot.messages.refusals import unanswered
from phantombot.phantombuster.api import Agent
from phantombot.slack.payload import Body, asker_of
from phantombot.text.tokens import each_word


def answer_access_form(context: Context, body: Body) -> dict[str, Any]:
    """Acknowledge the submitted form, with errors at its inputs or with "saving"."""
    asker, values = asker_of(body), body["view"]["state"]["values"]
    rules, problems = _entered(values), dict[str, str]()
    try:
        before = context.access.read(asker.workspace).rules
    except StoreUnavailable:
        return errors_at({AGENTS: ACCESS_NOT_STORED})
    known = context.agents.known(asker.workspace)
    if known is not None:
        rules, problems[AGENTS] = _with_ids(rules, known.agents, before)
        if problems[AGENTS]:
            context.agents.known(asker.workspace, FRESH_ENOUGH)
    problems |= _problems(rules, has_groups=GROUPS in values)
    if any(problems.values()):
        return errors_at(problems)
    kept = KeptRules(rules, int(body["view"]["private_metadata"]))
    save = partial(_saved, context, asker, kept, has_groups=GROUPS in values)
    return save_in_background(context, body, save, access_notice)


def _saved(context: Context, asker: Asker, kept: KeptRules, *, has_groups: bool) -> View:
    """Store the rules if an admin sent them; return the view to show."""
    workspace = asker.workspace
    try:
        if not ACCESS_ADMINS.include(context, asker):
            return access_notice(ACCESS_ADMINS_ONLY)
        before = context.access.read(workspace).rules
        if not has_groups:
            kept = replace(kept, rules=replace(kept.rules, groups=before.groups))
        refused, kept = _checked(context, workspace, kept, before)
        if refused is not None:
            return refused
        at, said = context.clock(), summary(kept.rules)
        entry = AuditEntry(workspace, at, asker.user, AuditAction.ACCESS_CHANGED, outcome=said)
        if not context.access.change(kept, entry):
            return access_view(context, workspace, CHANGED_MEANWHILE)
        context.wake(workspace)
    except StoreUndecided:
        raise
    except StoreUnavailable:
        return with_problem(access_view(context, workspace, shown=kept), ACCESS_NOT_STORED)
    except SlackError:
        return access_notice(ACCESS_SLACK_SILENT)
    closed = [channel for channel in kept.rules.channels if not _sees(context, workspace, channel)]
    groups = dict(user_groups(context, workspace)) if kept.rules.groups else {}
    return access_stored(kept.rules, agent_names(context, workspace), closed, groups)


def _checked(
    context: Context, workspace: str, kept: KeptRules, before: Rules
) -> tuple[View | None, KeptRules]:
    """Return the form with the problems of what was added, if any, and the rules with ids."""
    rules, problem = kept.rules, ""
    if set(rules.agents) - set(before.agents):  # the list may have arrived meanwhile
        rules, problem = _with_agents(context, workspace, rules, before)
    at = AGENTS if problem else PEOPLE
    refused = chain(
        _people_refused(context, workspace, rules, before),
        _groups_refused(context, workspace, rules, before),
    )
    problem = problem or " ".join(refused)
    kept = replace(kept, rules=rules)
    if not problem:
        return None, kept
    return with_problem(access_view(context, workspace, shown=kept), problem, at), kept


def _with_agents(
    context: Context, workspace: str, rules: Rules, before: Rules
) -> tuple[Rules, str]:
    """Return the rules with ids of agents, from the known list or one read now; and any problem."""
    try:
        known = context.agents.recalled(workspace)
        if known is None:
            known = context.agents.read_now(workspace, context.keys.required(workspace))
    except NoKey:
        return rules, NO_KEY_FOR_AGENTS
    except (PhantombusterError, DecryptionError) as error:
        return rules, unanswered("access", "", error).text
    rules, problem = _with_ids(rules, known.agents, before)
    return rules, neutral(problem)


def _with_ids(rules: Rules, agents: Sequence[Agent], before: Rules) -> tuple[Rules, str]:
    """Return the rules with each agent's id, and the lines that name no agent."""
    ids, problems = list[str](), list[tuple[str, Refused]]()
    for line in rules.agents[:MOST]:
        try:
            ids.append(entry_meant(line, agents, before.agents))
        except Refused as error:
            problems.append((line, error))
    if problems:
        return rules, agents_unknown(problems)
    more = rules.agents[MOST:]
    return replace(rules, agents=tuple(dict.fromkeys((*ids, *more)))), ""


def _people_refused(context: Context, workspace: str, rules: Rules, before: Rules) -> Iterator[str]:
    """Yield why people who were added can't be in the rules."""
    added = [user for user in rules.users if user not in before.users]
    try:
        persons = list(context.map_concurrently(partial(context.people.person, workspace), added))
    except SlackError:
        yield PEOPLE_NOT_KNOWN
        return
    for user, person in zip(added, persons, strict=True):
        if why := person_refused(user, person, guests=rules.guests):
            yield why


def _groups_refused(context: Context, workspace: str, rules: Rules, before: Rules) -> Iterator[str]:
    """Yield that user groups which were added are gone since the form showed them."""
    added = set(rules.groups) - set(before.groups)
    if not added:
        return
    try:
        there = {group for group, _ in context.slack.groups(workspace)}
    except SlackError:
        yield GROUPS_NOT_KNOWN
    else:
        if added - there:
            yield GROUPS_GONE


def _sees(context: Context, workspace: str, channel: str) -> bool:
    """Return whether the bot can see the channel, as far as Slack says."""
    try:
        return context.slack.sees(workspace, channel)
    except SlackError:
        return True


def _entered(values: Mapping[str, Any]) -> Rules:
    """Return the entered rules, with agents as typed; an empty field is None or an empty list."""
    groups = entered(values, GROUPS, "selected_options") or []
    typed = str(entered(values, AGENTS, "value") or "").splitlines()
    lines = (" ".join(each_word(line)) for line in typed)
    return Rules(
        who=Who(chosen(values, WHO) or Who.ADMINS),
        users=tuple(entered(values, PEOPLE, "selected_users") or ()),
        groups=tuple(option["value"] for option in groups),
        channels=tuple(entered(values, PLACES, "selected_conversations") or ()),
        agents=tuple(dict.fromkeys(line for line in lines if line)),
        guests=bool(entered(values, GUESTS, "selected_options")),
    )


def _problems(rules: Rules, *, has_groups: bool) -> dict[str, str]:
    """Return the problems that Slack's form doesn't check. Groups it didn't show may be named."""
    problems = {}
    if rules.who is Who.NAMED and has_groups and not (rules.users or rules.groups):
        problems[PEOPLE] = NOBODY_NAMED
    if not _all_channels(rules.channels):
        problems[PLACES] = CHANNELS_ONLY
    if len(rules.agents) > MOST or any(len(agent) > LONGEST_AGENT for agent in rules.agents):
        problems[AGENTS] = TOO_MANY_AGENTS
    return problems


def _all_channels(ids: Collection[str]) -> bool:
    return all(one.startswith(("C", "G")) for one in ids)
