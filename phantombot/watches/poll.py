"""Poll the agents that channels watch, whoever starts their runs."""

import logging
import random
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial

from phantombot.context import Context
from phantombot.errors import KeyRejected, PhantombusterError, StaleWrite, StoreUnavailable
from phantombot.phantombuster.api import Agent
from phantombot.runs.snapshot import AccountSnapshot
from phantombot.watches.changes import RETRY, end_digest, poll_agent, store_listed, store_missing
from phantombot.watches.model import Round, Watched

REST = timedelta(seconds=55)
"""How often the account is read for a workspace's watches: each minute, even if a pass is late."""
BUSY = timedelta(seconds=30)
"""How often it is read while one of the agents is running."""
LATENESS = timedelta(seconds=4)
"""How late a pass may be."""
LAP = timedelta(minutes=2)
"""How long a round through `AT_ONCE` agents takes, whatever the account shows; longer for more."""
AT_ONCE = 50
"""Maximum agents of a workspace polled in one pass, since its runs wait meanwhile."""
SOON = timedelta(seconds=1)
REFUSED = timedelta(minutes=10)
"""How often a refused key is tried again."""
_NEVER = datetime.min.replace(tzinfo=UTC)

Step = Callable[[], Watched]

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Polled:
    """The outcome of a poll of the watched agents."""

    due: datetime | None = None
    """When to poll them again; None for never."""
    key_rejected: bool = False
    """Whether Phantombuster refused the workspace's key."""


def poll_watches(
    context: Context, workspace: str, snapshot: AccountSnapshot | None, before: Round
) -> Polled:
    """Poll the agents that the workspace's channels watch, and store notices about them.

    The account is read once for all; an agent's runs are read only if it changed.

    Raises:
        StoreUnavailable: call again later.
    """
    agents = context.watches.agents(workspace) if snapshot else []
    if snapshot is None or not agents:
        return Polled()
    now, stored = context.clock(), before
    if max(before.seen_at or _NEVER, before.turned_at or _NEVER) > now:
        before = Round()  # the clock was set back: the next round would be a long way off
    due = _due(before, agents)
    just_seen = before.seen_at is not None and now - before.seen_at < RETRY
    if now < due and (just_seen or not snapshot.read):
        return Polled(due)
    try:
        listed = {agent.id: agent for agent in snapshot.account.agents}
    except PhantombusterError as error:
        return _not_polled(workspace, snapshot, error, now)
    random.shuffle(agents)  # so that an agent that fails doesn't block the others
    turns = _turns(before, agents, listed, now)
    steps = _steps(context, snapshot, listed, agents, turns)
    some = steps[:AT_ONCE]
    changed = {
        one.agent_id: one
        for one in context.map_concurrently(partial(_tried, snapshot), some)
        if one is not None
    }
    # If some are left, the round goes on in the next pass.
    turned_at = now if turns or before.turned_at is None else before.turned_at
    after = Round(now if some == steps else before.seen_at, turned_at)
    context.watches.polled(workspace, stored, after)
    due = _due(after, [changed.get(one.agent_id, one) for one in agents])
    waits = RETRY if len(changed) < len(some) else SOON
    return Polled(max(due, now + max(waits, snapshot.rate_limited_for)))


def _not_polled(
    workspace: str, snapshot: AccountSnapshot, error: PhantombusterError, now: datetime
) -> Polled:
    log.warning("the agents that %s watches can't be polled now: %s", workspace, error)
    rejected = isinstance(error, KeyRejected)
    rest = max(REFUSED if rejected else REST, snapshot.rate_limited_for)
    return Polled(now + rest, rejected)


def _due(before: Round, agents: Sequence[Watched]) -> datetime:
    if before.seen_at is None or any(one.hinted for one in agents):
        return _NEVER
    again = [one.again_at for one in agents if one.again_at is not None]
    return min([before.seen_at + _pace(agents), *again])


def _pace(agents: Sequence[Watched]) -> timedelta:
    """Return how soon to poll again: at once if a watch was set during the last poll."""
    if any(one.last_end is None and one.missing_at is None for one in agents):
        return RETRY
    return BUSY if any(one.busy for one in agents) else REST


def _busy(agent: Agent | None) -> int:
    return 0 if agent is None else agent.running + agent.queued


def _turns(
    before: Round, agents: Sequence[Watched], listed: Mapping[str, Agent], now: datetime
) -> frozenset[str]:
    """Return the agents to read whatever the account shows, least recently read first.

    Short runs that end the same way leave no trace in v1's account, so this is how they are found.
    Each pass reads its share of a round, so that calls are spread, and agents that would be late in
    the next pass.
    """
    if any(agent.last_ended_at for agent in listed.values()):
        return frozenset()  # v2: each end changes the account
    seen = [one for one in agents if one.last_end is not None and one.missing_at is None]
    lap = LAP * max(len(seen) / AT_ONCE, 1)
    running = any(_busy(listed.get(one.agent_id)) for one in agents)
    late = now + (BUSY if running else REST) + LATENESS - lap
    # All late agents rank the same, so that agents that can't be read don't block others.
    since = {one.agent_id: max(_looked_at(one, now), late) for one in seen}
    passed = now - (before.turned_at or now)
    wanted = max(int(len(seen) * (passed / lap)), sum(at == late for at in since.values()))
    # After an outage all are late: one a second, to avoid a burst of calls.
    most = min(AT_ONCE, int(passed.total_seconds()))
    return frozenset(sorted(since, key=since.__getitem__)[: min(wanted, most)])


def _looked_at(watched: Watched, now: datetime) -> datetime:
    """Return when it was last read; never, if that is in the future: the clock was set back."""
    at = watched.looked_at
    return _NEVER if at is None or at > now else at


def _steps(
    context: Context,
    snapshot: AccountSnapshot,
    listed: Mapping[str, Agent],
    agents: Sequence[Watched],
    turns: frozenset[str],
) -> list[Step]:
    """Return the steps to take, agents with a webhook call first."""
    hinted_first = sorted(agents, key=lambda one: not one.hinted)
    steps = (
        _step(context, snapshot, listed.get(one.agent_id), one, is_turn=one.agent_id in turns)
        for one in hinted_first
    )
    return [step for step in steps if step is not None]


def _step(
    context: Context,
    snapshot: AccountSnapshot,
    agent: Agent | None,
    watched: Watched,
    *,
    is_turn: bool,
) -> Step | None:
    """Return the step to take for the agent; None if the account shows no change.

    `agent` is None if the account doesn't list it.
    """
    now = context.clock()
    if agent is None:
        quiet = watched.gone and not watched.hinted
        return None if quiet else partial(store_missing, context, snapshot, watched)
    busy = _busy(agent)
    again = watched.again_at is not None and watched.again_at <= now
    changed = watched.last_end != end_digest(agent) or busy < watched.busy
    if changed or again or watched.hinted or is_turn:
        return partial(poll_agent, context, snapshot, agent, watched)
    named_alike = agent.name in ("", watched.name)
    if busy != watched.busy or not named_alike or watched.missing_at is not None:
        return partial(store_listed, context, agent, watched)
    return None


def _tried(snapshot: AccountSnapshot, step: Step) -> Watched | None:
    """Take the step and return the agent as stored; None if it couldn't be read.

    Raises:
        StoreUnavailable: the other agents would fail as well.
    """
    if snapshot.rate_limited_for:
        return None  # refused, too
    try:
        return step()
    except StoreUnavailable:
        raise
    except StaleWrite as error:
        log.info("%s is being polled by another worker", error)
    except PhantombusterError as error:
        snapshot.note(error)
        log.warning("a watched agent can't be polled now: %s", error)
    except Exception:  # one agent's error must not stop the others
        log.exception("a watched agent failed; reference %s", uuid.uuid4().hex[:8])
    return None
