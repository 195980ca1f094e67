"""Parse durations and times of day as people type them. Pure."""

import re
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from phantombot.text.normalize import folded, in_ascii_digits

_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_SPAN = re.compile(r"(\d{1,6}) ?(m|h|d|w)(?:in|ins|inutes?|r|rs|ours?|ays?|k|ks|eeks?)?")
_CLOCK = re.compile(r"(\d{1,2})(?:[:.h](\d{2})?)? ?(am|pm|a\.m\.|p\.m\.)?")
_UNTIL = frozenset({"until", "till", "til"})
_HOURS = 24
_NOON = 12


@dataclass(frozen=True)
class Until:
    """A time of day, in the time zone of whoever typed it."""

    at: time

    def after(self, now: datetime, offset: timedelta) -> datetime:
        """Return when it is next that time, for clocks that are `offset` ahead of UTC."""
        there = now + offset
        at = there.replace(hour=self.at.hour, minute=self.at.minute, second=0, microsecond=0)
        return (at if at > there else at + timedelta(days=1)) - offset


Time = timedelta | Until


def typed_time(time: Time) -> str:
    """Return the time as it can be typed."""
    if isinstance(time, Until):
        return f"until {time.at:%H:%M}"
    return f"{int(time.total_seconds()) // 60}m"


def time_at_end(words: list[str]) -> tuple[list[str], Time | None]:
    """Return the words before the time at their end, and that time; None if there is none."""
    for begins in range(max(len(words) - 3, 0), len(words)):
        found = _time(words[begins:])
        if found is not None:
            return words[:begins], found
    return words, None


def _time(words: list[str]) -> Time | None:
    first, *rest = [folded(in_ascii_digits(word)) for word in words]
    if first in _UNTIL:
        return _clock(" ".join(rest))
    if first == "for" and rest:
        return span(" ".join(rest))
    return span(" ".join([first, *rest]))


def span(text: str) -> timedelta | None:
    """Return how long `30m`, `7d` or `2 weeks` is; None if the text isn't a duration."""
    found = _SPAN.fullmatch(text)
    long = timedelta(**{_UNITS[found[2]]: int(found[1])}) if found else timedelta()
    return long or None


def _clock(text: str) -> Until | None:
    found = _CLOCK.fullmatch(text)
    if not found:
        return None
    hour, minute, half = int(found[1]), int(found[2] or 0), found[3]
    if half:
        if not 1 <= hour <= _NOON:
            return None
        hour = hour % _NOON + (_NOON if half.startswith("p") else 0)
    try:
        return Until(time(hour % _HOURS if (hour, minute) == (_HOURS, 0) else hour, minute))
    except ValueError:
        return None
