from dataclasses import replace

from messages.cast import RUN
from messages.sampling import sample

from phantombot.messages.doubts import question
from phantombot.runs.ending import STRAY_COMMAND, Ending, Kind
from phantombot.runs.model import ConfirmReason, Run

TWINS = (("901", "Twins of others"), ("902", "Twins of others"))


def asked(typed: str, ending: Ending) -> Run:
    unknown = replace(RUN, agent=typed, agent_id=None, agent_name=None)
    return replace(unknown, doubt=ConfirmReason.AGENT, ending=ending)


SAMPLES = [
    sample(question, "the same a few seconds ago", replace(RUN, doubt=ConfirmReason.DOUBLE)),
    sample(question, "a restored backup", replace(RUN, doubt=ConfirmReason.RESTORED)),
    sample(question, "no time left", replace(RUN, doubt=ConfirmReason.TIME_USED_UP)),
    sample(
        question, "an ambiguous name", asked("Twins of", Ending(Kind.AMBIGUOUS, candidates=TWINS))
    ),
    sample(question, "an unknown name", asked("Twin", Ending(Kind.NO_AGENT, candidates=TWINS))),
    sample(
        question,
        "a word that is no command",
        asked(
            "LinkedIn Search firefox",
            Ending(
                Kind.NO_AGENT,
                cause=STRAY_COMMAND,
                said="firefox",
                candidates=(("785", "LinkedIn Search"),),
            ),
        ),
    ),
]
