"""The findings of `doctor`: one line per check, with how to fix what is wrong.

They are worded for both Slack and a terminal. No line contains a secret or untrusted text.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from urllib.parse import urlsplit

from phantombot.messages.blocks import Message, duration, neutral, plain
from phantombot.messages.keys import move_offered
from phantombot.phantombuster.account import Dialect


class Mark(Enum):
    """The sign of a finding."""

    GOOD = "✅"
    DOUBT = "⚠️"
    BAD = "❌"


@dataclass(frozen=True)
class Finding:
    """The result of one check."""

    mark: Mark
    says: str

    def of(self, workspace: str) -> "Finding":
        """Return the finding with its workspace named, for when several are checked."""
        return replace(self, says=f"{workspace}: {self.says}")

    def __str__(self) -> str:
        return f"{self.mark.value} {self.says}"


def checked(findings: Sequence[Finding]) -> Message:
    """Return all findings as one Slack message, with a button to move to v2 if that is offered."""
    message = plain(*(neutral(str(finding)) for finding in findings))
    if OFFERS_V2 not in findings:
        return message
    _, move_button = move_offered().blocks
    return Message(message.text, (*message.blocks, move_button))


def good(says: str) -> Finding:
    """Return a finding that a check passed."""
    return Finding(Mark.GOOD, says)


def bad(says: str) -> Finding:
    """Return a finding that something is wrong; `says` includes how to fix it."""
    return Finding(Mark.BAD, says)


def doubt(says: str) -> Finding:
    """Return a finding that something works for now, or couldn't be checked; `says` includes the
    next step.
    """
    return Finding(Mark.DOUBT, says)


SETTINGS_READ = good("Settings: complete.")
TABLES_CURRENT = good("Tables: up to date.")
SECRET_OPENS = good("PHANTOMBOT_SECRET: decrypts everything that is stored.")
CLOCK_RIGHT = good("Clock: agrees with Slack's.")
TOKEN_TAKEN = good("Slack: accepts the bot's token.")
SCOPES_COMPLETE = good("Scopes: complete.")
CHANNEL_SEEN = good("This channel: I can post here.")
DIRECT = good("This direct message: I answer here privately, and post in my own with you.")
NO_KEY = doubt(
    "Phantombuster: answers, but no key is stored; an admin can add one with `/phantom key`."
)
KEY_REFUSED = bad(
    "Phantombuster: refuses the stored key; an admin can replace it with `/phantom key`."
)
KEY_SEALED = bad("Phantombuster: not checked, as the stored key can't be decrypted (see above).")
CHANNEL_UNSEEN = bad("This channel: I'm not a member; type `/invite @phantombot` here.")


SIGNING_SECRET_ODD = doubt(
    "SLACK_SIGNING_SECRET: Slack's have 32 hexadecimal digits, and this one doesn't; compare it"
    " with the Slack app's Basic Information."
)


def settings_bad(problem: str) -> Finding:
    """Report a problem with one setting."""
    return bad(f"Settings: {problem}")


def database_answers(kind: str) -> Finding:
    """Report that the database can be read and written."""
    return good(f"Database: {kind} answers and is writable.")


def database_silent(reason: str) -> Finding:
    """Report a database that doesn't answer; `reason` is an exception's name or our own words."""
    return bad(f"Database: isn't answering ({reason}); check DATABASE_URL, and that it is running.")


def database_read_only(reason: str) -> Finding:
    """Report a database that answers but can't be written."""
    return bad(
        f"Database: can't be written ({reason}); check that its disk or plan isn't full, and that"
        " its user has write access."
    )


def tables_behind(found: str | None, wanted: str) -> Finding:
    """Report missing migrations, or tables that are newer than the code."""
    standing = f"at {found}" if found else "none yet"
    return bad(
        f"Tables: {standing}, but {wanted} is needed; run `python bot.py migrate` with the newest"
        " release."
    )


def secret_unknown(count: int) -> Finding:
    """Report stored values that no secret decrypts."""
    return bad(
        f"PHANTOMBOT_SECRET: doesn't decrypt {_values(count)}; add the former secret after the"
        " first one, or have an admin store the key again with `/phantom key`."
    )


def secret_older(count: int) -> Finding:
    """Report stored values that need an old secret, or that an earlier release encrypted."""
    return doubt(
        f"PHANTOMBOT_SECRET: an old secret, or an earlier release's encryption, still protects"
        f" {_values(count)}; run `python bot.py rotate`."
    )


def signatures_wrong(count: int, seconds: float) -> Finding:
    """Report wrong signatures, which anybody can send; `seconds` is since the last one logged."""
    requests = "1 request" if count == 1 else f"{count:,} requests"
    return doubt(
        f"Signatures: {requests} in the last hour with a wrong one, the last about"
        f" {duration(seconds)} ago. If commands fail in Slack, SLACK_SIGNING_SECRET is not this"
        " app's; copy it from the Slack app's Basic Information, without quotes or spaces."
    )


def worker_seen(seconds: float) -> Finding:
    """Report that a worker is alive."""
    return good(f"Worker: alive, seen {duration(seconds)} ago.")


def worker_away(seconds: float | None) -> Finding:
    """Report that no worker is alive; `seconds` is since its last heartbeat, if any."""
    seen = "never seen" if seconds is None else f"last seen {duration(seconds)} ago"
    return bad(
        f"Worker: {seen}, so nothing is launched; start `python bot.py`, or with PostgreSQL"
        " `python bot.py worker` (Heroku: `heroku ps:scale worker=1`)."
    )


def clock_off(seconds: float, whose: str) -> Finding:
    """Report how far this machine's clock is ahead of another one."""
    way = "ahead of" if seconds > 0 else "behind"
    return bad(
        f"Clock: {duration(abs(seconds))} {way} {whose}; synchronize it with NTP (beyond 5 minutes"
        " Slack's requests are refused)."
    )


def token_refused(code: str) -> Finding:
    """Report that Slack refused the token, with its error code."""
    return bad(f"Slack: refuses the bot's token ({code}); reinstall the app and set its new token.")


def installed_nowhere(url: str) -> Finding:
    """Report that no workspace has installed the app, though many could."""
    return doubt(
        f"Slack: no workspace has installed the app yet; a workspace admin can do that at {url}."
    )


def slack_silent(code: str) -> Finding:
    """Report that Slack isn't answering."""
    return bad(
        f"Slack: isn't answering ({code}); check https://slack-status.com, SLACK_API_URL and the"
        " network here."
    )


def scopes_missing(scopes: Iterable[str]) -> Finding:
    """Report the scopes that the token lacks."""
    return bad(
        f"Scopes: {', '.join(sorted(scopes))} missing; update the Slack app to the newest manifest"
        " (`python bot.py manifest`), and reinstall it."
    )


SCOPES_UNSAID = doubt("Scopes: Slack didn't list them; check the app's OAuth & Permissions page.")


def channel_closed(code: str) -> Finding:
    """Report that Slack refused the last message to this channel."""
    return bad(
        f"This channel: Slack refused my last message ({code}); type `/invite @phantombot` here,"
        " unarchive it, or allow me in its posting rules."
    )


def channel_unknown(code: str) -> Finding:
    """Report that Slack doesn't say whether the bot can post."""
    return doubt(f"This channel: Slack doesn't say whether I can post here ({code}).")


OFFERS_V2 = doubt(
    "Phantombuster: its API v2 answers this key too, and the workspace still goes by v1; an admin"
    " can move it with a button, here in Slack or in App Home."
)
V2_GONE = bad(
    "Phantombuster: its API v2, by which this workspace goes, doesn't take the key any more, but v1"
    " does; an admin can store the key again with `/phantom key`."
)
ANSWERS_V2 = good("Phantombuster: answers by its API v2, and accepts the key.")


def phantombuster_answers(dialect: Dialect) -> Finding:
    """Report where API v1 answers and how it is called."""
    suffix = "with" if dialect.suffix else "without"
    method = {True: "POST", False: "GET", None: "POST, else by GET"}[dialect.post]
    return good(
        f"Phantombuster: answers at {_address(dialect.root)}/, and accepts the key"
        f" (paths {suffix} .json, launches by {method})."
    )


def phantombuster_elsewhere(problem: str) -> Finding:
    """Report that something other than the API answers."""
    return bad(
        f"Phantombuster: something other than its API answers ({problem}); check"
        " PHANTOMBUSTER_API_URL."
    )


def phantombuster_refuses(problem: str) -> Finding:
    """Report that the API refuses to read the account."""
    return bad(
        f"Phantombuster: doesn't list the account's agents ({problem}); check the account and its"
        " plan at Phantombuster."
    )


def phantombuster_silent(problem: str) -> Finding:
    """Report that Phantombuster isn't answering, or has an error of its own."""
    return bad(
        f"Phantombuster: can't answer ({problem}); try again later, and check PHANTOMBUSTER_API_URL"
        " and the network here."
    )


def public_reached(url: str) -> Finding:
    """Report that PUBLIC_URL reaches the bot."""
    return good(f"PUBLIC_URL: {url} reaches the bot.")


def public_astray(url: str, status: int | None) -> Finding:
    """Report that PUBLIC_URL doesn't reach the bot; `status` is the HTTP status found there, if
    any.
    """
    what = "nothing answers" if status is None else f"something else answers (HTTP {status})"
    return bad(
        f"PUBLIC_URL: {what} at {url}healthz; set it to the public address of `python bot.py web`,"
        " and check DNS, proxy and certificate."
    )


def unchecked(what: str, reference: str) -> Finding:
    """Report that a check itself failed."""
    return doubt(f"{what}: couldn't be checked; the log says why (reference {reference}).")


def _address(url: str) -> str:
    """Return the URL without the user name and password that it may contain."""
    parts = urlsplit(url)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()


def _values(count: int) -> str:
    return "1 stored value" if count == 1 else f"{count} stored values"
