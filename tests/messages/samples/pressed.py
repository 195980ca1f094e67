from messages.cast import RUN
from messages.sampling import sample

from phantombot.messages.pressed import forgotten, run_over

SAMPLES = [
    sample(run_over, "Stop was pressed late", RUN),
    sample(forgotten, "older than 7 days", RUN),
]
