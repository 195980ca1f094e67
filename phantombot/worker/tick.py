"""Begin one pass over a workspace: its runs, its account and Slack's limits."""

import logging
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from phantombot.context import Context
from phantombot.errors import DecryptionError
from phantombot.phantombuster.account import Api, ApiKey
from phantombot.runs.model import Run, State
from phantombot.runs.poll import PollContext
from phantombot.runs.snapshot import AccountSnapshot
from phantombot.worker.backoff import pace
from phantombot.worker.delivery import Delivery
from phantombot.worker.slack_limits import SlackLimits, limits_of

READ_EVERY = 5
"""If the account shows a run's state, the run itself is only read every this many polls."""

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Tick:
    """One pass over a workspace: how its runs are polled, and Slack's limits."""

    context: Context
    workspace: str
    key: ApiKey | None
    """None if no key is stored."""
    pollings: Mapping[Api, PollContext]
    """How runs are polled, by the API that launched them; empty if no key is stored."""
    limits: SlackLimits
    began: datetime
    """Before the runs were read."""

    @property
    def delivery(self) -> Delivery:
        """Return the delivery that posts to Slack within the workspace's limits."""
        return Delivery(self.context, self.workspace, self.limits)

    @property
    def snapshot(self) -> AccountSnapshot | None:
        """Return the workspace's account; None if no key is stored."""
        return self.pollings[self.key.api].snapshot if self.key is not None else None

    def polling_of(self, run: Run) -> PollContext | None:
        """Return how the run is polled; None if no key is stored."""
        return self.pollings[run.api_by(self.key)] if self.key is not None else None

    def snapshot_of(self, run: Run) -> AccountSnapshot | None:
        """Return the account that the run is polled with; None if no key is stored."""
        polling = self.polling_of(run)
        return polling.snapshot if polling is not None else None


def begin(
    context: Context, workspace: str, runs: Sequence[Run], key: ApiKey | None, began: datetime
) -> Tick:
    """Return a tick over these open runs; without a key none of them is polled."""
    limits = limits_of(runs, context.channels.closed(workspace) if key or runs else {})
    pollings = {} if key is None else _pollings(context, key, runs, limits)
    return Tick(context, workspace, key, pollings, limits, began)


def _pollings(
    context: Context, key: ApiKey, runs: Sequence[Run], limits: SlackLimits
) -> dict[Api, PollContext]:
    """Return a poll context for the key's API, and for each other that launched a run."""
    pollings = {}
    for api in {key.api, *(run.api_by(key) for run in runs)}:
        snapshot = AccountSnapshot(replace(key, api=api), context.phantombuster)
        its_runs = [run for run in runs if run.api_by(key) is api]
        pollings[api] = _polling(context, snapshot, its_runs, limits)
    return pollings


def key_of(context: Context, workspace: str) -> ApiKey | None:
    """Return the workspace's key; None if there is none, or it can't be decrypted."""
    try:
        return context.keys.key(workspace)
    except DecryptionError:
        log.error("the key of %s was stored under another PHANTOMBOT_SECRET", workspace)
        return None


def _polling(
    context: Context, snapshot: AccountSnapshot, runs: Sequence[Run], limits: SlackLimits
) -> PollContext:
    known = [run for run in runs if run.known and run.state is State.LAUNCHED]
    going = Counter(run.agent_id for run in known)
    running = Counter(run.agent_id for run in known if run.status == "running")
    well = [run for run in known if run.error_since is None]
    turn = _turn(well, snapshot.key, going, limits, context.clock())
    return PollContext(context, snapshot, going, running, turn)


def _turn(
    known: list[Run], key: ApiKey, going: Counter[str | None], limits: SlackLimits, now: datetime
) -> int | None:
    """Return the run that has gone unread longest, if that is too long.

    In v1, the account doesn't say which container its state and progress belong to; in v2, it shows
    no progress. One run per pass keeps the number of calls proportional to workspaces, not to runs.
    """

    def overdue(run: Run) -> timedelta:
        age = run.age(now)
        shared = going[run.agent_id] > 1
        unseen = shared or not key.can.tells_progress
        every = limits.edit_every(age) if unseen else READ_EVERY * pace(age)
        return now - (run.seen_at or run.sent_at or run.created_at) - every

    candidate = max(known, key=overdue, default=None)
    return candidate.id if candidate and overdue(candidate) > timedelta() else None
