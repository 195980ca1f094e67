"""Who is told of runs that others started: each tick's look at the agents that channels watch."""

import logging
import random
import uuid
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial

from phantombot.errors import KeyRejected, PhantombusterError, StaleWrite, StoreUnavailable
from phantombot.phantombuster.api import Agent
from phantombot.runs.snapshot import AccountSnapshot
from phantombot.watches.changes import RETRY, end_digest, look_at, miss, notice
from phantombot.watches.model import Round, Watched
from phantombot.worker.key_alert import alert_keeper
from phantombot.worker.tick import Tick
from phantombot.worker.watch_notices import announce

REST = timedelta(seconds=60)
"""How often the account is read for a workspace's watches."""
BUSY = timedelta(seconds=30)
"""How often, while one of the agents is running."""
TURN = timedelta(minutes=5)
"""How often the agent that was looked at longest ago is looked at, whatever the account shows."""
AT_ONCE = 40
"""Agents of a workspace that one tick looks at: its runs wait meanwhile."""
SOON = timedelta(seconds=1)
REFUSED = timedelta(minutes=10)
"""How often a key that is refused is tried."""
_NEVER = datetime.min.replace(tzinfo=UTC)

Step = Callable[[], Watched]

log = logging.getLogger(__name__)


def see_to_watches(tick: Tick, before: Round | None) -> datetime | None:
    """Look at what the workspace's channels watch, and tell what is to be told; when to come back.

    Raises:
        StoreUnavailable: call again later.
    """
    if before is None:
        return None
    dues = (_look_round(tick, before), announce(tick))
    return min((due for due in dues if due is not None), default=None)


def _look_round(tick: Tick, before: Round) -> datetime | None:
    """One reading of the account serves all; an agent's runs are read only where it changed."""
    context, glance = tick.context, tick.glance
    agents = context.watches.agents(tick.workspace) if glance else []
    if glance is None or not agents:
        return None
    now, due = context.clock(), _due(before, agents)
    just_seen = before.seen_at is not None and now - before.seen_at < RETRY
    if now < due and (just_seen or not glance.read):
        return due
    try:
        listed = {agent.id: agent for agent in glance.account.agents}
    except PhantombusterError as error:
        return now + max(_refused(tick, error), glance.patience)
    turn = _turn(before, agents, now)
    steps = _steps(tick, listed, agents, turn)
    some = steps[:AT_ONCE]
    changed = {
        one.agent_id: one
        for one in context.map_concurrently(partial(_tried, glance), some)
        if one is not None
    }
    # Where some are left, the round goes on with the next tick.
    after = Round(now if some == steps else before.seen_at, now if turn else before.turned_at)
    context.watches.saw(tick.workspace, after)
    due = _due(after, [changed.get(one.agent_id, one) for one in agents])
    waits = RETRY if len(changed) < len(some) else SOON
    return max(due, now + max(waits, glance.patience))


def _refused(tick: Tick, error: PhantombusterError) -> timedelta:
    """How long the account is left alone."""
    log.warning("what %s watches cannot be seen now: %s", tick.workspace, error)
    if not isinstance(error, KeyRejected):
        return REST
    alert_keeper(tick)
    return REFUSED


def _due(before: Round, agents: Sequence[Watched]) -> datetime:
    if before.seen_at is None or any(one.hinted for one in agents):
        return _NEVER
    again = [one.again_at for one in agents if one.again_at is not None]
    return min([before.seen_at + _pace(agents), *again])


def _pace(agents: Sequence[Watched]) -> timedelta:
    """One that was set while the others were looked at has missed that look."""
    if any(one.last_end is None and one.missing_at is None for one in agents):
        return RETRY
    return BUSY if any(one.busy for one in agents) else REST


def _turn(before: Round, agents: Sequence[Watched], now: datetime) -> str | None:
    """The agent whose turn it is.

    Short runs that end alike leave no trace in the account; this finds them in time.
    """
    if before.turned_at is not None and now - before.turned_at < TURN:
        return None
    seen = [one for one in agents if one.last_end is not None and one.missing_at is None]
    oldest = min(seen, key=lambda one: one.looked_at or _NEVER, default=None)
    return oldest.agent_id if oldest else None


def _steps(
    tick: Tick, listed: Mapping[str, Agent], agents: Sequence[Watched], turn: str | None
) -> list[Step]:
    """What is to be done, hints first; in no order, so that what fails is in nobody's way."""
    mixed = random.sample(agents, len(agents))
    hinted_first = sorted(mixed, key=lambda one: not one.hinted)
    steps = (_step(tick, listed, one, turn) for one in hinted_first)
    return [step for step in steps if step is not None]


def _step(
    tick: Tick, listed: Mapping[str, Agent], watched: Watched, turn: str | None
) -> Step | None:
    """What is to be done about the agent; None where the account shows it as it was."""
    agent, now = listed.get(watched.agent_id), tick.context.clock()
    if agent is None:
        quiet = watched.gone and not watched.hinted
        return None if quiet else partial(miss, tick, watched)
    busy = agent.running + agent.queued
    again = watched.again_at is not None and watched.again_at <= now
    changed = watched.last_end != end_digest(agent) or busy < watched.busy
    if changed or again or watched.hinted or watched.agent_id == turn:
        return partial(look_at, tick, agent, watched)
    named_alike = agent.name in ("", watched.name)
    if busy != watched.busy or not named_alike or watched.missing_at is not None:
        return partial(notice, tick, agent, watched)
    return None


def _tried(glance: AccountSnapshot, step: Step) -> Watched | None:
    """What became of one agent; None where that could not be found out.

    Raises:
        StoreUnavailable: the others would fare no better.
    """
    try:
        return step()
    except StoreUnavailable:
        raise
    except StaleWrite as error:
        log.info("%s is in another follower's hands", error)
    except PhantombusterError as error:
        glance.heed(error)
        log.warning("a watched agent cannot be looked at now: %s", error)
    except Exception:  # one agent's trouble is not the others'
        log.exception("a watched agent failed; reference %s", uuid.uuid4().hex[:8])
    return None
