from dataclasses import replace

from messages.cast import IDLE, RUNNING
from messages.sampling import sample

from phantombot.messages.agents import agents_message, not_listed
from phantombot.messages.blocks import plain
from phantombot.runs.output import FoundAgents

ENDED = replace(IDLE, last_end_status="error")
MANY = tuple(
    replace(ENDED, id=str(1000 + number), name=f"Visitor {number}") for number in range(65)
)
FULL = tuple(replace(agent, name="&" * 90) for agent in MANY)

SAMPLES = [
    sample(agents_message, "all on one page", FoundAgents((ENDED, RUNNING), 2), "", 0),
    sample(agents_message, "the first page", FoundAgents(MANY, 65), "", 0),
    sample(agents_message, "a page between, of a filter", FoundAgents(MANY, 70), "in visitor", 1),
    sample(agents_message, "the longest page", FoundAgents(FULL, 65), "", 3),
    sample(agents_message, "none", FoundAgents((), 0), "", 0),
    sample(agents_message, "none like that", FoundAgents((), 65), "face book", 0),
    sample(not_listed, "Phantombuster is away", plain("It is away."), "face book", 2),
]
