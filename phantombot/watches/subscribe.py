"""`watch` and `unwatch`: which agent is meant, and the watch on disk."""

from dataclasses import dataclass, replace

from phantombot.access.audit import AuditAction, AuditEntry, agent_label
from phantombot.access.rules import Asker
from phantombot.agents.names import find_agent
from phantombot.agents.resolve import alias_meant, settle
from phantombot.commands.watch_line import Unwatch
from phantombot.commands.watch_line import Watch as WatchTyped
from phantombot.context import Context
from phantombot.phantombuster.account import ApiKey
from phantombot.phantombuster.api import Agent
from phantombot.runs.ending import Ending, Kind
from phantombot.runs.output import asked
from phantombot.watches.model import Watch


@dataclass(frozen=True)
class TooMany:
    """The workspace has as many watches as it may have."""


def subscribe(context: Context, asker: Asker, typed: WatchTyped) -> Watch | TooMany | Ending:
    """The watch, set; an Ending where no agent could be found.

    Raises:
        StoreUnavailable: nothing was set.
    """

    def find(key: ApiKey) -> Agent | Ending:
        agents = context.phantombuster.account(key).agents
        found = settle(context, key, asker, agents, typed.agent, quoted=typed.quoted)
        # What the account does not list, it tells no ends of.
        unlisted = isinstance(found, Agent) and found.id not in {agent.id for agent in agents}
        return Ending(Kind.NO_AGENT) if unlisted else found

    found = asked(context, asker.workspace, find)
    if isinstance(found, Ending):
        return found
    watch = Watch(
        workspace=asker.workspace,
        channel=asker.channel,
        agent_id=found.id,
        agent_name=found.name,
        words=typed.words,
        user=asker.user,
        set_at=context.clock(),
    )
    deed = replace(_deed(context, asker, AuditAction.WATCH, watch), outcome=" ".join(typed.words))
    return watch if context.watches.set(watch, deed) else TooMany()


def unsubscribe(context: Context, asker: Asker, typed: Unwatch) -> Watch | Ending:
    """The watch that was ended; Phantombuster need not know its agent any more.

    Raises:
        StoreUnavailable: it may go on.
    """
    watches = context.watches.of_channel(asker.workspace, asker.channel)
    agents = [_agent(watch) for watch in watches]
    alias = alias_meant(context, asker, typed.agent, quoted=typed.quoted)
    wanted = alias.agent_id if alias else typed.agent
    found = find_agent(wanted, agents, quoted=typed.quoted)
    if isinstance(found, Ending):
        return found
    watch = next(watch for watch in watches if watch.agent_id == found.id)
    context.watches.unset(watch, _deed(context, asker, AuditAction.UNWATCH, watch))
    return watch


def _agent(watch: Watch) -> Agent:
    return Agent(watch.agent_id, watch.agent_name, 0, 0, None, None, None)


def _deed(context: Context, asker: Asker, what: AuditAction, watch: Watch) -> AuditEntry:
    agent = agent_label(watch.agent_id, watch.agent_name)
    return AuditEntry(asker.workspace, context.clock(), asker.user, what, agent, asker.channel)
