from messages.sampling import sample

from phantombot.access.rules import Denial
from phantombot.messages.unanswered import _BY_CAUSE, unanswered
from phantombot.runs.ending import Ending, Kind

NEAR = (("785", "LinkedIn Search"), ("786", "LinkedIn Scraper"))

SAMPLES = [
    *(
        sample(unanswered, cause, "status", "785", Ending(Kind.REFUSED, cause=cause))
        for cause in _BY_CAUSE
    ),
    sample(unanswered, "no key", "stop", "785", Ending(Kind.NO_KEY)),
    sample(unanswered, "not allowed", "stop", "785", Ending(Kind.NOT_ALLOWED, cause=Denial.AGENT)),
    sample(unanswered, "no such name", "output", "Linked In", Ending(Kind.NO_AGENT)),
    sample(unanswered, "near", "output", "Linked In", Ending(Kind.NO_AGENT, candidates=NEAR)),
    sample(unanswered, "many alike", "stop", "A", Ending(Kind.AMBIGUOUS, candidates=NEAR * 3)),
    sample(
        unanswered, "stale alias", "stop", "leads", Ending(Kind.ALIAS_STALE, candidates=NEAR[:1])
    ),
    sample(unanswered, "ambiguous", "stop", "Linked", Ending(Kind.AMBIGUOUS, candidates=NEAR)),
]
