"""Resolve what was typed in a channel to an agent: by alias of the channel, by id, or by name.

A bare word that is an alias of the channel is that alias, whatever agents are called; in quotes it
is a name, and digits alone are an id.
"""

from phantombot.access.rules import Asker
from phantombot.agents.alias import ShortName, may_be_alias
from phantombot.agents.names import find_agent, is_id
from phantombot.context import Context
from phantombot.errors import AgentNotFound, AgentUnknown, AliasStale
from phantombot.phantombuster.account import ApiKey
from phantombot.phantombuster.api import Agent, Output, Phantombuster


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
