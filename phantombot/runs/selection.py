"""Filters of runs, and what they find. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from phantombot.runs.model import Run


@dataclass(frozen=True)
class Selection:
    """A filter of runs, resolved; an empty field filters nothing."""

    agent_id: str = ""
    user: str = ""
    since: datetime | None = None
    failed: bool = False


EVERYTHING = Selection()


@dataclass(frozen=True)
class RunFilter:
    """A filter of runs, as typed; an empty field filters nothing."""

    agent: str = ""
    quoted: bool = False
    failed: bool = False
    within: timedelta | None = None
    user: str = ""
    """Slack's id of a person, if the mention contains it."""
    who: tuple[str, ...] = ()
    """What was typed after `@`: a person's name, and maybe more."""


@dataclass(frozen=True)
class FoundRuns:
    """The latest runs that match a filter, and the filter."""

    runs: tuple[Run, ...]
    selection: Selection
    agent_name: str = ""
    within: timedelta | None = None
    more: bool = False
    """There are older ones."""
    slack_url: str = ""
    """The workspace's address at Slack; empty if Slack doesn't say."""


def link_to_message(run: Run, slack_url: str, reader: str) -> str:
    """Return the address of the run's message; empty if the reader can't open it.

    Only the launcher can open a direct message.
    """
    channel = run.posts_to
    if not slack_url or run.ts is None or (channel.startswith("D") and run.user != reader):
        return ""
    link = f"{slack_url}archives/{channel}/p{run.ts.replace('.', '')}"
    return f"{link}?thread_ts={run.replies_to}&cid={channel}" if run.replies_to else link
