"""The agents that one dead session failed, and the button that launches them again."""

from collections.abc import Sequence

from phantombot.messages.blocks import Message, actions, button, plain, section, together
from phantombot.messages.listing import agent_title
from phantombot.runs.model import Run

RUN_ALL_AGAIN = "run_all_again"
NAMED = 10
"""Maximum agents named."""


def with_others_failed(message: Message, first: Run, runs: Sequence[Run]) -> Message:
    """Add to the first run's message which other agents its dead session failed."""
    failed = latest_of_each_agent(runs)
    others = [agent_title(run) for run in failed if run.agent_id != first.agent_id]
    if not others:
        return message
    named = ", ".join(others[:NAMED])
    more = f" and {len(others) - NAMED} more" if len(others) > NAMED else ""
    agents = "another agent" if len(others) == 1 else f"{len(others)} other agents"
    note = f"The same session failed {agents}: {named}{more}."
    row = actions(button(f"Run the {len(failed)} again", RUN_ALL_AGAIN, first.uid))
    return together(message, Message(note, (section(note), row)))


def latest_of_each_agent(runs: Sequence[Run]) -> list[Run]:
    """Return the last run of each agent: one that was launched again and failed counts once."""
    return list({run.agent_id: run for run in runs}.values())


def all_launched_again(launched: Sequence[str], not_again: Sequence[str]) -> Message:
    """Say which agents are launched again, and why the others aren't."""
    lines = [f"Launching again: {', '.join(launched)}. I'll post updates here."] if launched else []
    return plain(*lines, *not_again)


def launched_before(agent: str) -> str:
    """Say that somebody pressed the button before."""
    return f"{agent}: launched again already."


def why_not_again(agent: str, why: str) -> str:
    """Say why one of the agents isn't launched again."""
    return f"{agent}: {why}"
