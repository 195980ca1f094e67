"""Stop an agent: count its instances, then abort them once, by one user at a time."""

import logging
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from phantombot.access.audit import AuditAction, AuditEntry, agent_label
from phantombot.access.permissions import require_agent_allowed, require_allowed
from phantombot.access.rules import Asker
from phantombot.agents.resolve import agent_of_output, alias_meant, find_agent, resolve_agent
from phantombot.context import Context
from phantombot.errors import (
    NotAllowed,
    PhantombusterError,
    Refused,
    StaleWrite,
    StoreUnavailable,
)
from phantombot.phantombuster.account import ApiKey
from phantombot.phantombuster.api import Agent, Phantombuster
from phantombot.runs.adopt import in_flight
from phantombot.runs.ending import Ending, Kind
from phantombot.runs.model import ConfirmReason, Run, State
from phantombot.runs.snapshot import end
from phantombot.runs.stopping import Instances, StopOutcome, Stopping, StopQuestion

if TYPE_CHECKING:
    from phantombot.runs.stop_store import StopLease

QUESTION_LIVES = timedelta(minutes=5)
"""A question answered later than this is asked again: other runs may be running by then."""
_SENT_WITHIN = 1.0
"""Maximum seconds from the lease to the abort; after a pause, everything is checked again."""
_LOOK_EVERY = 0.25
"""Seconds between two checks of a launch whose answer is awaited."""
_LOOKS = 140
"""Maximum checks: together longer than a launch's answer can take."""

log = logging.getLogger(__name__)


def instances(context: Context, asker: Asker, typed: str, *, quoted: bool) -> Instances:
    """Return the agent that is meant, and its instances: running, queued and not sent yet.

    Raises:
        Refused: no agent is meant, or the asker can't stop it.
        PhantombusterError: the account can't be read.
        DecryptionError: the workspace's key can't be decrypted.
    """
    require_allowed(context, asker)
    key, at = context.keys.required(asker.workspace), context.clock()
    agents = context.phantombuster.account(key).agents
    found = resolve_agent(context, key, asker, agents, typed, quoted=quoted)
    require_agent_allowed(context, asker.workspace, found.id, found.name)
    agent = _counted(context.phantombuster, key, found)
    return Instances(agent, at, len(_unsent(context, asker.workspace, agent)))


def stop(context: Context, asker: Asker, asked: StopQuestion) -> Stopping | Instances:
    """Abort all instances of the agent, unless there are none or somebody else is doing so.

    If Phantombuster can, it asks their scripts to end by themselves, unless `asked.now` is set.

    If the question is out of date, do nothing and return the instances to ask about now.

    Raises:
        Refused: nothing was done; NotAllowed is in the audit trail.
        PhantombusterError: nothing was done.
        DecryptionError: the workspace's key can't be decrypted; nothing was done.
        StoreUnavailable: nothing was done.
    """
    try:
        require_allowed(context, asker)
        return _stop(context, context.keys.required(asker.workspace), asker, asked)
    except NotAllowed:
        entry = _entry(context, asker, asked.agent_id, Kind.NOT_ALLOWED)
        _quietly(lambda: context.audit.note(entry))
        raise


def _stop(context: Context, key: ApiKey, asker: Asker, asked: StopQuestion) -> Stopping | Instances:
    read_at = context.clock()
    agent = _named(context.phantombuster, key, asked.agent_id)
    require_agent_allowed(context, asker.workspace, agent.id, agent.name)
    now = Instances(agent, read_at, len(_unsent(context, asker.workspace, agent)))
    if _is_out_of_date(context, asker.workspace, asked, now):
        return now
    cancelled = _cancel(context, asker, agent)
    if _awaited(context, asker.workspace, agent):
        read_at = context.clock()
        agent = _named(context.phantombuster, key, agent.id)  # it may be running by now
    if not agent.running + agent.queued and not _sent_lately(context, asker.workspace, agent):
        fate = StopOutcome.CANCELLED if cancelled else StopOutcome.IDLE
        return Stopping(fate, agent, asker.user, cancelled)
    since_leased = context.stopwatch()
    entry = _entry(context, asker, agent_label(agent.id, agent.name), "sent")
    lease = context.stops.begin(entry, agent.id)
    if isinstance(lease, str):
        return Stopping(StopOutcome.TAKEN, agent, lease)
    if lease.before is not None and lease.before.busy_until >= read_at:
        # The counted instances may have stopped, and newer ones may be running.
        _quietly(lambda: context.stops.withdraw(lease))
        return Stopping(StopOutcome.TAKEN, agent, lease.before.user)
    if since_leased() > _SENT_WITHIN:
        # This process was paused: another may hold the lease, and other runs may be running.
        _quietly(lambda: context.stops.withdraw(lease))
        return _stop(context, key, asker, asked)
    softly = key.can.stops_softly and not asked.now
    fate = _abort(context, key, agent, lease, softly=softly)
    return Stopping(fate, agent, lease.note.user, cancelled, read_at)


def _is_out_of_date(context: Context, workspace: str, asked: StopQuestion, now: Instances) -> bool:
    """Return whether a stop would end runs that the question didn't name."""
    if not now.count:
        return False
    if abs(now.at - asked.at) > QUESTION_LIVES:
        return True
    if asked.count is not None and now.count > asked.count:
        return True
    return any(
        run.created_at > asked.at and _is_of(context, run, now.agent)
        for run in context.runs.open(workspace)
    )


def _unsent(context: Context, workspace: str, agent: Agent) -> list[Run]:
    """Return the agent's launches that Phantombuster doesn't show yet."""
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
    try:
        return find_agent(run.agent, [agent], quoted=run.quoted) == agent
    except Refused:
        return False


def _cancel(context: Context, asker: Asker, agent: Agent) -> int:
    """Cancel the launches that weren't sent; return how many."""
    cancelled = 0
    for run in _unsent(context, asker.workspace, agent):
        if run.state is State.SENDING:
            continue
        with suppress(StaleWrite):  # it is being sent
            end(context, run, Ending(Kind.CANCELLED, stopped_by=asker.user))
            cancelled += 1
    return cancelled


def _awaited(context: Context, workspace: str, agent: Agent) -> bool:
    """Wait for launches that are being sent, so that they can be stopped; False if none is."""
    for looks in range(_LOOKS):
        now = context.clock()
        if not any(in_flight(run, now) for run in _unsent(context, workspace, agent)):
            return looks > 0
        context.pause(_LOOK_EVERY)
    return True


def _sent_lately(context: Context, workspace: str, agent: Agent) -> bool:
    """Return whether a launch was accepted so recently that the account may not show it yet."""
    return any(
        run.state is State.LAUNCHED and run.status is None and run.agent_id == agent.id
        for run in context.runs.open(workspace)
    )


def _entry(context: Context, asker: Asker, agent: str, outcome: str) -> AuditEntry:
    return AuditEntry(
        asker.workspace,
        context.clock(),
        asker.user,
        AuditAction.STOP,
        agent,
        asker.channel,
        outcome,
    )


def _abort(
    context: Context, key: ApiKey, agent: Agent, lease: "StopLease", *, softly: bool
) -> StopOutcome:
    outcome = StopOutcome.STOPPING if softly else StopOutcome.STOPPED
    try:
        context.phantombuster.abort(key, agent.id, softly=softly)
    except PhantombusterError as error:
        if not error.maybe_acted:
            _quietly(lambda: context.stops.withdraw(lease))
            raise
        log.warning("the answer to an abort was lost: %s", error)
        outcome = StopOutcome.DOUBTFUL
    try:
        in_time = context.stops.finish(lease, context.clock(), outcome)
    except StoreUnavailable as error:
        log.warning("the outcome of a stop couldn't be stored: %s", error)
        return outcome
    return outcome if in_time else StopOutcome.LATE


def _named(phantombuster: Phantombuster, key: ApiKey, agent_id: str) -> Agent:
    """Return the agent with this id, listed or not; never another with a similar name."""
    agents = phantombuster.account(key).agents
    found = next((agent for agent in agents if agent.id == agent_id), None)
    if found is None:
        return agent_of_output(agent_id, phantombuster.output(key, agent_id))
    return _counted(phantombuster, key, found)


def _counted(phantombuster: Phantombuster, key: ApiKey, agent: Agent) -> Agent:
    """Return the agent with its queued runs, which the 2014 API only shows in its output."""
    if agent.running + agent.queued:
        return agent
    seen = agent_of_output(agent.id, phantombuster.output(key, agent.id))
    return replace(agent, running=seen.running, queued=seen.queued)


def _quietly(write: Callable[[], None]) -> None:
    """Call `write`, which the outcome doesn't need; only log an error, as the lease expires."""
    try:
        write()
    except StoreUnavailable as error:
        log.warning("the outcome of a stop couldn't be stored: %s", error)
