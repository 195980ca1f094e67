"""Find the runs of a watched agent that ended since its last poll, and how each one ended."""

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
"""Maximum ends announced at once: the last ones, with the number of those before."""
_ORDER_DIFFERS = timedelta(seconds=60)
"""How much later than it ended a run may be listed."""
_NAMES_KEPT = 500


@dataclass(frozen=True)
class Ended:
    """One ended run, from a list of them or from the agent's last output."""

    name: str
    """Phantombuster's id or number for it; empty if it has none."""
    container: Container | None = None
    output: Output | None = None

    def is_of(self, run: Run) -> bool:
        """Return whether it is this run of ours."""
        if run.container_id is not None:
            return self.name == run.container_id
        return run.launch_number is not None and self.name == str(run.launch_number)


@dataclass(frozen=True)
class Found:
    """An agent's new ends, oldest first, and what to store about the agent."""

    ends: tuple[Ended, ...]
    known: tuple[str, ...]
    horizon: datetime | None = None
    earlier: int = 0


@dataclass(frozen=True)
class AgentPoll:
    """One poll of a watched agent, with everything it depends on."""

    context: Context
    snapshot: AccountSnapshot
    agent: Agent
    """As the account shows it."""
    watched: Watched
    """As it was stored at the last poll."""
    watches: Sequence[Watch]
    launches: Sequence[Run]
    """Its last runs that were launched from Slack."""
    now: datetime

    def by_our_clock(self, at: datetime) -> datetime:
        """Convert a time of Phantombuster's clock to our clock."""
        return at - self.context.phantombuster.clock_offset


def new_ends(polled: AgentPoll) -> Found:
    """Return the agent's runs that ended since the last poll.

    The later form of v1, and v2, list all runs of 7 days, so a late poll misses none. The 2014 form
    only shows the last one, and the number of those before it.

    Raises:
        PhantombusterError: they can't be read now.
    """
    watched = polled.watched
    listed = ended_runs(polled.context, polled.snapshot, watched.agent_id)
    if listed is not None:
        return _of_list(watched, listed)
    output = polled.context.phantombuster.output(polled.snapshot.key, watched.agent_id)
    found = _of_output(watched, output)
    unchanged = watched.horizon is not None and found.known == watched.known
    if unchanged and output.status == "running":
        return replace(found, horizon=watched.horizon)  # others that it hides may have ended
    # If the API lists runs one day, those that ended before now are no news.
    now = polled.now + polled.context.phantombuster.clock_offset
    return replace(found, horizon=now + _ORDER_DIFFERS)


def ending_of(polled: AgentPoll, ended: Ended, run: Run | None) -> Ending:
    """Return how it ended, without secrets; `run` is our own run, if it is one.

    Raises:
        PhantombusterError: it can't be read now.
    """
    watched = polled.watched
    ending = _decided(polled, ended) if ended.name else launch_failed(polled.agent)
    read_secrets = partial(
        secrets_of_agent, polled.context, watched.workspace, watched.agent_id, run
    )
    return discreet_ending(ending, read_secrets)


def went_well(ended: Ended) -> bool:
    """Return whether it is listed as finished, with or without a result."""
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
    """Return the newest ends; if all of them went well, also one earlier failure, if any."""
    last, before = fresh[:MOST], fresh[MOST:]
    failed = (one for one in before if not went_well(Ended(one.id, one)))
    all_well = all(went_well(Ended(one.id, one)) for one in last)
    return [*last, *(islice(failed, 1) if all_well else ())]


def _is_fresh(one: Container, watched: Watched) -> bool:
    """Return whether it ended since the last poll, by time: a long run ends after younger ones."""
    return one.id not in watched.known and _is_about(_ended_at(one), watched.horizon)


def _is_about(ended_at: datetime | None, horizon: datetime | None) -> bool:
    return ended_at is None or horizon is None or ended_at >= horizon - _ORDER_DIFFERS


def _ended_at(one: Container) -> datetime | None:
    """Return when it ended; for a failed launch, perhaps only when it was queued."""
    failed = one.end_status == Kind.LAUNCH_FAILED
    return one.ended_at or (one.queued_at if failed else None)


def _of_output(watched: Watched, output: Output) -> Found:
    name = _last_ended(output)
    if not name or name in watched.known:
        return Found((), watched.known)
    shown = output if output.status != "running" else NOTHING_READ
    return Found((Ended(name, output=shown),), (name,), earlier=_skipped(watched, output, name))


def _last_ended(output: Output) -> str:
    """Return the id of the last ended launch; empty if there is none."""
    if output.launch_number is None:
        return (output.container_id or "") if output.status == "not running" else ""
    # Launches are counted as they start: if one is running, the one before it has ended.
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
    """Return the run's output, in memory while `held`; nothing if it is too large, or gone."""
    key, agent_id = polled.snapshot.key, polled.watched.agent_id
    reading = whole_output(polled.context, key, agent_id, container_id=ended.name)
    try:
        return held.enter_context(reading)
    except (AnswerUnreadable, AgentNotFound):
        return NOTHING_READ


def _stopper(polled: AgentPoll, container: Container | None) -> str:
    """Return who stopped the agent from Slack while the run was going on."""
    watched = polled.watched
    told = container.ended_at if container else None
    ended_at = polled.by_our_clock(told) if told else polled.now
    since = ended_at - STOP_ACTS_WITHIN
    if container and container.launched_at:
        since = max(since, polled.by_our_clock(container.launched_at))
    until = ended_at + STOP_AFTER_END
    return polled.context.stops.stopper(watched.workspace, watched.agent_id, since, until) or ""
