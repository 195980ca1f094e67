"""Store a request for a launch, with what is known at once, and pass it to a launcher.

The launch itself is sent in worker/launch.py.
"""

from dataclasses import dataclass

from phantombot.context import Context
from phantombot.runs.admit import DOUBLE, decide_at_once
from phantombot.runs.ending import Ending
from phantombot.runs.model import UNDECIDED, Decision, Intent, Run, State
from phantombot.runs.request_store import Condition


@dataclass(frozen=True)
class Requested:
    """A request as it was stored."""

    run: Run | None
    """None if the same invocation was stored before, or nothing was."""
    waits_for: str = ""
    """Slack or Phantombuster, if one of them must be asked before the launch."""
    unlisted: bool = False
    """Whether a fresh list of agents lacks the typed id."""
    refused: Ending | None = None
    """Why nothing was stored, if a form can't be launched."""


def request_launch(context: Context, intent: Intent, *, in_form: bool = False) -> Requested:
    """Store the request in one write, and pass it to a launcher unless something prevents that.

    No other service is called, since the acknowledgement waits for this. A form that shows why it
    can't be launched can be sent again under the same id, so nothing of it is stored. A form has no
    room for a question, so the launcher is asked by direct message.

    Raises:
        StoreUnavailable: nothing was stored.
    """
    requested = None if in_form else _as_recalled(context, intent)
    if requested is None:
        requested = _read_afresh(context, intent, in_form=in_form)
    run = requested.run
    if run is not None and run.state is State.INTENDED and not context.runs.launches_what_it_adds:
        context.launch(run.workspace, run.id)
    return requested


def _as_recalled(context: Context, intent: Intent) -> Requested | None:
    """Store the request as decided from cached rows; return None if they may have changed.

    The write itself checks that, so one statement is enough.
    """
    with context.runs.recalling(intent) as recalled:
        if recalled is None:
            return None
        admission = decide_at_once(context, intent, seek_twins=False)
    now = context.clock()
    condition = Condition(recalled.stamp, since=now - DOUBLE)
    run = context.runs.add(intent, now, admission.decided, condition)
    return None if run is None else Requested(run, admission.waits_for, admission.unlisted)


def _read_afresh(context: Context, intent: Intent, *, in_form: bool) -> Requested:
    with context.runs.reading_together(), context.runs.recalling(intent, afresh=True):
        admission = decide_at_once(context, intent)
    decided = admission.decided
    if in_form and decided.state is State.ENDED:
        return Requested(None, refused=decided.ending)
    if in_form and decided.state is State.ASKED:
        decided = UNDECIDED
    run = context.runs.add(intent, context.clock(), decided)
    return Requested(run, admission.waits_for, admission.unlisted)


def request_later(
    context: Context, intent: Intent, agent_id: str | None, agent_name: str | None
) -> Requested:
    """Store a request to launch the agent again, due later, unless it is refused already.

    Permission is checked again when it is due.

    Raises:
        StoreUnavailable: nothing was stored.
    """
    with context.runs.reading_together():
        decided = decide_at_once(context, intent).decided
    if decided.state is State.ENDED:
        return Requested(None, refused=decided.ending)
    meant = Decision(
        agent_id=agent_id,
        agent_name=agent_name,
        command=intent.command,
        user_name=decided.user_name,
    )
    run = context.runs.add(intent, context.clock(), meant)
    context.wake(intent.workspace)
    return Requested(run)
