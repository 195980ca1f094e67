"""`status` and `agents`: what is running in the account, and which agents it has."""

from collections.abc import Sequence
from dataclasses import dataclass

from phantombot.access.permissions import offered_agents
from phantombot.access.rules import Asker
from phantombot.commands.named_agent import read_agent
from phantombot.commands.permission import Members
from phantombot.commands.spec import Action, CommandSpec, Subcommand
from phantombot.context import Context
from phantombot.errors import Error
from phantombot.messages.agents import (
    LastRuns,
    agents_message,
    agents_on,
    not_listed,
    status_message,
)
from phantombot.messages.agents import agent_status as agent_status_message
from phantombot.messages.blocks import Message
from phantombot.messages.commands import Group
from phantombot.messages.refusals import unanswered
from phantombot.phantombuster.api import Agent
from phantombot.runs.output import account_status, agent_status, find_agents
from phantombot.slack.payload import Invocation
from phantombot.text.tokens import each_word, quoted_name

LONGEST = 100
"""Maximum characters of a filter: more than a name has, and few enough for a button."""

_STATUS = CommandSpec(
    "status",
    "status [agent]",
    "shows what is running and queued, and the time left; with an agent, also its last run",
    "status 785",
    group=Group.SEE,
    brief="shows what runs, and time left",
    who=Members("status"),
    others=("ps",),
)
_AGENTS = CommandSpec(
    "agents",
    "agents [filter]",
    "lists the account's agents: name, id, state, last run, and a button to launch each",
    "agents linkedin",
    group=Group.SEE,
    brief="lists all agents",
    who=Members("agents"),
    others=("list", "ls", "phantoms"),
)


@dataclass(frozen=True)
class Status:
    """Show what is running in the account, or of one agent; `quoted` is as in `NamedAgent`."""

    agent: str | None
    quoted: bool


@dataclass(frozen=True)
class Agents:
    """List the account's agents with `wanted` in their name or id; all if it is empty."""

    wanted: str
    page: int = 0


def read_status(text: str) -> Status:
    """Parse `text`, typed after `status`.

    Raises:
        UsageError: more than an agent follows.
    """
    named = read_agent(text, _STATUS)
    return Status(named.agent, named.quoted) if named else Status(None, quoted=False)


def read_agents(text: str) -> Agents:
    """Parse `text`, typed after `agents`."""
    quoted = quoted_name(text)
    wanted = quoted[0] if quoted and not quoted[1] else text
    return Agents(" ".join(each_word(wanted))[:LONGEST])


def show_status(context: Context, invocation: Invocation, asked: Status) -> Message:
    """Show what is running and queued now, or what one agent is doing."""
    asker = invocation.asker
    if asked.agent is None:
        account = account_status(context, asker.workspace)
        return status_message(account, _stoppable(context, asker, account.going))
    one = agent_status(context, asker, asked.agent, quoted=asked.quoted)
    return agent_status_message(one, _stoppable(context, asker, (one.agent,)))


def _stoppable(context: Context, asker: Asker, agents: Sequence[Agent]) -> frozenset[str]:
    """Return the ids of the agents that the asker can stop in the channel."""
    offered = offered_agents(context, asker)
    return frozenset(agent.id for agent in agents if offered(agent.id, agent.name))


def list_agents(context: Context, invocation: Invocation, asked: Agents) -> Message:
    """List a page of the account's agents."""
    asker = invocation.asker
    found = find_agents(context, asker.workspace, asked.wanted)
    shown = agents_on(found, asked.page)
    offered = offered_agents(context, asker, anywhere=True)
    ids = frozenset(agent.id for agent in shown if offered(agent.id, agent.name))
    runs = context.runs.last_of_each(asker.workspace, [agent.id for agent in shown])
    last = LastRuns(runs, context.clock())
    return agents_message(found, asked.wanted, asked.page, launchable=ids, last=last)


def _no_status(asked: Status, error: Error) -> Message:
    return unanswered("status", asked.agent or "", error, "")


def _no_agents(asked: Agents, error: Error) -> Message:
    return not_listed(unanswered("agents", asked.wanted, error), asked.wanted, asked.page)


LIST_AGENTS = Action(_AGENTS.who, list_agents, _no_agents)
STATUS = Subcommand(_STATUS, read_status, {Status: Action(_STATUS.who, show_status, _no_status)})
AGENTS = Subcommand(_AGENTS, read_agents, {Agents: LIST_AGENTS})
