"""Find the runs of a watched agent that ended since its last poll, and how each did."""

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from itertools import islice

from phantombot.context import Context
from phantombot.errors import AgentNotFound, AnswerUnreadable
from phantombot.phantombuster.api import Agent, Container, Output
from phantombot.runs.console import Console, read_on
from phantombot.runs.ending import Ending, Kind
from phantombot.runs.model import Run
from phantombot.runs.outcome import decide, launch_failed
from phantombot.runs.poll import NOTHING_READ, STOP_ACTS_WITHIN, STOP_AFTER_END
from phantombot.runs.redact import discreet_ending, secrets_of_agent
from phantombot.runs.snapshot import AccountSnapshot, ended_runs
from phantombot.runs.whole_output import whole_output
from phantombot.watches.model import Watch, Watched

MOST = 5
"""Of more ends at once only the last ones are told, and how many were before them."""
_ORDER_DIFFERS = timedelta(seconds=60)
"""By how much later than it ended a run may be listed."""
_NAMES_KEPT = 500


@dataclass(frozen=True)
class Ended:
    """One ended run, from a list of them or from the agent's last output."""

    name: str
    """Phantombuster's own; empty where it has none."""
    container: Container | None = None
    output: Output | None = None

    def is_of(self, run: Run) -> bool:
        """Return whether it is this run of ours."""
        if run.container_id is not None:
            return self.name == run.container_id
        return run.launch_number is not None and self.name == str(run.launch_number)


@dataclass(frozen=True)
class Found:
    """The ends that are new of an agent, the oldest first, and what is known of it from now on."""

    ends: tuple[Ended, ...]
    known: tuple[str, ...]
    horizon: datetime | None = None
    earlier: int = 0


@dataclass(frozen=True)
class AgentPoll:
    """One poll of a watched agent, and all that it goes by."""

    context: Context
    snapshot: AccountSnapshot
    agent: Agent
    """As the account shows it."""
    watched: Watched
    """As it was seen last."""
    watches: Sequence[Watch]
    launches: Sequence[Run]
    """Its last runs that were launched from Slack."""
    now: datetime

    def by_our_clock(self, at: datetime) -> datetime:
        """Return when that was by our clock; `at` is by Phantombuster's."""
        return at - self.context.phantombuster.clock_offset


def new_ends(polled: AgentPoll) -> Found:
    """Return the runs of the agent that ended since.

    The later form lists all of 7 days, so that none is missed however late it is looked. In the
    2014 form the last one alone can be seen, and the number of those before it.

    Raises:
        PhantombusterError: it cannot be seen now.
    """
    watched = polled.watched
    listed = ended_runs(polled.context, polled.snapshot, watched.agent_id)
    if listed is not None:
        return _of_list(watched, listed)
    output = polled.context.phantombuster.output(polled.snapshot.key, watched.agent_id)
    found = _of_output(watched, output)
    unchanged = watched.horizon is not None and found.known == watched.known
    if unchanged and output.status == "running":
        return replace(found, horizon=watched.horizon)  # behind it, others may have ended unseen
    # Should a list turn up one day, what it holds from before now is no news.
    now = polled.now + polled.context.phantombuster.clock_offset
    return replace(found, horizon=now + _ORDER_DIFFERS)


def ending_of(polled: AgentPoll, ended: Ended, run: Run | None) -> Ending:
    """Return how it ended, without what is secret; `run` is what it is of ours, if anything.

    Raises:
        PhantombusterError: it cannot be read now.
    """
    watched = polled.watched
    ending = _decided(polled, ended) if ended.name else launch_failed(polled.agent)
    read_secrets = partial(
        secrets_of_agent, polled.context, watched.workspace, watched.agent_id, run
    )
    return discreet_ending(ending, read_secrets)


def went_well(ended: Ended) -> bool:
    """Return whether it is listed as finished, with a result or without."""
    container = ended.container
    if container is None or container.end_type not in (None, "finished"):
        return False
    return container.exit_code == 0 or (
        container.exit_code is None and container.end_status == Kind.SUCCESS
    )


def _of_list(watched: Watched, listed: Sequence[Container]) -> Found:
    fresh = [one for one in listed if _is_fresh(one, watched)]
    told = _to_tell(fresh)
    times = [at for at in map(_ended_at, listed) if at is not None]
    horizon = max(times, default=watched.horizon)
    late = [one.id for one in listed if _is_about(_ended_at(one), horizon)]
    return Found(
        ends=tuple(Ended(one.id, one) for one in reversed(told)),
        known=tuple(late[:_NAMES_KEPT]),
        horizon=horizon,
        earlier=len(fresh) - len(told),
    )


def _to_tell(fresh: Sequence[Container]) -> list[Container]:
    """Return the newest ends, and one failure among those before if all of them went well."""
    last, before = fresh[:MOST], fresh[MOST:]
    failed = (one for one in before if not went_well(Ended(one.id, one)))
    all_well = all(went_well(Ended(one.id, one)) for one in last)
    return [*last, *(islice(failed, 1) if all_well else ())]


def _is_fresh(one: Container, watched: Watched) -> bool:
    """Return whether it ended since; a long run ends after younger ones, so ids don't tell."""
    return one.id not in watched.known and _is_about(_ended_at(one), watched.horizon)


def _is_about(ended_at: datetime | None, horizon: datetime | None) -> bool:
    return ended_at is None or horizon is None or ended_at >= horizon - _ORDER_DIFFERS


def _ended_at(one: Container) -> datetime | None:
    """Return when it ended; a launch that failed may tell only when it was queued."""
    failed = one.end_status == Kind.LAUNCH_FAILED
    return one.ended_at or (one.queued_at if failed else None)


def _of_output(watched: Watched, output: Output) -> Found:
    name = _last_ended(output)
    if not name or name in watched.known:
        return Found((), watched.known)
    shown = output if output.status != "running" else NOTHING_READ
    return Found((Ended(name, output=shown),), (name,), earlier=_skipped(watched, output, name))


def _last_ended(output: Output) -> str:
    """Return the name of the last ended launch; empty where there is none."""
    if output.launch_number is None:
        return (output.container_id or "") if output.status == "not running" else ""
    # Launches are counted as they start: where one is running, the one before it has ended.
    number = (output.launch_number or 0) - (output.status == "running")
    return str(number) if number > 0 else ""


def _skipped(watched: Watched, output: Output, name: str) -> int:
    if output.launch_number is None or not watched.known:
        return 0
    return max(int(name) - int(watched.known[-1]) - 1, 0)


def _decided(polled: AgentPoll, ended: Ended) -> Ending:
    with ExitStack() as held:
        output = ended.output or _output(held, polled, ended)
        return decide(
            output,
            None if ended.container else polled.agent,
            ended.container,
            console=read_on(Console(), output.console, output.console_position),
            seconds=None,
            stopped_by=_stopper(polled, ended.container),
        )


def _output(held: ExitStack, polled: AgentPoll, ended: Ended) -> Output:
    """Return the run's output, as long as `held`; nothing if that is too large, or gone by now."""
    key, agent_id = polled.snapshot.key, polled.watched.agent_id
    reading = whole_output(polled.context, key, agent_id, container_id=ended.name)
    try:
        return held.enter_context(reading)
    except (AnswerUnreadable, AgentNotFound):
        return NOTHING_READ


def _stopper(polled: AgentPoll, container: Container | None) -> str:
    """Return who stopped the agent from Slack while it ran."""
    watched = polled.watched
    told = container.ended_at if container else None
    ended_at = polled.by_our_clock(told) if told else polled.now
    since = ended_at - STOP_ACTS_WITHIN
    if container and container.launched_at:
        since = max(since, polled.by_our_clock(container.launched_at))
    until = ended_at + STOP_AFTER_END
    return polled.context.stops.stopper(watched.workspace, watched.agent_id, since, until) or ""
