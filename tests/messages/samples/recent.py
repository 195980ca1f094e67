from dataclasses import replace
from datetime import timedelta

from messages.cast import NOW, RUN
from messages.sampling import sample

from phantombot.errors import AgentUnknown, PersonUnknown
from phantombot.messages.recent import filter_unknown, nobody_called, runs_found
from phantombot.runs.ending import Ending, Kind
from phantombot.runs.model import State
from phantombot.runs.selection import EVERYTHING, FoundRuns, Selection

ENDED = replace(RUN, state=State.ENDED, created_at=NOW - timedelta(hours=3))
RUNS = [
    replace(RUN, state=State.INTENDED),
    RUN,
    replace(RUN, status="running", fraction=0.544, label="Scraping page 3"),
    replace(ENDED, ending=Ending(Kind.SUCCESS, seconds=250, results=120)),
    replace(ENDED, ending=Ending(Kind.FAILED, seconds=9, exit_code=87)),
    *(replace(ENDED, ending=Ending(kind)) for kind in Kind),
]

SLACK = "https://sandbox.slack.com/"
POSTED = replace(RUNS[3], ts="1700000000.000100", message_channel="C0GENERAL", org="4567")
ANSWERED = replace(POSTED, thread_ts="1700000000.000001")
DIRECT = replace(POSTED, message_channel="D0ALICE")
CHOSEN = Selection("785", "U0ALICE", NOW - timedelta(days=7), failed=True)
LIKE = (("785", "LinkedIn Search"),)

SAMPLES = [
    sample(runs_found, "none", FoundRuns((), EVERYTHING), NOW, "U0ALICE"),
    sample(runs_found, "of every kind", FoundRuns(tuple(RUNS), EVERYTHING), NOW, "U0ALICE"),
    sample(
        runs_found,
        "with links; a direct message opens for its reader alone",
        FoundRuns((POSTED, ANSWERED, DIRECT), EVERYTHING, slack_url=SLACK, more=True),
        NOW,
        "U0MAX",
    ),
    sample(
        runs_found,
        "by all filters",
        FoundRuns((RUNS[4],), CHOSEN, "LinkedIn Search", timedelta(days=7)),
        NOW,
        "U0ALICE",
    ),
    sample(
        runs_found,
        "by all filters, none",
        FoundRuns((), CHOSEN, "LinkedIn Search", timedelta(hours=24)),
        NOW,
        "U0ALICE",
    ),
    sample(filter_unknown, "like nothing", "yes ter day", AgentUnknown()),
    sample(
        filter_unknown, "like an agent", "Linked In", AgentUnknown((("785", "LinkedIn Search"),))
    ),
    sample(filter_unknown, "like a filter", "faild", AgentUnknown()),
    sample(nobody_called, "like nobody", PersonUnknown("zed zed")),
    sample(nobody_called, "like two", PersonUnknown("ad", ("ada", "adam"))),
]
