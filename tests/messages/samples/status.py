from dataclasses import replace

from messages.cast import IDLE, RUNNING
from messages.sampling import sample

from phantombot.messages.status import agent_status, status_message
from phantombot.runs.output import AgentStanding, Standing

ENDED = replace(IDLE, last_end_status="error", last_end_message="Agent finished (error)")
QUEUED = replace(IDLE, id="901", name="Profile Visitor", queued=2)

SAMPLES = [
    sample(status_message, "nothing goes on", Standing((), 14087)),
    sample(status_message, "some go on", Standing((RUNNING, QUEUED), 14087)),
    sample(status_message, "more than are shown", Standing((RUNNING,) * 60, 14087)),
    sample(agent_status, "running", AgentStanding(RUNNING, 14087)),
    sample(agent_status, "ended", AgentStanding(ENDED, 14087)),
]
