"""The state of the account, for the person who asked."""

from collections.abc import Collection

from phantombot.messages.blocks import Message, button, duration, escape, plain
from phantombot.messages.listing import Row, agent_named, rows_message
from phantombot.messages.stops import ASK_STOP
from phantombot.phantombuster.api import Agent
from phantombot.runs.output import AccountStatus, AgentStatus


def status_message(standing: AccountStatus, stoppable: Collection[str]) -> Message:
    """List what is running and queued now, and the account's time left.

    `stoppable` are the ids of the agents that the asker can stop.
    """
    left = _time_left(standing.time_left)
    if not standing.going:
        return plain(" ".join(filter(None, ("Nothing is running or queued.", left))))
    rows = [_row(agent, agent_line(agent), stoppable) for agent in standing.going]
    return rows_message("Running and queued now:", rows, left)


def agent_status(standing: AgentStatus, stoppable: Collection[str]) -> Message:
    """Say what one agent is doing, how its last run ended, and the account's time left."""
    agent = standing.agent
    lines = (agent_line(agent), _last_end(agent), _time_left(standing.time_left))
    text = "\n".join(filter(None, lines))
    going = agent.running + agent.queued
    return Message(text, (_row(agent, text, stoppable if going else ()).block,))


def _row(agent: Agent, text: str, stoppable: Collection[str]) -> Row:
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
