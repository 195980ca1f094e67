"""The sentence, the next step and the retry advice for each known cause of a failed run.

How a cause is recognized is in runs/cause.py.
"""

from dataclasses import dataclass
from enum import StrEnum

from phantombot.runs.cause import Cause
from phantombot.runs.ending import Ending, Kind


class Retry(StrEnum):
    """A sentence that says whether running it again can help."""

    LATER = "Try again later."
    MENDED = ""
    """It helps after the next step; no sentence is needed."""
    NOT_YET = "Running it again before that won't help."


@dataclass(frozen=True)
class Failure:
    """The words for one known cause."""

    sentence: str
    next_step: str
    retry: Retry = Retry.MENDED
    quoted: bool = False
    """The console line that reports it is quoted, since it says more than the sentence."""

    @property
    def words(self) -> str:
        """Return the sentence, the next step, and whether a retry can help."""
        return " ".join(filter(None, (self.sentence, self.next_step, self.retry)))


_PASSING_REFUSALS = frozenset(
    {"ParallelLimit", "RateLimited", "ServerFault", "Unreachable", "AnswerLost"}
)
"""Reasons for refusing a launch that pass by themselves."""


def passes_soon(ending: Ending) -> bool:
    """Return whether the run may succeed a quarter of an hour later without any fix."""
    if ending.kind is Kind.REFUSED:
        return ending.cause in _PASSING_REFUSALS
    failure = failure_of(ending.cause)
    return failure is not None and (failure.retry is Retry.LATER or ending.cause in _PASSING)


def failure_of(cause: str) -> Failure | None:
    """Return the words for the cause stored under that name; None if it is unknown."""
    return FAILURES.get(cause)


def sentence(cause: str) -> str:
    """Return the sentence for a cause, with the next step; empty if the cause is unknown."""
    failure = failure_of(cause)
    return failure.words if failure else ""


def _missing(site: str) -> Failure:
    return Failure(
        f"The agent has no {site} session cookie.",
        f"Log in to {site} and give the agent its cookie.",
    )


def _rejected(site: str) -> Failure:
    return Failure(
        f"{site} rejects the session cookie.", f"Log in to {site} and update the agent's cookie."
    )


def _expired(site: str) -> Failure:
    return Failure(
        f"{site}'s session cookie expired.", f"Log in to {site} and update the agent's cookie."
    )


def _blocked(site: str) -> Failure:
    return Failure(
        f"{site} blocked the account or wants it verified.",
        f"Log in to {site} yourself and do what it asks.",
        Retry.NOT_YET,
    )


FAILURES: dict[str, Failure] = {
    Cause.ALL_PROCESSED: Failure(
        "Nothing new to process: all input was processed before, or there is none.",
        "Add to the input, then run it again.",
    ),
    Cause.SHEET_EMPTY: Failure(
        "The input spreadsheet is empty.",
        "Fill it in, or give the agent another one.",
        Retry.NOT_YET,
    ),
    Cause.SHEET_NOT_SHARED: Failure(
        "The input spreadsheet is not shared.",
        "Share it with anyone who has the link.",
        Retry.NOT_YET,
    ),
    Cause.INPUT_UNREACHABLE: Failure(
        "The agent's input couldn't be reached.",
        "Check the address of its spreadsheet and anything else it reads.",
        Retry.NOT_YET,
        quoted=True,
    ),
    Cause.BAD_INPUT: Failure(
        "The agent doesn't accept its argument or its input.",
        "Compare both with the agent's setup.",
        Retry.NOT_YET,
        quoted=True,
    ),
    Cause.PROXY: Failure(
        "The agent's proxy doesn't work.", "Check the proxy in the agent's settings."
    ),
    Cause.NO_INPUT: Failure(
        "The agent has no input.", "Add a spreadsheet or a URL in its setup.", Retry.NOT_YET
    ),
    Cause.COLUMN_MISSING: Failure(
        "The input spreadsheet lacks a column that the agent needs.",
        "Check that the column's name in the agent's setup matches the spreadsheet.",
        Retry.NOT_YET,
        quoted=True,
    ),
    Cause.DISCONNECTED: Failure(
        "LinkedIn logged the account out.",
        "Log in to LinkedIn, update the agent's cookie, and let it do less per launch.",
    ),
    Cause.WEEKLY_LIMIT: Failure(
        "LinkedIn's weekly invitation limit is reached.", "Wait until next week.", Retry.NOT_YET
    ),
    Cause.SEARCH_LIMIT: Failure(
        "LinkedIn's commercial search limit is reached.",
        "Wait until next month, or search with a paid account.",
        Retry.NOT_YET,
    ),
    Cause.LINKEDIN_COOKIE_MISSING: _missing("LinkedIn"),
    Cause.LINKEDIN_COOKIE_EXPIRED: _expired("LinkedIn"),
    Cause.LINKEDIN_COOKIE_BAD: _rejected("LinkedIn"),
    Cause.LINKEDIN_BLOCKED: _blocked("LinkedIn"),
    Cause.SLACK_COOKIE_MISSING: _missing("Slack"),
    Cause.SLACK_COOKIE_BAD: _rejected("Slack"),
    Cause.SLACK_WORKSPACE: Failure(
        "The agent has no valid Slack workspace URL.",
        "Correct it in the agent's setup.",
        Retry.NOT_YET,
    ),
    Cause.TWITTER_RATE_LIMIT: Failure("Twitter is rate-limiting the account.", "", Retry.LATER),
    Cause.TWITTER_COOKIE_MISSING: _missing("Twitter"),
    Cause.TWITTER_COOKIE_EXPIRED: _expired("Twitter"),
    Cause.TWITTER_COOKIE_BAD: _rejected("Twitter"),
    Cause.TWITTER_BLOCKED: _blocked("Twitter"),
    Cause.INSTAGRAM_COOKIE_MISSING: _missing("Instagram"),
    Cause.INSTAGRAM_COOKIE_EXPIRED: _expired("Instagram"),
    Cause.INSTAGRAM_COOKIE_BAD: _rejected("Instagram"),
    Cause.INSTAGRAM_BLOCKED: _blocked("Instagram"),
    Cause.FACEBOOK_COOKIE_MISSING: _missing("Facebook"),
    Cause.FACEBOOK_COOKIE_EXPIRED: _expired("Facebook"),
    Cause.FACEBOOK_COOKIE_BAD: _rejected("Facebook"),
    Cause.FACEBOOK_BLOCKED: _blocked("Facebook"),
    Cause.SITE_SILENT: Failure("The agent's site didn't answer in time.", "", Retry.LATER),
    Cause.RATE_LIMITED: Failure("The site is rate-limiting the account.", "", Retry.LATER),
    Cause.TRY_LATER: Failure("The agent's site can't do it now.", "", Retry.LATER, quoted=True),
    Cause.COOKIE_MISSING: Failure(
        "The agent has no session cookie.",
        "Log in to its site and give the agent the session cookie.",
    ),
    Cause.COOKIE: Failure(
        "The session cookie expired or is invalid.",
        "Log in to the agent's site again and update the agent's cookie.",
    ),
    Cause.NO_SCRIPT: Failure(
        "The agent has no script.", "Choose one at Phantombuster.", Retry.NOT_YET
    ),
    Cause.PARALLEL: Failure(
        "The limit on parallel runs is reached.",
        "Wait for one to end, or raise it in the agent's settings.",
    ),
    Cause.STORAGE: Failure(
        "The account's storage is full.", "Delete old files at Phantombuster.", Retry.NOT_YET
    ),
    Cause.RUN_TIME: Failure(
        "It reached its maximum run time.",
        "Raise the limit in the agent's settings, or let it do less per launch.",
    ),
    Cause.SILENT: Failure(
        "It printed nothing for too long, so Phantombuster ended it.",
        "Check at Phantombuster what it waits for.",
    ),
    Cause.TIME_USED_UP: Failure(
        "The account's execution time is used up.",
        "Wait for the next period, or choose a larger plan.",
        Retry.NOT_YET,
    ),
}
_PASSING = frozenset({Cause.PROXY, Cause.PARALLEL})
"""Causes that pass by themselves, though somebody can also fix them."""
