from messages.sampling import sample

from phantombot.messages.notify_here import (
    notify_here_form,
    notify_here_notice,
    notify_here_stored,
    open_notify_here_button,
)
from phantombot.runs.channel_settings import ChannelSettings

EVERYTHING = ChannelSettings(broadcast=True, count_only=True)

SAMPLES = [
    sample(notify_here_form, "nothing is set", "C0GENERAL", ChannelSettings()),
    sample(notify_here_form, "everything is set", "C0GENERAL", EVERYTHING),
    sample(notify_here_notice, "a sentence", "Saved."),
    sample(notify_here_stored, "nothing", ChannelSettings()),
    sample(notify_here_stored, "everything", EVERYTHING),
    sample(open_notify_here_button, "too late"),
]
