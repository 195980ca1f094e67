"""Find the container of a launch whose id we don't know: adopt it, or report that there is none.

That happens if the launch's answer was lost, and in the 2014 API, which returns no id. The run is
looked for afterwards: by the tag that it was sent with, if the API has tags; else among the
containers that belong to no other run of ours, in any workspace of the account.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from phantombot.context import Context
from phantombot.errors import PhantombusterError
from phantombot.phantombuster.account import ApiKey
from phantombot.phantombuster.api import Agent, Container, Output
from phantombot.runs.ending import Ending, Kind
from phantombot.runs.model import Run, State
from phantombot.runs.outcome import launch_failed
from phantombot.runs.siblings import Siblings
from phantombot.runs.snapshot import LOST_AFTER, AccountSnapshot, end, ended_runs

LOOKED_FOR = timedelta(seconds=20)
"""How long a run whose answer was lost is looked for."""
LOOKED_FOR_AFTERWARDS = timedelta(minutes=5)
"""How long a run that was reported as not found is still looked for, now and then."""
LOOKED_FOR_EVERY = timedelta(seconds=10)
"""How often such a run is looked for."""
BEGINS_WITHIN = timedelta(minutes=1)
"""How long after it was sent such a launch can begin; a later run is somebody else's."""
LOOKED_FOR_BEHIND_OTHERS = timedelta(hours=1)
"""How long it is looked for while other runs of the agent may hide it."""
IN_FLIGHT = timedelta(seconds=35)
"""How long another process may be waiting for the launch's answer (3 s and 30 s)."""
STARTS_WITHIN = timedelta(seconds=15)
"""How long an accepted launch can take to appear, in an API that returns no id."""
CLOCKS_AGREE_WITHIN = timedelta(seconds=2)
"""How far two clocks of whole seconds can differ once corrected by the server's `Date`."""


@dataclass(frozen=True)
class Seen:
    """What Phantombuster shows of an agent."""

    at: datetime
    """By our clock."""
    output: Output | None
    """None if it can't be read."""
    ended: tuple[Container, ...] = ()
    ahead: timedelta = timedelta()
    """How much the server's clock is ahead of ours."""


def in_flight(run: Run, now: datetime) -> bool:
    """Return whether a process may still be waiting for the answer to the launch or first post.

    Until then no other process touches the run.
    """
    unanswered = run.state is State.SENDING and run.lost_at is None
    unposted = run.pending_post is not None and run.ts is None and run.sent_at is not None
    return (unanswered or unposted) and run.age(now) < IN_FLIGHT


def may_appear(run: Run, now: datetime) -> bool:
    """Return whether a run that was reported as not found may still appear.

    Only if that was reported recently, in a message that can be edited.
    """
    unfound = run.ending is not None and run.ending.kind is Kind.NOT_FOUND
    lately = run.ended_at is not None and now - run.ended_at < LOOKED_FOR_AFTERWARDS
    return unfound and lately and not run.done and run.ts is not None


def search(context: Context, run: Run, snapshot: AccountSnapshot, ours: int) -> Run:
    """Return the run with its container if found, ended if the search is over, else unchanged.

    `ours` is how many other runs of ours of the agent are known to be running or queued.

    Raises:
        PhantombusterError: it can't be looked for now.
    """
    if run.state is State.SENDING and run.lost_at is None:
        # The process that sent it is gone: the search starts now.
        run = context.runs.write(run, replace(run, lost_at=context.clock()))
    if snapshot.key.can.tags_launches:
        return _tagged(context, run, snapshot) or _not_tagged(context, run)
    seen = _read(context, run, snapshot)
    # Read after Phantombuster: a launch is on disk before it is sent, so if a container belongs to
    # another launch, we know its id, or know that launch to be in flight.
    siblings = context.runs.siblings(run, context.clock() - IN_FLIGHT)
    if siblings.in_flight:
        return run
    found = identify(run, seen, siblings)
    if found is not None:
        return _adopted(context, run, found)
    return _give_up(context, run, snapshot, seen, siblings, ours)


def search_again(context: Context, run: Run, snapshot: AccountSnapshot) -> Run:
    """Return the run with its container, if it has appeared since it was reported as not found.

    Raises:
        PhantombusterError: it can't be looked for now.
    """
    now = context.clock()
    if run.tried_at is not None and now - run.tried_at < LOOKED_FOR_EVERY:
        return run
    run = context.runs.write(run, replace(run, tried_at=now))
    if snapshot.key.can.tags_launches:
        sought = replace(run, state=State.SENDING, ending=None, ended_at=None)
        return _tagged(context, sought, snapshot) or run
    seen = _read(context, run, snapshot)
    siblings = context.runs.siblings(run, now - IN_FLIGHT)
    if siblings.in_flight:
        return run
    sought = replace(run, state=State.SENDING, ending=None, ended_at=None)
    found = identify(sought, seen, siblings)
    return _adopted(context, run, found) if found is not None and _is_early(found, seen) else run


def _tagged(context: Context, run: Run, snapshot: AccountSnapshot) -> Run | None:
    """Return the run with the container that has its tag; None if there is none."""
    found = context.phantombuster.tagged(snapshot.key, run.agent_id or "", run.uid)
    if found is None:
        return None
    adopted = run.adopted or run.state is not State.LAUNCHED
    named = replace(run, state=State.LAUNCHED, container_id=found, adopted=adopted)
    return context.runs.write(run, named)


def _not_tagged(context: Context, run: Run) -> Run:
    """Return the run as it is, or ended if it has been looked for long enough."""
    now = context.clock()
    if run.state is State.SENDING:
        late = run.lost_at is not None and now - run.lost_at > LOOKED_FOR
        return end(context, run, Ending(Kind.NOT_FOUND)) if late else run
    # It was accepted, but never listed.
    late = run.age(now) > LOOKED_FOR_BEHIND_OTHERS
    return end(context, run, Ending(Kind.LOST)) if late else run


def seems_launched(context: Context, run: Run, key: ApiKey) -> bool:
    """Return whether a run of the agent that isn't ours has begun since this launch was requested.

    What can't be read doesn't count, nor does what may belong to another launch of ours.
    """
    try:
        if key.can.tags_launches:
            return context.phantombuster.tagged(key, run.agent_id or "", run.uid) is not None
        seen = _read(context, run, AccountSnapshot(key, context.phantombuster))
    except PhantombusterError:
        return False
    siblings = context.runs.siblings(run, context.clock() - IN_FLIGHT)
    if siblings.in_flight or siblings.unnamed:
        return False
    sent = replace(run, state=State.SENDING, sent_at=run.due_at)
    return identify(sent, seen, siblings) is not None


def _is_early(found: Run, seen: Seen) -> bool:
    """Return whether the found run is known to have begun soon after the launch was sent."""
    latest = (found.sent_at or found.created_at) + BEGINS_WITHIN
    for one in seen.ended:
        if one.id == found.container_id and one.queued_at is not None:
            return one.queued_at - seen.ahead <= latest
    progress = seen.output.progress if seen.output else None
    runtime = progress.runtime if progress else None
    return runtime is not None and seen.at - timedelta(seconds=runtime) <= latest


def identify(run: Run, seen: Seen, siblings: Siblings) -> Run | None:
    """Return the run with Phantombuster's id or number for it; None if that is unknown.

    Ended containers say when they were queued. The agent's current one is ours unless something
    shows that it is older.
    """
    sent_at = (run.sent_at or run.created_at) + seen.ahead - CLOCKS_AGREE_WITHIN
    for one in reversed(seen.ended):
        is_new = one.queued_at is not None and one.queued_at >= sent_at
        if is_new and one.id not in siblings.containers:
            return replace(run, container_id=one.id)
    output = seen.output
    if output is None:
        return None
    if output.container_id is not None:
        mine = _is_current(run, output, seen, siblings)
        return replace(run, container_id=output.container_id) if mine else None
    number = _number(run, output, siblings)
    return None if number is None else replace(run, launch_number=number)


def _read(context: Context, run: Run, snapshot: AccountSnapshot) -> Seen:
    """Read what Phantombuster shows of the agent: one of two reads is enough.

    Raises:
        PhantombusterError: neither answers; this is the first one's error.
    """
    agent_id = run.agent_id or ""
    output: Output | None = None
    failed: PhantombusterError | None = None
    try:
        output = context.phantombuster.output(snapshot.key, agent_id)
    except PhantombusterError as error:
        failed = error
    ended: tuple[Container, ...] = ()
    if output is None or output.launch_number is None:
        try:
            ended = ended_runs(context, snapshot, agent_id) or ()
        except PhantombusterError as error:
            failed = failed or error
    if failed is not None and output is None and not ended:
        raise failed
    return Seen(context.clock(), output, ended, context.phantombuster.clock_offset)


def _is_current(run: Run, output: Output, seen: Seen, siblings: Siblings) -> bool:
    """Return whether the agent's current container is the run's, as far as we know."""
    current = output.container_id or ""
    listed = {one.id for one in seen.ended}
    if current in siblings.containers or current in listed:
        return False  # if it were among the listed ones, it would have been found above
    if run.before.container_id is not None:
        return _is_newer(current, run.before.container_id)
    if output.status == "not running":
        # Ended containers are listed soon, except by the API that lists none.
        return not listed and run.state is State.LAUNCHED
    runtime = output.progress.runtime if output.progress else None
    if runtime is not None:
        return timedelta(seconds=runtime) <= run.age(seen.at) + CLOCKS_AGREE_WITHIN
    return run.before.busy == 0


def _is_newer(container_id: str, before: str) -> bool:
    """Return whether the id is of a later container; one that isn't a number only has to differ."""
    if container_id.isdecimal() and before.isdecimal():
        return int(container_id) > int(before)
    return container_id != before


def _number(run: Run, output: Output, siblings: Siblings) -> int | None:
    """Return the launch number that must be the run's, among our launches without a number.

    A launch that failed to start gets no number. So if there are fewer numbers than launches, only
    the ones counted before the next launch was sent are sure to be an earlier launch's.
    """
    last = output.launch_number or 0
    if run.before.launch_number is None:
        # Nothing shows whether an ended run is an older one.
        going_on = run.state is State.LAUNCHED and output.status in ("queued", "running")
        alone = not siblings.unnamed and last > 0 and last not in siblings.numbers
        return last if going_on and alone else None
    first = run.before.launch_number + 1
    new = [number for number in range(first, last + 1) if number not in siblings.numbers]
    earlier = [one for one in siblings.unnamed if one.sent_at < (run.sent_at or run.created_at)]
    later = [one for one in siblings.unnamed if one not in earlier]
    if len(new) <= len(siblings.unnamed):
        bounds = (one.before_number for one in later if one.before_number is not None)
        known_by = min(bounds, default=0)
        new = [number for number in new if number <= known_by]
    return new[len(earlier)] if len(new) > len(earlier) else None


def _adopted(context: Context, run: Run, found: Run) -> Run:
    """Return the run with its container, unless another workspace of the account just adopted that.

    In that case give it up and look again later, so that no run is adopted twice.
    """
    adopted = run.adopted or run.state is not State.LAUNCHED
    named = context.runs.write(run, replace(found, state=State.LAUNCHED, adopted=adopted))
    taken = context.runs.siblings(named, context.clock() - IN_FLIGHT)
    if named.container_id not in taken.containers and named.launch_number not in taken.numbers:
        return named
    return context.runs.write(named, run)


def _give_up(  # noqa: PLR0913, PLR0917 - all that was seen
    context: Context, run: Run, snapshot: AccountSnapshot, seen: Seen, siblings: Siblings, ours: int
) -> Run:
    now, output = context.clock(), seen.output
    # A run of the agent is going on that may turn out to be this one.
    busy = output is not None and _busy(output) > ours and _may_hide(run, output)
    if run.state is State.SENDING:
        patience = LOOKED_FOR_BEHIND_OTHERS if busy else LOOKED_FOR
        late = run.lost_at is not None and now - run.lost_at > patience
        return end(context, run, Ending(Kind.NOT_FOUND)) if late else run
    if run.age(now) > LOST_AFTER:
        return end(context, run, Ending(Kind.LOST))
    if run.age(now) <= STARTS_WITHIN:
        return run
    agent = snapshot.agent(run.agent_id)
    if not _newly_failed(run, agent) and (busy or output is None):
        return run
    if output is not None and _is_anybodys(run, output, siblings):
        return end(context, run, Ending(Kind.LOST))
    return end(context, run, launch_failed(agent))


def _newly_failed(run: Run, agent: Agent | None) -> bool:
    """Return whether the account says that a launch of the agent failed, and didn't before."""
    failed = agent is not None and agent.last_end_status == Kind.LAUNCH_FAILED
    return failed and run.before.last_end not in (None, str(Kind.LAUNCH_FAILED))


def _is_anybodys(run: Run, output: Output, siblings: Siblings) -> bool:
    """Return whether a run was counted that may be this one or another: nothing tells which."""
    if output.launch_number is None:
        return False
    if run.before.launch_number is not None and not siblings.unnamed:
        return False
    first = (run.before.launch_number or 0) + 1
    return any(n not in siblings.numbers for n in range(first, output.launch_number + 1))


def _busy(output: Output) -> int:
    if output.running is None and output.queued is None:
        return 0 if output.status == "not running" else 1
    return (output.running or 0) + (output.queued or 0)


def _may_hide(run: Run, output: Output) -> bool:
    """Return whether the agent's running and queued containers may include or hide the run.

    If one container runs and none is queued, it is the one shown; it isn't ours, unless nothing
    shows how old it is.
    """
    of_unknown_age = run.before.busy is None and not (output.progress and output.progress.runtime)
    many = (output.running or 0) > 1
    return output.queued is None or output.queued > 0 or many or of_unknown_age
