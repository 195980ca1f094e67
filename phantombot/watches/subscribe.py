"""Set, mute and end the watches of a channel."""

from dataclasses import dataclass, replace
from datetime import datetime

from phantombot.access.audit import AuditAction, AuditEntry, agent_label
from phantombot.access.rules import Asker
from phantombot.agents.resolve import alias_meant, find_agent, resolve_agent
from phantombot.context import Context
from phantombot.errors import AgentUnknown, TooManyWatches
from phantombot.phantombuster.api import Agent
from phantombot.watches.model import Watch, Word


@dataclass(frozen=True)
class WatchSet:
    """A watch as it is now, and as it was; None if there was none."""

    watch: Watch
    before: Watch | None = None


def subscribe(
    context: Context, asker: Asker, typed: str, words: tuple[Word, ...], *, quoted: bool
) -> WatchSet:
    """Watch the agent that is meant in the asker's channel.

    Raises:
        Refused: nothing was set.
        PhantombusterError: nothing was set.
        DecryptionError: the workspace's key can't be decrypted; nothing was set.
        StoreUnavailable: nothing was set.
    """
    key = context.keys.required(asker.workspace)
    agents = context.phantombuster.account(key).agents
    agent = resolve_agent(context, key, asker, agents, typed, quoted=quoted)
    if agent.id not in {listed.id for listed in agents}:
        raise AgentUnknown  # the account shows no ends of agents that it doesn't list
    watch = Watch(
        workspace=asker.workspace,
        channel=asker.channel,
        agent_id=agent.id,
        agent_name=agent.name,
        words=words,
        user=asker.user,
        set_at=context.clock(),
    )
    here = context.watches.of_channel(asker.workspace, asker.channel)
    before = next((one for one in here if one.agent_id == agent.id), None)
    entry = replace(_entry(context, asker, AuditAction.WATCH, watch), outcome=" ".join(words))
    if not context.watches.set(watch, entry):
        raise TooManyWatches
    return WatchSet(watch, before)


def unsubscribe(context: Context, asker: Asker, typed: str, *, quoted: bool) -> Watch:
    """End a watch of the asker's channel, even if Phantombuster no longer has its agent.

    Raises:
        AgentUnknown: the channel watches no such agent.
        AgentAmbiguous: it watches several of that name.
        StoreUnavailable: the watch may still be set.
    """
    watch = _meant(context, asker, typed, quoted=quoted)
    context.watches.unset(watch, _entry(context, asker, AuditAction.UNWATCH, watch))
    return watch


def mute_watch(
    context: Context, asker: Asker, typed: str, until: datetime, *, quoted: bool
) -> tuple[Watch, bool]:
    """Mute a watch of the asker's channel; with `until` not after now, unmute it.

    Return the watch, and whether that changed anything.

    Raises:
        AgentUnknown: the channel watches no such agent.
        AgentAmbiguous: it watches several of that name.
        StoreUnavailable: it may be muted.
    """
    watch = _meant(context, asker, typed, quoted=quoted)
    now = context.clock()
    if until <= now and watch.muted_until is None:
        return watch, False
    outcome = f"until {until:%Y-%m-%d %H:%M} UTC" if until > now else "off"
    entry = replace(_entry(context, asker, AuditAction.MUTE, watch), outcome=outcome)
    return watch, context.watches.mute(watch, until, entry)


def _meant(context: Context, asker: Asker, typed: str, *, quoted: bool) -> Watch:
    watches = context.watches.of_channel(asker.workspace, asker.channel)
    agents = [_agent(watch) for watch in watches]
    alias = alias_meant(context, asker, typed, quoted=quoted)
    found = find_agent(alias.agent_id if alias else typed, agents, quoted=quoted)
    return next(watch for watch in watches if watch.agent_id == found.id)


def _agent(watch: Watch) -> Agent:
    return Agent(watch.agent_id, watch.agent_name, 0, 0, None, None, None)


def _entry(context: Context, asker: Asker, what: AuditAction, watch: Watch) -> AuditEntry:
    agent = agent_label(watch.agent_id, watch.agent_name)
    return AuditEntry(asker.workspace, context.clock(), asker.user, what, agent, asker.channel)
