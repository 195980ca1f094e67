"""Answers to a button of a run's message, for the person who pressed it."""

from datetime import datetime

from phantombot.messages.blocks import Message, capitalized, plain, time_of_day
from phantombot.messages.listing import agent_title
from phantombot.messages.refusals import refusal
from phantombot.runs.ending import NOTHING_LAUNCHED, Ending, Kind
from phantombot.runs.model import Run, Source, State

STRANGER = (
    "Only members of this workspace can use these buttons. Ask one of them, or add phantombot to"
    " your own workspace."
)
RUN_UNKNOWN = (
    "I no longer know that run, so nothing was done. `/phantom runs` lists those I know, and"
    " `/phantom launch` starts a new one."
)
LAUNCHING_ANEW = "Launching again."
LAUNCHING_SAVED = "Launching with the agent's saved settings."
ARGUMENT_SEALED = (
    "Nothing was launched: that run's argument was stored under another PHANTOMBOT_SECRET. Type"
    " the launch again, or ask an admin to add the former secret after the new one."
)

ALIAS_SEALED = (
    "Nothing was changed: what you typed was stored under another PHANTOMBOT_SECRET. Type it again."
)


def run_over(run: Run) -> Message:
    """Say that this run is over already, and how to stop the agent's other runs."""
    return plain(
        f"That run of {agent_title(run)} is over, so nothing was stopped. If another one is"
        f" running, `/phantom stop {run.agent_id or '785'}` stops it."
    )


def launched_just_now(run: Run, by: str) -> Message:
    """Say that somebody else pressed the same button of this run a moment before."""
    return plain(
        f"<@{by}> launched {agent_title(run)} again just now, so nothing more was launched."
        " To launch it once more, press again in 10 seconds."
    )


def notifying(run: Run) -> Message:
    """Confirm that the presser is notified of the run's end."""
    return plain(f"I'll notify you when this run of {agent_title(run)} ends.")


def nobody_notified(run: Run) -> Message:
    """Say that the run is over, or that it has too many people to notify already."""
    if run.ending is None:
        return plain("That run notifies as many people as I can mention. Watch its message.")
    return plain(f"That run of {agent_title(run)} is over; its message says how it ended.")


def forgotten(run: Run) -> Message:
    """Say that Phantombuster has no record of the run; it keeps runs for 7 days."""
    return plain(
        f"Phantombuster has no record of that run of {agent_title(run)}."
        f" `/phantom output {run.agent_id or '785'}` shows the most recent one."
    )


def retry_set(due_at: datetime) -> Message:
    """Confirm that the run is launched again then."""
    at = time_of_day(due_at)
    return plain(f"I'll launch it again at {at}. *Cancel*, below my message about it, undoes that.")


def retry_set_before(run: Run) -> Message:
    """Say what happened to the retry that was requested before."""
    at_once = "*Launch*" if run.source == Source.SAVED else "*Run again*"
    if run.state is State.INTENDED and run.due_at is not None:
        at = time_of_day(run.due_at)
        return plain(f"That is set already: {agent_title(run)} launches again at {at}.")
    if run.ending is not None and run.ending.kind is Kind.CANCELLED:
        return plain(f"That retry was cancelled. {at_once} launches at once.")
    if run.ending is not None and run.ending.kind in NOTHING_LAUNCHED:
        return plain(f"That retry was refused; its message says why. {at_once} tries at once.")
    return plain(f"That retry was launched already. {at_once} launches once more.")


def retry_refused(agent: str, ending: Ending) -> Message:
    """Say why the agent can't be launched again later."""
    return plain(capitalized(refusal(agent, ending)))


def retry_cancelled(run: Run) -> Message:
    """Confirm that the run isn't launched again."""
    return plain(f"Cancelled: {agent_title(run)} isn't launched again.")


def run_not_waiting(run: Run) -> Message:
    """Say that there is nothing left to cancel."""
    if run.ending is not None and run.ending.kind is Kind.CANCELLED:
        return plain(f"That launch of {agent_title(run)} was cancelled already.")
    return plain(
        f"{agent_title(run)} was due by now, so nothing was cancelled."
        f" `/phantom stop {run.agent_id or '785'}` stops it if it runs."
    )
