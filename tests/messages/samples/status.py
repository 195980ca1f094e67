from dataclasses import replace

from messages.cast import IDLE, NOW, RUNNING
from messages.sampling import sample

from phantombot.messages.status import agent_status, status_message
from phantombot.runs.output import AccountStatus, AgentStatus

ENDED = replace(IDLE, last_end_status="error", last_end_message="Agent finished (error)")
UNTOLD = replace(IDLE, last_ended_at=NOW)
QUEUED = replace(IDLE, id="901", name="Profile Visitor", queued=2)
STOPPABLE = ("785",)

SAMPLES = [
    sample(status_message, "nothing goes on", AccountStatus((), 14087), ()),
    sample(status_message, "some go on", AccountStatus((RUNNING, QUEUED), 14087), STOPPABLE),
    sample(status_message, "more than are shown", AccountStatus((RUNNING,) * 60, 14087), STOPPABLE),
    sample(agent_status, "running", AgentStatus(RUNNING, 14087), STOPPABLE),
    sample(agent_status, "ended", AgentStatus(ENDED, 14087), STOPPABLE),
    sample(agent_status, "ended, and it isn't told how", AgentStatus(UNTOLD, 14087), ()),
]
