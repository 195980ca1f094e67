"""Decide how a run ended from what Phantombuster says. Pure."""

import re
from dataclasses import replace
from typing import Any

from phantombot.phantombuster.api import Agent, Container, Output
from phantombot.runs.cause import Cause, cause_in_line, cause_in_own_words, cause_of_code
from phantombot.runs.console import Console, read_to_end
from phantombot.runs.ending import Ending, Kind
from phantombot.runs.result_files import files_pointed_at
from phantombot.runs.rows import count_of, value_of

_EXIT_CODE = re.compile(r"exit(?:ed with)?(?: exit)? code:? (-?\d{1,9})", re.IGNORECASE)
_STOPPED = re.compile(r"\b(abort|kill|stopped)", re.IGNORECASE)  # and not "skills"
_CUT_SHORT = frozenset(
    {Cause.DISCONNECTED, Cause.WEEKLY_LIMIT, Cause.SEARCH_LIMIT, Cause.RATE_LIMITED}
)
"""After these, scripts save what they have and exit with code 0."""
_TIMEOUTS = {
    "global timeout": Cause.RUN_TIME,
    "agent timeout": Cause.RUN_TIME,
    "org timeout": Cause.TIME_USED_UP,
    "no log timeout": Cause.SILENT,
}
"""v2's words for an end at a time limit."""
_KILLED, _FINISHED = "killed", "finished"


def decide(  # noqa: PLR0913 - all that is known of an end, each by its name
    output: Output,
    agent: Agent | None,
    container: Container | None,
    *,
    console: Console,
    seconds: float | None,
    stopped_by: str = "",
) -> Ending:
    """Return the ending of a run that is no longer running.

    `container` is its own record, or its entry in a list of ended runs, if there is one. `agent` is
    its agent's entry in the account, which describes the agent's *last* end and so comes second.
    `seconds` is how long the run took by our own clock, for APIs that don't say. `stopped_by` is
    the user who stopped the agent from Slack while it ran.
    """
    status, said = _last_words(agent, container)
    exit_code = _exit_code(container, console, said)
    end_type = container.end_type if container else None
    took = _duration(container, output)
    told = Ending(
        Kind.LOST, said=said, exit_code=exit_code, seconds=seconds if took is None else took
    )
    if status == Kind.LAUNCH_FAILED:
        cause = _cause_of_launch(said)
        return replace(told, kind=Kind.LAUNCH_FAILED, cause=cause, seconds=None)
    console = read_to_end(console)
    result = output.result if output.tells_results else None
    count = count_of(result)
    value = value_of(result) if count is None else None
    told = replace(told, files=files_pointed_at(value) or console.files)
    if end_type in _TIMEOUTS and not cause_of_code(exit_code):
        return replace(told, kind=Kind.TIMED_OUT, cause=_TIMEOUTS[end_type], said=end_type)
    if end_type == _KILLED and not cause_of_code(exit_code):
        return replace(told, kind=Kind.STOPPED, stopped_by=stopped_by)
    if end_type not in (None, _FINISHED):
        told = replace(told, said=told.said or end_type)
    if exit_code == 0 or (exit_code is None and status == "success"):
        return _finished(replace(told, stopped_by=stopped_by), count, value, console)
    if stopped_by and not cause_of_code(exit_code):
        return replace(told, kind=Kind.STOPPED, stopped_by=stopped_by)
    ended = _cut_off(told, console)
    if ended is not None:
        return ended
    return told if exit_code is None and status != "error" else _failed(told, console)


def launch_failed(agent: Agent | None) -> Ending:
    """Return the ending of a launch that was accepted, but never became a run.

    If the agent's last end isn't a failed launch, it is an earlier run's, and isn't quoted.
    """
    status, said = _last_words(agent, None)
    said = said if status == Kind.LAUNCH_FAILED else ""
    return Ending(Kind.LAUNCH_FAILED, cause=_cause_of_launch(said), said=said)


def has_ended(output: Output, console: Console, container: Container | None) -> bool:
    """Return whether there is proof of an end, rather than just nothing to see yet."""
    proof = container is not None or _exit_code(None, console, "") is not None
    return output.status not in ("queued", "running") and proof


def _finished(told: Ending, count: int | None, value: Any, console: Console) -> Ending:
    """Return the ending of a run that finished well; EMPTY only if its result is known to be empty.

    `count` is how many results there are in a list, and `value` is any other result.
    """
    if console.cause == Cause.ALL_PROCESSED and not (count or value):
        return replace(told, kind=Kind.EMPTY, cause=Cause.ALL_PROCESSED)
    cut_short = console.warned and console.cause in _CUT_SHORT
    cause = console.cause if cut_short else Cause.UNKNOWN
    if (count == 0 or value in ("", {})) and not told.files:
        return replace(told, kind=Kind.EMPTY, cause=cause)
    return replace(told, kind=Kind.SUCCESS, cause=cause, results=count)


def _cut_off(told: Ending, console: Console) -> Ending | None:
    """Return the ending if Phantombuster ended the run, or somebody stopped it at Phantombuster."""
    own_words = _own_words(told, console)
    if cause_of_code(told.exit_code):
        return None
    if cause_in_own_words(own_words) == Cause.RUN_TIME:
        return replace(told, kind=Kind.TIMED_OUT, cause=Cause.RUN_TIME)
    return replace(told, kind=Kind.STOPPED) if _STOPPED.search(own_words) else None


def _failed(told: Ending, console: Console) -> Ending:
    # A script can print its own "execution time", which isn't the account's.
    cause = (
        cause_of_code(told.exit_code, console.cause)
        or cause_in_own_words(_own_words(told, console))
        or console.cause
        or cause_in_line(told.said)
    )
    if cause == Cause.ALL_PROCESSED:
        cause = Cause.UNKNOWN
    return replace(told, kind=Kind.FAILED, cause=cause, line=console.error_line)


def _own_words(told: Ending, console: Console) -> str:
    return "\n".join([told.said, *console.last_words])


def _cause_of_launch(said: str) -> Cause:
    return cause_in_own_words(said) or cause_in_line(said)


def _last_words(agent: Agent | None, container: Container | None) -> tuple[str, str]:
    if container is not None:
        return container.end_status or "", container.end_message or ""
    if agent is not None:
        return agent.last_end_status or "", agent.last_end_message or ""
    return "", ""


def _exit_code(container: Container | None, console: Console, said: str) -> int | None:
    if container is not None and container.exit_code is not None:
        return container.exit_code
    found = [match for line in (said, *console.own_words) for match in _EXIT_CODE.findall(line)]
    return int(found[-1]) if found else None


def _duration(container: Container | None, output: Output) -> float | None:
    if container is not None and container.launched_at and container.ended_at:
        return (container.ended_at - container.launched_at).total_seconds()
    runtime = output.progress.runtime if output.progress else None
    return None if runtime is None else float(runtime)
