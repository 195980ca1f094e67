"""Failures caused by a session cookie or an account on one site.

The scripts for YouTube and Product Hunt end with Facebook's exit codes.
"""

from phantombot.runs.cause import Cause, Failure, Retry, like


def _missing(
    cause: Cause, site: str, codes: tuple[int, ...], pattern: str | None = None
) -> Failure:
    return Failure(
        cause,
        f"The agent has no {site} session cookie.",
        f"Log in to {site} and give the agent its cookie.",
        codes=codes,
        pattern=like(pattern) if pattern else None,
    )


def _refused(cause: Cause, site: str, codes: tuple[int, ...] = ()) -> Failure:
    return Failure(
        cause,
        f"{site} rejects the session cookie.",
        f"Log in to {site} and update the agent's cookie.",
        codes=codes,
        pattern=like(rf"can.t connect to {site} with (this|these) session cookie"),
    )


def _expired(cause: Cause, site: str, codes: tuple[int, ...]) -> Failure:
    return Failure(
        cause,
        f"{site}'s session cookie expired.",
        f"Log in to {site} and update the agent's cookie.",
        codes=codes,
        pattern=like(
            rf"cookie not valid any ?more.{{0,40}}log in to {site}"
            rf"|{site}.{{0,40}}session cookies?\b.{{0,20}}\bexpired"
        ),
    )


def _blocked(cause: Cause, site: str, codes: tuple[int, ...], pattern: str | None) -> Failure:
    return Failure(
        cause,
        f"{site} blocked the account or wants it verified.",
        f"Log in to {site} yourself and do what it asks.",
        Retry.NOT_YET,
        codes,
        like(pattern) if pattern else None,
    )


SESSIONS = (
    _missing(
        Cause.LINKEDIN_COOKIE_MISSING,
        "LinkedIn",
        (82,),
        r"didn.t enter your linkedin session cookie",
    ),
    _expired(Cause.LINKEDIN_COOKIE_EXPIRED, "LinkedIn", (84,)),
    _refused(Cause.LINKEDIN_COOKIE_BAD, "LinkedIn", (83,)),
    _blocked(
        Cause.LINKEDIN_BLOCKED,
        "LinkedIn",
        (85,),
        r"linkedin is asking for a mail verification|linkedin account.{0,40}(block|restrict)",
    ),
    _missing(Cause.SLACK_COOKIE_MISSING, "Slack", (88,)),
    _refused(Cause.SLACK_COOKIE_BAD, "Slack", (89,)),
    Failure(
        Cause.SLACK_WORKSPACE,
        "The agent has no valid Slack workspace URL.",
        "Correct it in the agent's setup.",
        Retry.NOT_YET,
        (90, 91),
        like(r"slack workspace url"),
    ),
    Failure(
        Cause.TWITTER_RATE_LIMIT,
        "Twitter is rate-limiting the account.",
        "",
        Retry.LATER,
        (92,),
        like(r"twitter rate limit"),
    ),
    _missing(Cause.TWITTER_COOKIE_MISSING, "Twitter", (96,)),
    _expired(Cause.TWITTER_COOKIE_EXPIRED, "Twitter", (94,)),
    _refused(Cause.TWITTER_COOKIE_BAD, "Twitter", (93, 97)),
    _blocked(Cause.TWITTER_BLOCKED, "Twitter", (95,), r"twitter account.{0,40}(block|lock|suspen)"),
    _missing(Cause.INSTAGRAM_COOKIE_MISSING, "Instagram", (106,)),
    _expired(Cause.INSTAGRAM_COOKIE_EXPIRED, "Instagram", (104,)),
    _refused(Cause.INSTAGRAM_COOKIE_BAD, "Instagram", (103, 107)),
    _blocked(Cause.INSTAGRAM_BLOCKED, "Instagram", (105,), r"instagram account.{0,40}block"),
    _missing(Cause.FACEBOOK_COOKIE_MISSING, "Facebook", (116,)),
    _expired(Cause.FACEBOOK_COOKIE_EXPIRED, "Facebook", (114,)),
    _refused(Cause.FACEBOOK_COOKIE_BAD, "Facebook", (113, 117)),
    _blocked(Cause.FACEBOOK_BLOCKED, "Facebook", (115,), r"facebook account.{0,40}block"),
)
