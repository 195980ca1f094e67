"""Parse every form of v1's answers into values of our own.

Only a list that was asked for is required. Anything else that is missing, odd or undocumented is
parsed as unknown, and an odd entry of a list is skipped alone.
"""

import math
import re
from datetime import UTC, datetime
from typing import Any

from phantombot.errors import AnswerUnreadable
from phantombot.phantombuster.api import (
    Account,
    Agent,
    Container,
    Output,
    Progress,
    RunStatus,
)
from phantombot.phantombuster.result_text import result_of
from phantombot.text.controls import without_controls

_STATUSES: tuple[RunStatus, ...] = ("queued", "running", "not running")
_LATER = frozenset({"containerStatus", "agentStatus", "resultObject", "progress"})
"""Fields of an output that the forms of 2014 don't have."""
_LARGEST = 2**63 - 1  # of an id or a launch number: what a database still takes
_LARGEST_INTEGER = 2**31 - 1  # of any other number
_MOST_RUNS = 2**30 - 1
"""Running or queued: a database still takes the sum of both."""
_LAST_YEAR = 9000
"""Times that are later are none: a moment is still to be added to each."""
_LONGEST_ID = 100
_LONGEST_LABEL = 50
_LONGEST_NAME = 500
_LONGEST_MESSAGE = 2_000
"""Characters of an agent's name and of how it ended: patterns look through them, and they are
stored."""
_LAST_SECOND = 1e11  # above it, a time is in milliseconds
_AGENT_ID = re.compile(r"[1-9][0-9]*")  # not \d, which takes the digits of every script
_NUMBER = re.compile(r"-?[0-9]{1,18}(\.[0-9]{1,18})?")


def read_account(data: Any) -> Account:
    """Return the account from the data of `user`.

    Raises:
        AnswerUnreadable: there is no list of agents, which doesn't mean that there are none.
    """
    record = data if isinstance(data, dict) else {}
    agents = map(_agent, _list(record.get("agents")))
    return Account(
        agents=tuple(agent for agent in agents if agent is not None),
        time_left=_clamped(record.get("timeLeft")),
    )


def is_of_2014(data: Any) -> bool | None:
    """Return whether the data of `user` is of 2014; None where no agent shows it."""
    record = data if isinstance(data, dict) else {}
    agents = record.get("agents")
    listed = agents if isinstance(agents, list) else []
    told = [agent for agent in listed if isinstance(agent, dict)]
    if any("runningContainers" in agent for agent in told):
        return False
    return True if any(isinstance(agent.get("running"), bool) for agent in told) else None


def counts_launches(data: Any) -> bool | None:
    """Return whether the data of `output` names a run by its launch number, as in October 2014.

    None where it does not show.
    """
    if not isinstance(data, dict) or not data:
        return None
    if "runningContainers" in data or not _LATER.isdisjoint(data):
        return False
    return True if "launchNumber" in data else None


def read_output(data: Any) -> Output:
    """Return the output from the data of `output`; each part that can't be read is missing.

    Raises:
        AnswerUnreadable: the data is neither an object nor null.
    """
    if not data and (data is None or isinstance(data, dict)):
        return Output()
    if not isinstance(data, dict):
        raise AnswerUnreadable
    return Output(
        status=_status(data),
        container_id=_container_id(data.get("containerId")),
        launch_number=_whole(data.get("launchNumber")),
        running=_count(data.get("runningContainers")),
        queued=_count(data.get("queuedContainers")),
        progress=_progress(data.get("progress")),
        console=_text(data.get("output")) or "",
        console_position=_position(data.get("outputPos")),
        result=_text(result_of(data.get("resultObject"))),
        tells_results=not _LATER.isdisjoint(data),
    )


def read_containers(data: Any) -> tuple[Container, ...]:
    """Return the containers from the data of `containers`, in its order: newest first.

    Raises:
        AnswerUnreadable: it is no list.
    """
    containers = map(_container, _list(data))
    return tuple(container for container in containers if container is not None)


def read_launch(data: Any) -> str | None:
    """Return the container's id from the data of `launch`, None where none is told.

    The forms of 2014 answer null, a later one `{"containerId": …}`, a number or a string. Whatever
    else it is, the launch was accepted.
    """
    return _container_id(data.get("containerId") if isinstance(data, dict) else data)


def read_time(value: Any) -> datetime | None:
    """Return Unix seconds, or milliseconds above 1e11 (seen on the wire), as UTC; else None."""
    seconds = _number(value)
    if seconds is None or not seconds > 0:
        return None
    try:
        at = datetime.fromtimestamp(seconds / 1000 if seconds > _LAST_SECOND else seconds, UTC)
    except (OverflowError, ValueError, OSError):
        return None
    return at if at.year <= _LAST_YEAR else None


def _agent(value: Any) -> Agent | None:
    record = value if isinstance(value, dict) else {}
    agent_id = _container_id(record.get("id"))
    if agent_id is None or not _AGENT_ID.fullmatch(agent_id):
        return None
    counters = _counters(record)
    running, queued = counters or (0, 0)
    return Agent(
        id=agent_id,
        name=_text(record.get("name"), _LONGEST_NAME) or "",
        running=running,
        queued=queued,
        progress=_progress(record.get("progress")),
        last_end_status=_text(record.get("lastEndStatus"), _LONGEST_NAME),
        last_end_message=_text(record.get("lastEndMessage"), _LONGEST_MESSAGE),
        counted=counters is not None,
    )


def _counters(record: dict[str, Any]) -> tuple[int, int] | None:
    if "runningContainers" not in record and isinstance(record.get("running"), bool):
        return int(record["running"]), 0
    running, queued = (_count(record.get(f"{state}Containers")) for state in ("running", "queued"))
    return None if running is None or queued is None else (running, queued)


def _container(value: Any) -> Container | None:
    record = value if isinstance(value, dict) else {}
    container_id = _container_id(record.get("id"))
    if container_id is None:
        return None
    return Container(
        id=container_id,
        queued_at=read_time(record.get("queueDate")),
        launched_at=read_time(record.get("launchDate")),
        ended_at=read_time(record.get("endDate")),
        launch_number=_whole(record.get("launchNumber")),
        exit_code=_small(record.get("exitCode")),
        end_status=_text(record.get("lastEndStatus"), _LONGEST_NAME),
        end_message=_text(record.get("lastEndMessage"), _LONGEST_MESSAGE),
    )


def _list(value: Any) -> list[Any]:
    if isinstance(value, list):
        return value
    raise AnswerUnreadable


def _container_id(value: Any) -> str | None:
    """Return an id as text; None for 0, the empty text and null."""
    whole = isinstance(value, float) and value.is_integer()
    number = int(value) if whole or type(value) is int else None
    text = str(number) if number is not None and 0 < number <= _LARGEST else value
    if not isinstance(text, str) or not text.isprintable() or not text.strip("0 "):
        return None
    return text if len(text) <= _LONGEST_ID else None


def _status(record: dict[str, Any]) -> RunStatus | None:
    """Return the container's status if there is one, else the agent's; None if undocumented."""
    told = [record.get(name) for name in ("containerStatus", "agentStatus", "status")]
    word = next((word for word in told if isinstance(word, str) and word.strip()), "")
    return next((status for status in _STATUSES if word.strip().lower() == status), None)


def _count(value: Any) -> int | None:
    number = _whole(value)
    return None if number is None or number < 0 else min(number, _MOST_RUNS)


def _number(value: Any) -> float | None:
    """Return a number, also if it is written as text; else None."""
    if isinstance(value, str) and _NUMBER.fullmatch(value):
        return float(value) if "." in value else int(value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return value if isinstance(value, int) or math.isfinite(value) else None


def _whole(value: Any) -> int | None:
    number = _number(value)
    return int(number) if number is not None and abs(number) <= _LARGEST else None


def _clamped(value: Any) -> int | None:
    """Return an amount; more than fits counts as the most that fits."""
    number = _whole(value)
    return None if number is None else max(min(number, _LARGEST_INTEGER), -_LARGEST_INTEGER)


def _small(value: Any) -> int | None:
    """Return a number that has a meaning of its own; None if it doesn't fit."""
    number = _whole(value)
    return number if number is not None and abs(number) <= _LARGEST_INTEGER else None


def _position(value: Any) -> str | None:
    """Return the position as it came, to be sent back in a query; None if it doesn't fit in one."""
    text = str(value) if type(value) is int and abs(value) <= _LARGEST else value
    sane = isinstance(text, str) and text.isprintable() and 0 < len(text) <= _LONGEST_ID
    return text if sane else None


def _text(value: Any, longest: int | None = None) -> str | None:
    """Return text cut to `longest`, with what a database refuses replaced: half characters, NUL."""
    if not isinstance(value, str):
        return None
    text = value if longest is None else without_controls(value[: 4 * longest])[:longest]
    return text.encode(errors="replace").decode().replace("\0", "\ufffd")


def _progress(value: Any) -> Progress | None:
    if not isinstance(value, dict):
        return None
    label = _text(value.get("label"), _LONGEST_LABEL)
    runtime = _small(value.get("runtime"))
    found = Progress(_fraction(value.get("progress")), label or None, runtime)
    return None if found == Progress(None, None, None) else found


def _fraction(value: Any) -> float | None:
    number = _number(value)
    return None if number is None else float(min(max(number, 0), 1))
