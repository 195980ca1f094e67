from dataclasses import replace
from datetime import timedelta

from messages.cast import NOW, RUN
from messages.sampling import sample

from phantombot.messages.recent import recent_runs
from phantombot.runs.ending import Ending, Kind
from phantombot.runs.model import State

ENDED = replace(RUN, state=State.ENDED, created_at=NOW - timedelta(hours=3))
RUNS = [
    replace(RUN, state=State.INTENDED),
    RUN,
    replace(RUN, status="running", fraction=0.544, label="Scraping page 3"),
    replace(ENDED, ending=Ending(Kind.SUCCESS, seconds=250, results=120)),
    replace(ENDED, ending=Ending(Kind.FAILED, seconds=9, exit_code=87)),
    *(replace(ENDED, ending=Ending(kind)) for kind in Kind),
]

SAMPLES = [
    sample(recent_runs, "none", [], NOW),
    sample(recent_runs, "of every kind", RUNS, NOW),
]
