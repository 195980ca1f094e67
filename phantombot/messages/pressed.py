"""Answers to a pressed button of a run's message, for the one who pressed it alone."""

from phantombot.messages.blocks import Message, plain
from phantombot.messages.runs import agent_title
from phantombot.runs.model import Run

STRANGER = (
    "Only members of this workspace can use these buttons. Ask one of them, or add phantombot to"
    " your own workspace."
)
RUN_UNKNOWN = (
    "I no longer know that run, so nothing was done. `/phantom runs` lists those I know, and"
    " `/phantom launch` launches."
)
LAUNCHING_ANEW = "Launching again. I'll post updates here."
ARGUMENT_SEALED = (
    "Nothing was launched: that run's argument was stored under another PHANTOMBOT_SECRET. Type"
    " the launch again, or ask an admin to set the former secret beside the new one."
)


def run_over(run: Run) -> Message:
    """That very run needs no stopping; others of the agent are stopped by a command."""
    return plain(
        f"That run of {agent_title(run)} is over, so nothing was stopped. Should another one be"
        f" running, `/phantom stop {run.agent_id or '785'}` stops it."
    )


def forgotten(run: Run) -> Message:
    """Phantombuster tells nothing of that run: it keeps one for 7 days."""
    return plain(
        f"Phantombuster tells nothing of that run of {agent_title(run)}, or not any more."
        f" `/phantom output {run.agent_id or '785'}` shows the most recent one."
    )
