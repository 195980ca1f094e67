"""tend(workspace): everything that is due for a workspace's runs, and when to come back."""

import logging
import uuid
from datetime import datetime, timedelta
from functools import partial

from phantombot.ending import Ending, Kind
from phantombot.errors import (
    AgentNotFound,
    PhantombusterError,
    SealBroken,
    StoreUnavailable,
    Superseded,
)
from phantombot.launching import ASKED_LIVES, INTENT_LIVES, Glance, end, search, send
from phantombot.looking import look
from phantombot.ports import Ports
from phantombot.preparing import prepare
from phantombot.run import NO_KEY, Run, State
from phantombot.telling import tell
from phantombot.tick import FIRST_PACE, Tick, begin, pace

LOST_AFTER = timedelta(hours=24)
"""A run of which Phantombuster has said nothing usable for so long is lost sight of."""

_ASKING = {State.INTENDED, State.SENDING, State.LAUNCHED}
"""The states in which Phantombuster is asked about a run."""

log = logging.getLogger(__name__)


def tend(ports: Ports, workspace: str) -> datetime | None:
    """Do all that is due for the workspace; the time to be called again, None for never.

    Idempotent, and safe to kill at any instruction: what it was doing is found by the next call.

    Raises:
        StoreUnavailable: call again later.
    """
    runs = ports.runs.open(workspace)
    tick = begin(ports, workspace, runs, _glance(ports, workspace) if runs else None)
    if tick.glance is not None and any(run.state in _ASKING for run in runs):
        tick.glance.look()  # once, before several threads want it
    groups = _by_agent(sorted(runs, key=lambda run: run.state is not State.INTENDED))
    dues = list(ports.abreast(partial(_due_after, tick), groups))
    if None in dues:
        raise StoreUnavailable("while runs were followed")
    due = min((due for group in dues for due in group or ()), default=None)
    if due is not None and tick.glance is not None and tick.glance.patience:
        return max(due, ports.clock() + tick.glance.patience)
    return due


def _by_agent(runs: list[Run]) -> list[list[Run]]:
    """The runs of one agent are seen to one after the other: each may be taken for the next."""
    groups: dict[str, list[Run]] = {}
    for run in runs:
        groups.setdefault(run.agent_id or run.agent.casefold(), []).append(run)
    return list(groups.values())


def _due_after(tick: Tick, runs: list[Run]) -> list[datetime] | None:
    """When runs of one agent want to be seen to again; None where the database does not answer."""
    try:
        dues = [_due(tick.ports, _carry(tick, run)) for run in runs]
    except StoreUnavailable as error:
        log.warning("the database does not answer (%s)", error)
        return None
    return [due for due in dues if due is not None]


def _glance(ports: Ports, workspace: str) -> Glance | None:
    try:
        key = ports.keys.key(workspace)
    except SealBroken:
        log.error("the key of %s was stored under another PHANTOMBOT_SECRET", workspace)
        key = None
    return Glance(key, ports.phantombuster) if key else None


def _carry(tick: Tick, run: Run) -> Run:
    """Take the run as far as it goes now, telling after each step."""
    try:
        while True:
            before, run = run, tell(tick, _step(tick, run))
            if run is before or run.state is not State.INTENDED:
                return run
    except Superseded:
        log.info("run %s is in another follower's hands", run.id)
    except StoreUnavailable:
        raise
    except Exception:  # one run's trouble is not the others'
        log.exception("run %s failed; reference %s", run.id, uuid.uuid4().hex[:8])
    return run


def _step(tick: Tick, run: Run) -> Run:
    ports = tick.ports
    match run.state:
        case State.INTENDED if run.age(ports.clock()) > INTENT_LIVES:
            return end(ports, run, Ending(Kind.EXPIRED))
        case State.INTENDED if run.agent_id is not None and tick.glance is not None:
            return send(ports, run, tick.glance)
        case State.INTENDED:
            return prepare(ports, run, tick.glance)
        case State.ASKED if run.said_at and ports.clock() - run.said_at > ASKED_LIVES:
            return end(ports, run, Ending(Kind.CANCELLED))
        case State.SENDING | State.LAUNCHED:
            return _follow(tick, run)
    return run


def _follow(tick: Tick, run: Run) -> Run:
    ports = tick.ports
    if tick.glance is None:
        return _in_trouble(ports, run, NO_KEY)
    try:
        if not run.known:
            others = tick.going[run.agent_id]
            return _out_of_trouble(ports, run, search(ports, run, tick.glance, others))
        return _out_of_trouble(ports, run, look(tick, run, tick.glance))
    except AgentNotFound:
        return end(ports, run, Ending(Kind.LOST))
    except PhantombusterError as error:
        log.warning("run %s cannot be followed now: %s", run.id, error)
        return _in_trouble(ports, run, type(error).__name__)


def _out_of_trouble(ports: Ports, before: Run, after: Run) -> Run:
    if before.trouble_at is None or after.state is State.ENDED:
        return after
    return ports.runs.write(after, trouble_at=None, trouble=None)


def _in_trouble(ports: Ports, run: Run, trouble: str) -> Run:
    now = ports.clock()
    if run.trouble_at is not None and now - run.trouble_at > LOST_AFTER:
        return end(ports, run, Ending(Kind.LOST))
    if run.trouble == trouble:
        return run
    return ports.runs.write(run, trouble=trouble, trouble_at=run.trouble_at or now)


def _due(ports: Ports, run: Run) -> datetime | None:
    now = ports.clock()
    if run.told:
        return None
    if run.state is State.ENDED:
        return max(run.say_after or now, now + timedelta(seconds=1))
    if run.state is State.ASKED:
        return run.said_at + ASKED_LIVES if run.said_at else run.say_after or now + FIRST_PACE
    return now + pace(run.age(now))
