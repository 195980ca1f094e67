from dataclasses import replace
from datetime import timedelta

from messages.cast import IDLE, NOW, RUN, RUNNING
from messages.sampling import sample

from phantombot.messages.agents import (
    LastRuns,
    agent_status,
    agents_message,
    not_listed,
    status_message,
)
from phantombot.messages.blocks import plain
from phantombot.runs.ending import Ending, Kind
from phantombot.runs.model import State
from phantombot.runs.output import AccountStatus, AgentStatus, FoundAgents

ENDED = replace(IDLE, last_end_status="error")
MANY = tuple(
    replace(ENDED, id=str(1000 + number), name=f"Visitor {number}") for number in range(65)
)
FULL = tuple(replace(agent, name="&" * 90) for agent in MANY)

LAUNCHED = replace(
    RUN, state=State.ENDED, ended_at=NOW, ending=Ending(Kind.SUCCESS, seconds=250, results=120)
)
LAST = LastRuns({"785": LAUNCHED}, NOW + timedelta(hours=3))
IN_V2 = replace(IDLE, last_end_status="success", last_ended_at=NOW)

ENDED = replace(IDLE, last_end_status="error", last_end_message="Agent finished (error)")
UNTOLD = replace(IDLE, last_ended_at=NOW)
QUEUED = replace(IDLE, id="901", name="Profile Visitor", queued=2)
STOPPABLE = ("785",)


SAMPLES = [
    sample(agents_message, "all on one page", FoundAgents((ENDED, RUNNING), 2), "", 0),
    sample(
        agents_message,
        "with its last run, which was launched from here",
        FoundAgents((IN_V2,), 1),
        "",
        0,
        launchable=("785",),
        last=LAST,
    ),
    sample(
        agents_message,
        "a run from elsewhere has ended since",
        FoundAgents((replace(IN_V2, last_ended_at=NOW + timedelta(hours=1)),), 1),
        "",
        0,
        launchable=("785",),
        last=LAST,
    ),
    sample(
        agents_message,
        "the account tells of another end, and not when",
        FoundAgents((ENDED,), 1),
        "",
        0,
        last=LAST,
    ),
    sample(agents_message, "the first page", FoundAgents(MANY, 65), "", 0),
    sample(agents_message, "a page between, of a filter", FoundAgents(MANY, 70), "in visitor", 1),
    sample(agents_message, "the longest page", FoundAgents(FULL, 65), "", 3),
    sample(agents_message, "none", FoundAgents((), 0), "", 0),
    sample(agents_message, "none like that", FoundAgents((), 65), "face book", 0),
    sample(not_listed, "Phantombuster is away", plain("It is away."), "face book", 2),
    sample(status_message, "nothing goes on", AccountStatus((), 14087), ()),
    sample(status_message, "some go on", AccountStatus((RUNNING, QUEUED), 14087), STOPPABLE),
    sample(status_message, "more than are shown", AccountStatus((RUNNING,) * 60, 14087), STOPPABLE),
    sample(agent_status, "running", AgentStatus(RUNNING, 14087), STOPPABLE),
    sample(agent_status, "ended", AgentStatus(ENDED, 14087), STOPPABLE),
    sample(agent_status, "ended, and it isn't told how", AgentStatus(UNTOLD, 14087), ()),
]
