"""Answer questions about the account: what is running, how an agent ended, what it printed.

Each function raises Refused, PhantombusterError, or DecryptionError for a key that can't be
decrypted.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace

from phantombot.access.rules import Asker
from phantombot.agents.resolve import resolve_agent
from phantombot.context import Context
from phantombot.errors import (
    AgentNotFound,
    AnswerTooLarge,
    DecryptionError,
    PhantombusterError,
    RunExpired,
)
from phantombot.phantombuster.account import ApiKey
from phantombot.phantombuster.api import Agent, Output, RunStatus
from phantombot.runs.console import Console, read_on, read_to_end
from phantombot.runs.model import Run
from phantombot.runs.redact import discreet_of_agent, secrets_of_agent
from phantombot.runs.result_files import files_pointed_at, run_page, usual_files
from phantombot.runs.rows import ROWS, Rows, count_of, readable, rows_of, value_of
from phantombot.runs.whole_output import whole_output
from phantombot.text.normalize import folded

_READ = 40_000
"""Characters: many times what is shown, since secrets are removed first."""


@dataclass(frozen=True)
class AccountStatus:
    """The agents that are running or queued; `time_left` is execution time in seconds."""

    going: tuple[Agent, ...]
    time_left: int | None


@dataclass(frozen=True)
class AgentStatus:
    """What one agent does, and how it ended last."""

    agent: Agent
    time_left: int | None


@dataclass(frozen=True)
class FoundAgents:
    """The agents that match a search, and how many the account has in all."""

    agents: tuple[Agent, ...]
    of: int


@dataclass(frozen=True)
class RunOutput:
    """What one run has printed and returned so far, without secrets.

    `console` and `result` are None if the secrets in them aren't known. Both are cut; `result` is
    JSON text, empty if there is none, of `result_size` characters in all, and `entries` is its
    length if it is a list. `first` are its first rows if it is a table. `files` are links to where
    it was saved; a result that is only those links is empty.
    """

    agent_id: str
    agent_name: str
    status: RunStatus | None
    console: str | None = field(repr=False)
    result: str | None = field(repr=False)
    result_size: int
    entries: int | None
    tells_results: bool
    """False in the 2014 API, which has no results."""
    first: Rows | None = field(default=None, repr=False)
    files: tuple[str, ...] = ()
    usual_files: tuple[str, ...] = ()
    """Links to the usual names of its result files, if no others are known."""
    page: str = ""
    """The address of its page at Phantombuster; empty if that isn't known."""
    container_id: str = ""
    """The container it ran in; empty if Phantombuster names none."""
    ran: bool = True
    """False if Phantombuster doesn't say of which run it is: there may never have been one."""
    result_too_large: bool = False
    """There is a result that is too large to read."""
    hidden: int = 0
    """How many values of arguments were removed."""


def account_status(context: Context, workspace: str) -> AccountStatus:
    """Return what is running and queued now."""
    account = context.phantombuster.account(context.keys.required(workspace))
    going = (agent for agent in account.agents if agent.running + agent.queued)
    shown = tuple(_discreet(context, workspace, agent) for agent in going)
    return AccountStatus(shown, account.time_left)


def agent_status(context: Context, asker: Asker, typed: str, *, quoted: bool) -> AgentStatus:
    """Return what the agent does now, and how it ended last."""
    key = context.keys.required(asker.workspace)
    account = context.phantombuster.account(key)
    agent = resolve_agent(context, key, asker, account.agents, typed, quoted=quoted)
    agent = _with_progress(context, key, agent)
    return AgentStatus(_discreet(context, asker.workspace, agent), account.time_left)


def _with_progress(context: Context, key: ApiKey, agent: Agent) -> Agent:
    """Return the agent with its latest run's progress, read from the run if need be."""
    if agent.running and not key.can.tells_progress:
        with suppress(PhantombusterError):
            output = context.phantombuster.output(key, agent.id)
            return replace(agent, progress=output.progress)
    return agent


def last_output(context: Context, asker: Asker, typed: str, *, quoted: bool) -> RunOutput:
    """Return the output of the agent's most recent run."""
    key = context.keys.required(asker.workspace)
    agents = context.phantombuster.account(key).agents
    agent = resolve_agent(context, key, asker, agents, typed, quoted=quoted)
    with whole_output(context, key, agent.id) as output:
        return _printed(context, key, (agent.id, agent.name), output)


def find_agents(context: Context, workspace: str, wanted: str) -> FoundAgents:
    """Return the agents with each word of `wanted` in their name or id, sorted by name.

    The list is stored in the catalog, so that the buttons beside an agent know it.
    """
    key = context.keys.required(workspace)
    account = context.phantombuster.account(key)
    if key.stored_at is not None:
        context.agents.learn(workspace, account, key.stored_at)
    agents = account.agents
    words = folded(wanted).split()
    found = [agent for agent in agents if _has_all(agent, words)]
    found.sort(key=lambda agent: (folded(agent.name), agent.id))
    return FoundAgents(tuple(found), len(agents))


def output_of(context: Context, run: Run) -> RunOutput:
    """Return the output of that very run.

    Raises:
        RunExpired: Phantombuster no longer has it, or never named it.
    """
    if run.agent_id is None or not run.known:
        raise RunExpired
    key = run.key_of(context.keys.required(run.workspace))
    reading = whole_output(
        context,
        key,
        run.agent_id,
        container_id=run.container_id,
        launch_number=run.launch_number,
    )
    agent = run.agent_id, run.agent_name or ""
    try:
        with reading as output:
            if _is_of_another_run(output, run):
                raise RunExpired
            return _printed(context, key, agent, output, of=run)
    except AgentNotFound:
        raise RunExpired from None


def output_in(
    context: Context, workspace: str, agent: tuple[str, str], container_id: str
) -> RunOutput:
    """Return the output of an agent's container, or of its most recent one.

    Raises:
        RunExpired: Phantombuster no longer has it.
    """
    key = context.keys.required(workspace)
    run = context.runs.of_container(workspace, agent[0], container_id) if container_id else None
    try:
        with whole_output(context, key, agent[0], container_id=container_id or None) as output:
            return _printed(context, key, agent, output, of=run)
    except AgentNotFound:
        raise RunExpired from None


@contextmanager
def whole_result(
    context: Context, workspace: str, agent_id: str, container_id: str
) -> Iterator[str]:
    """Read the result of an agent's run in a container as JSON text without secrets, for as long
    as the caller uses it; empty if there is none.

    Raises:
        RunExpired: Phantombuster no longer has it.
        AnswerTooLarge: it isn't read.
    """
    run = context.runs.of_container(workspace, agent_id, container_id)
    key = context.keys.required(workspace)
    key = run.key_of(key) if run is not None else key
    try:
        with whole_output(context, key, agent_id, container_id=container_id) as output:
            if output.result_too_large:
                raise AnswerTooLarge
            secrets = secrets_of_agent(context, workspace, agent_id, run)
            # Decoded first: what JSON escapes would hide a secret.
            yield secrets.redact(readable(output.result or ""))
    except AgentNotFound:
        raise RunExpired from None


def _has_all(agent: Agent, words: list[str]) -> bool:
    text = f"{agent.id} {folded(agent.name)}"
    return all(word in text for word in words)


def _is_of_another_run(output: Output, run: Run) -> bool:
    """Return whether it is another run's, since a 2014 server may only report the latest launch."""
    if run.container_id is not None:
        return output.container_id not in (None, run.container_id)
    return output.launch_number not in (None, run.launch_number)


def _printed(
    context: Context, key: ApiKey, agent: tuple[str, str], output: Output, of: Run | None = None
) -> RunOutput:
    agent_id, name = agent
    try:
        secrets = secrets_of_agent(context, key.workspace, agent_id, of)
    except DecryptionError:
        secrets = None
    entries = count_of(output.result)
    pointed = files_pointed_at(value_of(output.result)) if entries is None else ()
    told = "" if pointed else output.result or ""
    console, result, first = output.console, readable(told, indent=None), _first_rows(told)
    files = pointed or read_to_end(read_on(Console(), console[-_READ:], None)).files
    shown = RunOutput(
        agent_id=agent_id,
        agent_name=name,
        status=output.status,
        console=None if console else "",
        result=None if result else "",
        result_size=len(told),
        entries=entries,
        tells_results=output.tells_results,
        result_too_large=output.result_too_large,
        usual_files=() if files else _usual_files(context, key, agent_id),
        page=run_page(key.org.id if key.org else None, agent_id, output.container_id),
        container_id=output.container_id or "",
        ran=output.container_id is not None or bool(output.launch_number),
    )
    if secrets is None:
        return shown
    looked_through = _READ + secrets.longest
    return replace(
        shown,
        console=secrets.end_of(console, _READ),
        result=secrets.beginning_of(result, _READ),
        first=rows_of(secrets.redact(first)),
        files=secrets.without(files),
        hidden=secrets.count_in(console[-looked_through:], first or result[:looked_through]),
    )


def _usual_files(context: Context, key: ApiKey, agent_id: str) -> tuple[str, ...]:
    agent = context.agents.listed(key.workspace, agent_id)
    if key.org is None or agent is None:
        return ()
    return usual_files(key.org.folder, agent.folder)


def _first_rows(result: str | None) -> str:
    """Return a table's first rows as JSON text, with all columns; empty if it isn't a table."""
    rows = rows_of(result)
    if rows is None:
        return ""
    first = [{name: one.get(name) for name in rows.columns} for one in rows.objects[:ROWS]]
    return readable(json.dumps(first), indent=None)


def _discreet(context: Context, workspace: str, agent: Agent) -> Agent:
    """Return the agent without secrets: a script can print its argument into label or message."""
    label = agent.progress.label if agent.progress else None
    label, said = discreet_of_agent(
        context, workspace, agent.id, label or "", agent.last_end_message or ""
    )
    progress = replace(agent.progress, label=label or None) if agent.progress else None
    return replace(agent, progress=progress, last_end_message=said or None)
