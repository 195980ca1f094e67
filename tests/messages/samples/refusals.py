from messages.sampling import Ours, sample

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
from phantombot.messages.refusals import (
    _BY_CAUSE,
    _OF_A_LAUNCH,
    engine_chosen,
    not_allowed,
    refusal,
    unanswered,
    which_for_alias,
)
from phantombot.runs.ending import OF_ALIAS, Ending, Kind

TWINS = (("901", "Twins of others"), ("902", "Twins of others"))
NEAR = (("785", "LinkedIn Search"), ("786", "LinkedIn Scraper"))

SAMPLES = [
    *(sample(not_allowed, denial.value, denial) for denial in Denial),
    *(sample(refusal, cause, "785", Ending(Kind.REFUSED, cause=cause)) for cause in _OF_A_LAUNCH),
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
    sample(refusal, "a command in v2", "785", Ending(Kind.ENGINE_CHOSEN, said="casperjs")),
    sample(
        refusal,
        "an alias with a command in v2",
        "leads",
        Ending(Kind.ENGINE_CHOSEN, cause=OF_ALIAS, said="casperjs"),
    ),
    sample(engine_chosen, "a run with a command, in v2", "casperjs", "785"),
    sample(refusal, "ambiguous", "Twins of", Ending(Kind.AMBIGUOUS, candidates=TWINS)),
    *(sample(unanswered, cause, "status", "785", getattr(errors, cause)()) for cause in _BY_CAUSE),
    sample(unanswered, "no key", "stop", "785", NoKey()),
    sample(unanswered, "not allowed", "stop", "785", NotAllowed(Denial.AGENT)),
    sample(unanswered, "no such name", "output", "Linked In", AgentUnknown()),
    sample(unanswered, "near", "output", "Linked In", AgentUnknown(NEAR)),
    sample(unanswered, "many alike", "stop", "A", AgentAmbiguous(NEAR * 3)),
    sample(unanswered, "stale alias", "stop", "leads", AliasStale(NEAR[:1])),
    sample(unanswered, "ambiguous", "stop", "Linked", AgentAmbiguous(NEAR)),
    sample(unanswered, "to be chosen", "stop", "Linked", AgentAmbiguous(NEAR), ""),
    sample(
        unanswered,
        "to be chosen, with more behind it",
        "watch",
        "A",
        AgentAmbiguous(NEAR * 3),
        Ours("failure empty"),
    ),
    sample(which_for_alias, "with an argument", "Zm9yIHRoZSB0ZXN0", "Linked", AgentAmbiguous(NEAR)),
    sample(unanswered, "near, to be chosen", "output", "Linked In", AgentUnknown(NEAR), ""),
    *(
        sample(unanswered, error.__name__, "watch", "785", error())
        for error in (TooManyAliases, TooManyWatches, RunExpired)
    ),
]
