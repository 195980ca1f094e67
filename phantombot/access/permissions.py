"""Check permissions, from the stored rules and the person's role in Slack."""

from collections.abc import Callable

from phantombot.access.rules import (
    Asker,
    Denial,
    Rules,
    hangs_on_groups,
    may_act,
    may_be_used,
    may_read,
    usable,
)
from phantombot.context import Context
from phantombot.errors import NotAllowed, SlackUnavailable


def denied(context: Context, asker: Asker) -> Denial | None:
    """Return why the asker can't launch and stop agents there; None if they can.

    Raises:
        SlackUnavailable: Slack doesn't say who they are, and the rules depend on that.
        StoreUnavailable: the rules can't be read.
    """
    rules = context.access.rules(asker.workspace)
    person = context.people.person(asker.workspace, asker.user)
    groups: frozenset[str] = frozenset()
    if hangs_on_groups(rules, person, asker.user):
        groups = _groups(context, asker, rules)
    return may_act(rules, person, asker, groups)


def require_allowed(context: Context, asker: Asker) -> None:
    """Raise NotAllowed unless the asker, who waits for the answer, can launch and stop there.

    Raises:
        NotAllowed: they can't, or Slack doesn't say whether they can.
        StoreUnavailable: the rules can't be read.
    """
    try:
        denial = denied(context, asker)
    except SlackUnavailable as error:
        denial = uncheckable(error)
    if denial is not None:
        raise NotAllowed(denial)


def require_agent_allowed(context: Context, workspace: str, agent_id: str, name: str) -> None:
    """Raise NotAllowed unless the agent can be launched and stopped.

    Raises:
        NotAllowed: the rules leave it out.
        StoreUnavailable: the rules can't be read.
    """
    denial = agent_denied(context, workspace, agent_id, name)
    if denial is not None:
        raise NotAllowed(denial)


def agent_denied(context: Context, workspace: str, agent_id: str, name: str) -> Denial | None:
    """Return why the agent can't be launched or stopped; None if it can.

    Raises:
        StoreUnavailable: the rules can't be read.
    """
    return may_be_used(context.access.rules(workspace), agent_id, name)


def denied_everywhere(context: Context, asker: Asker) -> Denial | None:
    """Return why the asker can launch and stop in no channel; None if they can in any.

    Also return None if Slack doesn't say who they are: it is checked again before anything is done.

    Raises:
        StoreUnavailable: the rules can't be read.
    """
    try:
        denial = denied(context, asker)
    except SlackUnavailable:
        return None
    return None if denial is Denial.CHANNEL else denial


def offered_agents(
    context: Context, asker: Asker, *, anywhere: bool = False
) -> Callable[[str, str], bool]:
    """Return a function that takes an id and a name, and returns whether to offer that agent.

    An agent is offered if the asker can launch and stop it. `anywhere` means that the channel isn't
    chosen yet.

    Raises:
        StoreUnavailable: the rules can't be read.
    """
    rules = context.access.rules(asker.workspace)
    closed = not anywhere and bool(rules.channels) and asker.channel not in rules.channels
    if closed or denied_everywhere(context, asker):
        return lambda _agent_id, _name: False
    return usable(rules)


def denied_reading(context: Context, asker: Asker) -> Denial | None:
    """Return why the asker can't see the account's agents and runs; None if they can.

    Raises:
        StoreUnavailable: the rules can't be read.
    """
    rules = context.access.rules(asker.workspace)
    try:
        return may_read(rules, context.people.person(asker.workspace, asker.user))
    except SlackUnavailable as error:
        return uncheckable(error)


def uncheckable(error: SlackUnavailable) -> Denial:
    """Return why somebody is refused if Slack doesn't say who they are: a guess lets nobody in."""
    return Denial.SCOPE if error.code == "missing_scope" else Denial.UNKNOWN


def _groups(context: Context, asker: Asker, rules: Rules) -> frozenset[str]:
    """Return the first of the rules' user groups that the asker is in, if any: one is enough."""
    for group in rules.groups:
        if asker.user in context.people.group_members(asker.workspace, group):
            return frozenset({group})
    return frozenset()
