"""What a user asks about the account: what runs, how an agent ended, what it printed."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from itertools import compress
from operator import eq
from typing import TypeVar

from phantombot.access.rules import Asker
from phantombot.agents.resolve import settle
from phantombot.context import Context
from phantombot.errors import AgentNotFound, PhantombusterError, SealBroken
from phantombot.messages.detail import readable
from phantombot.messages.results import ROWS
from phantombot.phantombuster.account import ApiKey
from phantombot.phantombuster.api import Agent, Output, RunStatus
from phantombot.runs.console import Console, read_on, read_to_end
from phantombot.runs.ending import Ending, Kind
from phantombot.runs.model import Run
from phantombot.runs.redact import discreet_of_agent
from phantombot.runs.result_files import files_pointed_at, part_to_check
from phantombot.runs.rows import Rows, rows_of, value_of
from phantombot.runs.snapshot import refused
from phantombot.text.normalize import folded

T = TypeVar("T")

_READ = 40_000
"""Characters: many times what is shown, since what is secret is taken out of it first."""
_COLOURS = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")


@dataclass(frozen=True)
class Standing:
    """What goes on in the account; `time_left` is execution time in seconds."""

    going: tuple[Agent, ...]
    time_left: int | None


@dataclass(frozen=True)
class AgentStanding:
    """What one agent does, and how it ended last."""

    agent: Agent
    time_left: int | None


@dataclass(frozen=True)
class Roll:
    """Agents of the account, and how many it has in all."""

    agents: tuple[Agent, ...]
    of: int


@dataclass(frozen=True)
class RunOutput:
    """What one run has printed and returned so far, without what is secret.

    `console` and `result` are None where they cannot be shown without a secret in them. Both are
    cut; `result` is JSON text, empty where none is told, of `result_size` characters in all, and
    `entries` is its length if it is a list. `first` are its first rows if it is a table. `files`
    are links to where it was saved; a result that is no more than those links is empty.
    """

    agent_id: str
    agent_name: str
    status: RunStatus | None
    console: str | None = field(repr=False)
    result: str | None = field(repr=False)
    result_size: int
    entries: int | None
    tells_results: bool
    """The 2014 form tells none."""
    first: Rows | None = field(default=None, repr=False)
    files: tuple[str, ...] = ()
    result_too_large: bool = False
    """There is one, which is not read."""


@dataclass(frozen=True)
class RunExpired:
    """Phantombuster no longer tells of this run, or never named it."""

    run: Run


def asked(context: Context, workspace: str, question: Callable[[ApiKey], T]) -> T | Ending:
    """What `question` finds with the workspace's key; an Ending where it cannot be answered."""
    try:
        key = context.keys.key(workspace)
        return question(key) if key else Ending(Kind.NO_KEY)
    except (PhantombusterError, SealBroken) as error:
        return refused(error)


def standing(context: Context, workspace: str) -> Standing | Ending:
    """What is running and queued now."""

    def ask(key: ApiKey) -> Standing:
        account = context.phantombuster.account(key)
        going = (agent for agent in account.agents if agent.running + agent.queued)
        discreet = tuple(_discreet(context, workspace, agent) for agent in going)
        return Standing(discreet, account.time_left)

    return asked(context, workspace, ask)


def standing_of(
    context: Context, asker: Asker, typed: str, *, quoted: bool
) -> AgentStanding | Ending:
    """What the agent that is meant does now, and how it ended last."""

    def ask(key: ApiKey) -> AgentStanding | Ending:
        account = context.phantombuster.account(key)
        found = settle(context, key, asker, account.agents, typed, quoted=quoted)
        if isinstance(found, Ending):
            return found
        return AgentStanding(_discreet(context, asker.workspace, found), account.time_left)

    return asked(context, asker.workspace, ask)


def last_output(context: Context, asker: Asker, typed: str, *, quoted: bool) -> RunOutput | Ending:
    """What the most recent run of the agent that is meant has printed and returned."""

    def ask(key: ApiKey) -> RunOutput | Ending:
        agents = context.phantombuster.account(key).agents
        found = settle(context, key, asker, agents, typed, quoted=quoted)
        if isinstance(found, Ending):
            return found
        output = context.phantombuster.output(key, found.id, result=True)
        return _printed(context, asker.workspace, (found.id, found.name), output)

    return asked(context, asker.workspace, ask)


def listed(context: Context, workspace: str, wanted: str) -> Roll | Ending:
    """The agents of which each word of `wanted` is a part of the name or id, by name."""

    def ask(key: ApiKey) -> Roll:
        agents = context.phantombuster.account(key).agents
        words = folded(wanted).split()
        found = [agent for agent in agents if _has_all(agent, words)]
        found.sort(key=lambda agent: (folded(agent.name), agent.id))
        return Roll(tuple(found), len(agents))

    return asked(context, workspace, ask)


def output_of(context: Context, run: Run) -> RunOutput | RunExpired | Ending:
    """What that very run has printed and returned."""
    if run.agent_id is None or not run.known:
        return RunExpired(run)
    agent_id, name = run.agent_id, run.agent_name or ""

    def ask(key: ApiKey) -> RunOutput | RunExpired:
        try:
            output = context.phantombuster.output(
                key,
                agent_id,
                container_id=run.container_id,
                launch_number=run.launch_number,
                result=True,
            )
        except AgentNotFound:
            return RunExpired(run)
        if _is_of_another_run(output, run):
            return RunExpired(run)
        return _printed(context, run.workspace, (agent_id, name), output, of=run)

    return asked(context, run.workspace, ask)


def output_in(
    context: Context, workspace: str, agent: tuple[str, str], container_id: str
) -> RunOutput | Ending | None:
    """What a run has printed and returned, of an agent's id and name; None if it is not told."""

    def ask(key: ApiKey) -> RunOutput | None:
        try:
            output = context.phantombuster.output(
                key, agent[0], container_id=container_id or None, result=True
            )
        except AgentNotFound:
            return None
        return _printed(context, workspace, agent, output)

    return asked(context, workspace, ask)


def _has_all(agent: Agent, words: list[str]) -> bool:
    text = f"{agent.id} {folded(agent.name)}"
    return all(word in text for word in words)


def _is_of_another_run(output: Output, run: Run) -> bool:
    """A server of the 2014 form may only speak of the latest launch."""
    if run.container_id is not None:
        return output.container_id not in (None, run.container_id)
    return output.launch_number not in (None, run.launch_number)


def _printed(
    context: Context, workspace: str, agent: tuple[str, str], output: Output, of: Run | None = None
) -> RunOutput:
    agent_id, name = agent
    console = _COLOURS.sub("", output.console[-_READ:])
    pointed = files_pointed_at(value_of(output.result))
    told = "" if pointed else output.result or ""
    result = readable(told, indent=None)[:_READ]
    files = pointed or read_to_end(read_on(Console(), console, None)).files
    parts = [part_to_check(link) for link in files]
    console_shown, result_shown, first_shown, *shown = discreet_of_agent(
        context, workspace, agent_id, console, result, _first_rows(told), *parts, of=of
    )
    if console_shown and len(output.console) > _READ:
        # The cut may have gone through a secret.
        console_shown = console_shown[len(console_shown) // 3 :]
    return RunOutput(
        agent_id=agent_id,
        agent_name=name,
        status=output.status,
        console=console_shown,
        result=result_shown,
        result_size=len(told),
        entries=_entries(told),
        tells_results=output.tells_results,
        first=rows_of(first_shown),
        files=tuple(compress(files, map(eq, parts, shown))),
        result_too_large=output.result_too_large,
    )


def _first_rows(result: str | None) -> str:
    """The first rows of a table as JSON text, with all columns; empty where it is none."""
    rows = rows_of(result)
    if rows is None:
        return ""
    first = [{name: one.get(name) for name in rows.columns} for one in rows.objects[:ROWS]]
    return readable(json.dumps(first), indent=None)


def _entries(result: str | None) -> int | None:
    found = value_of(result)
    return len(found) if isinstance(found, list) else None


def _discreet(context: Context, workspace: str, agent: Agent) -> Agent:
    """A script may print its argument, and may do so in its label or its last words."""
    label = agent.progress.label if agent.progress else None
    label, said = discreet_of_agent(
        context, workspace, agent.id, label or "", agent.last_end_message or ""
    )
    progress = replace(agent.progress, label=label or None) if agent.progress else None
    return replace(agent, progress=progress, last_end_message=said or None)
