"""Stopping an agent: the question before, and what became of it."""

from phantombot.messages.listing import agent_named
from phantombot.messages.message import Message, actions, button, plain, section
from phantombot.phantombuster.values import Agent
from phantombot.stopping import Fate, Stopping

STOP_ALL = "stop_all"
STOP_NOT = "stop_not"

NOT_STOPPED = "Nothing was stopped."


def stop_question(agent: Agent) -> Message:
    """Says how many would be stopped, and asks."""
    count = agent.running + agent.queued
    if not count:
        return _idle(agent)
    stops = f"Stop all {count}" if count > 1 else "Stop it"
    text = f"{_named(agent)} has {_counted(agent)}. {stops}?"
    row = actions(
        button(stops, STOP_ALL, agent.id, style="danger"),
        button("Keep them running" if count > 1 else "Keep it running", STOP_NOT, agent.id),
    )
    return Message(text, (section(text), row))


def stop_outcome(stopping: Stopping) -> Message:
    """To the one who pressed."""
    agent = stopping.agent
    match stopping.fate:
        case Fate.IDLE:
            return _idle(agent)
        case Fate.TAKEN:
            return plain(f"<@{stopping.by}> is stopping it already: {_named(agent)}.")
        case Fate.STOPPED:
            return plain(f"Stopped: {_named(agent)}, {_counted(agent)}.{_queue_note(agent)}")
        case Fate.DOUBTFUL:
            return plain(
                f"{_named(agent)} may or may not have been stopped: Phantombuster's answer was"
                " lost. The runs' own messages will tell, and so does"
                f" `/phantom status {agent.id}`."
            )


def _idle(agent: Agent) -> Message:
    return plain(f"{_named(agent)} is not running, so nothing was stopped.")


def _queue_note(agent: Agent) -> str:
    """Phantombuster's document says of an abort no more than "all running instances"."""
    if not agent.queued:
        return ""
    return (
        " Should what was queued start all the same,"
        f" `/phantom status {agent.id}` shows it; stop it again then."
    )


def _counted(agent: Agent) -> str:
    if not agent.queued:
        return f"{agent.running} running instance{'s' * (agent.running > 1)}"
    if not agent.running:
        return f"{agent.queued} queued instance{'s' * (agent.queued > 1)}"
    return f"{agent.running} running and {agent.queued} queued instances"


def _named(agent: Agent) -> str:
    return agent_named(agent.id, agent.name)
