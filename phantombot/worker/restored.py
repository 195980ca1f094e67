"""Decide whether an unsent launch may have been sent after all, before a backup was restored.

A backup that was made after a launch was stored and before it was sent still holds it as unsent.
Sending it might launch twice, and not sending it might lose it, so its launcher is asked.
"""

from datetime import timedelta

from phantombot.context import Context
from phantombot.phantombuster.account import ApiKey
from phantombot.runs.adopt import seems_launched
from phantombot.runs.model import ConfirmReason, Decision, Run, State
from phantombot.runs.snapshot import INTENT_LIVES

_MATTERS_FOR = INTENT_LIVES + timedelta(minutes=1)
"""No launch is sent later than this after it was stored."""


def may_be_sent_already(context: Context, run: Run, key: ApiKey) -> bool:
    """Return whether the run's launcher must be asked before it is sent.

    Raises:
        StoreUnavailable: it can't be found out whether a backup was restored.
    """
    restored = context.restored()
    if restored is not None and abs(context.clock() - restored.at) < _MATTERS_FOR:
        answered_since = run.answered_at is not None and run.answered_at > restored.at
        due_since = run.due_at is not None and run.due_at > restored.at
        return run.id <= restored.run_id and not answered_since and not due_since
    return _is_of_an_earlier_process(context, run) and seems_launched(context, run, key)


def doubted(run: Run) -> Decision:
    """Return the decision to ask the run's launcher."""
    return Decision(
        state=State.ASKED,
        doubt=ConfirmReason.RESTORED,
        agent_id=run.agent_id,
        agent_name=run.agent_name,
        command=run.command,
        time_left=run.time_left,
    )


def _is_of_an_earlier_process(context: Context, run: Run) -> bool:
    """Return whether no living process has seen everything since its request."""
    if run.agent_id is None or run.answered_at is not None or run.error_since is not None:
        return False
    return context.started_at is not None and run.meant_for < context.started_at
