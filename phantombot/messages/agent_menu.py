"""The options of a form's menu of agents, and the sentences about the chosen one."""

from collections.abc import Iterable

from phantombot.messages.blocks import Block
from phantombot.messages.form import agent_option, option
from phantombot.phantombuster.api import Agent

NO_CHOICE = "none"
"""The value of an option that is a sentence rather than an agent."""
AGENT_MISSING = "Choose an agent. To find it, type its id or part of its name."
AGENT_GONE = "This agent is no longer in the account. Choose another one."
_BEING_READ = "Loading agents; open this again in a moment"
_NONE_FOUND = "No agent matches; new ones show up in a moment"


def agent_choices(agents: Iterable[Agent] | None) -> list[Block]:
    """Return the menu's options while somebody types; `agents` is None until they are known."""
    if agents is None:
        return [option(_BEING_READ, NO_CHOICE)]
    return [agent_option(agent) for agent in agents] or [option(_NONE_FOUND, NO_CHOICE)]
