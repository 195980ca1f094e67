"""The answers to a launch command: why it is refused, what is asked first, or that it comes."""

import re
from typing import TYPE_CHECKING

from phantombot.messages.blocks import Block, Message, actions, button, escape, plain, section
from phantombot.messages.commands import REPAIRED
from phantombot.messages.keys import with_add_key
from phantombot.messages.listing import agent_label, agent_title
from phantombot.messages.refusals import agents_listed, did_you_mean, more_alike, refusal
from phantombot.runs.ending import STRAY_COMMAND, Ending, Kind
from phantombot.runs.model import ConfirmReason, Intent, Run, State
from phantombot.text.nearest import not_an_engine

if TYPE_CHECKING:
    from phantombot.runs.request import Requested

LAUNCH_AGAIN = "launch_again"
LAUNCH_NOT = "launch_not"
LOOK_AGAIN = "look_again"
_CHOICE = re.compile(r"launch_agent\.[0-9]+")


def question(run: Run) -> Message:
    """Ask the launcher, with a button for each answer."""
    if run.doubt == ConfirmReason.AGENT and run.ending is not None:
        return _which_agent(run, run.ending)
    text, launch = _doubt(run)
    value = f"{run.uid} {run.doubt}"
    row = actions(
        button(launch, LAUNCH_AGAIN, value, style="primary"),
        button("No", LAUNCH_NOT, value),
    )
    return Message(text, (section(text), row))


def is_choice(action_id: str) -> bool:
    """Return whether the action is a button that chooses an agent."""
    return _CHOICE.fullmatch(action_id) is not None


def answers_question(action_id: str, value: str, run: Run) -> bool:
    """Return whether a button belongs to the question that the run waits with.

    One run can be asked about twice, and nobody should confirm a question they haven't read.
    """
    if is_choice(action_id) or action_id == LOOK_AGAIN:
        return run.doubt == ConfirmReason.AGENT
    return value.partition(" ")[2] == run.doubt


def chosen_agent(value: str) -> str:
    """Return the id of the agent in a choosing button's value, after the run's uid."""
    return value.partition(" ")[2]


def _which_agent(run: Run, ending: Ending) -> Message:
    text = _unclear(run.agent, ending)
    choices = [
        button(agent_label(agent_id, name), f"launch_agent.{place}", f"{run.uid} {agent_id}")
        for place, (agent_id, name) in enumerate(ending.candidates)
    ]
    return Message(text, (section(text), actions(*choices, *_further(run, ending))))


def _unclear(typed: str, ending: Ending) -> str:
    shown = escape(typed, 80)
    if ending.kind is Kind.AMBIGUOUS:
        return (
            f"Nothing was launched: “{shown}” may be {agents_listed(ending)}."
            f" Which one do you want to launch?{more_alike(typed, ending)}"
        )
    if ending.cause == STRAY_COMMAND:
        return f"Nothing was launched: {not_an_engine(ending.said)}"
    return f"Nothing was launched: no agent is called “{shown}”. {did_you_mean(ending)}"


def _further(run: Run, ending: Ending) -> list[Block]:
    """Return the button that refreshes the list of agents, in case one was just created."""
    if ending.kind is not Kind.NO_AGENT or ending.cause == STRAY_COMMAND:
        return []
    return [button("Look again", LOOK_AGAIN, run.uid)]


def _doubt(run: Run) -> tuple[str, str]:
    """Return the question and the label of the button that says yes."""
    agent = escape(run.agent, 80)
    if run.doubt == ConfirmReason.TIME_USED_UP:
        return (
            f"The account's execution time is used up, so Phantombuster may refuse {agent} or stop"
            " it at once. Launch it anyway?"
        ), "Launch it anyway"
    if run.doubt == ConfirmReason.RESTORED:
        return (
            "phantombot was away, or its database was restored from a backup, before your launch of"
            f" {agent} was sent. It may have been launched already, so check at Phantombuster"
            " first. Launch it now?"
        ), "Launch it now"
    return (
        f"You asked to launch {agent} the same way a few seconds ago. Launch it once more?"
    ), "Launch once more"


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
