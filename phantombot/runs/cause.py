"""Causes of an ending. Their texts are in messages/failures.py."""

import re
from dataclasses import dataclass
from enum import StrEnum


class Cause(StrEnum):
    """A cause of a run's ending."""

    UNKNOWN = ""
    SHEET_EMPTY = "sheet empty"
    SHEET_NOT_SHARED = "sheet not shared"
    INPUT_UNREACHABLE = "input unreachable"
    BAD_INPUT = "bad input"
    PROXY = "proxy"
    NO_INPUT = "no input"
    COLUMN_MISSING = "column missing"
    ALL_PROCESSED = "all processed"
    """Not a failure: everything in the input was processed before."""
    DISCONNECTED = "disconnected"
    WEEKLY_LIMIT = "weekly limit"
    SEARCH_LIMIT = "search limit"
    RATE_LIMITED = "rate limited"
    LINKEDIN_COOKIE_MISSING = "linkedin cookie missing"
    LINKEDIN_COOKIE_BAD = "linkedin cookie bad"
    LINKEDIN_COOKIE_EXPIRED = "linkedin cookie expired"
    LINKEDIN_BLOCKED = "linkedin blocked"
    SLACK_COOKIE_MISSING = "slack cookie missing"
    SLACK_COOKIE_BAD = "slack cookie bad"
    SLACK_WORKSPACE = "slack workspace"
    TWITTER_RATE_LIMIT = "twitter rate limit"
    TWITTER_COOKIE_MISSING = "twitter cookie missing"
    TWITTER_COOKIE_BAD = "twitter cookie bad"
    TWITTER_COOKIE_EXPIRED = "twitter cookie expired"
    TWITTER_BLOCKED = "twitter blocked"
    INSTAGRAM_COOKIE_MISSING = "instagram cookie missing"
    INSTAGRAM_COOKIE_BAD = "instagram cookie bad"
    INSTAGRAM_COOKIE_EXPIRED = "instagram cookie expired"
    INSTAGRAM_BLOCKED = "instagram blocked"
    FACEBOOK_COOKIE_MISSING = "facebook cookie missing"
    FACEBOOK_COOKIE_BAD = "facebook cookie bad"
    FACEBOOK_COOKIE_EXPIRED = "facebook cookie expired"
    FACEBOOK_BLOCKED = "facebook blocked"
    SITE_SILENT = "site silent"
    COOKIE_MISSING = "cookie missing"
    COOKIE = "cookie"
    """A site's session cookie expired or is invalid."""
    NO_SCRIPT = "no script"
    PARALLEL = "parallel"
    STORAGE = "storage"
    RUN_TIME = "run time"
    TIME_USED_UP = "time used up"


class Retry(StrEnum):
    """A sentence that says whether running it again can help."""

    LATER = "Try again later."
    MENDED = ""
    """It can after the next step, which needs no sentence."""
    NOT_YET = "Running it again before that won't help."


@dataclass(frozen=True)
class Failure:
    """One known cause."""

    cause: Cause
    sentence: str
    next_step: str
    retry: Retry = Retry.MENDED
    codes: tuple[int, ...] = ()
    pattern: re.Pattern[str] | None = None
    """Matches the console line that reports it."""
    by_phantombuster: bool = False
    """Reported by Phantombuster's own lines and messages, never by a script."""
    quoted: bool = False
    """The matching line is quoted, since it says more than the sentence."""

    @property
    def words(self) -> str:
        """Return the sentence, the next step, and whether a retry can help."""
        return " ".join(filter(None, (self.sentence, self.next_step, self.retry)))


def like(pattern: str) -> re.Pattern[str]:
    """Return a case-insensitive pattern of a line."""
    return re.compile(pattern, re.IGNORECASE)
