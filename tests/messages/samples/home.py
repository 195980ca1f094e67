from dataclasses import replace

from messages.cast import IDLE, NOW, RUN, RUNNING
from messages.sampling import sample

from phantombot.access.rules import Denial, Rules
from phantombot.agents.agent_list import AgentList
from phantombot.messages.home import Home, Scene, home_refused, home_view
from phantombot.phantombuster.account import KeyNote
from phantombot.runs.ending import Ending, Kind
from phantombot.runs.model import State
from phantombot.watches.model import DEFAULT_WORDS, Watch

KEY = KeyNote("abcd", "U0ADA", NOW)
ENDED = replace(
    RUN,
    state=State.ENDED,
    ending=Ending(Kind.SUCCESS, seconds=250, results=120),
    ended_at=NOW,
)
FAILED = replace(ENDED, ending=Ending(Kind.FAILED, seconds=9, exit_code=87))
AGENTS = tuple(replace(IDLE, id=str(785 + number)) for number in range(40))
WATCH = Watch("T0SANDBOX", "C0GENERAL", "785", "LinkedIn Search", DEFAULT_WORDS, "U0ADA", NOW)
NOTHING = Scene(KEY, AgentList(AGENTS[:2], 14087, NOW), Rules(), (), (), (), ())
BUSY = replace(
    NOTHING,
    agent_list=AgentList(AGENTS, 14087, NOW),
    going=(replace(RUN, status="running"), RUN) * 12,
    elsewhere=(replace(RUNNING, progress=None),),
    recent=(ENDED, FAILED),
    watches=(WATCH, replace(WATCH, gone=True), replace(WATCH, stopped="not_in_channel")),
)

SAMPLES = [
    sample(home_view, "nothing goes on", NOTHING, Home()),
    sample(home_view, "launched, but nothing watched", replace(BUSY, watches=()), Home()),
    sample(home_view, "nothing goes on, who can't launch", NOTHING, Home(may_launch=False)),
    sample(home_view, "for somebody who can't launch", BUSY, Home(may_launch=False)),
    sample(home_view, "for an admin", NOTHING, Home(admin=True)),
    sample(
        home_view,
        "for an admin whose key can be moved",
        replace(NOTHING, key=replace(KEY, can_move=True)),
        Home(admin=True),
    ),
    sample(home_view, "much goes on, the second page", BUSY, Home(page=1)),
    sample(home_view, "agents are searched for", BUSY, Home(wanted="Search")),
    sample(home_view, "no agent is found", BUSY, Home(wanted="no such agent")),
    sample(home_view, "the agents are not known yet", replace(NOTHING, agent_list=None), Home()),
    sample(
        home_view,
        "the account is empty",
        replace(NOTHING, agent_list=AgentList((), 0, NOW)),
        Home(),
    ),
    sample(home_view, "without a key", replace(NOTHING, key=None), Home()),
    sample(home_view, "without a key, for an admin", replace(NOTHING, key=None), Home(admin=True)),
    sample(home_refused, "a guest", Denial.GUEST),
    sample(home_refused, "Slack is silent", Denial.UNKNOWN),
]
