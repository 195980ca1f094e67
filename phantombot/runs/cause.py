"""Recognize the cause of a run's ending by exit code and by text. Pure.

The exit codes are those of the vendor's public script library, `lib-StoreUtilities`; its scripts
for YouTube and Product Hunt borrow Facebook's. The console texts are those that its public scripts
for LinkedIn, Twitter, Instagram, Facebook and Slack print. The sentences are in
messages/failures.py.
"""

import re
from dataclasses import dataclass
from enum import StrEnum


class Cause(StrEnum):
    """A cause of a run's ending. Runs store it."""

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
    TRY_LATER = "try later"
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
    SILENT = "silent"
    """It printed nothing for too long."""
    TIME_USED_UP = "time used up"


_SESSIONS = {
    Cause.LINKEDIN_COOKIE_BAD: "LinkedIn",
    Cause.LINKEDIN_COOKIE_EXPIRED: "LinkedIn",
    Cause.DISCONNECTED: "LinkedIn",
    Cause.SLACK_COOKIE_BAD: "Slack",
    Cause.TWITTER_COOKIE_BAD: "Twitter",
    Cause.TWITTER_COOKIE_EXPIRED: "Twitter",
    Cause.INSTAGRAM_COOKIE_BAD: "Instagram",
    Cause.INSTAGRAM_COOKIE_EXPIRED: "Instagram",
    Cause.FACEBOOK_COOKIE_BAD: "Facebook",
    Cause.FACEBOOK_COOKIE_EXPIRED: "Facebook",
    Cause.COOKIE: "a site",
}
"""The causes that are a dead session, each with its service."""


def dead_session(cause: str) -> str | None:
    """Return the service whose session has died; None if the cause is another one."""
    return {str(one): service for one, service in _SESSIONS.items()}.get(cause)


@dataclass(frozen=True)
class Symptoms:
    """The exit codes and the texts by which a cause is recognized."""

    pattern: re.Pattern[str] | None = None
    """Matches the line that reports the cause."""
    codes: tuple[int, ...] = ()
    by_phantombuster: bool = False
    """The line is Phantombuster's own, never a script's."""


def cause_of_code(exit_code: int | None, told: str = "") -> Cause:
    """Return the cause that an exit code of the vendor's scripts means.

    `told` is the cause found in the console, which may name the site where the code doesn't.
    """
    if exit_code in _OF_ANY_SITE and "cookie" in told and told in SYMPTOMS:
        return Cause(told)
    return Cause.UNKNOWN if exit_code is None else _BY_CODE.get(exit_code, Cause.UNKNOWN)


def cause_in_line(line: str) -> Cause:
    """Return the cause that one line of a script's console names."""
    folded = line.casefold()
    if not any(hint in folded for hint in _HINTS):
        return Cause.UNKNOWN
    return _first(line, _OF_SCRIPTS)


def cause_in_own_words(text: str) -> Cause:
    """Return the cause that Phantombuster itself gives for an end."""
    lines = (_first(line, _OF_PHANTOMBUSTER) for line in text.splitlines())
    return next(filter(None, lines), Cause.UNKNOWN)


def _first(line: str, patterns: dict[Cause, re.Pattern[str]]) -> Cause:
    matching = (cause for cause, pattern in patterns.items() if pattern.search(line))
    return next(matching, Cause.UNKNOWN)


def _script(pattern: str, *codes: int) -> Symptoms:
    return Symptoms(re.compile(pattern, re.IGNORECASE) if pattern else None, codes)


def _phantombuster(pattern: str) -> Symptoms:
    return Symptoms(re.compile(pattern, re.IGNORECASE), by_phantombuster=True)


def _rejected(site: str, *codes: int) -> Symptoms:
    return _script(rf"can.t connect to {site} with (this|these) session cookie", *codes)


def _expired(site: str, *codes: int) -> Symptoms:
    return _script(
        rf"cookie not valid any ?more.{{0,40}}log in to {site}"
        rf"|{site}.{{0,40}}session cookies?\b.{{0,20}}\bexpired",
        *codes,
    )


SYMPTOMS: dict[str, Symptoms] = {
    Cause.ALL_PROCESSED: _script(
        r"\bis empty,? or\b|everyone\b.{0,60}\b(processed|added|endorsed|contacted|invited)\b"
        r"|\ball\b.{0,60}\balready\b.{0,10}\b(processed|scraped)\b"
        r"|already (been )?(processed|scraped)( from)? all\b(?!.*\bagain\b)"
    ),
    Cause.SHEET_EMPTY: _script(r"spreadsheet is empty", 71),
    Cause.SHEET_NOT_SHARED: _script(
        r"csv is not public|sheet\b.{0,60}\b(not|isn.t) (shared|public|publicly|accessible)"
        r"|sheet is private|sheet is publicly accessible",
        72,
    ),
    Cause.INPUT_UNREACHABLE: _script(
        r"represent a csv|not a valid csv|could not download|from global object:", 75
    ),
    Cause.BAD_INPUT: _script(r"argument seems invalid", 76),
    Cause.PROXY: _script(
        r"proxy\b.{0,40}\b(not be working|(isn.t|not) (working|authorized)|connection failed)"
        r"|authorized your proxy|ERR_PROXY_|ERR_TUNNEL_",
        77,
    ),
    Cause.NO_INPUT: _script(r"didn.t enter any input", 78),
    # Scripts that continue with another column print this too, without failing.
    Cause.COLUMN_MISSING: _script(
        r"\b(no|missing) column\b(?!.*\binstead\b)|\bcolumn\b.{0,60}\b(not found|is missing)\b"
    ),
    Cause.DISCONNECTED: _script(
        r"disconnected by linkedin|linkedin (has )?(disconnected|logged out) (you|the account)"
        r"|logged out (of|by|from) linkedin"
    ),
    Cause.WEEKLY_LIMIT: _script(
        r"weekly (invitation|invite|connection)s?( requests?)? limit"
        r"|weekly limit\b.{0,40}\binvit|\binvit.{0,40}\bweekly limit"
    ),
    Cause.SEARCH_LIMIT: _script(r"commercial (search|use) limit"),
    Cause.LINKEDIN_COOKIE_MISSING: _script(r"didn.t enter your linkedin session cookie", 82),
    Cause.LINKEDIN_COOKIE_EXPIRED: _expired("LinkedIn", 84),
    Cause.LINKEDIN_COOKIE_BAD: _rejected("LinkedIn", 83),
    Cause.LINKEDIN_BLOCKED: _script(
        r"linkedin is asking for a mail verification|linkedin account.{0,40}(block|restrict)", 85
    ),
    Cause.SLACK_COOKIE_MISSING: _script("", 88),
    Cause.SLACK_COOKIE_BAD: _rejected("Slack", 89),
    Cause.SLACK_WORKSPACE: _script(r"slack workspace url", 90, 91),
    Cause.TWITTER_RATE_LIMIT: _script(r"twitter rate limit", 92),
    Cause.TWITTER_COOKIE_MISSING: _script("", 96),
    Cause.TWITTER_COOKIE_EXPIRED: _expired("Twitter", 94),
    Cause.TWITTER_COOKIE_BAD: _rejected("Twitter", 93, 97),
    Cause.TWITTER_BLOCKED: _script(r"twitter account.{0,40}(block|lock|suspen)", 95),
    Cause.INSTAGRAM_COOKIE_MISSING: _script("", 106),
    Cause.INSTAGRAM_COOKIE_EXPIRED: _expired("Instagram", 104),
    Cause.INSTAGRAM_COOKIE_BAD: _rejected("Instagram", 103, 107),
    Cause.INSTAGRAM_BLOCKED: _script(r"instagram account.{0,40}block", 105),
    Cause.FACEBOOK_COOKIE_MISSING: _script("", 116),
    Cause.FACEBOOK_COOKIE_EXPIRED: _expired("Facebook", 114),
    Cause.FACEBOOK_COOKIE_BAD: _rejected("Facebook", 113, 117),
    Cause.FACEBOOK_BLOCKED: _script(r"facebook account.{0,40}block", 115),
    Cause.SITE_SILENT: _script(
        r"connection has timed out|ERR_(CONNECTION_)?TIMED_OUT|ERR_CONNECTION_RESET", 118
    ),
    Cause.RATE_LIMITED: _script(
        r"rate[- ]limit(ed)?\b.{0,10}\b(by|reached|hit|exceeded)|too many requests"
        r"|\b(been|are|is|was|were) (being )?rate[- ]limited\b"
    ),
    Cause.COOKIE_MISSING: _script(
        r"didn.t (enter|set) .{0,30}\bcookie\b|did you specify .{0,20}\bcookie\b", 98, 101, 109
    ),
    Cause.COOKIE: _script(
        r"cookie.{0,40}(expired|invalid|not valid|no longer valid)"
        r"|(expired|invalid) ?(\w+ )?(session ?)?cookie|no valid credentials found"
        r"|can.t connect to .{1,40} with (this|these) session cookie",
        *(87, 99, 100, 108),
    ),
    Cause.TRY_LATER: _script(r"\btry again (later|in (a|an|a few|\d+) (minute|hour)s?)\b"),
    Cause.NO_SCRIPT: _phantombuster(r"no (associated )?script"),
    Cause.PARALLEL: _phantombuster(r"parallel"),
    Cause.STORAGE: _phantombuster(
        r"storage[^.]{0,40}(full|exceed|limit)|(not enough|out of) storage"
    ),
    Cause.SILENT: _phantombuster(r"no log timeout"),
    Cause.RUN_TIME: _phantombuster(r"timed out|time-?out|time limit|maximum (run|execution) time"),
    Cause.TIME_USED_UP: _phantombuster(r"execution time|time left"),
}
"""In order of precedence: the first that matches a line wins."""


def _patterns(*, by_phantombuster: bool) -> dict[Cause, re.Pattern[str]]:
    return {
        Cause(cause): symptoms.pattern
        for cause, symptoms in SYMPTOMS.items()
        if symptoms.pattern and symptoms.by_phantombuster is by_phantombuster
    }


_OF_SCRIPTS = _patterns(by_phantombuster=False)
_OF_PHANTOMBUSTER = _patterns(by_phantombuster=True)
_BY_CODE = {code: Cause(cause) for cause, one in SYMPTOMS.items() for code in one.codes}
_OF_ANY_SITE = {87, 113, 114, 117}
"""Exit codes that scripts for other sites use as well."""
_HINTS = (
    *("cookie", "credential", "limit", "disconnected", "verification"),
    *("block", "lock", "restrict", "suspen", "csv", "could not download"),
    *("global object", "column", "any input", "seems invalid", "proxy", "err_tunnel"),
    *("is empty", "everyone", "already", "workspace url", "timed out", "timed_out"),
    *("connection_reset", "sheet", "logged out", "too many requests", "try again"),
)
"""Each line that a script's pattern matches holds one of these; other lines are skipped fast."""
