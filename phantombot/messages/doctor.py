"""What `doctor` says: one line for each thing that can be wrong, with its mend.

Alike in Slack and in a terminal. None of the lines holds a secret, nor a word of others.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import Enum
from urllib.parse import urlsplit

from phantombot.messages.blocks import Message, duration, neutral, plain
from phantombot.phantombuster.account import Dialect


class Mark(Enum):
    """How it stands."""

    GOOD = "✅"
    DOUBT = "⚠️"
    BAD = "❌"


@dataclass(frozen=True)
class Finding:
    """What one check found."""

    mark: Mark
    says: str

    def of(self, workspace: str) -> "Finding":
        """The same, where several workspaces are checked."""
        return replace(self, says=f"{workspace}: {self.says}")

    def __str__(self) -> str:
        return f"{self.mark.value} {self.says}"


def checked(findings: Iterable[Finding]) -> Message:
    """All of it, for Slack."""
    return plain(*(neutral(str(finding)) for finding in findings))


def good(says: str) -> Finding:
    """It is as it should be."""
    return Finding(Mark.GOOD, says)


def bad(says: str) -> Finding:
    """It is not, and how it is mended."""
    return Finding(Mark.BAD, says)


def doubt(says: str) -> Finding:
    """It works, or could not be found out; and what is to be done about it."""
    return Finding(Mark.DOUBT, says)


SETTINGS_READ = good("Settings: complete.")
TABLES_CURRENT = good("Tables: up to date.")
SECRET_OPENS = good("PHANTOMBOT_SECRET: opens everything that is stored.")
CLOCK_RIGHT = good("Clock: agrees with Slack's.")
TOKEN_TAKEN = good("Slack: takes the bot's token.")
SCOPES_COMPLETE = good("Scopes: complete.")
CHANNEL_SEEN = good("This channel: I may post here.")
DIRECT = good("This direct message: I answer you here in private, and tell endings in my own.")
NO_KEY = doubt(
    "Phantombuster: answers, but no key is stored; an admin types `/phantom key` in Slack."
)
KEY_REFUSED = bad(
    "Phantombuster: refuses the stored key; an admin types `/phantom key` and gives a valid one."
)
KEY_SEALED = bad("Phantombuster: not asked, since the stored key cannot be opened (see above).")
CHANNEL_UNSEEN = bad("This channel: I am no member; type `/invite @phantombot` here.")


def settings_bad(problem: str) -> Finding:
    """One of the settings."""
    return bad(f"Settings: {problem}")


def database_answers(kind: str) -> Finding:
    """It can be read and written."""
    return good(f"Database: {kind} answers, and can be written.")


def database_silent(reason: str) -> Finding:
    """`reason` is the name of an exception, or our own words."""
    return bad(
        f"Database: does not answer ({reason}); check DATABASE_URL, and that the database is up."
    )


def database_read_only(reason: str) -> Finding:
    """It answers, but takes nothing."""
    return bad(
        f"Database: cannot be written ({reason}); see whether its disk or its plan is full, and"
        " whether its user may write."
    )


def tables_behind(found: str | None, wanted: str) -> Finding:
    """Migrations are missing, or the code is older than the tables."""
    standing = f"at {found}" if found else "none yet"
    return bad(
        f"Tables: {standing}, and {wanted} is needed; run `python bot.py migrate` with the newest"
        " release."
    )


def secret_unknown(count: int) -> Finding:
    """Values that no secret opens."""
    return bad(
        f"PHANTOMBOT_SECRET: does not open {_values(count)}; put the secret they were"
        " encrypted with behind the first one, or an admin stores the key anew with"
        " `/phantom key`."
    )


def secret_older(count: int) -> Finding:
    """Values that an old secret opens."""
    return doubt(
        f"PHANTOMBOT_SECRET: an old secret is still needed for {_values(count)}; run"
        " `python bot.py rotate`."
    )


def followers_seen(seconds: float) -> Finding:
    """Somebody follows."""
    return good(f"Followers: alive, seen {duration(seconds)} ago.")


def followers_away(seconds: float | None) -> Finding:
    """Nobody follows; `seconds` since the last sign of life, if any."""
    seen = "never seen" if seconds is None else f"last seen {duration(seconds)} ago"
    return bad(
        f"Followers: {seen}, so nothing is launched; start `python bot.py`, or with PostgreSQL"
        " `python bot.py worker` (Heroku: `heroku ps:scale worker=1`)."
    )


def clock_off(seconds: float, whose: str) -> Finding:
    """By how much this machine's clock is ahead of somebody's."""
    way = "ahead of" if seconds > 0 else "behind"
    return bad(
        f"Clock: {duration(abs(seconds))} {way} {whose}; set it by NTP (beyond 5 minutes Slack's"
        " requests are refused)."
    )


def token_refused(code: str) -> Finding:
    """Slack's own word for it."""
    return bad(f"Slack: refuses the bot's token ({code}); install the app anew, and set its token.")


def installed_nowhere(url: str) -> Finding:
    """Many workspaces may install the app, and none has."""
    return doubt(
        f"Slack: no workspace has installed the app yet; an admin of each opens {url} and agrees."
    )


def slack_silent(code: str) -> Finding:
    """Slack does not answer."""
    return bad(
        f"Slack: does not answer ({code}); see https://slack-status.com, and whether SLACK_API_URL"
        " and the network here are right."
    )


def scopes_missing(scopes: Iterable[str]) -> Finding:
    """What the token may not do."""
    return bad(
        f"Scopes: {', '.join(sorted(scopes))} missing; bring the Slack app to the newest manifest"
        " (`python bot.py manifest`), and install it anew."
    )


SCOPES_UNSAID = doubt("Scopes: Slack did not say them; see the app's OAuth & Permissions.")


def channel_closed(code: str) -> Finding:
    """Slack refused the last message for it."""
    return bad(
        f"This channel: Slack refused my last message ({code}); type `/invite @phantombot` here, or"
        " unarchive it, or let its posting rules allow me."
    )


def channel_unknown(code: str) -> Finding:
    """Slack did not say whether the bot may post."""
    return doubt(f"This channel: Slack does not say whether I may post here ({code}).")


def phantombuster_answers(dialect: Dialect) -> Finding:
    """Say where the API answers, and in which form it is asked."""
    suffix = "with" if dialect.suffix else "without"
    method = {True: "POST", False: "GET", None: "POST, else by GET"}[dialect.post]
    return good(
        f"Phantombuster: answers at {_address(dialect.root)}/, and takes the key (paths {suffix}"
        f" .json, launches by {method})."
    )


def phantombuster_elsewhere(problem: str) -> Finding:
    """Something answers that is not the API."""
    return bad(
        f"Phantombuster: what answers is not its API v1 ({problem}); check PHANTOMBUSTER_API_URL."
    )


def phantombuster_refuses(problem: str) -> Finding:
    """The API itself answers that the account may not be read."""
    return bad(
        f"Phantombuster: does not list the account's agents ({problem}); check the account and its"
        " plan at Phantombuster."
    )


def phantombuster_silent(problem: str) -> Finding:
    """No answer, or a fault of its own."""
    return bad(
        f"Phantombuster: cannot answer ({problem}); try again later, and see whether"
        " PHANTOMBUSTER_API_URL and the network here are right."
    )


def public_reached(url: str) -> Finding:
    """The way from outside leads here."""
    return good(f"PUBLIC_URL: {url} leads to the bot.")


def public_astray(url: str, status: int | None) -> Finding:
    """It does not; `status` is the HTTP status of what answers there, if any."""
    what = "nobody answers" if status is None else f"something else answers (HTTP {status})"
    return bad(
        f"PUBLIC_URL: {what} at {url}healthz; set it to the address that leads to `python bot.py"
        " web`, and see to DNS, proxy and certificate."
    )


def unchecked(what: str, reference: str) -> Finding:
    """A check failed by itself."""
    return doubt(f"{what}: could not be checked; the log says why (reference {reference}).")


def _address(url: str) -> str:
    """The URL without a name and password that may stand in it."""
    parts = urlsplit(url)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()


def _values(count: int) -> str:
    return "1 stored value" if count == 1 else f"{count} stored values"
