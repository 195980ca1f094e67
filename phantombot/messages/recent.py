"""The latest runs launched from the workspace, for the person who asked."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from phantombot.messages.blocks import Message, duration, escape, plain, time_of_day
from phantombot.messages.listing import listing
from phantombot.messages.results import count_of
from phantombot.messages.runs import agent_title
from phantombot.runs.cause import Cause
from phantombot.runs.ending import Ending, Kind
from phantombot.runs.model import Run, State

SHOWN = 20
"""The most runs shown."""

_ENDED = {
    Kind.SUCCESS: ("✅", "finished"),
    Kind.EMPTY: ("⚠️", "returned nothing"),
    Kind.FAILED: ("❌", "failed"),
    Kind.LAUNCH_FAILED: ("❌", "did not start"),
    Kind.STOPPED: ("⏹️", "stopped"),
    Kind.TIMED_OUT: ("❌", "timed out"),
    Kind.LOST: ("❔", "unknown outcome"),
    Kind.NOT_FOUND: ("❔", "its launch was lost, and no new run was found"),
}
_NOTHING_NEW = ("✅", "nothing new to process")
_NOT_LAUNCHED = ("❌", "not launched")


def recent_runs(runs: Sequence[Run], now: datetime) -> Message:
    """List who launched what, when, and how it ended, newest first."""
    if not runs:
        return plain("Nothing has been launched here yet. Try `/phantom help launch`.")
    return listing("The last runs launched here:", [_line(run, now) for run in runs])


def _line(run: Run, now: datetime) -> str:
    script = f"with {run.command}" if run.command else ""
    who = f"<@{run.user}> {_ago(now - run.created_at)}"
    return " · ".join(filter(None, (standing_of(run), who, script)))


def standing_of(run: Run) -> str:
    """Return what the run is doing, or how it ended."""
    sign, what = _standing(run)
    return f"{sign} {agent_title(run)} · {what}"


def _standing(run: Run) -> tuple[str, str]:
    if run.state is not State.ENDED:
        return "▶️" if run.status == "running" else "⏳", _going_on(run)
    ending = run.ending or Ending(Kind.LOST)
    sign, what = _ENDED.get(ending.kind, _NOT_LAUNCHED)
    if ending.kind is Kind.EMPTY and ending.cause == Cause.ALL_PROCESSED:
        sign, what = _NOTHING_NEW
    took = "" if ending.seconds is None else f"in {duration(ending.seconds)}"
    code = "" if ending.exit_code in (None, 0) else f"with exit code {ending.exit_code}"
    ended = " ".join(filter(None, (what, code, took)))
    return sign, " · ".join(filter(None, (ended, count_of(ending))))


def _going_on(run: Run) -> str:
    if run.state is State.INTENDED and run.due_at is not None:
        return f"launches again at {time_of_day(run.due_at)}"
    if run.state is not State.LAUNCHED:
        return "launching"
    if run.status != "running":
        return "queued"
    done = "" if run.fraction is None else f" {run.fraction:.0%}".replace("%", " %")
    label = f" · {escape(run.label, 50)}" if run.label else ""
    return f"running{done}{label}"


def _ago(age: timedelta) -> str:
    if age >= timedelta(days=2):
        return f"{age.days} days ago"
    if age < timedelta(minutes=1):
        return "just now"
    # Whole minutes: nobody reads a list of runs to the second.
    return f"{duration(age.total_seconds() // 60 * 60)} ago"
