"""What is known of a cause of an end. The causes themselves are in messages/failures.py."""

import re
from dataclasses import dataclass
from enum import StrEnum


class Cause(StrEnum):
    """Why a run ended as it did."""

    UNKNOWN = ""
    SHEET_EMPTY = "sheet empty"
    SHEET_NOT_SHARED = "sheet not shared"
    INPUT_UNREACHABLE = "input unreachable"
    BAD_INPUT = "bad input"
    PROXY = "proxy"
    NO_INPUT = "no input"
    COLUMN_MISSING = "column missing"
    ALL_PROCESSED = "all processed"
    """No fault: everything in the input was processed before."""
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
    """The session cookie of some site expired or is invalid."""
    NO_SCRIPT = "no script"
    PARALLEL = "parallel"
    STORAGE = "storage"
    RUN_TIME = "run time"
    TIME_USED_UP = "time used up"


class Retry(StrEnum):
    """Whether running it again can help, in the words that say so."""

    LATER = "Try again later."
    MENDED = ""
    """Once the next step is done, which goes without saying."""
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
    """Matches the line that tells it."""
    by_phantombuster: bool = False
    """Phantombuster tells it, in its own lines and messages, and no script does."""
    quoted: bool = False
    """The line that tells it says more than our sentence."""

    @property
    def words(self) -> str:
        """Sentence, next step, and whether a retry can help."""
        return " ".join(filter(None, (self.sentence, self.next_step, self.retry)))


def like(pattern: str) -> re.Pattern[str]:
    """Return the pattern of a line, in whatever case it is written."""
    return re.compile(pattern, re.IGNORECASE)
