"""The latest runs launched from the workspace, for the person who asked."""

from datetime import datetime, timedelta
from difflib import get_close_matches

from phantombot.errors import AgentUnknown, PersonUnknown
from phantombot.messages.blocks import (
    Message,
    button,
    capitalized,
    duration,
    escape,
    neutral,
    plain,
    time_of_day,
)
from phantombot.messages.listing import Row, agent_named, agent_title, rows_message
from phantombot.messages.refusals import did_you_mean
from phantombot.messages.results import count_of, link_to_page
from phantombot.runs.cause import Cause
from phantombot.runs.ending import NOTHING_LAUNCHED, Ending, Kind, ending_of
from phantombot.runs.model import Run, State
from phantombot.runs.selection import EVERYTHING, FoundRuns, link_to_message
from phantombot.text.normalize import folded

LISTED_OUTPUT = "listed_output"
SHOWN = 20
"""The most runs shown."""
_OLDER = (
    "There are older ones. To find them, add an agent, `failed`, a time such as `7d`, or a person"
    " such as `@ada`."
)

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


def runs_found(found: FoundRuns, now: datetime, reader: str) -> Message:
    """List who launched what, when, and how it ended, newest first."""
    if not found.runs and found.selection == EVERYTHING:
        return plain("Nothing has been launched here yet. Try `/phantom help launch`.")
    if not found.runs:
        return plain(f"No {_which(found)}. `/phantom runs` lists the latest of all.")
    which = _which(found)
    head = f"The last {which}:" if found.selection == EVERYTHING else f"{capitalized(which)}:"
    rows = [_row(run, now, link_to_message(run, found.slack_url, reader)) for run in found.runs]
    foot = _OLDER if found.more else ""
    return rows_message(head, rows, foot)


def filter_unknown(typed: str, error: AgentUnknown) -> Message:
    """Say that the typed word is no filter of `runs`, and which filters there are."""
    near = did_you_mean(ending_of(error))
    if get_close_matches(folded(typed[:40]), ["failed"]):
        near = "Did you mean `failed`?"
    return plain(
        f"“{escape(typed, 80)}” is neither an agent nor another filter. {near}".rstrip(),
        "`runs` takes an agent, `failed`, a time such as `7d`, and a person such as `@ada`.",
    )


def nobody_called(error: PersonUnknown) -> Message:
    """Say that nobody of that name launched anything, and who may be meant."""
    names = [f"@{escape(name, 80)}" for name in error.nearest]
    meant = " or ".join(filter(None, (", ".join(names[:-1]), *names[-1:])))
    step = f"Did you mean {meant}?" if names else "`/phantom runs` shows who launched what."
    return plain(f"Nobody called “@{escape(error.typed, 80)}” has launched anything here. {step}")


def _which(found: FoundRuns) -> str:
    """Return the filter in words: `failed runs of LinkedIn Search (785) by …`."""
    chosen = found.selection
    if chosen == EVERYTHING:
        return "runs launched here"
    agent = f"of {agent_named(chosen.agent_id, found.agent_name)}" if chosen.agent_id else ""
    parts = (
        "failed runs" if chosen.failed else "runs",
        agent,
        f"by <@{chosen.user}>" if chosen.user else "",
        f"in the last {_long(found.within)}" if found.within else "",
    )
    return " ".join(filter(None, parts))


def _row(run: Run, now: datetime, message: str) -> Row:
    script = f"with {run.command}" if run.command else ""
    who = f"<@{run.user}> {ago(now - run.created_at)}"
    links = (f"<{neutral(message)}|Message>" if message else "", link_to_page(run.page))
    lines = standing_of(run), " · ".join(filter(None, (who, script, *links)))
    shown = button("Output", LISTED_OUTPUT, run.uid) if _was_launched(run) else None
    return Row("\n".join(lines), shown, f"Output of {run.agent_name or run.agent}")


def _was_launched(run: Run) -> bool:
    if run.state is State.ENDED:
        return run.ending is not None and run.ending.kind not in NOTHING_LAUNCHED
    return run.state is State.LAUNCHED


def standing_of(run: Run) -> str:
    """Return what the run is doing, or how it ended."""
    sign, what = standing(run)
    return f"{sign} {agent_title(run)} · {what}"


def standing(run: Run) -> tuple[str, str]:
    """Return the sign and the words for what the run is doing, or for how it ended."""
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


def ago(age: timedelta) -> str:
    """Return how long ago something was."""
    if age >= timedelta(days=2):
        return f"{age.days} days ago"
    if age < timedelta(minutes=1):
        return "just now"
    # Whole minutes are precise enough in a list of runs.
    return f"{duration(age.total_seconds() // 60 * 60)} ago"


def _long(within: timedelta) -> str:
    days, rest = divmod(within, timedelta(days=1))
    if rest or not days:
        return duration(within.total_seconds())
    return "day" if days == 1 else f"{days:,} days"
