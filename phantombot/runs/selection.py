"""Which runs are asked for, and which were found. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from phantombot.runs.model import Run


@dataclass(frozen=True)
class Selection:
    """Which runs are asked for; what is left empty leaves no run out."""

    agent_id: str = ""
    user: str = ""
    since: datetime | None = None
    failed: bool = False


EVERYTHING = Selection()


@dataclass(frozen=True)
class RunFilter:
    """Which runs are asked for, as typed; what is left empty leaves no run out."""

    agent: str = ""
    quoted: bool = False
    failed: bool = False
    within: timedelta | None = None
    user: str = ""
    """Slack's id of a person, where the mention tells it."""
    who: tuple[str, ...] = ()
    """What was typed from `@` on: the name of a person, and maybe more."""


@dataclass(frozen=True)
class FoundRuns:
    """The last runs of those that were asked for, and what was asked for."""

    runs: tuple[Run, ...]
    selection: Selection
    agent_name: str = ""
    within: timedelta | None = None
    more: bool = False
    """There are older ones."""
    slack_url: str = ""
    """The workspace's address at Slack; empty where Slack doesn't tell it."""


def link_to_message(run: Run, slack_url: str, reader: str) -> str:
    """Return the address of the run's message; empty if it has none that the reader can open.

    A direct message opens for the launcher alone.
    """
    channel = run.posts_to
    if not slack_url or run.ts is None or (channel.startswith("D") and run.user != reader):
        return ""
    link = f"{slack_url}archives/{channel}/p{run.ts.replace('.', '')}"
    return f"{link}?thread_ts={run.replies_to}&cid={channel}" if run.replies_to else link
