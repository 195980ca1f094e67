"""What one call of `process_workspace` holds while it goes through a workspace's runs."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from phantombot.context import Context
from phantombot.runs.model import Run, State
from phantombot.runs.snapshot import AccountSnapshot
from phantombot.worker.slack_limits import SlackLimits, traffic_of

FIRST_PACE = timedelta(seconds=2)
LAST_PACE = timedelta(seconds=60)
LOOK_EVERY = 5
"""A run that the account seems to show is itself looked at in every so many paces."""


@dataclass(frozen=True)
class Tick:
    """The runs of a workspace as they were found, and what is asked once for all of them."""

    context: Context
    workspace: str
    glance: AccountSnapshot | None
    """None where no key is stored."""
    traffic: SlackLimits
    going: Counter[str | None]
    """How many runs of ours each agent should be going on with."""
    running: Counter[str | None]
    """How many of them were seen running."""
    turn: int | None
    """The one run that is looked at although nothing seems to have changed."""


def begin(
    context: Context, workspace: str, runs: Sequence[Run], glance: AccountSnapshot | None
) -> Tick:
    """A tick over these open runs."""
    traffic = traffic_of(runs, context.channels.closed(workspace) if glance or runs else {})
    known = [run for run in runs if run.known and run.state is State.LAUNCHED]
    going = Counter(run.agent_id for run in known)
    running = Counter(run.agent_id for run in known if run.status == "running")
    well = [run for run in known if run.error_since is None]
    turn = _turn(well, going, traffic, context.clock())
    return Tick(context, workspace, glance, traffic, going, running, turn)


def pace(age: timedelta) -> timedelta:
    """How often a run of that age is looked at: quick at first, slower as it grows old."""
    return min(max(age / 20, FIRST_PACE), LAST_PACE)


def _turn(
    known: list[Run], going: Counter[str | None], traffic: SlackLimits, now: datetime
) -> int | None:
    """The run that was left unread longest, if that is too long.

    The account neither tells one container from the next, nor which of several the progress is of.
    One run a tick keeps the calls growing with workspaces, and not with runs.
    """

    def overdue(run: Run) -> timedelta:
        age = run.age(now)
        shared = going[run.agent_id] > 1
        every = traffic.edit_every(age) if shared else LOOK_EVERY * pace(age)
        return now - (run.seen_at or run.sent_at or run.created_at) - every

    candidate = max(known, key=overdue, default=None)
    return candidate.id if candidate and overdue(candidate) > timedelta() else None
