"""Reads every form of v1's answers into values of our own.

"The 2014 form" is v1 as it was first published; "the later form" is what it grew into from 2015.
What decides (ids, states, lists, counters) must be right, or `AnswerUnreadable` is raised;
decoration (progress, messages, dates, numbers beside) is dropped where it is wrong.
"""

import json
import math
import re
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, NoReturn, TypeVar

from phantombot.errors import AnswerUnreadable
from phantombot.phantombuster.values import (
    Account,
    Agent,
    Container,
    Output,
    Progress,
    RunStatus,
)

T = TypeVar("T")

_STATUSES: tuple[RunStatus, ...] = ("queued", "running", "not running")
_LARGEST = 2**63 - 1  # what a database still takes
_LONGEST_ID = 100
_LAST_SECOND = 1e11  # above it, a time is in milliseconds
_AGENT_ID = re.compile(r"[1-9][0-9]*")  # not \d, which takes the digits of every script
_DIGITS = re.compile(r"-?[0-9]{1,18}")


def read_account(data: Any) -> Account:
    """`data` of `user.json`. Raises AnswerUnreadable."""
    record = _required(dict, data)
    return Account(
        agents=tuple(_agent(agent) for agent in _required(list, record.get("agents"))),
        time_left=_whole(record.get("timeLeft")),
    )


def read_output(data: Any) -> Output:
    """`data` of `output.json`. Only the later form has `containerStatus`.

    Raises AnswerUnreadable.
    """
    record = _required(dict, data)
    later = "containerStatus" in record
    return Output(
        status=_status(record["containerStatus"] if later else record.get("status")),
        container_id=_optional(_container_id, record.get("containerId")),
        launch_number=_whole(record.get("launchNumber")),
        running=_optional(_count, record.get("runningContainers")),
        queued=_optional(_count, record.get("queuedContainers")),
        progress=_progress(record.get("progress")),
        console=_text(record.get("output")) or "",
        console_position=_position(record.get("outputPos")),
        result=_result(record.get("resultObject")),
        tells_results=later,
    )


def read_containers(data: Any) -> tuple[Container, ...]:
    """`data` of `containers.json`, in its order: newest first. Raises AnswerUnreadable."""
    return tuple(_container(_required(dict, entry)) for entry in _required(list, data))


def read_launch(data: Any) -> str | None:
    """`data` of `launch.json`: the container's id, None where none is told.

    The 2014 form answers null, a later one `{"containerId": …}`, a number or a string.
    Raises AnswerUnreadable.
    """
    told = data.get("containerId") if isinstance(data, dict) else data
    return _optional(_container_id, told)


def read_time(value: Any) -> datetime | None:
    """Unix seconds, or milliseconds above 1e11 (seen on the wire), as UTC; None if neither."""
    seconds = int(value) if isinstance(value, str) and _DIGITS.fullmatch(value) else value
    if isinstance(seconds, bool) or not isinstance(seconds, int | float) or not seconds > 0:
        return None
    try:
        return datetime.fromtimestamp(seconds / 1000 if seconds > _LAST_SECOND else seconds, UTC)
    except (OverflowError, ValueError, OSError):
        return None


def read_json(text: str | bytes) -> Any:
    """Strict JSON, without NaN and Infinity. Raises ValueError, for too deep a nesting as well."""
    try:
        return json.loads(text, parse_constant=_not_json)
    except RecursionError:
        raise ValueError("nested too deeply") from None


def _agent(value: Any) -> Agent:
    record = _required(dict, value)
    running, queued = _counters(record)
    return Agent(
        id=_agent_id(record.get("id")),
        name=_text(record.get("name")) or "",
        running=running,
        queued=queued,
        progress=_progress(record.get("progress")),
        last_end_status=_text(record.get("lastEndStatus")),
        last_end_message=_text(record.get("lastEndMessage")),
    )


def _counters(record: dict[str, Any]) -> tuple[int, int]:
    if "runningContainers" not in record and isinstance(record.get("running"), bool):
        return int(record["running"]), 0
    return _count(record.get("runningContainers")), _count(record.get("queuedContainers"))


def _container(record: dict[str, Any]) -> Container:
    return Container(
        id=_container_id(record.get("id")),
        queued_at=read_time(record.get("queueDate")),
        launched_at=read_time(record.get("launchDate")),
        ended_at=read_time(record.get("endDate")),
        launch_type=_text(record.get("launchType")),
        launch_number=_whole(record.get("launchNumber")),
        exit_code=_whole(record.get("exitCode")),
        end_status=_text(record.get("lastEndStatus")),
        end_message=_text(record.get("lastEndMessage")),
    )


def _required(kind: type[T], value: Any) -> T:
    if isinstance(value, kind):
        return value
    raise AnswerUnreadable


def _optional(read: Callable[[Any], T], value: Any) -> T | None:
    return None if value is None else read(value)


def _container_id(value: Any) -> str:
    text = str(value) if type(value) is int and 0 < value <= _LARGEST else value
    if isinstance(text, str) and text.isprintable() and 0 < len(text.strip()) <= _LONGEST_ID:
        return text
    raise AnswerUnreadable


def _agent_id(value: Any) -> str:
    text = _container_id(value)
    if _AGENT_ID.fullmatch(text):
        return text
    raise AnswerUnreadable


def _status(value: Any) -> RunStatus:
    for status in _STATUSES:
        if value == status:
            return status
    raise AnswerUnreadable


def _count(value: Any) -> int:
    if type(value) is int and 0 <= value <= _LARGEST:
        return value
    raise AnswerUnreadable


def _whole(value: Any) -> int | None:
    if isinstance(value, str) and _DIGITS.fullmatch(value):
        return int(value)
    if isinstance(value, float) and math.isfinite(value):
        value = int(value)
    return value if type(value) is int and abs(value) <= _LARGEST else None


def _position(value: Any) -> str | None:
    number = _whole(value)
    return None if number is None else str(number)


def _text(value: Any) -> str | None:
    """Text that a database takes: neither half characters nor NUL."""
    if not isinstance(value, str):
        return None
    return value.encode(errors="replace").decode().replace("\0", "\ufffd")


def _progress(value: Any) -> Progress | None:
    if not isinstance(value, dict):
        return None
    label = _text(value.get("label")) or ""
    runtime = _whole(value.get("runtime"))
    found = Progress(_fraction(value.get("progress")), label[:50] or None, runtime)
    return None if found == Progress(None, None, None) else found


def _fraction(value: Any) -> float | None:
    if type(value) is int or (isinstance(value, float) and math.isfinite(value)):
        return float(min(max(value, 0), 1))
    return None


def _result(value: Any) -> str | None:
    """A result may be a JSON string holding JSON (seen on the wire): then that is the result."""
    if isinstance(value, str):
        with suppress(ValueError):
            return None if read_json(value) is None else _text(value.strip())
    if value is None:
        return None
    try:
        return _text(json.dumps(value, ensure_ascii=False, allow_nan=False))
    except (TypeError, ValueError, RecursionError):
        raise AnswerUnreadable from None


def _not_json(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not JSON")
