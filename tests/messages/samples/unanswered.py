from messages.sampling import sample

from phantombot import errors
from phantombot.access.rules import Denial
from phantombot.errors import (
    AgentAmbiguous,
    AgentUnknown,
    AliasStale,
    NoKey,
    NotAllowed,
    RunExpired,
    TooManyAliases,
    TooManyWatches,
)
from phantombot.messages.unanswered import _BY_CAUSE, unanswered

NEAR = (("785", "LinkedIn Search"), ("786", "LinkedIn Scraper"))

SAMPLES = [
    *(sample(unanswered, cause, "status", "785", getattr(errors, cause)()) for cause in _BY_CAUSE),
    sample(unanswered, "no key", "stop", "785", NoKey()),
    sample(unanswered, "not allowed", "stop", "785", NotAllowed(Denial.AGENT)),
    sample(unanswered, "no such name", "output", "Linked In", AgentUnknown()),
    sample(unanswered, "near", "output", "Linked In", AgentUnknown(NEAR)),
    sample(unanswered, "many alike", "stop", "A", AgentAmbiguous(NEAR * 3)),
    sample(unanswered, "stale alias", "stop", "leads", AliasStale(NEAR[:1])),
    sample(unanswered, "ambiguous", "stop", "Linked", AgentAmbiguous(NEAR)),
    *(
        sample(unanswered, error.__name__, "watch", "785", error())
        for error in (TooManyAliases, TooManyWatches, RunExpired)
    ),
]
