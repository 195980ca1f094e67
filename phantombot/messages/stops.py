"""Messages about stopping an agent: the question, and the outcome."""

import re
from contextlib import suppress
from datetime import UTC, datetime

from phantombot.messages.blocks import Message, actions, button, plain, section
from phantombot.messages.listing import agent_named
from phantombot.phantombuster.api import Agent
from phantombot.runs.stopping import Instances, StopOutcome, Stopping, StopQuestion

ASK_STOP = "ask_to_stop"
STOP_ALL = "stop_all"
STOP_NOT = "stop_not"
STOP_NOW = "stop_now"

NOT_STOPPED = "Nothing was stopped."
_ASKED = re.compile(r"(\S+) ([0-9]{1,9}) ([-0-9T:.]{10,30}\+00:00)")
_LONG_AGO = datetime.fromtimestamp(0, UTC)


def stop_question(found: Instances, *, again: bool = False) -> Message:
    """Say how many instances would be stopped, and ask; `again` says why this is asked again."""
    agent, count = found.agent, found.count
    if not count:
        return _idle(agent)
    stops = f"Stop all {count}" if count > 1 else "Stop it"
    changed = "Nothing was stopped yet: other runs may be going on than when I asked. "
    text = f"{_named(agent)} has {_counted(agent, found.unsent)}. {stops}?"
    text = changed + text if again else text
    row = actions(
        button(stops, STOP_ALL, _asked(agent.id, count, found.at), style="danger"),
        button("Keep them running" if count > 1 else "Keep it running", STOP_NOT, agent.id),
    )
    return Message(text, (section(text), row))


def _asked(agent_id: str, count: int, at: datetime) -> str:
    return f"{agent_id} {count} {at.isoformat()}"


def question_answered(value: str) -> StopQuestion:
    """Return the question of the pressed button; an unknown form of value counts as out of date."""
    found = _ASKED.fullmatch(value)
    if found is None:
        return StopQuestion(value, _LONG_AGO, 0)
    with suppress(ValueError):
        return StopQuestion(found[1], datetime.fromisoformat(found[3]), int(found[2]))
    return StopQuestion(found[1], _LONG_AGO, 0)


def stop_outcome(stopping: Stopping) -> Message:
    """Tell the outcome to the person who pressed the button."""
    agent = stopping.agent
    match stopping.fate:
        case StopOutcome.IDLE:
            return _idle(agent)
        case StopOutcome.TAKEN:
            return plain(f"<@{stopping.by}> is already stopping {_named(agent)}.")
        case StopOutcome.STOPPED:
            return plain(
                f"Stopped: {_named(agent)}, {_counted(agent, stopping.cancelled)}."
                f"{_queue_note(agent)}"
            )
        case StopOutcome.STOPPING:
            return _stopping(stopping)
        case StopOutcome.CANCELLED:
            return plain(f"Cancelled: {_named(agent)}, {_unsent(stopping.cancelled)}.")
        case StopOutcome.DOUBTFUL:
            return plain(
                f"{_named(agent)} may or may not have been stopped: Phantombuster's answer was"
                f" lost. Check the runs' messages, or `/phantom status {agent.id}`."
            )
        case StopOutcome.LATE:
            return plain(
                f"{_named(agent)} was stopped late: the request was held up on its way, so runs"
                " that were launched after you asked may have been stopped, too. Check the runs'"
                f" messages, or `/phantom status {agent.id}`."
            )


def _stopping(stopping: Stopping) -> Message:
    """Say that the scripts were asked to end, and offer to stop them without waiting for that."""
    agent, at = stopping.agent, stopping.at or _LONG_AGO
    text = (
        f"Asked to end by itself: {_named(agent)}, {_counted(agent, stopping.cancelled)}. That can"
        " take a moment, and keeps what was found so far. If it doesn't end, stop it now."
    )
    asked = _asked(agent.id, agent.running + agent.queued, at)
    return Message(
        text, (section(text), actions(button("Stop now", STOP_NOW, asked, style="danger")))
    )


def _idle(agent: Agent) -> Message:
    return plain(f"{_named(agent)} is not running, so nothing was stopped.")


def _queue_note(agent: Agent) -> str:
    """Warn about queued runs: the API only says that an abort stops "all running instances"."""
    if not agent.queued:
        return ""
    return (
        " If a queued run starts anyway,"
        f" `/phantom status {agent.id}` shows it. Stop it again then."
    )


def _counted(agent: Agent, unsent: int) -> str:
    counts = {
        "running": agent.running,
        "queued": agent.queued,
    }
    parts = [f"{count} {state}" for state, count in counts.items() if count]
    instances = " and ".join(parts)
    total = agent.running + agent.queued
    known = f"{instances} instance{'s' * (total > 1)}" if total else ""
    return " and ".join(filter(None, (known, _unsent(unsent))))


def _unsent(count: int) -> str:
    if not count:
        return ""
    return "1 launch not sent yet" if count == 1 else f"{count} launches not sent yet"


def _named(agent: Agent) -> str:
    return agent_named(agent.id, agent.name)
