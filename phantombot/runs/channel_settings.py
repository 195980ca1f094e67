"""What a channel is told of runs: where their endings are posted, and whether results are shown.

Where results are only counted, nothing that a script printed, returned or saved is put in the
channel: such words and files hold personal data.
"""

from dataclasses import dataclass, replace

from phantombot.context import Context
from phantombot.runs.ending import NOTHING_LAUNCHED, Ending, Kind
from phantombot.runs.model import Run

_NOT_A_SCRIPTS = NOTHING_LAUNCHED | {Kind.LAUNCH_FAILED}
"""Of these endings no word is a script's."""


@dataclass(frozen=True)
class ChannelSettings:
    """What one channel is told."""

    broadcast: bool = False
    """How a run ended is posted in the channel too, and not in the run's thread alone."""
    count_only: bool = False
    """Of results the channel is told how many there are, and nothing else."""


def shown_in_channel(context: Context, run: Run) -> Run:
    """Return the run as the channel of its message may be told of it."""
    if run.label is None and run.ending is None:
        return run
    if not context.rings.in_channel(run.workspace, run.posts_to).count_only:
        return run
    return counted_only(run)


def counted_only(run: Run) -> Run:
    """Return the run as it is shown where results are only counted."""
    ending = None if run.ending is None else ending_counted_only(run.ending)
    return replace(run, label=None, ending=ending)


def ending_counted_only(ending: Ending) -> Ending:
    """Return the ending without a script's words, and without links to what it saved."""
    if ending.kind in _NOT_A_SCRIPTS:
        return ending
    return replace(ending, said="", line="", files=())
