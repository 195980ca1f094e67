"""tend(workspace): everything that is due for a workspace's runs, and when to come back."""

import logging
import uuid
from collections import Counter
from datetime import datetime, timedelta

from phantombot.discretion import discreet
from phantombot.ending import Ending, Kind, decide, has_ended
from phantombot.errors import (
    AgentNotFound,
    PhantombusterError,
    SealBroken,
    StoreUnavailable,
    Superseded,
)
from phantombot.launching import (
    ASKED_LIVES,
    INTENT_LIVES,
    Glance,
    end,
    ended_runs,
    prepare,
    search,
    send,
)
from phantombot.phantombuster.values import Agent, Container, Output
from phantombot.ports import Ports
from phantombot.run import NO_KEY, Run, State
from phantombot.telling import tell

FIRST_PACE = timedelta(seconds=2)
LAST_PACE = timedelta(seconds=60)
LOST_AFTER = timedelta(hours=24)
"""A run of which Phantombuster has said nothing usable for so long is lost sight of."""
LOOK_EVERY = 5
"""A run that the account seems to show is itself looked at in every so many looks."""
UNSEEN_FOR = timedelta(seconds=20)
"""How long a launched run may show neither life nor end before it is taken for ended."""

log = logging.getLogger(__name__)


def tend(ports: Ports, workspace: str) -> datetime | None:
    """Do all that is due for the workspace; the time to be called again, None for never.

    Idempotent, and safe to kill at any instruction: what it was doing is found by the next call.

    Raises:
        StoreUnavailable: call again later.
    """
    runs = ports.runs.open(workspace)
    glance = _glance(ports, workspace)
    ours = Counter(run.agent_id for run in runs if run.known)
    runs.sort(key=lambda run: run.state is not State.INTENDED)
    dues = [_due(ports, _carry(ports, run, glance, ours)) for run in runs]
    due = min((due for due in dues if due is not None), default=None)
    if due is not None and glance is not None and glance.patience:
        return max(due, ports.clock() + glance.patience)
    return due


def pace(age: timedelta) -> timedelta:
    """How often a run of that age is looked at: quick at first, slower as it grows old."""
    return min(max(age / 20, FIRST_PACE), LAST_PACE)


def _glance(ports: Ports, workspace: str) -> Glance | None:
    try:
        key = ports.keys.key(workspace)
    except SealBroken:
        log.error("the key of %s was stored under another PHANTOMBOT_SECRET", workspace)
        key = None
    return Glance(key, ports.phantombuster) if key else None


def _carry(ports: Ports, run: Run, glance: Glance | None, ours: Counter[str | None]) -> Run:
    """Take the run as far as it goes now, telling after each step."""
    try:
        while True:
            before, run = run, tell(ports, _step(ports, run, glance, ours))
            if run is before or run.state is not State.INTENDED:
                return run
    except Superseded:
        log.info("run %s is in another follower's hands", run.id)
    except StoreUnavailable:
        raise
    except Exception:  # one run's trouble is not the others'
        log.exception("run %s failed; reference %s", run.id, uuid.uuid4().hex[:8])
    return run


def _step(ports: Ports, run: Run, glance: Glance | None, ours: Counter[str | None]) -> Run:
    match run.state:
        case State.INTENDED if run.age(ports.clock()) > INTENT_LIVES:
            return end(ports, run, Ending(Kind.EXPIRED))
        case State.INTENDED if run.agent_id is not None and glance is not None:
            return send(ports, run, glance)
        case State.INTENDED:
            return prepare(ports, run, glance)
        case State.ASKED if run.said_at and ports.clock() - run.said_at > ASKED_LIVES:
            return end(ports, run, Ending(Kind.CANCELLED))
        case State.SENDING | State.LAUNCHED:
            return _follow(ports, run, glance, ours)
    return run


def _follow(ports: Ports, run: Run, glance: Glance | None, ours: Counter[str | None]) -> Run:
    if glance is None:
        return _in_trouble(ports, run, NO_KEY)
    try:
        if not run.known:
            others = ours[run.agent_id]
            return _out_of_trouble(ports, run, search(ports, run, glance, others))
        return _out_of_trouble(ports, run, _look(ports, run, glance, ours))
    except AgentNotFound:
        return end(ports, run, Ending(Kind.LOST))
    except PhantombusterError as error:
        log.warning("run %s cannot be followed now: %s", run.id, error)
        return _in_trouble(ports, run, type(error).__name__)


def _out_of_trouble(ports: Ports, before: Run, after: Run) -> Run:
    if before.trouble_at is None or after.state is State.ENDED:
        return after
    return ports.runs.write(after, trouble_at=None, trouble=None)


def _look(ports: Ports, run: Run, glance: Glance, ours: Counter[str | None]) -> Run:
    agent = glance.agent(run.agent_id)
    if agent is not None and _alone(agent, ours) and not _look_due(run, ports.clock()):
        return _seen(ports, run, "running" if agent.running else "queued", agent)
    output = ports.phantombuster.output(
        glance.key,
        run.agent_id or "",
        container_id=run.container_id,
        launch_number=run.launch_number,
    )
    if output.status != "not running":
        return _seen(ports, run, output.status, output, seen_at=ports.clock())
    if _overtaken(run, output):
        return end(ports, run, Ending(Kind.LOST))
    container = _ended_container(ports, run, glance, output)
    settled = agent is None or agent.running + agent.queued == 0
    if not (has_ended(output, container) or (settled and _must_have_ended(ports, run, output))):
        return run
    took = (ports.clock() - run.sent_at).total_seconds() if run.sent_at else None
    # While the agent is busy, its last end in the account is an earlier run's.
    return end(ports, run, decide(output, agent if settled else None, container, seconds=took))


def _overtaken(run: Run, output: Output) -> bool:
    """A server of the 2014 form may only speak of the latest launch: then nothing tells of ours."""
    if run.launch_number is None or output.launch_number is None:
        return False
    return output.launch_number > run.launch_number


def _alone(agent: Agent, ours: Counter[str | None]) -> bool:
    """Whether all that the agent is doing is one run of ours: then the account says enough."""
    return agent.running + agent.queued == 1 and ours[agent.id] == 1


def _look_due(run: Run, now: datetime) -> bool:
    """The account cannot tell one container from the next, so the run itself is looked at too."""
    return run.seen_at is None or now - run.seen_at > LOOK_EVERY * pace(run.age(now))


def _seen(ports: Ports, run: Run, status: str, source: Agent | Output, **changes: datetime) -> Run:
    progress = source.progress
    label = progress.label if progress else run.label
    seen = {
        **changes,
        "status": status,
        "fraction": progress.fraction if progress else run.fraction,
        "label": discreet(ports, run, label) if label != run.label and label else label,
    }
    if all(getattr(run, name) == value for name, value in seen.items()):
        return run
    return ports.runs.write(run, **seen)


def _ended_container(ports: Ports, run: Run, glance: Glance, output: Output) -> Container | None:
    if output.form == "2014":
        return None
    ended = ended_runs(ports, glance, run)
    return next((container for container in ended if container.id == run.container_id), None)


def _must_have_ended(ports: Ports, run: Run, output: Output) -> bool:
    """The 2014 form numbers what has started; the later one lists what ended, if a little late."""
    alive_at = run.seen_at or run.sent_at or run.created_at
    return output.form == "2014" or ports.clock() - alive_at > UNSEEN_FOR


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
