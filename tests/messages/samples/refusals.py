from messages.sampling import sample

from phantombot.messages.refusals import _BY_CAUSE, refusal
from phantombot.runs.ending import Ending, Kind

TWINS = (("901", "Twins of others"), ("902", "Twins of others"))

SAMPLES = [
    *(sample(refusal, cause, "785", Ending(Kind.REFUSED, cause=cause)) for cause in _BY_CAUSE),
    sample(
        refusal,
        "with Phantombuster's words",
        "785",
        Ending(Kind.REFUSED, cause="BadParameters", said="Bad command"),
    ),
    sample(refusal, "no such name", "LinkedIn Serch", Ending(Kind.NO_AGENT, candidates=TWINS)),
    sample(refusal, "nothing near", "Linked In", Ending(Kind.NO_AGENT)),
    sample(refusal, "no such id", "4242", Ending(Kind.NO_AGENT)),
    sample(refusal, "many alike", "A", Ending(Kind.AMBIGUOUS, candidates=TWINS * 3)),
    sample(refusal, "stale alias", "leads", Ending(Kind.ALIAS_STALE, candidates=TWINS[:1])),
    sample(refusal, "ambiguous", "Twins of", Ending(Kind.AMBIGUOUS, candidates=TWINS)),
]
