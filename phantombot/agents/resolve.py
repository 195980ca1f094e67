"""Resolve what was typed in a channel to an agent: by alias of the channel, by id, or by name.

A bare word that is an alias of the channel is that alias, whatever agents are called; in quotes it
is a name, and digits alone are an id.
"""

import re
from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from difflib import SequenceMatcher
from functools import cache, lru_cache, partial

from phantombot.access.rules import Asker
from phantombot.agents.alias import ShortName, may_be_alias
from phantombot.context import Context
from phantombot.errors import AgentAmbiguous, AgentNotFound, AgentUnknown, AliasStale, Refused
from phantombot.phantombuster.account import ApiKey
from phantombot.phantombuster.api import Agent, Output, Phantombuster
from phantombot.text.normalize import folded, in_ascii_digits
from phantombot.text.tokens import each_word, like_engine

_LIKE = 0.6
SUGGESTIONS = 5
"""How many agents are suggested if several match."""
_NUMBERED = re.compile(r".*\(([0-9]{1,18})\)", re.DOTALL)
_READ = 80
"""How much of the typed text is compared: no name is longer, and comparing takes time."""


# An account's names are compared for each line that is typed.
_folded_name = lru_cache(maxsize=10_000)(folded)


def find_agent(typed: str, agents: Sequence[Agent], *, quoted: bool = False) -> Agent:
    """Return the agent that is meant: by id, by name, or by a unique beginning of a name.

    Raises:
        AgentUnknown: none is meant; or no id is that number, even if a name begins with it, since
            it may be a deleted agent's id. The caller can try it all the same.
        AgentAmbiguous: several may be meant.
    """
    if is_id(typed, quoted=quoted):
        listed = next((agent for agent in agents if agent.id == typed), None)
        if listed is None:
            raise AgentUnknown(nearest(typed, agents))
        return listed
    wanted = folded(typed)
    names = [(agent, _folded_name(agent.name)) for agent in agents] if wanted else []
    by_name = [agent for agent, name in names if name == wanted]
    by_beginning = [agent for agent, name in names if name.startswith(wanted)]
    for found in (by_name, by_beginning):
        if len(found) == 1:
            return found[0]
        if found:
            raise AgentAmbiguous(_named(found))
    raise AgentUnknown(nearest(typed, agents))


def entry_meant(entry: str, agents: Sequence[Agent], kept: Collection[str]) -> str:
    """Return the id of the agent that a line of a list names: by id, by name, or as `Name (id)`.

    A line that is `kept`, because it is in the list already, stays even if it names no agent any
    more.

    Raises:
        AgentUnknown: none is meant.
        AgentAmbiguous: several may be meant.
    """
    numbered = _NUMBERED.fullmatch(entry)
    tries = [entry, *([numbered[1]] if numbered else [])]
    for typed in tries:
        with suppress(Refused):
            return find_agent(typed, agents).id
    before = {folded(one): one for one in kept}
    for typed in tries:
        if folded(typed) in before:
            return before[folded(typed)]
    return find_agent(entry, agents).id


def is_id(typed: str, *, quoted: bool) -> bool:
    """Return whether it can be an agent's id: digits without quotes. In quotes it is a name."""
    return typed.isascii() and typed.isdigit() and not quoted


def stray_command(typed: str, agents: Sequence[Agent]) -> tuple[str, str] | None:
    """Return the agent, and the mistyped command that follows it, if that is how to read `typed`.

    `typed` as a whole names no agent. All but its last word must be an id, or the name of one
    agent. If they are only the beginning of a name, the last word must also resemble a command,
    since it may be a mistyped part of the name.
    """
    *named, last = each_word(typed) or [""]
    agent = in_ascii_digits(" ".join(named))
    if is_id(agent, quoted=False):
        return agent, last
    try:
        found = find_agent(agent, agents)
    except Refused:
        return None
    meant = folded(found.name) == folded(agent) or like_engine(last)
    return (agent, last) if meant else None


def nearest(typed: str, agents: Sequence[Agent]) -> tuple[tuple[str, str], ...]:
    """Return ids and names of the agents that may have been meant, closest first."""
    wanted = folded(typed)[:_READ]
    alike = cache(partial(_alike, SequenceMatcher(b=wanted)))
    likeness = {agent.id: _likeness(wanted, agent, alike) for agent in agents}
    close = [agent for agent in agents if likeness[agent.id] >= _LIKE]
    close.sort(key=lambda agent: -likeness[agent.id])
    return _named(close)


def _likeness(wanted: str, agent: Agent, alike: Callable[[str], float]) -> float:
    name = _folded_name(agent.name)
    if wanted in name:
        return 1.0
    return max(map(alike, (name, agent.id, *name.split())))


def _alike(matcher: SequenceMatcher[str], text: str) -> float:
    """Return how similar the text is to the matcher's, 0..1; 0 if it is certainly too different.

    Comparing lengths and letters first rules most texts out, which makes it ten times as fast among
    2,000 agents.
    """
    matcher.set_seq1(text)
    if matcher.real_quick_ratio() < _LIKE or matcher.quick_ratio() < _LIKE:
        return 0.0
    return matcher.ratio()


def _named(agents: Sequence[Agent]) -> tuple[tuple[str, str], ...]:
    return tuple((agent.id, agent.name) for agent in agents[:SUGGESTIONS])


def alias_meant(context: Context, asker: Asker, typed: str, *, quoted: bool) -> ShortName | None:
    """Return the alias of the asker's channel that was typed; None if that is no alias.

    Raises:
        StoreUnavailable: it can't be looked up.
    """
    if quoted or not may_be_alias(typed):
        return None
    return context.aliases.find(asker.workspace, asker.channel, typed)


def resolve_agent(  # noqa: PLR0913 - who asks where, of whom, for what
    context: Context,
    key: ApiKey,
    asker: Asker,
    agents: tuple[Agent, ...],
    typed: str,
    *,
    quoted: bool,
) -> Agent:
    """Return the agent that is meant; try an id that the account doesn't list.

    Raises:
        AgentUnknown: no agent is meant.
        AgentAmbiguous: several may be meant.
        AliasStale: it is an alias whose agent is gone.
        PhantombusterError: it couldn't be tried.
        StoreUnavailable: the channel's aliases can't be read.
    """
    alias = alias_meant(context, asker, typed, quoted=quoted)
    if alias is not None:
        return agent_of(context.phantombuster, key, agents, alias)
    try:
        return find_agent(typed, agents, quoted=quoted)
    except AgentUnknown:
        unlisted = is_id(typed, quoted=quoted) and _tried(context.phantombuster, key, typed)
        if not unlisted:
            raise
        return unlisted


def agent_of(
    phantombuster: Phantombuster, key: ApiKey, agents: tuple[Agent, ...], alias: ShortName
) -> Agent:
    """Return the agent that an alias stands for, whatever it is called now.

    Raises:
        AliasStale: the account no longer has it.
        PhantombusterError: the account doesn't list it, and it couldn't be tried.
    """
    listed = next((agent for agent in agents if agent.id == alias.agent_id), None)
    found = listed or _tried(phantombuster, key, alias.agent_id)
    if found is None:
        raise AliasStale(((alias.agent_id, alias.agent_name),))
    return found


def agent_of_output(agent_id: str, output: Output) -> Agent:
    """Return an agent of which only the output is known; the 2014 API counts no instances."""
    return Agent(
        id=agent_id,
        name="",
        running=int(output.status == "running") if output.running is None else output.running,
        queued=int(output.status == "queued") if output.queued is None else output.queued,
        progress=output.progress,
        last_end_status=None,
        last_end_message=None,
    )


def _tried(phantombuster: Phantombuster, key: ApiKey, agent_id: str) -> Agent | None:
    """Return the agent if its output can be read, since the account's list can lag behind."""
    try:
        return agent_of_output(agent_id, phantombuster.output(key, agent_id))
    except AgentNotFound:
        return None
