"""Read the times in an answer's headers (RFC 9110)."""

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

LONGEST_PAUSE = 300.0
"""Seconds: one odd answer mustn't stop anything for a day."""
_SECONDS = re.compile(r"[0-9]+(\.[0-9]*)?")


def read_date(header: str) -> datetime | None:
    """Return the time of a `Date` header; None if it is invalid."""
    try:
        date = parsedate_to_datetime(header)
    except (TypeError, ValueError, OverflowError):
        return None
    return date if date.tzinfo else date.replace(tzinfo=UTC)


def read_retry_after(header: str, default: float) -> float:
    """Return the seconds of a `Retry-After`, a number or a date: 0..300, else the default."""
    if _SECONDS.fullmatch(header.strip()):
        return min(float(header), LONGEST_PAUSE)
    until = read_date(header)
    if until is None:
        return default
    return min(max((until - datetime.now(UTC)).total_seconds(), 0.0), LONGEST_PAUSE)
