"""A channel's settings: where endings of runs are posted, and whether results are shown.

If results are only counted, nothing that a script printed, returned or saved is posted in the
channel, since it may hold personal data.
"""

from dataclasses import dataclass, replace

from phantombot.context import Context
from phantombot.runs.ending import NOTHING_LAUNCHED, Ending, Kind
from phantombot.runs.model import Run

_NOT_A_SCRIPTS = NOTHING_LAUNCHED | {Kind.LAUNCH_FAILED}
"""Endings that quote no script."""


@dataclass(frozen=True)
class ChannelSettings:
    """The settings of one channel."""

    broadcast: bool = False
    """Endings are also posted in the channel, not only in the run's thread."""
    count_only: bool = False
    """Only the number of results is shown."""


def shown_in_channel(context: Context, run: Run) -> Run:
    """Return the run as its channel's settings allow it to be shown."""
    if run.label is None and run.ending is None:
        return run
    if not context.rings.in_channel(run.workspace, run.posts_to).count_only:
        return run
    return counted_only(run)


def counted_only(run: Run) -> Run:
    """Return the run as it is shown if results are only counted."""
    ending = None if run.ending is None else ending_counted_only(run.ending)
    return replace(run, label=None, ending=ending)


def ending_counted_only(ending: Ending) -> Ending:
    """Return the ending without a script's words, and without links to what it saved."""
    if ending.kind in _NOT_A_SCRIPTS:
        return ending
    return replace(ending, said="", line="", files=())
