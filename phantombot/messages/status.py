"""The state of the account, for the person who asked."""

from phantombot.messages.blocks import Message, duration, escape, plain
from phantombot.messages.listing import agent_named, listing
from phantombot.phantombuster.api import Agent
from phantombot.runs.output import AccountStatus, AgentStatus


def status_message(standing: AccountStatus) -> Message:
    """List what is running and queued now, and the account's time left."""
    left = _time_left(standing.time_left)
    if not standing.going:
        return plain(" ".join(filter(None, ("Nothing is running or queued.", left))))
    return listing("Running and queued now:", [agent_line(agent) for agent in standing.going], left)


def agent_status(standing: AgentStatus) -> Message:
    """Say what one agent is doing, how its last run ended, and the account's time left."""
    lines = (agent_line(standing.agent), _last_end(standing.agent), _time_left(standing.time_left))
    return plain(*filter(None, lines))


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
