"""What one pass over a workspace's runs holds."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from phantombot.context import Context
from phantombot.runs.model import Run, State
from phantombot.runs.poll import PollContext
from phantombot.runs.snapshot import AccountSnapshot
from phantombot.worker.backoff import pace
from phantombot.worker.delivery import Delivery
from phantombot.worker.slack_limits import SlackLimits, limits_of

READ_EVERY = 5
"""A run that the account seems to show is itself read once in so many paces."""


@dataclass(frozen=True)
class Tick:
    """One pass over a workspace: how its runs are polled, and what Slack takes."""

    context: Context
    workspace: str
    polling: PollContext | None
    """None where no key is stored."""
    limits: SlackLimits

    @property
    def delivery(self) -> Delivery:
        """The workspace's way to Slack."""
        return Delivery(self.context, self.workspace, self.limits)

    @property
    def snapshot(self) -> AccountSnapshot | None:
        """The workspace's account; None where no key is stored."""
        return self.polling.snapshot if self.polling is not None else None


def begin(
    context: Context, workspace: str, runs: Sequence[Run], snapshot: AccountSnapshot | None
) -> Tick:
    """Return a tick over these open runs."""
    limits = limits_of(runs, context.channels.closed(workspace) if snapshot or runs else {})
    polling = None if snapshot is None else _polling(context, snapshot, runs, limits)
    return Tick(context, workspace, polling, limits)


def _polling(
    context: Context, snapshot: AccountSnapshot, runs: Sequence[Run], limits: SlackLimits
) -> PollContext:
    known = [run for run in runs if run.known and run.state is State.LAUNCHED]
    going = Counter(run.agent_id for run in known)
    running = Counter(run.agent_id for run in known if run.status == "running")
    well = [run for run in known if run.error_since is None]
    turn = _turn(well, going, limits, context.clock())
    return PollContext(context, snapshot, going, running, turn)


def _turn(
    known: list[Run], going: Counter[str | None], limits: SlackLimits, now: datetime
) -> int | None:
    """Return the run that was left unread longest, if that is too long.

    The account neither tells one container from the next, nor which of several the progress is of.
    One run a tick keeps the calls growing with workspaces, and not with runs.
    """

    def overdue(run: Run) -> timedelta:
        age = run.age(now)
        shared = going[run.agent_id] > 1
        every = limits.edit_every(age) if shared else READ_EVERY * pace(age)
        return now - (run.seen_at or run.sent_at or run.created_at) - every

    candidate = max(known, key=overdue, default=None)
    return candidate.id if candidate and overdue(candidate) > timedelta() else None
