"""The acknowledgement of a launch, only shown to its author."""

from typing import TYPE_CHECKING

from phantombot.messages.blocks import Message, escape, plain
from phantombot.messages.commands import REPAIRED
from phantombot.messages.doubts import question
from phantombot.messages.keys import with_add_key
from phantombot.messages.listing import agent_title
from phantombot.messages.refusals import refusal
from phantombot.runs.ending import Kind
from phantombot.runs.model import Intent, Run, State

if TYPE_CHECKING:
    from phantombot.runs.request import Requested


def refused_or_asked(run: Run | None, *, by_admin: bool) -> Message | None:
    """Return the refusal or the question that replaces the launch; None if it goes ahead."""
    if run is None:
        return None
    if run.state is State.ASKED:
        return question(run)
    if run.ending is None:
        return None
    message = plain(refusal(run.agent, run.ending))
    return with_add_key(message) if run.ending.kind is Kind.NO_KEY and by_admin else message


def launching(intent: Intent, requested: "Requested", *, repaired: bool = False) -> Message:
    """Say what happens now, without the argument, which may hold secrets."""
    lines = [_launching(intent, requested)]
    if repaired:
        lines.append(REPAIRED)
    return plain(*lines)


def _launching(intent: Intent, requested: "Requested") -> str:
    script = f" with {intent.command}" if intent.command else ""
    named = agent_title(requested.run) if requested.run else escape(intent.agent, 80)
    saved = " and saving this as its defaults" if intent.save else ""
    if requested.waits_for == "Slack":
        return f"Launching {named}{script}{saved} once Slack confirms who you are."
    if requested.unlisted:
        return (
            f"No agent in the account's list has the id {escape(intent.agent, 80)}, but the list"
            " may be out of date. Asking Phantombuster to launch it anyway."
        )
    if requested.waits_for == "Phantombuster":
        return (
            f"Looking for “{escape(intent.agent, 80)}” at Phantombuster. If it's there, I'll launch"
            f" it{script}{saved}."
        )
    return f"Launching {named}{script}{saved}."
