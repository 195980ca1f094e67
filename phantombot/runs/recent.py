"""Find past runs by agent, person, failure or age.

Phantombuster isn't asked: we know the agents that were launched from here.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta
from difflib import get_close_matches

from phantombot.access.rules import Asker
from phantombot.agents.resolve import alias_meant, find_agent
from phantombot.context import Context
from phantombot.errors import PersonUnknown, SlackError
from phantombot.phantombuster.api import Agent
from phantombot.runs.selection import FoundRuns, RunFilter, Selection
from phantombot.text.normalize import folded

LONGEST = timedelta(days=3650)
_MOST_ASKED_ABOUT = 50
"""Maximum launchers whose names are looked up at Slack, the last ones."""
_SUGGESTIONS = 3


def find_runs(context: Context, asker: Asker, asked: RunFilter, limit: int) -> FoundRuns:
    """Return the latest runs that match the filter.

    Raises:
        PersonUnknown: nobody of that name launched anything.
        AgentUnknown: no agent of that name is known.
        AgentAmbiguous: several agents may be meant.
        StoreUnavailable: they can't be read.
    """
    by_name = asked.who and _person_meant(context, asker, asked.who)
    user, more = by_name or (asked.user, ())
    if more and asked.quoted:
        raise PersonUnknown(" ".join(asked.who))
    typed = " ".join(filter(None, (asked.agent, *more)))
    agent = _agent_meant(context, asker, typed, quoted=asked.quoted) if typed else None
    within = None if asked.within is None else min(asked.within, LONGEST)
    selection = Selection(
        agent_id=agent.id if agent else "",
        user=user,
        since=None if within is None else context.clock() - within,
        failed=asked.failed,
    )
    found = context.runs.recent(asker.workspace, limit + 1, selection)
    return FoundRuns(
        runs=tuple(found[:limit]),
        selection=selection,
        agent_name=agent.name if agent else "",
        within=within,
        more=len(found) > limit,
        slack_url=slack_url(context, asker.workspace) if found else "",
    )


def _agent_meant(context: Context, asker: Asker, typed: str, *, quoted: bool) -> Agent:
    """Return the agent that is meant, among the account's and those launched before."""
    known = context.agents.recalled(asker.workspace)
    agents = {agent.id: agent for agent in known.agents} if known else {}
    launched = context.runs.agents_launched(asker.workspace)
    agents = {one: _agent(one, name) for one, name in launched.items()} | agents
    alias = alias_meant(context, asker, typed, quoted=quoted)
    if alias is not None:
        return agents.get(alias.agent_id, _agent(alias.agent_id, alias.agent_name))
    return find_agent(typed, tuple(agents.values()), quoted=quoted)


def _agent(agent_id: str, name: str) -> Agent:
    return Agent(agent_id, name, 0, 0, None, None, None)


def _person_meant(
    context: Context, asker: Asker, words: Sequence[str]
) -> tuple[str, tuple[str, ...]]:
    """Return the launcher whose name the words begin with, and the words after it.

    Raises:
        PersonUnknown: nobody of that name launched anything.
    """
    if folded(words[0]) == "me":
        return asker.user, tuple(words[1:])
    launchers = context.runs.launchers(asker.workspace)
    stored = {user: (name,) for user, name in launchers.items()}
    if found := _named(stored, words):
        return found
    told = _names_at_slack(context, asker.workspace, list(launchers)[:_MOST_ASKED_ABOUT])
    if found := _named(told, words):
        return found
    raise PersonUnknown(words[0], _nearest(words[0], (*told.values(), *stored.values())))


def _named(
    names: Mapping[str, Collection[str]], words: Sequence[str]
) -> tuple[str, tuple[str, ...]] | None:
    """Return the person with the longest name that the words begin with, and the other words."""
    by_name = {folded(name): user for user, called in names.items() for name in called if name}
    for length in range(len(words), 0, -1):
        user = by_name.get(folded(" ".join(words[:length])))
        if user is not None:
            return user, tuple(words[length:])
    return None


def _names_at_slack(
    context: Context, workspace: str, users: Sequence[str]
) -> dict[str, tuple[str, ...]]:
    """Return each user's names at Slack, as far as it answers."""

    def names(user: str) -> tuple[str, ...]:
        try:
            person = context.people.person(workspace, user)
        except SlackError:
            return ()
        return person.name, person.handle

    return dict(zip(users, context.map_concurrently(names, users), strict=True))


def _nearest(typed: str, names: Collection[Collection[str]]) -> tuple[str, ...]:
    """Return the names most like the typed one, as Slack spells them."""
    as_written = {folded(name): name for called in names for name in called if name}
    near = get_close_matches(folded(typed[:80]), as_written, n=_SUGGESTIONS, cutoff=0.5)
    return tuple(as_written[name] for name in near)


def slack_url(context: Context, workspace: str) -> str:
    """Return the address that links to the workspace's messages begin with; empty if unknown."""
    try:
        return context.people.address(workspace)
    except SlackError:
        return ""
