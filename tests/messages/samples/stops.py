from dataclasses import replace

from messages.cast import IDLE, RUNNING
from messages.sampling import sample

from phantombot.messages.stops import stop_outcome, stop_question
from phantombot.stopping import Fate, Stopping

BUSY = replace(RUNNING, running=2, queued=1)

SAMPLES = [
    sample(stop_question, "idle", IDLE),
    sample(stop_question, "one runs", RUNNING),
    sample(stop_question, "several", BUSY),
    *(sample(stop_outcome, fate.value, Stopping(fate, RUNNING, "U0BOB")) for fate in Fate),
    sample(stop_outcome, "stopped, with a queue", Stopping(Fate.STOPPED, BUSY, "U0BOB")),
]
