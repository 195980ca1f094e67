"""The form in which people set how they are notified when their runs end."""

from datetime import time, timedelta

from phantombot.messages.blocks import Block, Message, section
from phantombot.messages.form import View, labelled, notice, opener, option, plain_text
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
