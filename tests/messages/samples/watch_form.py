from messages.cast import IDLE
from messages.sampling import Ours, sample

from phantombot.messages.watch_form import open_watch_button, watch_form, watch_notice
from phantombot.watches.model import Word

SAMPLES = [
    sample(watch_form, "empty"),
    sample(watch_form, "filled in", IDLE, [Word.EMPTY], "C0GENERAL"),
    sample(watch_notice, "saved", Ours("✅ It is watched.")),
    sample(open_watch_button, "Slack was waited for"),
]
