from dataclasses import replace

from messages.cast import RUN
from messages.sampling import sample

from phantombot.messages.doubts import launching, question, refused_or_asked
from phantombot.runs.ending import STRAY_COMMAND, Ending, Kind
from phantombot.runs.model import ConfirmReason, Intent, Run, State
from phantombot.runs.request import Requested

TWINS = (("901", "Twins of others"), ("902", "Twins of others"))


def asked(typed: str, ending: Ending) -> Run:
    unknown = replace(RUN, agent=typed, agent_id=None, agent_name=None)
    return replace(unknown, doubt=ConfirmReason.AGENT, ending=ending)


PLAIN = Intent("T1", "1", "C1", "U1", "", "LinkedIn Search", quoted=True)
SAVED = replace(
    PLAIN, agent="785", quoted=False, command="casperjs", argument='{"a": 1}', save=True
)
UNDECIDED = replace(RUN, agent="LinkedIn Search", agent_id=None, agent_name=None)
ASKED = replace(RUN, state=State.ASKED, doubt=ConfirmReason.DOUBLE, ending=None)
ENDED = replace(RUN, state=State.ENDED, ending=Ending(Kind.NO_KEY))


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
    sample(launching, "by name", PLAIN, Requested(RUN)),
    sample(launching, "saved, with a repaired argument", SAVED, Requested(RUN), repaired=True),
    sample(launching, "delivered again", PLAIN, Requested(None)),
    sample(
        launching, "an id that no list has", PLAIN, Requested(RUN, unlisted=True), repaired=False
    ),
    sample(launching, "Slack is asked", PLAIN, Requested(UNDECIDED, "Slack")),
    sample(
        launching,
        "Phantombuster is asked",
        PLAIN,
        Requested(UNDECIDED, "Phantombuster"),
        repaired=False,
    ),
    sample(refused_or_asked, "a double", ASKED, by_admin=False),
    sample(refused_or_asked, "no key", ENDED, by_admin=False),
    sample(refused_or_asked, "no key, to an admin", ENDED, by_admin=True),
]
