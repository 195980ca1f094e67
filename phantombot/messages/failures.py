"""The known causes of a failed run: exit codes, console patterns, sentence, next step and retry.

The exit codes are those of the vendor's public script library, `lib-StoreUtilities`; its scripts
for YouTube and Product Hunt borrow Facebook's. The console texts are those that its public scripts
for LinkedIn, Twitter, Instagram, Facebook and Slack print.
"""

from phantombot.messages.sessions import SESSIONS
from phantombot.runs.cause import Cause, Failure, Retry, like


def failure_of(cause: str) -> Failure | None:
    """Return the known cause stored under that name, or None."""
    return _BY_CAUSE.get(cause)


def sentence(cause: str) -> str:
    """Return the sentence for a cause, with the next step; empty if the cause is unknown."""
    failure = failure_of(cause)
    return failure.words if failure else ""


def cause_of_code(exit_code: int | None, told: str = "") -> Cause:
    """Return the cause that an exit code of the vendor's scripts stands for.

    `told` is the cause found in the console, which may name the site where the code doesn't.
    """
    if exit_code in _OF_ANY_SITE and "cookie" in told and told in _BY_CAUSE:
        return Cause(told)
    return Cause.UNKNOWN if exit_code is None else _BY_CODE.get(exit_code, Cause.UNKNOWN)


def cause_in_line(line: str) -> Cause:
    """Return the cause that one line of a script's console names."""
    folded = line.casefold()
    if not any(hint in folded for hint in _HINTS):
        return Cause.UNKNOWN
    return _first(line, by_phantombuster=False)


def cause_in_own_words(text: str) -> Cause:
    """Return the cause that Phantombuster itself gives for an end."""
    lines = (_first(line, by_phantombuster=True) for line in text.splitlines())
    return next(filter(None, lines), Cause.UNKNOWN)


def _first(line: str, *, by_phantombuster: bool) -> Cause:
    matching = (
        failure.cause
        for failure in FAILURES
        if failure.by_phantombuster is by_phantombuster
        and failure.pattern
        and failure.pattern.search(line)
    )
    return next(matching, Cause.UNKNOWN)


FAILURES = (
    Failure(
        Cause.ALL_PROCESSED,
        "Nothing new to process: all input was processed before, or there is none.",
        "Add to the input, then run it again.",
        pattern=like(
            r"\bis empty,? or\b|everyone\b.{0,60}\b(processed|added|endorsed|contacted|invited)\b"
            r"|\ball\b.{0,60}\balready\b.{0,10}\b(processed|scraped)\b"
            r"|already (been )?(processed|scraped)( from)? all\b(?!.*\bagain\b)"
        ),
    ),
    Failure(
        Cause.SHEET_EMPTY,
        "The input spreadsheet is empty.",
        "Fill it in, or give the agent another one.",
        Retry.NOT_YET,
        (71,),
        like(r"spreadsheet is empty"),
    ),
    Failure(
        Cause.SHEET_NOT_SHARED,
        "The input spreadsheet is not shared.",
        "Share it with anyone who has the link.",
        Retry.NOT_YET,
        (72,),
        like(r"csv is not public|spreadsheet\b.{0,60}\bnot (shared|public|publicly|accessible)"),
    ),
    Failure(
        Cause.INPUT_UNREACHABLE,
        "The agent's input couldn't be reached.",
        "Check the address of its spreadsheet and anything else it reads.",
        Retry.NOT_YET,
        (75,),
        like(r"represent a csv|not a valid csv|could not download|from global object:"),
        quoted=True,
    ),
    Failure(
        Cause.BAD_INPUT,
        "The agent doesn't accept its argument or its input.",
        "Compare both with the agent's setup.",
        Retry.NOT_YET,
        (76,),
        like(r"argument seems invalid"),
        quoted=True,
    ),
    Failure(
        Cause.PROXY,
        "The agent's proxy doesn't work.",
        "Check the proxy in the agent's settings.",
        codes=(77,),
        pattern=like(
            r"proxy\b.{0,40}\b(not be working|not authorized|connection failed)"
            r"|authorized your proxy|ERR_PROXY_|ERR_TUNNEL_"
        ),
    ),
    Failure(
        Cause.NO_INPUT,
        "The agent has no input.",
        "Add a spreadsheet or a URL in its setup.",
        Retry.NOT_YET,
        (78,),
        like(r"didn.t enter any input"),
    ),
    Failure(
        Cause.COLUMN_MISSING,
        "The input spreadsheet lacks a column that the agent needs.",
        "Check that the column's name in the agent's setup matches the spreadsheet.",
        Retry.NOT_YET,
        # The scripts that go on with another column say so, and did not fail of this.
        pattern=like(r"\b(no|missing) column\b(?!.*\binstead\b)|\bcolumn\b.{0,60}\bnot found\b"),
        quoted=True,
    ),
    Failure(
        Cause.DISCONNECTED,
        "LinkedIn logged the account out.",
        "Log in to LinkedIn, update the agent's cookie, and let it do less per launch.",
        pattern=like(r"disconnected by linkedin"),
    ),
    Failure(
        Cause.WEEKLY_LIMIT,
        "LinkedIn's weekly invitation limit is reached.",
        "Wait until next week.",
        Retry.NOT_YET,
        pattern=like(
            r"weekly (invitation|invite|connection)s?( requests?)? limit"
            r"|weekly limit\b.{0,40}\binvit|\binvit.{0,40}\bweekly limit"
        ),
    ),
    Failure(
        Cause.SEARCH_LIMIT,
        "LinkedIn's commercial search limit is reached.",
        "Wait until next month, or search with a paid account.",
        Retry.NOT_YET,
        pattern=like(r"commercial (search|use) limit"),
    ),
    *SESSIONS,
    Failure(
        Cause.SITE_SILENT,
        "The agent's site didn't answer in time.",
        "",
        Retry.LATER,
        (118,),
        like(r"connection has timed out"),
    ),
    Failure(
        Cause.RATE_LIMITED,
        "The site is rate-limiting the account.",
        "",
        Retry.LATER,
        pattern=like(r"rate[- ]limit(ed)?\b.{0,10}\b(by|reached|hit|exceeded)|too many requests"),
    ),
    Failure(
        Cause.COOKIE_MISSING,
        "The agent has no session cookie.",
        "Log in to its site and give the agent the session cookie.",
        codes=(98, 101, 109),
        pattern=like(r"didn.t (enter|set) .{0,30}\bcookie\b|did you specify .{0,20}\bcookie\b"),
    ),
    Failure(
        Cause.COOKIE,
        "The session cookie expired or is invalid.",
        "Log in to the agent's site again and update the agent's cookie.",
        codes=(87, 99, 100, 108),
        pattern=like(
            r"cookie.{0,40}(expired|invalid|not valid|no longer valid)"
            r"|(expired|invalid) ?(\w+ )?(session ?)?cookie|no valid credentials found"
            r"|can.t connect to .{1,40} with (this|these) session cookie"
        ),
    ),
    Failure(
        Cause.NO_SCRIPT,
        "The agent has no script.",
        "Choose one at Phantombuster.",
        Retry.NOT_YET,
        pattern=like(r"no (associated )?script"),
        by_phantombuster=True,
    ),
    Failure(
        Cause.PARALLEL,
        "The limit on parallel runs is reached.",
        "Wait for one to end, or raise it in the agent's settings.",
        pattern=like(r"parallel"),
        by_phantombuster=True,
    ),
    Failure(
        Cause.STORAGE,
        "The account's storage is full.",
        "Delete old files at Phantombuster.",
        Retry.NOT_YET,
        pattern=like(r"storage[^.]{0,40}(full|exceed|limit)"),
        by_phantombuster=True,
    ),
    Failure(
        Cause.RUN_TIME,
        "It reached its maximum run time.",
        "Raise the limit in the agent's settings, or let it do less per launch.",
        pattern=like(r"timed out|time-?out|time limit|maximum (run|execution) time"),
        by_phantombuster=True,
    ),
    Failure(
        Cause.TIME_USED_UP,
        "The account's execution time is used up.",
        "Wait for the next period, or choose a larger plan.",
        Retry.NOT_YET,
        pattern=like(r"execution time|time left"),
        by_phantombuster=True,
    ),
)
"""In order of precedence: the first that matches a line wins."""
_BY_CAUSE = {str(failure.cause): failure for failure in FAILURES}
_BY_CODE = {code: failure.cause for failure in FAILURES for code in failure.codes}
_OF_ANY_SITE = {87, 113, 114, 117}
"""Exit codes that scripts for other sites use as well."""
_HINTS = (
    *("cookie", "credential", "limit", "too many requests", "disconnected", "verification"),
    *("block", "lock", "restrict", "suspen", "spreadsheet", "csv", "could not download"),
    *("global object", "column", "any input", "seems invalid", "proxy", "err_tunnel"),
    *("is empty", "everyone", "already", "workspace url", "timed out"),
)
"""Every line that a pattern matches holds one of these; most lines hold none and are skipped."""
