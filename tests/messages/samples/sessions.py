from dataclasses import replace

from messages.cast import RUN
from messages.samples.runs import LATER
from messages.sampling import Ours, sample

from phantombot.messages.runs import run_message
from phantombot.messages.sessions import (
    all_launched_again,
    launched_before,
    why_not_again,
    with_others_failed,
)
from phantombot.runs.cause import Cause
from phantombot.runs.ending import Ending, Kind
from phantombot.runs.model import State

FAILED = Ending(Kind.FAILED, cause=Cause.LINKEDIN_COOKIE_EXPIRED, exit_code=84, seconds=9)
FIRST = replace(RUN, state=State.ENDED, ending=FAILED, ended_at=LATER, told_with=RUN.uid)
SECOND = replace(FIRST, uid="c2Vjb25kIHJ1bg", agent_id="786", agent_name="LinkedIn Scraper")
MANY = [replace(SECOND, agent_id=str(one)) for one in range(901, 913)]
TOLD = run_message(FIRST, LATER)
assert TOLD is not None

SAMPLES = [
    sample(with_others_failed, "it alone", TOLD, FIRST, [FIRST]),
    sample(with_others_failed, "another agent, twice", TOLD, FIRST, [FIRST, SECOND, SECOND]),
    sample(with_others_failed, "many agents", TOLD, FIRST, [FIRST, *MANY]),
    sample(
        all_launched_again, "all of them", [Ours("LinkedIn Search"), Ours("LinkedIn Scraper")], []
    ),
    sample(
        all_launched_again,
        "not all of them",
        [Ours("LinkedIn Search")],
        [Ours("LinkedIn Scraper (786): no.")],
    ),
    sample(launched_before, "pressed twice", Ours("LinkedIn Scraper")),
    sample(
        why_not_again, "no key", Ours("LinkedIn Scraper"), Ours("Nothing was launched: no key.")
    ),
]
