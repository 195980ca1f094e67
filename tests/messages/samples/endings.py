from dataclasses import replace
from datetime import timedelta

from messages.cast import NOW, RUN
from messages.sampling import sample

from phantombot.messages.endings import ring, ring_directly, rings_directly
from phantombot.runs.ending import Ending, Kind
from phantombot.runs.model import Run, State


def ended(ending: Ending) -> Run:
    return replace(RUN, state=State.ENDED, ending=ending, ended_at=NOW + timedelta(seconds=250))


SUCCESS = ended(Ending(Kind.SUCCESS, seconds=250, results=120))
FAILED = ended(Ending(Kind.FAILED, exit_code=1, seconds=9, line="Error: page not found"))
URL = "https://acme.slack.com/"
CANCELLED = replace(ended(Ending(Kind.CANCELLED, stopped_by="U0BOB")), due_at=NOW)

SAMPLES = [
    sample(ring, "finished after a while", SUCCESS, ["U0ALICE", "U0BOB"]),
    sample(ring, "nobody is mentioned", SUCCESS, []),
    sample(ring, "failed", FAILED, [RUN.user]),
    sample(ring, "refused", ended(Ending(Kind.REFUSED, cause="Unreachable")), [RUN.user]),
    sample(ring, "unknown outcome", ended(Ending(Kind.LOST)), [RUN.user]),
    sample(ring, "a retry that somebody cancelled", CANCELLED, [RUN.user]),
    sample(ring_directly, "failed", replace(FAILED, ts="1795521600.000100"), RUN.user, URL),
    sample(ring_directly, "failed, without a link", FAILED, RUN.user),
    sample(
        ring_directly,
        "in the launcher's own messages",
        replace(FAILED, message_channel="D1"),
        RUN.user,
    ),
    sample(rings_directly, "after quiet hours", [SUCCESS, FAILED], RUN.user),
]
