"""How a run ends, decided from what Phantombuster says. Pure."""

import json
import re
from dataclasses import dataclass, replace
from enum import StrEnum

from phantombot.console import COOKIE, Console
from phantombot.phantombuster.values import Agent, Container, Output


class Kind(StrEnum):
    """Each run has exactly one of these in the end."""

    SUCCESS = "success"
    EMPTY = "empty"
    """Finished with exit code 0, but returned nothing."""
    FAILED = "failed"
    LAUNCH_FAILED = "launch failed"
    """Accepted by Phantombuster, but never started."""
    STOPPED = "stopped"
    TIMED_OUT = "timed out"
    """Phantombuster ended it at a time limit."""
    LOST = "lost"
    """Lost sight of: how it ended cannot be known."""
    REFUSED = "refused"
    """Phantombuster refused the launch, or could not be reached: nothing was launched."""
    NOT_FOUND = "not found"
    """The launch's answer was lost, and no new run was found."""
    EXPIRED = "expired"
    """Found too long after it was typed: nothing was launched."""
    NO_KEY = "no key"
    NO_AGENT = "no agent"
    AMBIGUOUS = "ambiguous"
    ALIAS_STALE = "alias stale"
    """What was typed is an alias, whose agent is no longer there."""
    CANCELLED = "cancelled"
    NOT_ALLOWED = "not allowed"
    """The workspace's rules do not allow it, for the cause that a Denial names."""


PRIVATE = frozenset(
    {
        Kind.NO_KEY,
        Kind.NO_AGENT,
        Kind.AMBIGUOUS,
        Kind.ALIAS_STALE,
        Kind.CANCELLED,
        Kind.NOT_ALLOWED,
    }
)
"""Mistakes of typing, everything about keys, and who may do what: seen by the launcher alone."""

STRAY_COMMAND = "StrayCommand"
"""The cause of NO_AGENT where a word stands in a command's place that is none; `said` is it."""

NOTHING_LAUNCHED = PRIVATE | {Kind.REFUSED, Kind.EXPIRED}


class Cause(StrEnum):
    """Why a run failed, where Phantombuster's words tell."""

    UNKNOWN = ""
    COOKIE = "cookie"
    TIME_USED_UP = "time used up"
    PARALLEL = "parallel"
    STORAGE = "storage"
    NO_SCRIPT = "no script"


@dataclass(frozen=True)
class Ending:
    """What became of a run, as data; messages/ has the words."""

    kind: Kind
    cause: str = Cause.UNKNOWN
    """A Cause, a Denial, or the name of the exception that refused the launch."""
    said: str = ""
    """Phantombuster's own words, not to be trusted."""
    line: str = ""
    """The console's first line that looks like an error, not to be trusted."""
    exit_code: int | None = None
    seconds: float | None = None
    results: int | None = None
    """Number of results, where the result is a list."""
    candidates: tuple[tuple[str, str], ...] = ()
    """Ids and names of agents that may have been meant."""
    stopped_by: str = ""
    """Slack's id of who stopped it from Slack."""
    new: int | None = None
    """How many results the last run of the same launch did not have, where that can be told."""
    new_since: float | None = None
    """When that run ended, in Unix seconds."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "kind", Kind(self.kind))
        object.__setattr__(self, "candidates", tuple((i, n) for i, n in self.candidates))


COOKIE_EXPIRED = 87
"""The exit code by which Phantombuster's own scripts say that the session cookie expired."""

_EXIT_CODE = re.compile(r"exit(?:ed with)?(?: exit)? code:? (-?\d{1,9})", re.IGNORECASE)
_STOPPED = re.compile(r"\b(abort|kill|stopped)", re.IGNORECASE)  # and not "skills"
_TIMED_OUT = re.compile(r"timed out|time-?out|time limit", re.IGNORECASE)
_CAUSES = (
    (Cause.NO_SCRIPT, re.compile(r"no (associated )?script", re.IGNORECASE)),
    (Cause.COOKIE, COOKIE),
    (Cause.PARALLEL, re.compile(r"parallel", re.IGNORECASE)),
    (Cause.STORAGE, re.compile(r"storage[^.\n]{0,40}(full|exceed|limit)", re.IGNORECASE)),
    (Cause.TIME_USED_UP, re.compile(r"execution time|time left", re.IGNORECASE)),
)


def decide(  # noqa: PLR0913 - all that is known of an end, each by its name
    output: Output,
    agent: Agent | None,
    container: Container | None,
    *,
    console: Console,
    seconds: float | None,
    stopped_by: str = "",
) -> Ending:
    """The ending of a run that is no longer running.

    `container` is its entry in containers.json, where the form has one; `agent` its agent's in
    user.json, which speaks of the agent's *last* end and so comes second; `seconds` is how long
    the run took by our own clock, for forms that do not say; `stopped_by` is who stopped the
    agent from Slack while it ran.
    """
    status, said = _last_words(agent, container)
    exit_code = _exit_code(container, console, said)
    took = _duration(container, output)
    told = Ending(
        Kind.LOST, said=said, exit_code=exit_code, seconds=seconds if took is None else took
    )
    if status == Kind.LAUNCH_FAILED:
        return replace(told, kind=Kind.LAUNCH_FAILED, cause=_cause(said), seconds=None)
    if exit_code == 0 or (exit_code is None and status == "success"):
        return _finished(told, output)
    if stopped_by and exit_code != COOKIE_EXPIRED:
        return replace(told, kind=Kind.STOPPED, stopped_by=stopped_by)
    if exit_code is None and status != "error":
        return told
    return _failed(told, console)


def launch_failed(agent: Agent | None) -> Ending:
    """The ending of a launch that was accepted, but of which no run ever came.

    Whatever else the agent ended with is an earlier run's, and is not repeated.
    """
    status, said = _last_words(agent, None)
    said = said if status == Kind.LAUNCH_FAILED else ""
    return Ending(Kind.LAUNCH_FAILED, cause=_cause(said), said=said)


def has_ended(output: Output, console: Console, container: Container | None) -> bool:
    """Whether there is proof of an end, and not just nothing to be seen yet."""
    proof = container is not None or _exit_code(None, console, "") is not None
    return output.status == "not running" and proof


def _finished(told: Ending, output: Output) -> Ending:
    """The 2014 form tells no result, so nothing can be said about its size."""
    if not output.tells_results:
        return replace(told, kind=Kind.SUCCESS)
    try:
        result = json.loads(output.result or "null")
    except (ValueError, RecursionError):
        # Nested deeper than the parser goes: there is something, of a size nobody knows.
        return replace(told, kind=Kind.SUCCESS)
    if result is None or result in ("", [], {}):
        return replace(told, kind=Kind.EMPTY)
    return replace(
        told, kind=Kind.SUCCESS, results=len(result) if isinstance(result, list) else None
    )


def _failed(told: Ending, console: Console) -> Ending:
    own_words = "\n".join([told.said, *console.last_words])
    if _TIMED_OUT.search(own_words):
        return replace(told, kind=Kind.TIMED_OUT)
    if _STOPPED.search(own_words):
        return replace(told, kind=Kind.STOPPED)
    # A script that tells its "execution time" says nothing about the account's.
    by_script = told.exit_code == COOKIE_EXPIRED or console.cookie
    cause = Cause.COOKIE if by_script else _cause(own_words)
    return replace(told, kind=Kind.FAILED, cause=cause, line=console.error_line)


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


def _cause(text: str) -> Cause:
    return next((cause for cause, pattern in _CAUSES if pattern.search(text)), Cause.UNKNOWN)
