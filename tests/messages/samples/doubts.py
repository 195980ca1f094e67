from dataclasses import replace

from messages.cast import RUN
from messages.sampling import sample

from phantombot.messages.doubts import question
from phantombot.run import Doubt

SAMPLES = [
    sample(question, "the same a few seconds ago", RUN),
    sample(question, "no time left", replace(RUN, doubt=Doubt.TIME_USED_UP)),
]
