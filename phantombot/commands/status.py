"""`status`, `agents` and `runs`: what goes on in the account, and what was launched from here."""

from dataclasses import dataclass

from phantombot.commands.named_agent import read_agent
from phantombot.commands.permission import Members
from phantombot.commands.spec import Action, CommandSpec, Subcommand, nothing_after
from phantombot.context import Context
from phantombot.errors import Error
from phantombot.messages.agents import agents_message, not_listed
from phantombot.messages.blocks import Message
from phantombot.messages.recent import SHOWN, recent_runs
from phantombot.messages.refusals import unanswered
from phantombot.messages.status import agent_status as agent_status_message
from phantombot.messages.status import status_message
from phantombot.runs.output import account_status, agent_status, find_agents
from phantombot.slack.payload import Invocation
from phantombot.text.tokens import each_word, quoted_name

LONGEST = 100
"""Characters of a filter: more than a name has, and little enough for a button."""

_STATUS = CommandSpec(
    "status",
    "status [agent]",
    "shows what is running and queued, and the time left; with an agent, also its last run",
    "status 785",
    who=Members("status"),
    others=("ps",),
)
_AGENTS = CommandSpec(
    "agents",
    "agents [filter]",
    "lists the account's agents: name, id, state, last run",
    "agents linkedin",
    who=Members("agents"),
    others=("list", "ls", "phantoms"),
)
_RUNS = CommandSpec(
    "runs",
    "runs",
    "lists the latest runs launched from this workspace",
    "runs",
    who=Members("runs"),
    others=("history", "launches"),
)


@dataclass(frozen=True)
class Status:
    """Show what goes on in the account, or with one agent; `quoted` is as in `NamedAgent`."""

    agent: str | None
    quoted: bool


@dataclass(frozen=True)
class Agents:
    """List the account's agents of which `wanted` is a part of the name or id; all where empty."""

    wanted: str
    page: int = 0


@dataclass(frozen=True)
class Runs:
    """List the last runs launched from the workspace."""


def read_status(text: str) -> Status:
    """Return what `text`, typed after `status`, asks for.

    Raises:
        UsageError: more than an agent follows.
    """
    named = read_agent(text, _STATUS)
    return Status(named.agent, named.quoted) if named else Status(None, quoted=False)


def read_agents(text: str) -> Agents:
    """Return what `text`, typed after `agents`, asks for."""
    quoted = quoted_name(text)
    wanted = quoted[0] if quoted and not quoted[1] else text
    return Agents(" ".join(each_word(wanted))[:LONGEST])


def show_status(context: Context, invocation: Invocation, asked: Status) -> Message:
    """Show what is running and queued now, or what one agent does."""
    asker = invocation.asker
    if asked.agent is None:
        return status_message(account_status(context, asker.workspace))
    return agent_status_message(agent_status(context, asker, asked.agent, quoted=asked.quoted))


def list_agents(context: Context, invocation: Invocation, asked: Agents) -> Message:
    """List a page of the account's agents."""
    found = find_agents(context, invocation.asker.workspace, asked.wanted)
    return agents_message(found, asked.wanted, asked.page)


def list_runs(context: Context, invocation: Invocation, _asked: Runs) -> Message:
    """List the last runs launched from the workspace."""
    return recent_runs(context.runs.recent(invocation.asker.workspace, SHOWN), context.clock())


def _no_status(asked: Status, error: Error) -> Message:
    return unanswered("status", asked.agent or "", error, "")


def _no_agents(asked: Agents, error: Error) -> Message:
    return not_listed(unanswered("agents", asked.wanted, error), asked.wanted, asked.page)


LIST_AGENTS = Action(_AGENTS.who, list_agents, _no_agents)
STATUS = Subcommand(_STATUS, read_status, {Status: Action(_STATUS.who, show_status, _no_status)})
AGENTS = Subcommand(_AGENTS, read_agents, {Agents: LIST_AGENTS})
RUNS = Subcommand(_RUNS, nothing_after(_RUNS, Runs()), {Runs: Action(_RUNS.who, list_runs)})
