"""Answers to a button of a run's message, for the person who pressed it."""

from phantombot.messages.blocks import Message, plain
from phantombot.messages.runs import agent_title
from phantombot.runs.model import Run

STRANGER = (
    "Only members of this workspace can use these buttons. Ask one of them, or add phantombot to"
    " your own workspace."
)
RUN_UNKNOWN = (
    "I no longer know that run, so nothing was done. `/phantom runs` lists those I know, and"
    " `/phantom launch` starts a new one."
)
LAUNCHING_ANEW = "Launching again."
ARGUMENT_SEALED = (
    "Nothing was launched: that run's argument was stored under another PHANTOMBOT_SECRET. Type"
    " the launch again, or ask an admin to add the former secret after the new one."
)

ALIAS_SEALED = (
    "Nothing was changed: what you typed was stored under another PHANTOMBOT_SECRET. Type it again."
)


def run_over(run: Run) -> Message:
    """Say that this run needs no stopping, and how to stop others of the agent."""
    return plain(
        f"That run of {agent_title(run)} is over, so nothing was stopped. If another one is"
        f" running, `/phantom stop {run.agent_id or '785'}` stops it."
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
