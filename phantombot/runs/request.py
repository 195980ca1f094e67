"""Store a request for a launch, with what is known at once, and have it launched."""

from dataclasses import dataclass

from phantombot.context import Context
from phantombot.runs.admit import decide_at_once
from phantombot.runs.ending import Ending
from phantombot.runs.model import UNDECIDED, Decision, Intent, Run, State


@dataclass(frozen=True)
class Requested:
    """A request as it was stored."""

    run: Run | None
    """None if the same invocation was stored before, or nothing was."""
    waits_for: str = ""
    """Slack or Phantombuster, if one of them must be asked before the launch."""
    unlisted: bool = False
    """Whether a fresh list of agents lacks the id that was typed."""
    refused: Ending | None = None
    """Why nothing was stored of a form that can't be launched."""


def request_launch(context: Context, intent: Intent, *, in_form: bool = False) -> Requested:
    """Store the request in one write, and have it launched unless something prevents that.

    Nobody outside is asked, since the acknowledgement waits for this. A form that shows why it
    can't be launched can be sent again under the same id, so nothing of it is stored. A form has
    no room for a question: the launcher is asked by direct message.

    Raises:
        StoreUnavailable: nothing was stored.
    """
    with context.runs.reading_together():
        admission = decide_at_once(context, intent)
    decided = admission.decided
    if in_form and decided.state is State.ENDED:
        return Requested(None, refused=decided.ending)
    if in_form and decided.state is State.ASKED:
        decided = UNDECIDED
    run = context.runs.add(intent, context.clock(), decided)
    if run is not None and run.state is State.INTENDED and not context.runs.launches_what_it_adds:
        context.launch(run.workspace, run.id)
    return Requested(run, admission.waits_for, admission.unlisted)


def request_later(context: Context, intent: Intent, again: Run) -> Requested:
    """Store a request to launch the run's agent again, due later, unless it is refused already.

    Whether it may be launched is decided anew when it is due.

    Raises:
        StoreUnavailable: nothing was stored.
    """
    with context.runs.reading_together():
        decided = decide_at_once(context, intent).decided
    if decided.state is State.ENDED:
        return Requested(None, refused=decided.ending)
    meant = Decision(
        agent_id=again.agent_id,
        agent_name=again.agent_name,
        command=intent.command,
        user_name=decided.user_name,
    )
    run = context.runs.add(intent, context.clock(), meant)
    context.wake(intent.workspace)
    return Requested(run)
