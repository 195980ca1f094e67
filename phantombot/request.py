"""Store a request for a launch, with what is known at once, and have it launched."""

from collections.abc import Callable
from dataclasses import dataclass

from phantombot.admit import decide_at_once
from phantombot.ports import Ports
from phantombot.run import Intent, Run, State

Launch = Callable[[str, int], None]
"""Has a run of a workspace launched, by its number, without a wait."""


@dataclass(frozen=True)
class Requested:
    """A request as it was stored."""

    run: Run | None
    """None where the same invocation was stored before."""
    waits_for: str = ""
    """Slack or Phantombuster, where one of them must be asked before the launch."""


def request_launch(ports: Ports, launch: Launch, intent: Intent) -> Requested:
    """Store the request in one write; where nothing is left to be asked, it is launched.

    Nobody outside is asked: this is what an acknowledgement waits for.

    Raises:
        StoreUnavailable: nothing was stored.
    """
    with ports.runs.reading_together():
        admission = decide_at_once(ports, intent)
    run = ports.runs.add(intent, ports.clock(), admission.decided)
    if run is not None and run.state is State.INTENDED and not ports.runs.launches_what_it_adds:
        launch(run.workspace, run.id)
    return Requested(run, admission.waits_for)
