from messages.cast import IDLE
from messages.sampling import Ours, sample

from phantombot.messages.alias_form import (
    AliasEntered,
    alias_form,
    alias_notice,
    open_alias_button,
)

FILLED = AliasEntered("leads", IDLE, "casperjs", Ours('{"pages": 3}'), "C0GENERAL")

SAMPLES = [
    sample(alias_form, "empty", AliasEntered(), takes_command=True),
    sample(alias_form, "filled in", FILLED, takes_command=True),
    sample(alias_form, "agents choose their own engine", AliasEntered(), takes_command=False),
    sample(alias_notice, "saved", Ours("✅ It is set.")),
    sample(open_alias_button, "Slack was waited for"),
]
