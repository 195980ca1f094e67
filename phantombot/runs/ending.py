"""How a run ended, as a value; decided in runs/outcome.py."""

from dataclasses import dataclass
from enum import StrEnum

from phantombot.errors import (
    AgentAmbiguous,
    AgentUnknown,
    AliasStale,
    EngineChosen,
    Error,
    NoKey,
    NotAllowed,
    PhantombusterError,
    Refused,
)
from phantombot.runs.cause import Cause
from phantombot.runs.result_files import MOST


class Kind(StrEnum):
    """How a run ended: each run has exactly one of these in the end."""

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
    """It can't be found out how it ended."""
    REFUSED = "refused"
    """Phantombuster refused the launch, or couldn't be reached: nothing was launched."""
    NOT_FOUND = "not found"
    """The launch's answer was lost, and no new run was found."""
    EXPIRED = "expired"
    """Found too long after it was typed: nothing was launched."""
    NO_KEY = "no key"
    NO_AGENT = "no agent"
    AMBIGUOUS = "ambiguous"
    ALIAS_STALE = "alias stale"
    """The alias that was typed belongs to an agent that no longer exists."""
    CANCELLED = "cancelled"
    ENGINE_CHOSEN = "engine chosen"
    """A command was typed for an account whose agents choose their own engine; `said` is it."""
    NOT_ALLOWED = "not allowed"
    """The workspace's rules don't allow it; the cause is a Denial."""


PRIVATE = frozenset(
    {
        Kind.NO_KEY,
        Kind.NO_AGENT,
        Kind.AMBIGUOUS,
        Kind.ALIAS_STALE,
        Kind.CANCELLED,
        Kind.ENGINE_CHOSEN,
        Kind.NOT_ALLOWED,
    }
)
"""Typing mistakes, missing keys and permissions: only shown to the launcher."""

OF_ALIAS = "alias"
"""The cause of ENGINE_CHOSEN if the command comes from an alias."""

OF_RETRY = "retry"
"""The cause of EXPIRED if the launch was due later than it was requested."""

STRAY_COMMAND = "StrayCommand"
"""The cause of NO_AGENT if a word in a command's place isn't one; `said` is that word."""

NOTHING_LAUNCHED = PRIVATE | {Kind.REFUSED, Kind.EXPIRED}


@dataclass(frozen=True)
class Ending:
    """How a run ended, as data; messages/ has the words."""

    kind: Kind
    cause: str = Cause.UNKNOWN
    """A Cause, a Denial, or the name of the exception that refused the launch."""
    said: str = ""
    """Phantombuster's own words; untrusted text."""
    line: str = ""
    """The console's first line that looks like an error; untrusted text."""
    exit_code: int | None = None
    seconds: float | None = None
    results: int | None = None
    """Number of results, if the result is a list."""
    candidates: tuple[tuple[str, str], ...] = ()
    """Ids and names of agents that may have been meant."""
    stopped_by: str = ""
    """Slack's id of the user who stopped it from Slack, or asked it to end by itself."""
    new: int | None = None
    """How many results the last run of the same launch didn't have, if that is known."""
    new_since: float | None = None
    """When that run ended, in Unix seconds."""
    files: tuple[str, ...] = ()
    """Links to the files that hold the results."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "kind", Kind(self.kind))
        object.__setattr__(self, "candidates", tuple((i, n) for i, n in self.candidates))
        object.__setattr__(self, "files", tuple(self.files)[:MOST])


_KINDS: dict[type[Refused], Kind] = {
    NoKey: Kind.NO_KEY,
    AgentUnknown: Kind.NO_AGENT,
    AgentAmbiguous: Kind.AMBIGUOUS,
    AliasStale: Kind.ALIAS_STALE,
}


def ending_of(error: Error, candidates: tuple[tuple[str, str], ...] = ()) -> Ending:
    """Return the ending of a launch that `error` prevented; `candidates` may have been meant."""
    if isinstance(error, NotAllowed):
        return Ending(Kind.NOT_ALLOWED, cause=error.denial)
    if isinstance(error, EngineChosen):
        cause = OF_ALIAS if error.of_alias else Cause.UNKNOWN
        return Ending(Kind.ENGINE_CHOSEN, cause=cause, said=error.command)
    if isinstance(error, Refused) and type(error) in _KINDS:
        return Ending(_KINDS[type(error)], candidates=error.candidates)
    said = error.said if isinstance(error, PhantombusterError) else ""
    return Ending(Kind.REFUSED, cause=type(error).__name__, said=said, candidates=candidates)
