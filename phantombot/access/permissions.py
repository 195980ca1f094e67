"""Whether somebody may do what they ask for, by the rules on disk and what Slack says of them."""

from phantombot.access.rules import (
    DEFAULT,
    Asker,
    Denial,
    Person,
    Rules,
    hangs_on_groups,
    may_act,
    may_be_used,
    may_read,
)
from phantombot.context import Context
from phantombot.errors import NotAllowed, SlackUnavailable


def denied(context: Context, asker: Asker) -> Denial | None:
    """Why the asker may launch and stop nothing there; None where they may.

    Raises:
        SlackUnavailable: Slack does not say, and it takes that to decide.
        StoreUnavailable: the rules cannot be read.
    """
    rules = context.access.rules(asker.workspace)
    person = _person(context, asker, rules)
    groups: frozenset[str] = frozenset()
    if hangs_on_groups(rules, person, asker.user):
        groups = _groups(context, asker, rules)
    return may_act(rules, person, asker, groups)


def require_allowed(context: Context, asker: Asker) -> None:
    """Let through whoever may launch and stop there, for somebody who waits for the answer.

    Raises:
        NotAllowed: they may not, or Slack doesn't say whether they may.
        StoreUnavailable: the rules cannot be read.
    """
    try:
        denial = denied(context, asker)
    except SlackUnavailable:
        denial = Denial.UNKNOWN
    if denial is not None:
        raise NotAllowed(denial)


def require_agent_allowed(context: Context, workspace: str, agent_id: str, name: str) -> None:
    """Let through an agent that may be launched and stopped.

    Raises:
        NotAllowed: the rules leave it out.
        StoreUnavailable: the rules cannot be read.
    """
    denial = agent_denied(context, workspace, agent_id, name)
    if denial is not None:
        raise NotAllowed(denial)


def agent_denied(context: Context, workspace: str, agent_id: str, name: str) -> Denial | None:
    """Why the agent may be neither launched nor stopped; None where it may.

    Raises:
        StoreUnavailable: the rules cannot be read.
    """
    return may_be_used(context.access.rules(workspace), agent_id, name)


def denied_reading(context: Context, asker: Asker) -> Denial | None:
    """Why the asker may not see what goes on; None where they may.

    Raises:
        StoreUnavailable: the rules cannot be read.
    """
    rules = context.access.rules(asker.workspace)
    try:
        return may_read(rules, _person(context, asker, rules))
    except SlackUnavailable:
        return Denial.UNKNOWN


def _person(context: Context, asker: Asker, rules: Rules) -> Person:
    """Where nothing is set, who launched before is no guest: Slack's silence blocks no member."""
    try:
        return context.people.person(asker.workspace, asker.user)
    except SlackUnavailable:
        if rules == DEFAULT and context.runs.launched_before(asker.workspace, asker.user):
            return Person()
        raise


def _groups(context: Context, asker: Asker, rules: Rules) -> frozenset[str]:
    """Those of the rules' groups that the asker is in; one is enough, and ends the asking."""
    for group in rules.groups:
        if asker.user in context.people.group_members(asker.workspace, group):
            return frozenset({group})
    return frozenset()
