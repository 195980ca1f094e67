"""Our other runs of an agent, and their ids at Phantombuster."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from phantombot.runs.model import Run, State


@dataclass(frozen=True)
class Unnamed:
    """A launch of the same agent whose container id isn't known yet."""

    sent_at: datetime
    before_number: int | None
    """The agent's launch number when it was sent."""


@dataclass(frozen=True)
class Siblings:
    """Our other runs of the same agent, in any workspace of the account."""

    containers: frozenset[str] = frozenset()
    numbers: frozenset[int] = frozenset()
    """Their container ids and launch numbers."""
    unnamed: tuple[Unnamed, ...] = ()
    in_flight: bool = False
    """Whether a launch may still be answered, with a container that we have already seen."""


def siblings_of(runs: Iterable[Run], in_flight_since: datetime) -> Siblings:
    """Return the ids of an agent's other runs; launches since then may be in flight."""
    runs = list(runs)
    sent = [run for run in runs if run.state is State.SENDING and run.lost_at is None]
    unnamed = [
        Unnamed(run.sent_at, run.before.launch_number)
        for run in runs
        if run.state in (State.SENDING, State.LAUNCHED) and not run.known and run.sent_at
    ]
    return Siblings(
        containers=frozenset(run.container_id for run in runs if run.container_id is not None),
        numbers=frozenset(run.launch_number for run in runs if run.launch_number is not None),
        unnamed=tuple(unnamed),
        in_flight=any(run.sent_at and run.sent_at >= in_flight_since for run in sent),
    )
