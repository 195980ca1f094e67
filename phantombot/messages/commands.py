"""Answers to a typed command, only shown to its author."""

from dataclasses import dataclass, field
from enum import StrEnum

from phantombot.errors import UsageError
from phantombot.messages.blocks import (
    Message,
    actions,
    button,
    fixed_width,
    neutral,
    plain,
)

OPEN_TYPED = "open_typed"


class Group(StrEnum):
    """Headings of help, in their order."""

    RUN = "Launch and stop"
    SEE = "See what runs"
    HEAR = "Hear of ends"
    ADMIN = "For admins"
    HELP = "Help"


@dataclass(frozen=True)
class CommandHelp:
    """What help says about a subcommand. `usage` and `example` follow `/phantom`."""

    name: str
    usage: str
    does: str
    example: str
    group: Group = field(kw_only=True)
    brief: str = field(kw_only=True)
    """What it does, short enough to fit a phone's line behind its name."""

    def explained(self, sentence: str) -> str:
        """Return a sentence about a command that wasn't understood, and how to type it."""
        example = "" if self.example == self.usage else f", for example `/phantom {self.example}`"
        return f"{sentence} Usage: `/phantom {self.usage}`{example}."


def mistyped(error: UsageError, uid: str = "") -> Message:
    """Say what is wrong with the command, and where; `uid` is the draft kept for the form."""
    # The error's sentences mark code with backticks, as Slack does.
    lines = [neutral(error.sentence)]
    if error.shown:
        lines.append(fixed_width(error.shown))
    message = plain(*lines)
    if not uid:
        return message
    row = actions(button("Fix in form", OPEN_TYPED, uid, style="primary"))
    return Message(message.text, (*message.blocks, row))


def store_unavailable(reference: str) -> Message:
    """Say that the request couldn't be stored."""
    return plain(
        "Nothing was launched: the database isn't answering. Try again in a minute. If that doesn't"
        f" help, tell an admin (reference {reference})."
    )


def store_undecided(reference: str) -> Message:
    """Say that nobody knows whether the request was stored."""
    return plain(
        "The database stopped answering while it stored this, so I can't tell whether it worked."
        " Look at `/phantom status` in a minute, before you try again. If that doesn't help, tell"
        f" an admin (reference {reference})."
    )


def unexpected(reference: str) -> Message:
    """Report an error that no other message covers."""
    return plain(
        "Something unexpected went wrong, and nothing was done. Try again. If that doesn't help,"
        f" tell an admin (reference {reference})."
    )


def incomplete() -> Message:
    """Say that Slack left out something needed."""
    return plain("Slack sent this command without its `trigger_id`. Type it again.")


MENTION_FIRST = (
    "To give me a command, start with my name, as in `@phantombot launch 785`."
    " `@phantombot help` lists what I know."
)
REPAIRED = "The argument wasn't valid JSON as typed, so I repaired it before sending it."
QUESTION_CLOSED = "That question is no longer open. Type the command again if you still want it."
LAUNCHING_AGAIN = "Launching it."
LOOKING_AGAIN = "Looking again."
STALE_BUTTON = "This button is from an older phantombot. `/phantom help` lists what I know now."
NOT_LAUNCHED = "Nothing was launched."
