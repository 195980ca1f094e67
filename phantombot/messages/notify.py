"""The forms that set how somebody is notified, and what is posted about runs in a channel."""

from datetime import time, timedelta

from phantombot.messages.blocks import Block, Message, place, section
from phantombot.messages.form import View, labelled, notice, opener, option, plain_text
from phantombot.runs.channel_settings import ChannelSettings
from phantombot.runs.ring import RingBy, RingSettings

NOTIFY_FORM = "notify_form"
OPEN_NOTIFY = "open_notify"
RING_BY, ENDS, QUIET, QUIET_FROM, QUIET_UNTIL = (
    f"notify_{part}" for part in ("by", "ends", "quiet", "from", "until")
)
"""The form's inputs; each name is both block id and action id."""
ALL_ENDS, FAILURES = "all", "failures"

QUIET_TIMES_EQUAL = "Choose another time than the one above."
NOTIFY_NOT_STORED = "The database isn't answering, so nothing was changed. Try again."
_TITLE = "Notifications"
_BY = {
    RingBy.THREAD: "A mention in the run's thread",
    RingBy.DIRECT: "A direct message",
    RingBy.NOTHING: "Nothing",
}
_SAID = {
    RingBy.THREAD: "by a mention in the run's thread",
    RingBy.DIRECT: "by a direct message",
}
_ENDS = {
    ALL_ENDS: "Failures, and any end after more than 2 minutes",
    FAILURES: "Failures only",
}
_USUALLY = time(22), time(8)

NOTIFY_HERE_FORM = "notify_here_form"
OPEN_NOTIFY_HERE = "open_notify_here"
ENDINGS, RESULTS = "notify_endings", "notify_results"
"""The form's inputs; each name is both block id and action id."""
BROADCAST, THREAD = "channel", "thread"
COUNT_ONLY, SHOWN = "count", "shown"

NOTIFY_ADMINS_ONLY = (
    "Only admins and owners of this workspace can change what a channel is told. Ask one of them to"
    " type `/phantom notify here`. `/phantom notify` changes how you hear of your own runs."
)
NOT_HERE = (
    "Nobody but you reads what I write here. Type `/phantom notify here` in the channel that you"
    " mean; `/phantom notify` changes how you hear of your own runs."
)
NOTIFY_HERE_SLACK_SILENT = (
    "Slack isn't answering right now. Type `/phantom notify here` again in a minute."
)
_TITLE_HERE = "This channel"
_ENDINGS = {
    THREAD: "In its thread only",
    BROADCAST: "In its thread, and in the channel too",
}
_RESULTS = {
    SHOWN: "Show them: rows, files, the console's last lines",
    COUNT_ONLY: "Only their number, and a private button",
}
_PRIVATE = (
    "With the private button, only whoever presses it sees results, if they may use"
    " /phantom output."
)


def notify_form(settings: RingSettings, offset: timedelta | None) -> View:
    """Return the form; `offset` is how far the person's clock is ahead of UTC, if known."""
    begin, end = settings.quiet_from or _USUALLY[0], settings.quiet_until or _USUALLY[1]
    ends = FAILURES if settings.failures_only else ALL_ENDS
    return {
        "type": "modal",
        "callback_id": NOTIFY_FORM,
        "title": plain_text(_TITLE),
        "submit": plain_text("Save"),
        "close": plain_text("Cancel"),
        "blocks": [
            section("How you hear that the runs you launched have ended, in all channels."),
            labelled(RING_BY, "Notify me by", _radio(_BY, settings.by)),
            labelled(ENDS, "Notify me of", _radio(_ENDS, ends)),
            labelled(QUIET, "Quiet hours", _quiet(settings), optional=True),
            labelled(QUIET_FROM, "From", _picker(begin), hint=_in_zone(offset)),
            labelled(QUIET_UNTIL, "Until", _picker(end)),
        ],
    }


def notify_notice(text: str) -> View:
    """Return a view that shows one sentence in place of the form."""
    return notice(_TITLE, text)


def notify_stored(settings: RingSettings) -> View:
    """Confirm how the person is notified from now on."""
    if settings.by is RingBy.NOTHING:
        return notify_notice("✅ Saved. I won't notify you when your runs end.")
    ends = _ENDS[FAILURES if settings.failures_only else ALL_ENDS]
    told = f"✅ Saved. I'll notify you {_SAID[settings.by]}: {ends[0].lower()}{ends[1:]}."
    if settings.quiet_from is None or settings.quiet_until is None:
        return notify_notice(told)
    hours = f"{settings.quiet_from:%H:%M} to {settings.quiet_until:%H:%M}"
    zone = _zone(settings.utc_offset)
    held = f"From {hours} ({zone}) I'll hold them, and then send you one direct message."
    return notify_notice(f"{told} {held}")


def open_notify_button() -> Message:
    """Offer a button that opens the form, for when Slack refused to open it."""
    return opener(OPEN_NOTIFY, "notify")


def _radio(words: "dict[RingBy, str] | dict[str, str]", chosen: str) -> Block:
    options = {str(value): option(text, str(value)) for value, text in words.items()}
    return {
        "type": "radio_buttons",
        "options": list(options.values()),
        "initial_option": options[chosen],
    }


def _quiet(settings: RingSettings) -> Block:
    options = [option("Hold what ends in these hours, and tell me in one message", "quiet")]
    element: Block = {"type": "checkboxes", "options": options}
    return element | ({"initial_options": options} if settings.quiet_from is not None else {})


def _picker(chosen: time) -> Block:
    return {"type": "timepicker", "initial_time": f"{chosen:%H:%M}"}


def _in_zone(offset: timedelta | None) -> str:
    if offset is None:
        return "In UTC, since Slack doesn't tell me your time zone."
    return f"In your time zone, {_zone(offset)}."


def _zone(offset: timedelta | None) -> str:
    """Return `UTC`, `UTC+1` or `UTC-3:30`."""
    minutes = int((offset or timedelta()).total_seconds() // 60)
    if not minutes:
        return "UTC"
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{'-' if minutes < 0 else '+'}{hours}" + (f":{rest:02}" if rest else "")


def notify_here_form(channel: str, settings: ChannelSettings) -> View:
    """Return the form for one channel, whose id it carries."""
    endings = BROADCAST if settings.broadcast else THREAD
    results = COUNT_ONLY if settings.count_only else SHOWN
    return {
        "type": "modal",
        "callback_id": NOTIFY_HERE_FORM,
        "private_metadata": channel,
        "title": plain_text(_TITLE_HERE),
        "submit": plain_text("Save"),
        "close": plain_text("Cancel"),
        "blocks": [
            section(f"What {place(channel)} is told of runs: those launched and those watched."),
            labelled(ENDINGS, "How a run launched here ended", _radio(_ENDINGS, endings)),
            labelled(RESULTS, "Results", _radio(_RESULTS, results), hint=_PRIVATE),
        ],
    }


def notify_here_notice(text: str) -> View:
    """Return a view that shows one sentence in place of the form."""
    return notice(_TITLE_HERE, text)


def notify_here_stored(settings: ChannelSettings) -> View:
    """Confirm what is posted in the channel from now on."""
    endings = "and in the channel too" if settings.broadcast else "only"
    results = (
        "Of results it shows the number alone; what was posted before stays"
        if settings.count_only
        else "It shows results"
    )
    return notify_here_notice(
        f"✅ Saved. Endings are posted in a run's thread {endings}. {results}."
    )


def open_notify_here_button() -> Message:
    """Offer a button that opens the form, for when Slack refused to open it."""
    return opener(OPEN_NOTIFY_HERE, "notify here")
