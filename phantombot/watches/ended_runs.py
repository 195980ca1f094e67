"""Which runs of a watched agent ended since it was last looked at, and how each did."""

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import compress, islice
from operator import eq

from phantombot.context import Context
from phantombot.errors import AgentNotFound, AnswerUnreadable
from phantombot.phantombuster.api import Agent, Container, Output
from phantombot.runs.console import Console, read_on
from phantombot.runs.ending import Ending, Kind, decide, launch_failed
from phantombot.runs.model import Run
from phantombot.runs.poll import NOTHING_READ, STOP_ACTS_WITHIN, STOP_AFTER_END
from phantombot.runs.redact import discreet_of_agent
from phantombot.runs.result_files import part_to_check
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
    """One ended run: as a list of them has it, or as the agent's last output shows it."""

    name: str
    """Phantombuster's own; empty where it has none."""
    container: Container | None = None
    output: Output | None = None

    def is_of(self, run: Run) -> bool:
        """Whether it is this run of ours."""
        if run.container_id is not None:
            return self.name == run.container_id
        return run.launch_number is not None and self.name == str(run.launch_number)


@dataclass(frozen=True)
class Found:
    """What is new of an agent, the oldest first, and what is known of it from now on."""

    ends: tuple[Ended, ...]
    known: tuple[str, ...]
    horizon: datetime | None = None
    earlier: int = 0


@dataclass(frozen=True)
class Look:
    """All that one look at a watched agent goes by."""

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


def new_ends(look: Look) -> Found:
    """The runs of the agent that ended since.

    The later form lists all of 7 days, so that none is missed however late it is looked. In the
    2014 form the last one alone can be seen, and the number of those before it.

    Raises:
        PhantombusterError: it cannot be seen now.
    """
    watched = look.watched
    listed = ended_runs(look.context, look.snapshot, watched.agent_id)
    if listed is not None:
        return _of_list(watched, listed)
    output = look.context.phantombuster.output(look.snapshot.key, watched.agent_id)
    # Should a list turn up one day, what it holds from before now is no news.
    return replace(_of_output(watched, output), horizon=watched.horizon or look.now)


def ending_of(look: Look, ended: Ended, run: Run | None) -> Ending:
    """How it ended, without what is secret; `run` is what it is of ours, if anything.

    Raises:
        PhantombusterError: it cannot be read now.
    """
    watched = look.watched
    ending = _decided(look, ended) if ended.name else launch_failed(look.agent)
    parts = [part_to_check(link) for link in ending.files]
    said, line, *shown = discreet_of_agent(
        look.context, watched.workspace, watched.agent_id, ending.said, ending.line, *parts, of=run
    )
    files = tuple(compress(ending.files, map(eq, parts, shown)))
    return replace(ending, said=said or "", line=line or "", files=files)


def went_well(ended: Ended) -> bool:
    """Whether it is listed as finished, with a result or without."""
    container = ended.container
    if container is None:
        return False
    return container.exit_code == 0 or (
        container.exit_code is None and container.end_status == Kind.SUCCESS
    )


def _of_list(watched: Watched, listed: Sequence[Container]) -> Found:
    fresh = [one for one in listed if _is_fresh(one, watched)]
    told = _to_tell(fresh)
    times = [one.ended_at for one in listed if one.ended_at is not None]
    horizon = max(times, default=watched.horizon)
    late = [one.id for one in listed if one.ended_at is None or _is_about(one.ended_at, horizon)]
    return Found(
        ends=tuple(Ended(one.id, one) for one in reversed(told)),
        known=tuple(late[:_NAMES_KEPT]),
        horizon=horizon,
        earlier=len(fresh) - len(told),
    )


def _to_tell(fresh: Sequence[Container]) -> list[Container]:
    """Of those that are new, newest first: a failure is not lost behind what went well since."""
    last, before = fresh[:MOST], fresh[MOST:]
    failed = (one for one in before if not went_well(Ended(one.id, one)))
    all_well = all(went_well(Ended(one.id, one)) for one in last)
    return [*last, *(islice(failed, 1) if all_well else ())]


def _is_fresh(one: Container, watched: Watched) -> bool:
    """A long run ends after younger ones, so that neither ids nor their order tell."""
    if one.id in watched.known:
        return False
    return one.ended_at is None or _is_about(one.ended_at, watched.horizon)


def _is_about(ended_at: datetime, horizon: datetime | None) -> bool:
    return horizon is None or ended_at >= horizon - _ORDER_DIFFERS


def _of_output(watched: Watched, output: Output) -> Found:
    name = _last_ended(output)
    if not name or name in watched.known:
        return Found((), watched.known)
    shown = output if output.status != "running" else NOTHING_READ
    return Found((Ended(name, output=shown),), (name,), earlier=_skipped(watched, output, name))


def _last_ended(output: Output) -> str:
    """Launches are counted as they start: where one is running, the one before it has ended."""
    if output.launch_number is None:
        return (output.container_id or "") if output.status == "not running" else ""
    number = (output.launch_number or 0) - (output.status == "running")
    return str(number) if number > 0 else ""


def _skipped(watched: Watched, output: Output, name: str) -> int:
    if output.launch_number is None or not watched.known:
        return 0
    return max(int(name) - int(watched.known[-1]) - 1, 0)


def _decided(look: Look, ended: Ended) -> Ending:
    with ExitStack() as held:
        output = ended.output or _output(held, look, ended)
        return decide(
            output,
            None if ended.container else look.agent,
            ended.container,
            console=read_on(Console(), output.console, output.console_position),
            seconds=None,
            stopped_by=_stopper(look, ended.container),
        )


def _output(held: ExitStack, look: Look, ended: Ended) -> Output:
    """What it printed and returned, while it is `held`; nothing where that is too large, or gone
    by now.
    """
    agent_id = look.watched.agent_id
    reading = whole_output(look.context, look.snapshot.key, agent_id, container_id=ended.name)
    try:
        return held.enter_context(reading)
    except (AnswerUnreadable, AgentNotFound):
        return NOTHING_READ


def _stopper(look: Look, container: Container | None) -> str:
    """Who stopped the agent from Slack while it ran."""
    watched = look.watched
    ended_at = (container.ended_at if container else None) or look.now
    since = ended_at - STOP_ACTS_WITHIN
    if container and container.launched_at:
        since = max(since, container.launched_at)
    until = ended_at + STOP_AFTER_END
    return look.context.stops.stopper(watched.workspace, watched.agent_id, since, until) or ""
