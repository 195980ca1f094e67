from messages.cast import IDLE
from messages.sampling import Ours, sample

from phantombot.messages.launch_form import (
    AGENT_GONE_SINCE,
    launch_form,
    open_launch_button,
    repaired_notice,
)

SAMPLES = [
    sample(launch_form, "empty", None, ""),
    sample(launch_form, "an agent is chosen", IDLE, ""),
    sample(launch_form, "with a message's text", None, Ours('{"url": "https://example.com"}')),
    sample(launch_form, "its agent is gone", None, "", Ours(AGENT_GONE_SINCE)),
    sample(launch_form, "agents choose their own engine", IDLE, "", takes_command=False),
    sample(repaired_notice, "quotes were curly"),
    sample(open_launch_button, "Slack was waited for"),
]
