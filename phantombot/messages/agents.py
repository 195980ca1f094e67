"""The account's agents, one page at a time, for the person who asked."""

from phantombot.messages.blocks import Block, Message, actions, button, escape, plain
from phantombot.messages.listing import agent_named, listing
from phantombot.messages.status import doing
from phantombot.phantombuster.api import Agent
from phantombot.runs.output import FoundAgents

PREVIOUS_AGENTS = "previous_agents"
NEXT_AGENTS = "next_agents"
PAGE = 20
"""Agents on a page."""
_LONGEST_VALUE = 2000  # what Slack takes in a button


def agents_message(found: FoundAgents, wanted: str, page: int) -> Message:
    """Return a page of the agents, counted from 0, or the last page if there are fewer."""
    if not found.agents:
        return plain(_none(found, wanted))
    page = min(page, (len(found.agents) - 1) // PAGE)
    first = page * PAGE
    shown = found.agents[first : first + PAGE]
    message = listing(_head(found, wanted, first, len(shown)), [_line(agent) for agent in shown])
    buttons = _buttons(wanted, page, is_last=first + PAGE >= len(found.agents))
    return Message(message.text, (*message.blocks, actions(*buttons))) if buttons else message


def not_listed(message: Message, wanted: str, page: int) -> Message:
    """Say why the list can't be shown now, with a button to try again."""
    again = button("Try again", NEXT_AGENTS, _value(wanted, page))
    return Message(message.text, (*message.blocks, actions(again)))


def _none(found: FoundAgents, wanted: str) -> str:
    if not found.of:
        return "The account has no agents yet. Create one at Phantombuster."
    return (
        f"None of the account's {_count(found.of)} has “{escape(wanted)}” in its name or id."
        " `/phantom agents` lists them all."
    )


def _head(found: FoundAgents, wanted: str, first: int, shown: int) -> str:
    of = f" with “{escape(wanted)}” in its name or id" if wanted else ""
    if shown == len(found.agents):
        return f"{_count(shown)}{of}:"
    return f"{first + 1:,}-{first + shown:,} of {_count(len(found.agents))}{of}:"


def _line(agent: Agent) -> str:
    sign = "▶️" if agent.running else "⏳" if agent.queued else "•"
    state = doing(agent) if agent.running + agent.queued else "not running"
    ended = escape(agent.last_end_status or "", 40)
    last_end = f"last run: {ended}" if ended else ""
    parts = (f"{sign} {agent_named(agent.id, agent.name)}", state, last_end)
    return " · ".join(filter(None, parts))


def _buttons(wanted: str, page: int, *, is_last: bool) -> list[Block]:
    """Return the paging buttons; each value says which page it opens, so no page is stored."""
    buttons = []
    if page:
        buttons.append(button("Previous", PREVIOUS_AGENTS, _value(wanted, page - 1)))
    if not is_last:
        buttons.append(button("Next", NEXT_AGENTS, _value(wanted, page + 1)))
    return buttons


def _value(wanted: str, page: int) -> str:
    return f"{page} {wanted}"[:_LONGEST_VALUE]


def _count(agents: int) -> str:
    return "1 agent" if agents == 1 else f"{agents:,} agents"
