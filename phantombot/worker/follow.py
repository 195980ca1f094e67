"""Follow a workspace's runs: do everything that is due, and return when to come back."""

import logging
import random
import uuid
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from phantombot.context import Context
from phantombot.errors import (
    AgentNotFound,
    PhantombusterError,
    StaleWrite,
    StoreUnavailable,
)
from phantombot.phantombuster.api import Agent
from phantombot.runs.adopt import in_flight, may_appear, search, search_again
from phantombot.runs.ending import Ending, Kind
from phantombot.runs.model import NO_KEY, Run, State
from phantombot.runs.poll import poll
from phantombot.runs.snapshot import ASKED_LIVES, LOST_AFTER, AccountSnapshot, end
from phantombot.watches.model import Round
from phantombot.watches.poll import poll_watches
from phantombot.worker.acknowledgement import deletable_at, delete_acknowledgement
from phantombot.worker.backoff import FIRST_PACE, LAST_PACE, SOON, next_due, pace
from phantombot.worker.direct_rings import ring_people
from phantombot.worker.home import redraw
from phantombot.worker.key_alert import alert_key_owner
from phantombot.worker.launch import launch_run
from phantombot.worker.run_message import is_private, update_message
from phantombot.worker.tick import Tick, begin, key_of
from phantombot.worker.watch_notices import announce
from phantombot.worker.welcome import greet

AWAY = timedelta(hours=1)
"""If a run wasn't polled for this long, its failures are counted afresh: we were away."""
CATALOG_KEPT_EVERY = timedelta(seconds=30)
"""How often the list of agents is stored while the account is read for its runs."""
TRIED_EVERY = timedelta(minutes=10)
"""How precisely the time of a failing run's last poll is stored."""
LONGEST_PASS = timedelta(seconds=10)
"""How long older runs are processed before the account is read again for the young ones."""
GONE_AFTER = timedelta(minutes=2)
"""How long an agent must be missing before its runs count as gone."""
LEFT_TO_LAUNCHER = timedelta(seconds=10)
"""A request is left to the launcher that was woken for it; an older one was left behind."""

_POLLED = {State.SENDING, State.LAUNCHED}
"""The states in which Phantombuster is asked about a run."""

log = logging.getLogger(__name__)


def process_workspace(context: Context, workspace: str) -> datetime | None:
    """Do all that is due for the workspace; return when to be called again, None for never.

    Idempotent, and safe to kill at any instruction: the next call resumes what was left.

    Raises:
        StoreUnavailable: call again later.
    """
    began = context.clock()
    runs = _open_runs(context, workspace)
    round_ = context.watches.round(workspace)
    key = key_of(context, workspace) if runs or round_ else None
    tick = begin(context, workspace, runs, key, began)
    polled = [tick.snapshot_of(run) for run in runs if run.state in _POLLED]
    for snapshot in {id(one): one for one in polled if one is not None}.values():
        # Read once here, before several threads need it.
        snapshot.read_now(agents=snapshot is tick.snapshot and _wants_agents(tick, runs))
    if tick.snapshot is not None:
        _keep_catalog(tick, tick.snapshot)
    left, in_time = _follow_all(tick, runs)
    if len(left) < len(runs):
        raise StoreUnavailable("while runs were followed")
    dues = [_homes_due(context, workspace), _watches_due(tick, round_), _rings_due(tick)]
    dues += [_greetings_due(tick)]
    dues += [_due(tick, run) for run in left] if in_time else [context.clock()]
    return min((due for due in dues if due is not None), default=None)


def _follow_all(tick: Tick, runs: list[Run]) -> tuple[list[Run], bool]:
    """Process each run, the young ones first; return them, and whether there was time for all.

    Fewer are returned if the database fails.
    """
    young, old = _by_age(runs, tick.context.clock())
    groups = list(tick.context.map_concurrently(partial(_followed, tick), young))
    now = tick.context.clock()
    # Hundreds of runs that end at once must not delay the next poll of young or new runs.
    until = now + max(FIRST_PACE if young else LONGEST_PASS, now - tick.began)
    groups += tick.context.map_concurrently(partial(_followed, tick, until=until), old)
    return [run for group in groups for run in group], tick.context.clock() < until


def _by_age(runs: list[Run], now: datetime) -> tuple[list[list[Run]], list[list[Run]]]:
    """Group the runs by agent; return the groups with a young run, and the others in any order."""

    def is_young(group: list[Run]) -> bool:
        return any(pace(run.age(now)) == FIRST_PACE for run in group)

    groups = _by_agent(runs)
    old = [group for group in groups if not is_young(group)]
    # Shuffled, so that a pass that runs out of time doesn't always leave out the same ones.
    random.shuffle(old)
    return [group for group in groups if is_young(group)], old


def _open_runs(context: Context, workspace: str) -> list[Run]:
    """Return the runs that are not done, with any time that lies in the future set to now."""
    now = context.clock()
    runs = context.runs.open(workspace)
    return [_guarded(run, partial(_without_times_ahead, context, now)) for run in runs]


def _without_times_ahead(context: Context, now: datetime, run: Run) -> Run:
    corrected = run.without_times_ahead(now)
    if corrected == run:
        return run
    log.warning("run %s has times that are still to come: the clock was set back", run.id)
    return context.runs.write(run, corrected)


def _homes_due(context: Context, workspace: str) -> datetime | None:
    """Redraw App Homes; return when to come back for them."""
    try:
        return redraw(context, workspace)
    except StoreUnavailable:
        raise
    except Exception:  # the runs must be followed even if App Home can't be drawn
        log.exception("App Homes are not redrawn; reference %s", uuid.uuid4().hex[:8])
        return None


def _watches_due(tick: Tick, before: Round | None) -> datetime | None:
    """Poll the watched agents and post the ends that were found; return when to come back."""
    if before is None:
        return None
    try:
        polled = poll_watches(tick.context, tick.workspace, tick.snapshot, before)
        if polled.key_rejected:
            alert_key_owner(tick)
        dues = (polled.due, announce(tick))
    except StoreUnavailable:
        raise
    except Exception:  # as above
        log.exception("watches are not polled; reference %s", uuid.uuid4().hex[:8])
        return tick.context.clock() + LAST_PACE
    return min((due for due in dues if due is not None), default=None)


def _rings_due(tick: Tick) -> datetime | None:
    """Notify people by direct message; return when to come back for that."""
    try:
        return ring_people(tick)
    except StoreUnavailable:
        raise
    except Exception:  # as above
        log.exception("nobody is rung; reference %s", uuid.uuid4().hex[:8])
        return tick.context.clock() + LAST_PACE


def _greetings_due(tick: Tick) -> datetime | None:
    """Welcome installers and greet channels; return when to come back for that."""
    try:
        return greet(tick)
    except StoreUnavailable:
        raise
    except Exception:  # as above
        log.exception("nobody is greeted; reference %s", uuid.uuid4().hex[:8])
        return tick.context.clock() + LAST_PACE


def _wants_agents(tick: Tick, runs: Sequence[Run]) -> bool:
    """Return whether the stored list of agents is so old that it should be read again.

    It is if an agent whose name we don't know was launched since.
    """
    known = tick.context.agents.recalled(tick.workspace)
    if known is None or abs(tick.context.clock() - known.read_at) >= CATALOG_KEPT_EVERY:
        return True
    return any(not run.agent_name and run.sent_at and run.sent_at >= known.read_at for run in runs)


def _keep_catalog(tick: Tick, snapshot: AccountSnapshot) -> None:
    """Store the list of agents that was read for the runs: launches look agents up in it."""
    if not snapshot.knows_account or snapshot.key.stored_at is None:
        return
    if _wants_agents(tick, ()):
        tick.context.agents.learn(tick.workspace, snapshot.account, snapshot.key.stored_at)


def _by_agent(runs: list[Run]) -> list[list[Run]]:
    """Group the runs by agent: one agent's are polled in turn, so that no two adopt one launch."""
    groups: dict[str, list[Run]] = {}
    for run in runs:
        groups.setdefault(run.agent_id or run.agent.casefold(), []).append(run)
    return list(groups.values())


def _followed(tick: Tick, runs: list[Run], until: datetime | None = None) -> list[Run]:
    """Process the runs of one agent; after `until`, leave the rest as they are.

    Return fewer if the database fails.
    """
    if until is not None and tick.context.clock() >= until:
        return runs
    followed: list[Run] = []
    try:
        followed.extend(_guarded(run, partial(_carry, tick)) for run in runs)
    except StoreUnavailable as error:
        log.warning("the database does not answer (%s)", error)
    return followed


def _carry(tick: Tick, run: Run) -> Run:
    """Take the run as far as possible now, and bring its message up to date."""
    now = tick.context.clock()
    if in_flight(run, now) or _is_being_told(run, now):
        return delete_acknowledgement(tick.context, run)
    if run.waits(now):
        return update_message(tick, run)
    if run.state is State.INTENDED:
        left_behind = run.age(now) >= LEFT_TO_LAUNCHER or run.error_since is not None
        return launch_run(tick.context, run) if left_behind else run
    return update_message(tick, _step(tick, run))


def _is_being_told(run: Run, now: datetime) -> bool:
    """Return whether another thread is telling its launcher now why it isn't launched."""
    lately = now - (run.ended_at or run.created_at) < LEFT_TO_LAUNCHER
    return lately and run.sent_at is None and run.message_digest is None and is_private(run)


def _guarded(run: Run, work: Callable[[Run], Run]) -> Run:
    """Apply `work`; on an unexpected error, log it and return the run unchanged.

    Raises:
        StoreUnavailable: the other runs would fail as well.
    """
    try:
        return work(run)
    except StaleWrite:
        log.info("run %s is being processed by another worker", run.id)
    except StoreUnavailable:
        raise
    except Exception:  # one run's error must not stop the others
        log.exception("run %s failed; reference %s", run.id, uuid.uuid4().hex[:8])
    return run


def _step(tick: Tick, run: Run) -> Run:
    context = tick.context
    match run.state:
        case State.ASKED if run.message_at and context.clock() - run.message_at > ASKED_LIVES:
            return end(context, run, Ending(Kind.CANCELLED))
        case State.SENDING | State.LAUNCHED:
            return _follow(tick, run)
        case State.ENDED if may_appear(run, context.clock()):
            return _look_again(tick, run)
    return run


def _look_again(tick: Tick, run: Run) -> Run:
    """Adopt the run if it has appeared after all; its message is then updated like any other."""
    snapshot = tick.snapshot_of(run)
    if snapshot is None:
        return run
    try:
        return search_again(tick.context, run, snapshot)
    except PhantombusterError as error:
        snapshot.note(error)
        return run


def _follow(tick: Tick, run: Run) -> Run:
    context, polling = tick.context, tick.polling_of(run)
    run = _named(context, run)
    if polling is None:
        return _failing(context, run, NO_KEY)
    snapshot = polling.snapshot
    try:
        if run.known:
            return _recovered(context, run, poll(polling, _renamed(context, snapshot, run)))
        others = polling.going[run.agent_id]
        return _recovered(context, run, search(context, run, snapshot, others))
    except PhantombusterError as error:
        snapshot.note(error)
        log.warning("run %s can't be polled now: %s", run.id, error)
        if isinstance(error, AgentNotFound) and _is_gone(snapshot, run, context.clock()):
            return end(context, run, Ending(Kind.LOST))
        return _failing(context, run, type(error).__name__)


def _named(context: Context, run: Run) -> Run:
    """Set the agent's name of a run that was launched by id, if a list was read since.

    Phantombuster isn't asked, so a name is shown even while it doesn't answer.
    """
    if run.agent_name:
        return run
    return _called(context, run, context.agents.listed(run.workspace, run.agent_id or ""))


def _renamed(context: Context, snapshot: AccountSnapshot, run: Run) -> Run:
    """Set the agent's current name, if the account was read."""
    return _called(context, run, snapshot.agent(run.agent_id))


def _called(context: Context, run: Run, agent: Agent | None) -> Run:
    if agent is None or agent.name in ("", run.agent_name):
        return run
    return context.runs.write(run, replace(run, agent_name=agent.name))


def _is_gone(snapshot: AccountSnapshot, run: Run, now: datetime) -> bool:
    """Return whether neither the account nor Phantombuster has known the agent for a while."""
    if run.last_error != AgentNotFound.__name__ or run.error_since is None:
        return False
    return now - run.error_since > GONE_AFTER and snapshot.agent(run.agent_id) is None


def _recovered(context: Context, before: Run, after: Run) -> Run:
    if before.error_since is None or after.state is State.ENDED:
        return after
    return context.runs.write(after, after.recovered())


def _failing(context: Context, run: Run, error: str) -> Run:
    now = context.clock()
    tried_at = run.tried_at or now
    if run.error_since is None or now - tried_at > AWAY:
        # If we haven't polled for a while, that isn't Phantombuster's failure to answer.
        return context.runs.write(run, replace(run.failing(error, now), tried_at=now))
    if now - run.error_since > LOST_AFTER:
        return end(context, run, Ending(Kind.LOST))
    if run.last_error == error and now - tried_at < TRIED_EVERY:
        return run
    return context.runs.write(run, replace(run, last_error=error, tried_at=now))


def _due(tick: Tick, run: Run) -> datetime | None:
    now, snapshot = tick.context.clock(), tick.snapshot_of(run)
    due = next_due(
        run,
        now,
        polled_at=tick.began,
        resumes_at=tick.limits.resumes_at(run.posts_to) or now,
        rate_limit=snapshot.rate_limited_for if snapshot is not None else timedelta(),
        in_hand=in_flight(run, now) or _is_being_told(run, now),
    )
    deletable = deletable_at(run)
    if due is None or deletable is None:
        return due
    return min(due, max(deletable, now + SOON))
