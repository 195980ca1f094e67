"""Find the run of a launch that Phantombuster hasn't named: adopt it, or say that there is none.

A launch is unnamed if its answer was lost, and in the forms of 2014, which name none. It is looked
for afterwards: by the tag that it was sent with, where the API has tags; else among containers that
no other run of ours has, in any workspace of the account.
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
"""How long a run that was told not to be found is looked for all the same, now and then."""
LOOKED_FOR_EVERY = timedelta(seconds=10)
"""How often, then."""
BEGINS_WITHIN = timedelta(minutes=1)
"""How long after it was sent a launch may begin; then, what began later is somebody else's."""
LOOKED_FOR_BEHIND_OTHERS = timedelta(hours=1)
"""How long, while others of the agent go on behind which it may be hidden."""
IN_FLIGHT = timedelta(seconds=35)
"""Until then another process may still be waiting for the launch's answer (3 s and 30 s)."""
STARTS_WITHIN = timedelta(seconds=15)
"""How long an accepted launch may take to appear in a form that does not name it."""
CLOCKS_AGREE_WITHIN = timedelta(seconds=2)
"""What is left between two clocks that tell whole seconds, corrected by the server's `Date`."""


@dataclass(frozen=True)
class Seen:
    """What Phantombuster shows of an agent."""

    at: datetime
    """By our clock."""
    output: Output | None
    """None where it can't be read."""
    ended: tuple[Container, ...] = ()
    ahead: timedelta = timedelta()
    """How much the server's clock is ahead of ours."""


def in_flight(run: Run, now: datetime) -> bool:
    """Return whether a process may still wait for the answer to the run's launch or first post.

    As long as it may, no other process touches the run.
    """
    unanswered = run.state is State.SENDING and run.lost_at is None
    unposted = run.pending_post is not None and run.ts is None and run.sent_at is not None
    return (unanswered or unposted) and run.age(now) < IN_FLIGHT


def may_appear(run: Run, now: datetime) -> bool:
    """Tell whether the run may still appear that was told not to be found.

    Only where its message can be mended, and only if it was told lately.
    """
    unfound = run.ending is not None and run.ending.kind is Kind.NOT_FOUND
    lately = run.ended_at is not None and now - run.ended_at < LOOKED_FOR_AFTERWARDS
    return unfound and lately and not run.done and run.ts is not None


def search(context: Context, run: Run, snapshot: AccountSnapshot, ours: int) -> Run:
    """Return the run under the name by which it was found, with its ending, or as it is.

    `ours` is how many other runs of ours are known to go on with the agent.

    Raises:
        PhantombusterError: it can't be looked for now.
    """
    if run.state is State.SENDING and run.lost_at is None:
        # The process that sent it is gone: the time of the search starts now.
        run = context.runs.write(run, replace(run, lost_at=context.clock()))
    if snapshot.key.can.tags_launches:
        return _tagged(context, run, snapshot) or _not_tagged(context, run)
    seen = _read(context, run, snapshot)
    # Read after Phantombuster: a launch is on disk before it is sent, so a container that belongs
    # to another launch is known by its id, or that launch is known to be in flight.
    siblings = context.runs.siblings(run, context.clock() - IN_FLIGHT)
    if siblings.in_flight:
        return run
    found = identify(run, seen, siblings)
    if found is not None:
        return _adopted(context, run, found)
    return _give_up(context, run, snapshot, seen, siblings, ours)


def search_again(context: Context, run: Run, snapshot: AccountSnapshot) -> Run:
    """Return the run under its name, if it has appeared since it was told not to be found.

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
    """Return the run under the name of the container with its tag; None if there is none."""
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
    # Accepted, but never listed.
    late = run.age(now) > LOOKED_FOR_BEHIND_OTHERS
    return end(context, run, Ending(Kind.LOST)) if late else run


def seems_launched(context: Context, run: Run, key: ApiKey) -> bool:
    """Return whether a run of the agent has begun since this launch was asked for, nobody's of us.

    What can't be read, and what may be another launch's of ours, says nothing.
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
    """Return whether what is found is known to have begun soon after the launch was sent."""
    latest = (found.sent_at or found.created_at) + BEGINS_WITHIN
    for one in seen.ended:
        if one.id == found.container_id and one.queued_at is not None:
            return one.queued_at - seen.ahead <= latest
    progress = seen.output.progress if seen.output else None
    runtime = progress.runtime if progress else None
    return runtime is not None and seen.at - timedelta(seconds=runtime) <= latest


def identify(run: Run, seen: Seen, siblings: Siblings) -> Run | None:
    """Return the run under the name that Phantombuster has for it; None if that is unknown.

    Containers that ended tell when they were queued; the agent's current one is ours if nothing
    says that it is older.
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
    """Return whether the agent's current container is the run's, for all that is known of it."""
    current = output.container_id or ""
    listed = {one.id for one in seen.ended}
    if current in siblings.containers or current in listed:
        return False  # of what is listed, it would have been found above
    if run.before.container_id is not None:
        return _is_newer(current, run.before.container_id)
    if output.status == "not running":
        # Whatever ended is listed soon, but in the forms that list nothing.
        return not listed and run.state is State.LAUNCHED
    runtime = output.progress.runtime if output.progress else None
    if runtime is not None:
        return timedelta(seconds=runtime) <= run.age(seen.at) + CLOCKS_AGREE_WITHIN
    return run.before.busy == 0


def _is_newer(container_id: str, before: str) -> bool:
    """Return whether the id is of a later container; one that is no number need only differ."""
    if container_id.isdecimal() and before.isdecimal():
        return int(container_id) > int(before)
    return container_id != before


def _number(run: Run, output: Output, siblings: Siblings) -> int | None:
    """Return the launch number that must be the run's, among launches of ours without one.

    A launch that failed to start has none, so that with fewer numbers than launches only what
    was counted before the next launch was sent is sure to be an earlier one's.
    """
    last = output.launch_number or 0
    if run.before.launch_number is None:
        # Nothing tells that a run which has ended is not an older one.
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
    """Return the run under its name, unless another workspace of the account took that just now.

    Then let go of it and look again later, so that no launch passes for another's.
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
    # Something goes on with the agent that may yet turn out to be this run.
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
    """Return whether the account says that a launch of the agent failed, and did not before."""
    failed = agent is not None and agent.last_end_status == Kind.LAUNCH_FAILED
    return failed and run.before.last_end not in (None, str(Kind.LAUNCH_FAILED))


def _is_anybodys(run: Run, output: Output, siblings: Siblings) -> bool:
    """Return whether a run was counted that may be this one's or another's: nobody can tell."""
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
    """Return whether what the agent is busy with may be the run, or something in front of it.

    Where one container runs and none is queued, it is the one that is shown; it is not ours,
    unless nothing tells how old it is.
    """
    of_unknown_age = run.before.busy is None and not (output.progress and output.progress.runtime)
    many = (output.running or 0) > 1
    return output.queued is None or output.queued > 0 or many or of_unknown_age
