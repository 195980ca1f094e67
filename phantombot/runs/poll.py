"""Poll a launched run: from the account if that says enough, else from the run itself."""

from collections import Counter
from contextlib import ExitStack, suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from phantombot.context import Context
from phantombot.errors import (
    AnswerTooLarge,
    DecryptionError,
    KeyRejected,
    PhantombusterError,
    RateLimited,
)
from phantombot.phantombuster.api import Agent, Container, Output, RunStatus
from phantombot.runs.console import Console, read_on, read_to_end
from phantombot.runs.ending import Ending, Kind
from phantombot.runs.model import Run
from phantombot.runs.new_rows import compared
from phantombot.runs.outcome import decide, has_ended
from phantombot.runs.redact import discreet, secrets_of_run
from phantombot.runs.snapshot import AccountSnapshot, end, ended_runs
from phantombot.runs.whole_output import whole_output

UNSEEN_FOR = timedelta(seconds=20)
"""How long a launched run may show neither as running nor as ended until it counts as ended."""
UNREAD_FOR = timedelta(minutes=2)
"""How long a run's output may be unreadable until an idle agent's last end counts as its own."""
RESULT_WAITED_FOR = timedelta(seconds=30)
"""How long an ending waits for its result if that can't be read."""
UNSEEN_BEHIND_OTHERS = timedelta(hours=1)
"""The same as UNSEEN_FOR while other runs of its agent are going on."""
STOP_AFTER_END = timedelta(seconds=5)
"""By how much two clocks may differ when a stop and an end are compared."""
STOP_ACTS_WITHIN = timedelta(minutes=10)
"""How long after a stop of its agent a run's end is attributed to it."""


@dataclass(frozen=True)
class PollContext:
    """What is known about a workspace's runs and its account while they are polled."""

    context: Context
    snapshot: AccountSnapshot
    going: Counter[str | None]
    """How many of our runs should be running or queued, by agent."""
    running: Counter[str | None]
    """How many of those were seen running."""
    turn: int | None
    """The one run that is read even if nothing seems to have changed."""


@dataclass(frozen=True)
class _Read:
    """One run's output, with its console continued from the last poll."""

    output: Output
    console: Console


def poll(polling: PollContext, run: Run) -> Run:
    """Return the run as Phantombuster shows it now, or with its ending.

    Raises:
        PhantombusterError: it can't be read now.
    """
    context, snapshot = polling.context, polling.snapshot
    agent = snapshot.agent(run.agent_id)
    settled = agent is not None and agent.counted and agent.running + agent.queued == 0
    status = _from_running(snapshot, run) or _from_account(polling, run, agent)
    if status is not None and run.id != polling.turn:
        tells_its_own = polling.going[run.agent_id] == 1 and snapshot.key.can.tells_progress
        return _seen(context, run, status, agent if tells_its_own else None)
    now = context.clock()
    try:
        seen = _read(context, run, snapshot)
    except PhantombusterError as error:
        snapshot.note(error)
        if status is not None:  # the account shows that it is still going on, which is enough
            return _seen(context, run, status, None, seen_at=now)
        if isinstance(error, RateLimited | KeyRejected):
            raise
        return _ended_unread(context, run, snapshot, agent if settled else None, error)
    if seen.output.status in ("queued", "running"):
        said = seen.output.status
        return _seen(context, run, said, seen.output, seen.console, seen_at=now)
    return _ended(context, run, snapshot, agent, seen)


def console_of(context: Context, run: Run) -> Console:
    """Return what was read of the run's console so far; nothing if it can't be decrypted."""
    try:
        return context.runs.console(run)
    except DecryptionError:
        return Console()


def _from_running(snapshot: AccountSnapshot, run: Run) -> RunStatus | None:
    """Return the status "running" if the run had it and the account still lists its container.

    The list doesn't distinguish queued from running.
    """
    listed = run.status == "running" and run.container_id in (snapshot.running or ())
    return "running" if listed else None


def _from_account(polling: PollContext, run: Run, agent: Agent | None) -> RunStatus | None:
    """Return the run's status if its agent has only our runs, and none of them changed."""
    if agent is None or not agent.counted or polling.snapshot.key.can.tells_running:
        return None
    if agent.running + agent.queued != polling.going[agent.id]:
        return None
    if agent.queued == 0:
        return "running"
    if agent.running == 0:
        return "queued"
    if agent.running != polling.running[agent.id]:
        return None
    return "running" if run.status == "running" else "queued"


def _read(context: Context, run: Run, snapshot: AccountSnapshot) -> _Read:
    console = console_of(context, run)
    output = context.phantombuster.output(
        snapshot.key,
        run.agent_id or "",
        container_id=run.container_id,
        launch_number=run.launch_number,
        from_position=console.position,
    )
    secrets = _secrets(context, run) if output.console else ()
    if not console.position:
        console = Console()  # read from the beginning, so that it is complete
    return _Read(output, read_on(console, output.console, output.console_position, secrets))


def _secrets(context: Context, run: Run) -> tuple[str, ...]:
    """Return the secrets to remove from the console; without them, it won't be shown later."""
    try:
        return secrets_of_run(context, run).all
    except DecryptionError:
        return ()


def _seen(  # noqa: PLR0913 - all that was seen
    context: Context,
    run: Run,
    status: RunStatus,
    source: Agent | Output | None,
    console: Console | None = None,
    *,
    seen_at: datetime | None = None,
) -> Run:
    progress = source.progress if source else None
    label = progress.label if progress else run.label
    seen = replace(
        run,
        status=status,
        seen_at=seen_at or run.seen_at,
        unseen_at=None,
        fraction=progress.fraction if progress else run.fraction,
        label=discreet(context, run, label) if label != run.label and label else label,
    )
    if console is None and seen == run:
        return run
    # The next poll sees the same; what was read of a console it would read a second time.
    return context.runs.write(run, seen, console=console, flushed=console is not None)


def _ended(
    context: Context, run: Run, snapshot: AccountSnapshot, agent: Agent | None, seen: _Read
) -> Run:
    output = seen.output
    if _overtaken(run, output):
        return end(context, run, Ending(Kind.LOST))
    listed = _listed(context, run, snapshot, output)
    container = _own(run, listed)
    settled = _is_settled(snapshot, run, agent)
    if not has_ended(output, seen.console, container):
        if settled and run.container_id is None and output.status is not None:
            return _end(context, run, seen, agent, None)
        if not settled and output.status is None:
            # The output says nothing, but the agent is busy: the run is still going on.
            going_on: RunStatus = "queued" if run.status == "queued" else "running"
            return _seen(context, run, going_on, output, seen.console, seen_at=context.clock())
        if run.unseen_at is None:
            return context.runs.write(run, replace(run, unseen_at=context.clock()))
        if context.clock() - run.unseen_at <= (UNSEEN_FOR if settled else UNSEEN_BEHIND_OTHERS):
            return run
    believed = settled and (listed is None or _failed_to_start(agent))
    with ExitStack() as held:
        whole = _with_result(held, context, run, snapshot, seen)
        return _end(context, run, whole, agent if believed else None, container)


def _is_settled(snapshot: AccountSnapshot, run: Run, agent: Agent | None) -> bool:
    """Return whether nothing of the run is going on, as far as the account shows."""
    if snapshot.key.can.tells_running:
        return snapshot.running is not None and run.container_id not in snapshot.running
    return agent is None or (agent.counted and agent.running + agent.queued == 0)


def _listed(
    context: Context, run: Run, snapshot: AccountSnapshot, output: Output
) -> tuple[Container, ...] | None:
    """Return the agent's ended runs; only the run's own if its output tells how it ended."""
    if output.ended is not None:
        return (output.ended,)
    if run.container_id is None or snapshot.key.can.tells_running:
        return None
    return ended_runs(context, snapshot, run.agent_id or "")


def _with_result(
    held: ExitStack, context: Context, run: Run, snapshot: AccountSnapshot, seen: _Read
) -> _Read:
    """Return an ended run's output with its result, which `held` keeps in memory: maybe megabytes.

    If it can't be read, the run ends all the same, and its message says nothing about results.

    Raises:
        PhantombusterError: it can't be read now, and may be in a moment.
    """
    if run.container_id is None or not seen.output.tells_results:
        return seen
    unknown = replace(seen, output=replace(seen.output, tells_results=False))
    reading = whole_output(
        context,
        snapshot.key,
        run.agent_id or "",
        container_id=run.container_id,
        from_position=seen.console.position,
    )
    try:
        whole = held.enter_context(reading)
    except AnswerTooLarge:
        return unknown
    except PhantombusterError:
        now = context.clock()
        if now - (run.error_since or now) > RESULT_WAITED_FOR:
            return unknown
        raise
    if whole.result_too_large:
        return unknown
    secrets = _secrets(context, run) if whole.console else ()
    console = read_on(seen.console, whole.console, whole.console_position, secrets)
    return _Read(replace(seen.output, result=whole.result), console)


def _failed_to_start(agent: Agent | None) -> bool:
    """Return whether the account reports a failed launch, which lists of ended runs may lack.

    Any other last end in the account may be a later run's, if ours should be listed.
    """
    return agent is not None and agent.last_end_status == Kind.LAUNCH_FAILED


def _end(
    context: Context, run: Run, seen: _Read, agent: Agent | None, container: Container | None
) -> Run:
    now = context.clock()
    sent_at = run.sent_at or run.created_at
    ending = decide(
        seen.output,
        agent,
        container,
        console=seen.console,
        seconds=(now - sent_at).total_seconds(),
        stopped_by=_stopper(context, run, max(sent_at, now - STOP_ACTS_WITHIN), container),
    )
    ending, known = compared(context, run, ending, seen.output.result)
    return end(context, run, ending, read_to_end(seen.console), known)


def _stopper(context: Context, run: Run, since: datetime, container: Container | None) -> str:
    """Return who stopped the agent while the run was going on."""
    ended_at = container.ended_at if container else None
    by_our_clock = ended_at - context.phantombuster.clock_offset if ended_at else context.clock()
    until = by_our_clock + STOP_AFTER_END
    return context.stops.stopper(run.workspace, run.agent_id or "", since, until) or ""


def _ended_unread(
    context: Context,
    run: Run,
    snapshot: AccountSnapshot,
    idle: Agent | None,
    error: PhantombusterError,
) -> Run:
    """End a run whose output can't be read, if something else shows that it ended.

    `idle` is its agent, if the account shows it neither running nor queued.

    Raises:
        PhantombusterError: `error`, if it didn't end, or we can't know.
    """
    listed: tuple[Container, ...] | None = None
    with suppress(PhantombusterError):
        listed = ended_runs(context, snapshot, run.agent_id or "")
    container = _own(run, listed)
    seen = _Read(NOTHING_READ, console_of(context, run))
    if container is not None:
        return _end(context, run, seen, idle, container)
    unread_for = context.clock() - (run.error_since or context.clock())
    if idle is not None and unread_for > UNREAD_FOR:
        return _end(context, run, seen, idle, None)
    raise error


def _own(run: Run, listed: tuple[Container, ...] | None) -> Container | None:
    return next((one for one in listed or () if one.id == run.container_id), None)


def _overtaken(run: Run, output: Output) -> bool:
    """Return whether a later launch hides the run: a 2014 server may only report the latest one."""
    if run.launch_number is None or output.launch_number is None:
        return False
    return output.launch_number > run.launch_number


NOTHING_READ = Output(status="not running", tells_results=False)
"""It says nothing about a result, so the run isn't called empty."""
