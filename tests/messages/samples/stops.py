from dataclasses import replace

from messages.cast import IDLE, NOW, RUNNING
from messages.sampling import sample

from phantombot.messages.stops import stop_outcome, stop_question
from phantombot.runs.stopping import Instances, StopOutcome, Stopping

BUSY = replace(RUNNING, running=2, queued=1)

SAMPLES = [
    sample(stop_question, "idle", Instances(IDLE, NOW)),
    sample(stop_question, "one runs", Instances(RUNNING, NOW)),
    sample(stop_question, "several", Instances(BUSY, NOW)),
    sample(stop_question, "one is not sent yet", Instances(IDLE, NOW, unsent=1)),
    sample(stop_question, "one runs, two are not sent yet", Instances(RUNNING, NOW, unsent=2)),
    sample(stop_question, "asked again", Instances(BUSY, NOW), again=True),
    *(sample(stop_outcome, fate.value, Stopping(fate, RUNNING, "U0BOB")) for fate in StopOutcome),
    sample(
        stop_outcome,
        "asked to end, several",
        Stopping(StopOutcome.STOPPING, BUSY, "U0BOB", at=NOW),
    ),
    sample(stop_outcome, "stopped, with a queue", Stopping(StopOutcome.STOPPED, BUSY, "U0BOB")),
    sample(
        stop_outcome, "with a launch cancelled", Stopping(StopOutcome.STOPPED, BUSY, "U0BOB", 1)
    ),
    sample(stop_outcome, "launches cancelled", Stopping(StopOutcome.CANCELLED, IDLE, "U0BOB", 2)),
]
