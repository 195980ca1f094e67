"""Stopping an agent: counted first, then aborted once, by one user at a time."""

import logging
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from enum import StrEnum

from phantombot.access.audit import AuditAction, AuditEntry, agent_label
from phantombot.access.permissions import agent_denied, refusal_now
from phantombot.access.rules import Asker, Denial
from phantombot.agents.names import find_agent
from phantombot.agents.resolve import alias_meant, settle, unlisted
from phantombot.context import Context
from phantombot.errors import PhantombusterError, StaleWrite, StoreUnavailable
from phantombot.phantombuster.account import ApiKey
from phantombot.phantombuster.api import Agent, Phantombuster
from phantombot.runs.adopt import in_flight
from phantombot.runs.ending import Ending, Kind
from phantombot.runs.model import ConfirmReason, Run, State
from phantombot.runs.output import asked
from phantombot.runs.snapshot import end, refused
from phantombot.runs.stop_store import StopLease

_LOOK_EVERY = 0.25
"""Seconds between two looks at a launch whose answer is awaited."""
_LOOKS = 140
"""Longer than a launch may take to be answered."""

log = logging.getLogger(__name__)


class StopOutcome(StrEnum):
    """What became of a wish to stop an agent."""

    IDLE = "idle"
    """Nothing of it is running: nothing was done."""
    CANCELLED = "cancelled"
    """Nothing of it is running; launches that were not sent yet were cancelled."""
    TAKEN = "taken"
    """Somebody else is stopping it, or has while we looked: nothing was done."""
    STOPPED = "stopped"
    """Phantombuster accepted the abort."""
    DOUBTFUL = "doubtful"
    """The abort's answer was lost: it may have been stopped."""


@dataclass(frozen=True)
class Stopping:
    """`agent` as it was before; `by` is Slack's id of whoever stops it, or was faster."""

    fate: StopOutcome
    agent: Agent
    by: str
    cancelled: int = 0
    """Launches from Slack that were not sent yet, and never will be."""


@dataclass(frozen=True)
class Instances:
    """What a stop would end."""

    agent: Agent
    """With its containers that run and are queued."""
    unsent: int = 0
    """Launches from Slack that Phantombuster does not know of yet."""


def instances(context: Context, asker: Asker, typed: str, *, quoted: bool) -> Instances | Ending:
    """The agent that is meant, with what of it is running, queued and not sent yet.

    An Ending, too, where the asker may not stop it.
    """

    def ask(key: ApiKey) -> Instances | Ending:
        agents = context.phantombuster.account(key).agents
        found = settle(context, key, asker, agents, typed, quoted=quoted)
        if isinstance(found, Ending):
            return found
        denial = agent_denied(context, asker.workspace, found.id, found.name)
        if denial:
            return _not_allowed(denial)
        agent = _counted(context.phantombuster, key, found)
        return Instances(agent, len(_unsent(context, asker.workspace, agent)))

    refusal = refusal_now(context, asker)
    return asked(context, asker.workspace, ask) if refusal is None else refusal


def stop(context: Context, asker: Asker, agent_id: str) -> Stopping | Ending:
    """Abort all instances of the agent, unless there are none or somebody else is at it.

    An Ending where it could not be done, or the asker may not: then nothing was.

    Raises:
        StoreUnavailable: nothing was done.
    """
    outcome: Stopping | Ending | None = refusal_now(context, asker)
    if outcome is None:
        outcome = asked(context, asker.workspace, lambda key: _stop(context, key, asker, agent_id))
    if isinstance(outcome, Ending) and outcome.kind is Kind.NOT_ALLOWED:
        _note(context, _deed(context, asker, agent_id, outcome.kind))
    return outcome


def _stop(context: Context, key: ApiKey, asker: Asker, agent_id: str) -> Stopping | Ending:
    read_at = context.clock()
    agent = _named(context.phantombuster, key, agent_id)
    denial = agent_denied(context, asker.workspace, agent.id, agent.name)
    if denial:
        return _not_allowed(denial)
    cancelled = _cancel(context, asker, agent)
    if _awaited(context, asker.workspace, agent):
        read_at = context.clock()
        agent = _named(context.phantombuster, key, agent_id)  # it may run by now
    if not agent.running + agent.queued and not _sent_lately(context, asker.workspace, agent):
        fate = StopOutcome.CANCELLED if cancelled else StopOutcome.IDLE
        return Stopping(fate, agent, asker.user, cancelled)
    deed = _deed(context, asker, agent_label(agent.id, agent.name), "sent")
    lease = context.stops.begin(deed, agent_id)
    if isinstance(lease, str):
        return Stopping(StopOutcome.TAKEN, agent, lease)
    if lease.before is not None and lease.before.busy_until >= read_at:
        # What was counted may be stopped already, and what runs now may be newer.
        _quietly(lambda: context.stops.withdraw(lease))
        return Stopping(StopOutcome.TAKEN, agent, lease.before.user)
    outcome = _abort(context, key, agent, lease)
    return replace(outcome, cancelled=cancelled) if isinstance(outcome, Stopping) else outcome


def _unsent(context: Context, workspace: str, agent: Agent) -> list[Run]:
    """Launches of the agent of which Phantombuster shows nothing yet."""
    waiting = (State.INTENDED, State.ASKED, State.SENDING)
    return [
        run
        for run in context.runs.open(workspace)
        if run.state in waiting
        and run.lost_at is None
        and run.doubt not in (ConfirmReason.ARGUMENT, ConfirmReason.AGENT)
        and _is_of(context, run, agent)
    ]


def _is_of(context: Context, run: Run, agent: Agent) -> bool:
    if run.agent_id is not None:
        return run.agent_id == agent.id
    typed_by = Asker(run.workspace, run.user, run.channel)
    alias = alias_meant(context, typed_by, run.agent, quoted=run.quoted)
    if alias is not None:
        return alias.agent_id == agent.id
    return isinstance(find_agent(run.agent, [agent], quoted=run.quoted), Agent)


def _cancel(context: Context, asker: Asker, agent: Agent) -> int:
    """Cancel what is not sent; return how many launches that were."""
    cancelled = 0
    for run in _unsent(context, asker.workspace, agent):
        if run.state is State.SENDING:
            continue
        with suppress(StaleWrite):  # it is being sent by now
            end(context, run, Ending(Kind.CANCELLED, stopped_by=asker.user))
            cancelled += 1
    return cancelled


def _awaited(context: Context, workspace: str, agent: Agent) -> bool:
    """Wait for what is just being sent, so that it can be stopped; return whether anything was."""
    for looks in range(_LOOKS):
        now = context.clock()
        if not any(in_flight(run, now) for run in _unsent(context, workspace, agent)):
            return looks > 0
        context.pause(_LOOK_EVERY)
    return True


def _sent_lately(context: Context, workspace: str, agent: Agent) -> bool:
    """Whether a launch was accepted that the account may not show yet."""
    return any(
        run.state is State.LAUNCHED and run.status is None and run.agent_id == agent.id
        for run in context.runs.open(workspace)
    )


def _not_allowed(denial: Denial) -> Ending:
    return Ending(Kind.NOT_ALLOWED, cause=denial)


def _deed(context: Context, asker: Asker, agent: str, outcome: str) -> AuditEntry:
    return AuditEntry(
        asker.workspace,
        context.clock(),
        asker.user,
        AuditAction.STOP,
        agent,
        asker.channel,
        outcome,
    )


def _note(context: Context, deed: AuditEntry) -> None:
    _quietly(lambda: context.audit.note(deed))


def _abort(context: Context, key: ApiKey, agent: Agent, lease: StopLease) -> Stopping | Ending:
    fate = StopOutcome.STOPPED
    try:
        context.phantombuster.abort(key, agent.id)
    except PhantombusterError as error:
        if not error.maybe_acted:
            _quietly(lambda: context.stops.withdraw(lease))
            return refused(error)
        log.warning("an abort's answer was lost: %s", error)
        fate = StopOutcome.DOUBTFUL
    _quietly(lambda: context.stops.finish(lease, context.clock(), fate))
    return Stopping(fate, agent, lease.note.user)


def _named(phantombuster: Phantombuster, key: ApiKey, agent_id: str) -> Agent:
    """The agent of that very id, listed or not: no name that begins alike will do."""
    agents = phantombuster.account(key).agents
    found = next((agent for agent in agents if agent.id == agent_id), None)
    if found is None:
        return unlisted(agent_id, phantombuster.output(key, agent_id))
    return _counted(phantombuster, key, found)


def _counted(phantombuster: Phantombuster, key: ApiKey, agent: Agent) -> Agent:
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
        log.warning("what became of a stop is not written down: %s", error)
