"""Read what Slack's headers say about the bot's token."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

NO_MESSAGE = "1000000000.000000"
"""A `ts` of 2001, which no message has."""


@dataclass(frozen=True)
class Standing:
    """A valid token's scopes and Slack's time; None where Slack didn't say."""

    scopes: frozenset[str] | None
    at: datetime | None
    """Time of Slack's clock."""


def read_standing(headers: Mapping[str, str]) -> Standing:
    """Return the scopes and the time from an answer's headers."""
    named = {name.lower(): value for name, value in headers.items()}
    scopes = named.get("x-oauth-scopes")
    words = None if scopes is None else (word.strip() for word in scopes.split(","))
    return Standing(
        scopes=None if words is None else frozenset(word for word in words if word),
        at=_time(named.get("date")),
    )


def _time(text: str | None) -> datetime | None:
    try:
        found = parsedate_to_datetime(text or "")
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
