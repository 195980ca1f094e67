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
    """None where the same invocation was stored before."""
    waits_for: str = ""
    """Slack or Phantombuster, where one of them must be asked before the launch."""
    unlisted: bool = False
    """Whether a fresh list of agents lacks the id that was typed."""


def request_launch(context: Context, intent: Intent) -> Requested:
    """Store the request in one write; where nothing keeps it from that, it is launched.

    Nobody outside is asked: this is what an acknowledgement waits for.

    Raises:
        StoreUnavailable: nothing was stored.
    """
    with context.runs.reading_together():
        admission = decide_at_once(context, intent)
    run = _stored(context, intent, admission.decided)
    return Requested(run, admission.waits_for, admission.unlisted)


def request_from_form(context: Context, intent: Intent) -> Ending | None:
    """Store the request of a form; an Ending, and nothing stored, where that can't be launched.

    A form that shows why can be sent again under the same id. What is asked about first is asked
    by direct message: a form has no place for it.

    Raises:
        StoreUnavailable: nothing was stored.
    """
    with context.runs.reading_together():
        decided = decide_at_once(context, intent).decided
    if decided.state is State.ENDED:
        return decided.ending
    asked = decided.state is State.ASKED
    _stored(context, intent, UNDECIDED if asked else decided)
    return None


def _stored(context: Context, intent: Intent, decided: Decision) -> Run | None:
    run = context.runs.add(intent, context.clock(), decided)
    if run is not None and run.state is State.INTENDED and not context.runs.launches_what_it_adds:
        context.launch(run.workspace, run.id)
    return run
