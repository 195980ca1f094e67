"""Stopping an agent: counted first, then aborted once, by one user at a time."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum

from phantombot.asking import asked, settle, unlisted
from phantombot.ending import Ending
from phantombot.errors import PhantombusterError, StoreUnavailable
from phantombot.launching import refused
from phantombot.phantombuster.values import Agent
from phantombot.ports import Phantombuster, Ports, StopLease

log = logging.getLogger(__name__)


class Fate(StrEnum):
    """What became of a wish to stop an agent."""

    IDLE = "idle"
    """Nothing of it is running: nothing was done."""
    TAKEN = "taken"
    """Somebody else is stopping it, or has while we looked: nothing was done."""
    STOPPED = "stopped"
    """Phantombuster accepted the abort."""
    DOUBTFUL = "doubtful"
    """The abort's answer was lost: it may have been stopped."""


@dataclass(frozen=True)
class Stopping:
    """`agent` as it was before; `by` is Slack's id of whoever stops it, or was faster."""

    fate: Fate
    agent: Agent
    by: str


def instances(ports: Ports, workspace: str, typed: str, *, quoted: bool) -> Agent | Ending:
    """The agent that is meant, with how many instances are running and queued now."""

    def ask(key: str) -> Agent | Ending:
        agents = ports.phantombuster.account(key).agents
        found = settle(ports.phantombuster, key, agents, typed, quoted=quoted)
        return found if isinstance(found, Ending) else _counted(ports.phantombuster, key, found)

    return asked(ports, workspace, ask)


def stop(ports: Ports, workspace: str, user: str, agent_id: str) -> Stopping | Ending:
    """Abort all instances of the agent, unless there are none or somebody else is at it.

    An Ending where it could not be done: then nothing was.

    Raises:
        StoreUnavailable: nothing was done.
    """
    return asked(ports, workspace, lambda key: _stop(ports, key, workspace, user, agent_id))


def _stop(ports: Ports, key: str, workspace: str, user: str, agent_id: str) -> Stopping | Ending:
    read_at = ports.clock()
    agent = _named(ports.phantombuster, key, agent_id)
    if not agent.running + agent.queued:
        return Stopping(Fate.IDLE, agent, user)
    lease = ports.stops.begin(workspace, agent_id, user, ports.clock())
    if isinstance(lease, str):
        return Stopping(Fate.TAKEN, agent, lease)
    if lease.before is not None and lease.before.busy_until >= read_at:
        # What was counted may be stopped already, and what runs now may be newer.
        _quietly(lambda: ports.stops.withdraw(lease))
        return Stopping(Fate.TAKEN, agent, lease.before.user)
    return _abort(ports, key, agent, lease)


def _abort(ports: Ports, key: str, agent: Agent, lease: StopLease) -> Stopping | Ending:
    fate = Fate.STOPPED
    try:
        ports.phantombuster.abort(key, agent.id)
    except PhantombusterError as error:
        if not error.maybe_acted:
            _quietly(lambda: ports.stops.withdraw(lease))
            return refused(error)
        log.warning("an abort's answer was lost: %s", error)
        fate = Fate.DOUBTFUL
    _quietly(lambda: ports.stops.finish(lease, ports.clock()))
    return Stopping(fate, agent, lease.note.user)


def _named(phantombuster: Phantombuster, key: str, agent_id: str) -> Agent:
    """The agent of that very id, listed or not: no name that begins alike will do."""
    agents = phantombuster.account(key).agents
    found = next((agent for agent in agents if agent.id == agent_id), None)
    if found is None:
        return unlisted(agent_id, phantombuster.output(key, agent_id))
    return _counted(phantombuster, key, found)


def _counted(phantombuster: Phantombuster, key: str, agent: Agent) -> Agent:
    """The 2014 form's account tells nothing of what is queued; the agent's output does."""
    if agent.running + agent.queued:
        return agent
    seen = unlisted(agent.id, phantombuster.output(key, agent.id))
    return replace(agent, running=seen.running, queued=seen.queued)


def _quietly(write: Callable[[], None]) -> None:
    """The abort was made or not, whatever the store says now; its lease runs out by itself."""
    try:
        write()
    except StoreUnavailable as error:
        log.warning("a stop's lease is left to run out: %s", error)
