"""The state of the account, and its agents a page at a time, for the person who asked."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from phantombot.messages.blocks import (
    Block,
    Message,
    actions,
    button,
    date,
    duration,
    escape,
    plain,
)
from phantombot.messages.launch_form import OPEN_LAUNCH
from phantombot.messages.listing import Row, agent_named, rows_message
from phantombot.messages.recent import ago, standing
from phantombot.messages.stops import ASK_STOP
from phantombot.phantombuster.api import Agent
from phantombot.runs.ending import Kind
from phantombot.runs.model import CLOCKS_DIFFER, Run
from phantombot.runs.output import AccountStatus, AgentStatus, FoundAgents

PREVIOUS_AGENTS = "previous_agents"
NEXT_AGENTS = "next_agents"
PAGE = 20
"""Agents on a page."""
_LONGEST_VALUE = 2000  # what Slack accepts as a button's value
_SUCCESS = "success"
_FINISHED = frozenset({Kind.SUCCESS, Kind.EMPTY})


@dataclass(frozen=True)
class LastRuns:
    """Each agent's last run that was launched from here and has ended, by the agent's id."""

    runs: Mapping[str, Run]
    now: datetime


def agents_message(
    found: FoundAgents,
    wanted: str,
    page: int,
    *,
    launchable: Collection[str] = (),
    last: LastRuns | None = None,
) -> Message:
    """Return a page of the agents, counted from 0, or the last page if there are fewer.

    `launchable` are the ids of the agents that the asker can launch.
    """
    if not found.agents:
        return plain(_none(found, wanted))
    page = _page(found, page)
    shown = agents_on(found, page)
    rows = [_row(agent, _line(agent, last), launchable) for agent in shown]
    message = rows_message(_head(found, wanted, page * PAGE, len(shown)), rows)
    buttons = _buttons(wanted, page, is_last=(page + 1) * PAGE >= len(found.agents))
    return Message(message.text, (*message.blocks, actions(*buttons))) if buttons else message


def agents_on(found: FoundAgents, page: int) -> tuple[Agent, ...]:
    """Return the agents of a page, or of the last one if there are fewer."""
    first = _page(found, page) * PAGE
    return found.agents[first : first + PAGE]


def _page(found: FoundAgents, page: int) -> int:
    return min(page, max(len(found.agents) - 1, 0) // PAGE)


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


def _row(agent: Agent, text: str, launchable: Collection[str]) -> Row:
    launch = button("Launch", OPEN_LAUNCH, agent.id) if agent.id in launchable else None
    return Row(text, launch, f"Launch {agent.name or agent.id}")


def _line(agent: Agent, last: LastRuns | None) -> str:
    sign = "▶️" if agent.running else "⏳" if agent.queued else "•"
    title = f"{sign} {agent_named(agent.id, agent.name)}"
    line = " · ".join(filter(None, (title, doing(agent))))
    return "\n".join(filter(None, (line, _last_run(agent, last))))


def _last_run(agent: Agent, last: LastRuns | None) -> str:
    """Return how the agent's last run ended, and who launched it if that was from here."""
    run = last.runs.get(agent.id) if last else None
    if last and run and run.ended_at is not None and _is_the_last(run, agent):
        who = f"<@{run.user}> {ago(last.now - run.ended_at)}"
        return f"Last run: {' '.join(standing(run))} · {who}"
    ended = escape(agent.last_end_status or "", 40)
    if not ended:
        return ""
    at = f" · {date(agent.last_ended_at)}" if agent.last_ended_at else ""
    return f"Last run: {ended}{at}"


def _is_the_last(run: Run, agent: Agent) -> bool:
    """Return whether no run from elsewhere has ended since, as far as the account shows.

    If it shows no time, a last end of another kind belongs to another run.
    """
    if run.ended_at is not None and agent.last_ended_at is not None:
        return agent.last_ended_at <= run.ended_at + CLOCKS_DIFFER
    if agent.last_end_status is None or run.ending is None:
        return True
    return (agent.last_end_status == _SUCCESS) == (run.ending.kind in _FINISHED)


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


def status_message(standing: AccountStatus, stoppable: Collection[str]) -> Message:
    """List what is running and queued now, and the account's time left.

    `stoppable` are the ids of the agents that the asker can stop.
    """
    left = _time_left(standing.time_left)
    if not standing.going:
        return plain(" ".join(filter(None, ("Nothing is running or queued.", left))))
    rows = [_status_row(agent, agent_line(agent), stoppable) for agent in standing.going]
    return rows_message("Running and queued now:", rows, left)


def agent_status(standing: AgentStatus, stoppable: Collection[str]) -> Message:
    """Say what one agent is doing, how its last run ended, and the account's time left."""
    agent = standing.agent
    lines = (agent_line(agent), _last_end(agent), _time_left(standing.time_left))
    text = "\n".join(filter(None, lines))
    going = agent.running + agent.queued
    return Message(text, (_status_row(agent, text, stoppable if going else ()).block,))


def _status_row(agent: Agent, text: str, stoppable: Collection[str]) -> Row:
    stop = button("Stop", ASK_STOP, agent.id) if agent.id in stoppable else None
    return Row(text, stop, f"Stop {agent.name or agent.id}")


def agent_line(agent: Agent) -> str:
    """Return what the agent is doing now."""
    if not agent.running + agent.queued:
        return f"{agent_named(agent.id, agent.name)} · not running"
    sign = "▶️" if agent.running else "⏳"
    parts = (f"{sign} {agent_named(agent.id, agent.name)}", *_doing(agent))
    return " · ".join(part for part in parts if part)


def doing(agent: Agent) -> str:
    """Return how many of its instances are running and queued."""
    return " and ".join(filter(None, (_running(agent), _queued(agent))))


def _doing(agent: Agent) -> tuple[str, ...]:
    state = doing(agent)
    progress = agent.progress
    if progress is None or not agent.running:
        return (state,)
    fraction = progress.fraction
    done = "" if fraction is None else f"{fraction:.0%}".replace("%", " %")
    took = "" if progress.runtime is None else duration(progress.runtime)
    # Of several runs, Phantombuster reports the progress of one.
    told = (f"{state} {done}".strip(),) if agent.running + agent.queued == 1 else (state, done)
    return *told, escape(progress.label or "", 50), took


def _running(agent: Agent) -> str:
    if not agent.running:
        return ""
    return f"{agent.running} running" if agent.running + agent.queued > 1 else "running"


def _queued(agent: Agent) -> str:
    if not agent.queued:
        return ""
    return f"{agent.queued} queued" if agent.running or agent.queued > 1 else "queued"


def _last_end(agent: Agent) -> str:
    status, said = escape(agent.last_end_status or "", 40), escape(agent.last_end_message or "")
    if not status and not said:
        return "Last run: unknown outcome." if agent.last_ended_at else "No earlier run is known."
    quoted = f"“{said}”" if said else ""
    return f"Last run: {' · '.join(filter(None, (status, quoted)))}"


def _time_left(seconds: int | None) -> str:
    return "" if seconds is None else f"{duration(seconds)} of execution time left."
