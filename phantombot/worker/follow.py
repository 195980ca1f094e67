"""tend(workspace): everything that is due for a workspace, and when to come back."""

import logging
import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from phantombot.context import Context
from phantombot.errors import (
    AgentNotFound,
    DecryptionError,
    PhantombusterError,
    StaleWrite,
    StoreUnavailable,
)
from phantombot.runs.adopt import in_flight, search
from phantombot.runs.ending import Ending, Kind
from phantombot.runs.model import NO_KEY, Run, State
from phantombot.runs.poll import look
from phantombot.runs.snapshot import ASKED_LIVES, LOST_AFTER, AccountSnapshot, end
from phantombot.watches.model import Round
from phantombot.watches.poll import see_to_watches
from phantombot.worker.home import redraw
from phantombot.worker.launch import launch_run
from phantombot.worker.run_message import is_private, tell
from phantombot.worker.tick import FIRST_PACE, LAST_PACE, Tick, begin, pace

AWAY = timedelta(hours=1)
"""Trouble that nobody tried to end for so long is trouble anew: we were away."""
LEARNED_EVERY = timedelta(seconds=30)
"""How often a list of agents is kept while its account is read for the runs' sake."""
TRIED_EVERY = timedelta(minutes=10)
"""How exactly it is kept when a run in trouble was tried last."""
GONE_AFTER = timedelta(minutes=2)
"""How long an agent must not be found before it is believed to be gone."""
SOON = timedelta(seconds=1)
LEFT_TO_LAUNCHER = timedelta(seconds=10)
"""A request is launched by whoever was woken for it; one older than this was left behind."""

_ASKING = {State.SENDING, State.LAUNCHED}
"""The states in which Phantombuster is asked about a run."""

log = logging.getLogger(__name__)


def process_workspace(context: Context, workspace: str) -> datetime | None:
    """Do all that is due for the workspace; the time to be called again, None for never.

    Idempotent, and safe to kill at any instruction: what it was doing is found by the next call.

    Raises:
        StoreUnavailable: call again later.
    """
    runs = context.runs.open(workspace)
    round_ = context.watches.round(workspace)
    glance = _glance(context, workspace) if runs or round_ else None
    tick = begin(context, workspace, runs, glance)
    if tick.glance is not None and any(run.state in _ASKING for run in runs):
        tick.glance.look()  # once, before several threads want it
        _learn(tick)
    groups = context.map_concurrently(partial(_followed, tick), _by_agent(runs))
    left = [run for group in groups for run in group]
    if len(left) < len(runs):
        raise StoreUnavailable("while runs were followed")
    dues = [_homes_due(context, workspace), _watches_due(tick, round_)]
    dues += [_due(tick, run) for run in left]
    return min((due for due in dues if due is not None), default=None)


def _homes_due(context: Context, workspace: str) -> datetime | None:
    """When to come back for what App Homes show."""
    try:
        return redraw(context, workspace)
    except StoreUnavailable:
        raise
    except Exception:  # the runs must be followed whatever is the matter with what is shown of them
        log.exception("homes are not drawn; reference %s", uuid.uuid4().hex[:8])
        return None


def _watches_due(tick: Tick, before: Round | None) -> datetime | None:
    """When to come back for what channels watch."""
    try:
        return see_to_watches(tick, before)
    except StoreUnavailable:
        raise
    except Exception:  # as above
        log.exception("watches are not seen to; reference %s", uuid.uuid4().hex[:8])
        return tick.context.clock() + LAST_PACE


def _learn(tick: Tick) -> None:
    """Keep the list of agents that was read for the runs' sake: launches go by it."""
    glance = tick.glance
    if glance is None or not glance.knows_account or glance.key.stored_at is None:
        return
    known = tick.context.agents.recalled(tick.workspace)
    if known is None or tick.context.clock() - known.read_at >= LEARNED_EVERY:
        tick.context.agents.learn(tick.workspace, glance.account, glance.key.stored_at)


def _by_agent(runs: list[Run]) -> list[list[Run]]:
    """The runs of one agent are seen to one after the other: each may be taken for the next."""
    groups: dict[str, list[Run]] = {}
    for run in runs:
        groups.setdefault(run.agent_id or run.agent.casefold(), []).append(run)
    return list(groups.values())


def _followed(tick: Tick, runs: list[Run]) -> list[Run]:
    """Runs of one agent, each taken as far as it goes; fewer where the database gives way."""
    followed: list[Run] = []
    try:
        followed.extend(_guarded(run, partial(_carry, tick)) for run in runs)
    except StoreUnavailable as error:
        log.warning("the database does not answer (%s)", error)
    return followed


def _glance(context: Context, workspace: str) -> AccountSnapshot | None:
    try:
        key = context.keys.key(workspace)
    except DecryptionError:
        log.error("the key of %s was stored under another PHANTOMBOT_SECRET", workspace)
        key = None
    return AccountSnapshot(key, context.phantombuster) if key else None


def _carry(tick: Tick, run: Run) -> Run:
    """Take the run as far as it goes now, and tell of it."""
    now = tick.context.clock()
    if in_flight(run, now) or _is_being_told(run, now):
        return run
    if run.state is State.INTENDED:
        left_behind = run.age(now) >= LEFT_TO_LAUNCHER or run.error_since is not None
        return launch_run(tick.context, run) if left_behind else run
    return tell(tick, _step(tick, run))


def _is_being_told(run: Run, now: datetime) -> bool:
    """Whether whoever launches it is telling its launcher right now why it is not launched."""
    lately = now - (run.ended_at or run.created_at) < LEFT_TO_LAUNCHER
    return lately and run.sent_at is None and run.message_digest is None and is_private(run)


def _guarded(run: Run, work: Callable[[Run], Run]) -> Run:
    """What `work` makes of the run; the run as it was where that goes wrong.

    Raises:
        StoreUnavailable: the others would fare no better.
    """
    try:
        return work(run)
    except StaleWrite:
        log.info("run %s is in another follower's hands", run.id)
    except StoreUnavailable:
        raise
    except Exception:  # one run's trouble is not the others'
        log.exception("run %s failed; reference %s", run.id, uuid.uuid4().hex[:8])
    return run


def _step(tick: Tick, run: Run) -> Run:
    context = tick.context
    match run.state:
        case State.ASKED if run.message_at and context.clock() - run.message_at > ASKED_LIVES:
            return end(context, run, Ending(Kind.CANCELLED))
        case State.SENDING | State.LAUNCHED:
            return _follow(tick, run)
    return run


def _follow(tick: Tick, run: Run) -> Run:
    context = tick.context
    if tick.glance is None:
        return _failing(context, run, NO_KEY)
    try:
        if not run.known:
            others = tick.going[run.agent_id]
            return _recovered(context, run, search(context, run, tick.glance, others))
        seen = look(tick, _named(tick, run), tick.glance)
        return _recovered(context, run, seen)
    except PhantombusterError as error:
        tick.glance.heed(error)
        log.warning("run %s cannot be followed now: %s", run.id, error)
        if isinstance(error, AgentNotFound) and _is_gone(tick.glance, run, context.clock()):
            return end(context, run, Ending(Kind.LOST))
        return _failing(context, run, type(error).__name__)


def _named(tick: Tick, run: Run) -> Run:
    """The run with its agent's present name: it was launched by an id, or by an older list."""
    agent = tick.glance.agent(run.agent_id) if tick.glance is not None else None
    if agent is None or agent.name in ("", run.agent_name):
        return run
    return tick.context.runs.write(run, replace(run, agent_name=agent.name))


def _is_gone(glance: AccountSnapshot, run: Run, now: datetime) -> bool:
    """Whether neither the account nor Phantombuster itself has known the agent for a while."""
    for_long = run.error_since is not None and now - run.error_since > GONE_AFTER
    return (
        for_long and run.last_error == AgentNotFound.__name__ and glance.agent(run.agent_id) is None
    )


def _recovered(context: Context, before: Run, after: Run) -> Run:
    if before.error_since is None or after.state is State.ENDED:
        return after
    return context.runs.write(after, after.recovered())


def _failing(context: Context, run: Run, error: str) -> Run:
    now = context.clock()
    tried_at = run.tried_at or now
    if run.error_since is None or now - tried_at > AWAY:
        # What we did not try for a while is not what Phantombuster did not tell.
        return context.runs.write(run, replace(run.failing(error, now), tried_at=now))
    if now - run.error_since > LOST_AFTER:
        return end(context, run, Ending(Kind.LOST))
    if run.last_error == error and now - tried_at < TRIED_EVERY:
        return run
    return context.runs.write(run, replace(run, last_error=error, tried_at=now))


def _due(tick: Tick, run: Run) -> datetime | None:
    now = tick.context.clock()
    resumes_at = tick.traffic.resumes_at(run) or now
    patience = tick.glance.patience if tick.glance else timedelta()
    if run.done:
        return None
    if run.state is State.ENDED and run.ended_at is not None:
        waits_for_result = run.message_at is not None and run.message_at >= run.ended_at
        backoff = min(max((now - run.ended_at) / 8, SOON), LAST_PACE)
        return max(resumes_at, now + max(backoff, patience if waits_for_result else SOON))
    if run.state is State.ASKED:
        asked_until = run.message_at + ASKED_LIVES if run.message_at else now
        return max(asked_until, resumes_at, now + FIRST_PACE)
    if run.state is State.INTENDED or in_flight(run, now) or _is_being_told(run, now):
        # Whoever launches it wakes us; this is for the case that nobody does.
        return now + FIRST_PACE
    return now + max(pace(run.age(now)), patience)
