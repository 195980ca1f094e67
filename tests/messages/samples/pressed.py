from dataclasses import replace

from messages.cast import RUN
from messages.sampling import sample

from phantombot.messages.pressed import forgotten, nobody_notified, notifying, run_over
from phantombot.runs.ending import Ending, Kind

SAMPLES = [
    sample(run_over, "Stop was pressed late", RUN),
    sample(notifying, "Notify me was pressed", RUN),
    sample(nobody_notified, "too late", replace(RUN, ending=Ending(Kind.SUCCESS))),
    sample(nobody_notified, "too many", RUN),
    sample(forgotten, "older than 7 days", RUN),
]
