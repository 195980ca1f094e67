"""Answers to what was typed, for the one who typed it alone."""

from phantombot.commands.spec import COMMANDS, CommandSpec
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


def mistyped(error: UsageError, run_id: int | None = None) -> Message:
    """What is wrong with the line, and where; `run_id` names what was kept of it for the form."""
    # Its sentences mark code with backticks, as Slack does.
    lines = [neutral(error.sentence)]
    if error.shown:
        lines.append(fixed_width(error.shown))
    message = plain(*lines)
    if run_id is None:
        return message
    row = actions(button("Edit in the form", OPEN_TYPED, str(run_id), style="primary"))
    return Message(message.text, (*message.blocks, row))


def help_message(topic: str | None) -> Message:
    """Usage of one command with an example, or of all."""
    if topic is None:
        return plain(
            "I launch Phantombuster agents and tell this channel what became of them.",
            *(f"• {_usage(spec)}: {spec.does}" for spec in COMMANDS),
        )
    spec = next(spec for spec in COMMANDS if spec.name == topic)
    example = f"For example: `/phantom {neutral(spec.example)}`"
    shown = [] if spec.example == spec.usage else [example]
    return plain(f"{_usage(spec)}: {spec.does}", *shown)


def store_unavailable(reference: str) -> Message:
    """The intent could not be put on disk."""
    return plain(
        "Nothing was launched: the database does not answer. Try again in a minute; if it goes on,"
        f" tell an admin (reference {reference})."
    )


def unexpected(reference: str) -> Message:
    """Something that nobody thought of."""
    return plain(
        "Something went wrong that should not have, and nothing was done. Try again; if it goes on,"
        f" tell an admin (reference {reference})."
    )


def incomplete() -> Message:
    """Slack left something out that is needed."""
    return plain("Slack sent this command without its trigger_id; type it again.")


MENTION_FIRST = (
    "I take a command where my name comes first, as in `@phantombot launch 785`."
    " `@phantombot help` lists what I know."
)
REPAIRED = "The argument was not JSON as typed, so it was repaired: what is sent is JSON."
QUESTION_CLOSED = "That question is no longer open. Type the command again if you still want it."
LAUNCHING_AGAIN = "Launching it."
LOOKING_AGAIN = "Looking again."
STALE_BUTTON = "This button is of an older phantombot. Type `/phantom help` for what there is now."
NOT_LAUNCHED = "It is not launched."


def _usage(spec: CommandSpec) -> str:
    return f"`/phantom {neutral(spec.usage)}`"
