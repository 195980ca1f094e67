"""How a run ended, in words, and the messages that notify people of it.

Slack notifies nobody of an edit, such as the one that shows the ending.
"""

from collections.abc import Sequence

from phantombot.messages.blocks import (
    Message,
    duration,
    escape,
    neutral,
    place,
    plain,
)
from phantombot.messages.failures import failure_of, sentence
from phantombot.messages.listing import listing
from phantombot.messages.refusals import refusal
from phantombot.messages.results import links_to, told_of
from phantombot.runs.cause import SYMPTOMS, Cause
from phantombot.runs.ending import NOTHING_LAUNCHED, Ending, Kind
from phantombot.runs.model import Run
from phantombot.runs.selection import link_to_message

_SIGNS = {
    Kind.SUCCESS: "✅",
    Kind.EMPTY: "⚠️",
    Kind.FAILED: "❌",
    Kind.LAUNCH_FAILED: "❌",
    Kind.TIMED_OUT: "❌",
    Kind.STOPPED: "⏹️",
}
RETRY_CANCELLED = "⏹️", "not launched again: cancelled"
_LOST = "Phantombuster no longer reports how this run ended; check it there"
_UNKNOWN = "the cause is unknown; press Output to see its console"
_NEVER_STARTED = "the cause is unknown; check the agent at Phantombuster"
_LAUNCHER = "its launcher"
"""Used for a launcher whom the same message names already."""


def ending_line(run: Run) -> str:
    """Return how an ended run ended, in one line, without who launched it."""
    ending = run.ending or Ending(Kind.LOST)
    if ending.kind is Kind.CANCELLED:
        sign, what = RETRY_CANCELLED
        return f"{sign} {agent_in_bold(run)} · {what}"
    if ending.kind in NOTHING_LAUNCHED:
        return f"❌ {agent_in_bold(run)} · {refusal(run.agent, ending)}"
    how = how_it_ended(ending, run.agent, launcher=run.user)
    return f"{ending_sign(ending)} {agent_in_bold(run)} · {how}"


def ending_sign(ending: Ending) -> str:
    """Return the sign that the ending's line begins with."""
    if ending.kind in (Kind.SUCCESS, Kind.EMPTY) and ending.cause:
        return "✅" if ending.cause == Cause.ALL_PROCESSED else "⚠️"
    return _SIGNS.get(ending.kind, "❔")


def how_it_ended(ending: Ending, typed: str = "", *, launcher: str = "", code: bool = True) -> str:
    """Return the middle of the line; `typed` is the agent as it was typed.

    `launcher` isn't named again, and the exit code is only shown with `code`.
    """
    took = "" if ending.seconds is None else f" in {duration(ending.seconds)}"
    match ending.kind:
        case Kind.SUCCESS:
            told = told_of(ending), sentence(ending.cause)
            parts: tuple[str, ...] = (f"finished{took}", _asked_to_end(ending, launcher), *told)
        case Kind.EMPTY:
            finished, *more = _empty(ending, took)
            parts = (finished, _asked_to_end(ending, launcher), *more)
        case Kind.LAUNCH_FAILED:
            parts = ("launched, but did not start", *_why(ending, _NEVER_STARTED))
        case Kind.FAILED:
            parts = (*_failure(ending, exit_code(ending) if code else ""), _saved(ending))
        case Kind.STOPPED:
            stopped = f"stopped{_stopper(ending, launcher)}{_after(ending)}"
            parts = (stopped, escape(ending.said), _saved(ending))
        case Kind.TIMED_OUT:
            said, step = escape(ending.said), _next_step(ending.cause)
            parts = (f"timed out{_after(ending)}", said, step, _saved(ending))
        case Kind.NOT_FOUND:
            parts = (refusal(typed, ending),)
        case _:
            parts = (f"unknown outcome: {_LOST}",)
    return " · ".join(filter(None, parts))


def _empty(ending: Ending, took: str) -> tuple[str, ...]:
    if ending.cause == Cause.ALL_PROCESSED:
        return f"finished{took}, with nothing new to process", links_to(ending.files)
    return f"finished{took}, but returned nothing", sentence(ending.cause)


def _failure(ending: Ending, code: str) -> tuple[str, ...]:
    """Return what failed: a known cause first, with the exit code as a detail."""
    if failure_of(ending.cause):
        return *_why(ending), code
    return f"failed: {code}" if code else "failed", *_why(ending)


def exit_code(ending: Ending) -> str:
    """Return the exit code of a run that did not finish well; empty if it isn't known."""
    told = ending.exit_code is not None and ending.kind not in (Kind.SUCCESS, Kind.EMPTY)
    return f"exit code {ending.exit_code}" if told else ""


def _why(ending: Ending, unknown: str = _UNKNOWN) -> tuple[str, ...]:
    failure = failure_of(ending.cause)
    if failure is None:
        return _quote(ending.line or ending.said), unknown
    if SYMPTOMS[ending.cause].by_phantombuster:
        return failure.words, _quote(ending.said)
    return failure.words, _quote(ending.line) if failure.quoted else ""


def _quote(words: str) -> str:
    return f"“{escape(words)}”" if words else ""


def _next_step(cause: str) -> str:
    failure = failure_of(cause)
    return failure.next_step if failure else ""


def _saved(ending: Ending) -> str:
    """Return links to the results that were saved before the run was cut off."""
    linked = links_to(ending.files)
    return f"results so far: {linked}" if linked else ""


def agent_in_bold(run: Run) -> str:
    """Return the agent's name in bold, or what is known of it."""
    return f"*{escape(run.agent_name or '', 80) or escape(run.agent_id or run.agent, 80)}*"


def _stopper(ending: Ending, launcher: str) -> str:
    return f" by {_person(ending.stopped_by, launcher)}" if ending.stopped_by else ""


def _asked_to_end(ending: Ending, launcher: str) -> str:
    asker = _person(ending.stopped_by, launcher)
    return f"{asker} asked it to end" if ending.stopped_by else ""


def _person(user: str, launcher: str) -> str:
    return _LAUNCHER if user == launcher else f"<@{user}>"


def _after(ending: Ending) -> str:
    return "" if ending.seconds is None else f" after {duration(ending.seconds)}"


def ring(run: Run, users: Sequence[str]) -> Message:
    """Mention these people, if there are any, and say how the run ended."""
    mentions = [f"<@{user}>" for user in users]
    return plain(" ".join((*mentions, ending_line(run))))


def ring_directly(run: Run, user: str, slack_url: str = "") -> Message:
    """Say to somebody in a direct message how the run ended, and where its message is."""
    return plain(_directly(run, user, slack_url))


def rings_directly(runs: Sequence[Run], user: str, slack_url: str = "") -> Message:
    """Say to somebody in a direct message how several runs ended."""
    return listing("These runs ended:", [_directly(run, user, slack_url) for run in runs])


def _directly(run: Run, user: str, slack_url: str) -> str:
    where = run.posts_to if run.posts_to != run.user else run.channel
    link = link_to_message(run, slack_url, user)
    message = f" · <{neutral(link)}|Message>" if link else ""
    return f"{ending_line(run)} · in {place(where)}{message}"
