from datetime import time, timedelta

from messages.sampling import sample

from phantombot.messages.notify import (
    notify_form,
    notify_here_form,
    notify_here_notice,
    notify_here_stored,
    notify_notice,
    notify_stored,
    open_notify_button,
    open_notify_here_button,
)
from phantombot.runs.channel_settings import ChannelSettings
from phantombot.runs.ring import DEFAULT, RingBy, RingSettings

PARIS, KOLKATA = timedelta(hours=1), timedelta(hours=5, minutes=30)
QUIET = RingSettings(
    RingBy.DIRECT,
    failures_only=True,
    quiet_from=time(19, 30),
    quiet_until=time(9),
    utc_offset=-KOLKATA,
)

EVERYTHING = ChannelSettings(broadcast=True, count_only=True)


SAMPLES = [
    sample(notify_form, "nothing is set", DEFAULT, PARIS),
    sample(notify_form, "everything is set", QUIET, KOLKATA),
    sample(notify_form, "in an unknown time zone", DEFAULT, None),
    sample(notify_notice, "a sentence", "Saved."),
    sample(notify_stored, "by mention", DEFAULT),
    sample(notify_stored, "by direct message, with quiet hours", QUIET),
    sample(notify_stored, "nothing", RingSettings(RingBy.NOTHING)),
    sample(open_notify_button, "too late"),
    sample(notify_here_form, "nothing is set", "C0GENERAL", ChannelSettings()),
    sample(notify_here_form, "everything is set", "C0GENERAL", EVERYTHING),
    sample(notify_here_notice, "a sentence", "Saved."),
    sample(notify_here_stored, "nothing", ChannelSettings()),
    sample(notify_here_stored, "everything", EVERYTHING),
    sample(open_notify_here_button, "too late"),
]
