from dataclasses import replace

from messages.cast import RUN
from messages.samples.runs import WAITING
from messages.sampling import sample

from phantombot.messages.pressed import (
    forgotten,
    launched_just_now,
    nobody_notified,
    notifying,
    retry_cancelled,
    retry_refused,
    retry_set,
    retry_set_before,
    run_not_waiting,
    run_over,
)
from phantombot.runs.ending import Ending, Kind
from phantombot.runs.model import State

CANCELLED = replace(WAITING, state=State.ENDED, ending=Ending(Kind.CANCELLED))

SAMPLES = [
    sample(run_over, "Stop was pressed late", RUN),
    sample(notifying, "Notify me was pressed", RUN),
    sample(nobody_notified, "too late", replace(RUN, ending=Ending(Kind.SUCCESS))),
    sample(nobody_notified, "too many", RUN),
    sample(forgotten, "older than 7 days", RUN),
    sample(retry_set, "pressed", WAITING.due_at),
    sample(retry_set_before, "it waits", WAITING),
    sample(retry_set_before, "it was cancelled", CANCELLED),
    sample(retry_set_before, "it was launched", replace(WAITING, state=State.LAUNCHED)),
    sample(retry_set_before, "it was refused", replace(CANCELLED, ending=Ending(Kind.NO_KEY))),
    sample(launched_just_now, "by somebody else", RUN, "U0EVE"),
    sample(retry_refused, "the key is gone", "785", Ending(Kind.NO_KEY)),
    sample(retry_cancelled, "pressed", WAITING),
    sample(run_not_waiting, "it was launched", RUN),
    sample(run_not_waiting, "it was cancelled", CANCELLED),
]
