"""Parse v2's answers into values of our own.

Only the requested list or object is required. Anything else that is missing, odd or undocumented is
parsed as unknown, and an odd entry of a list is skipped by itself. Other fields are dropped, since
an agent's answer can contain session cookies and proxy passwords.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from phantombot.errors import AnswerUnreadable
from phantombot.phantombuster.account import Org
from phantombot.phantombuster.api import Agent, Container, Output, Progress, RunStatus
from phantombot.phantombuster.fields import (
    AGENT_ID,
    LONGEST_LABEL,
    LONGEST_NAME,
    read_clamped,
    read_count,
    read_fraction,
    read_id,
    read_list,
    read_number,
    read_position,
    read_small,
    read_text,
    read_time,
)
from phantombot.phantombuster.result_text import result_of

_STATUSES: dict[str, RunStatus] = {
    "starting": "queued",
    "running": "running",
    "finished": "not running",
    "launch error": "not running",
    "never launched": "not running",
}
"""Any other word, such as `unknown`, is ignored."""
_ENDED = ("finished", "launch error")
_LAUNCH_ERROR = "launch error"
_FINISHED, _UNKNOWN = "finished", "unknown"
_FEWEST_SECONDS = 600
"""A smaller limit can't be in seconds: the unit of a plan's limits is undocumented."""
_FOLDER_LENGTH = 100


def read_agents(pieces: Iterator[bytes]) -> tuple[Agent, ...]:
    """Return the agents of agents/fetch-all, read as it arrives, since it can be many megabytes.

    Raises:
        AnswerUnreadable: it isn't a list, or can't be read to its end.
    """
    import ijson  # noqa: PLC0415 - takes 5 ms, for which no start must wait

    stream = _Stream(pieces)
    if not stream.begins_with(b"["):
        raise AnswerUnreadable
    try:
        found = map(_agent, ijson.items(stream, "item"))
        return tuple(agent for agent in found if agent is not None)
    except (ijson.JSONError, ValueError):
        raise AnswerUnreadable from None


def counted(agents: Iterable[Agent], running: Mapping[str, str] | None) -> tuple[Agent, ...]:
    """Return the agents with their runs counted from `running`, if given: agents by container."""
    if running is None:
        return tuple(agents)
    counts = Counter(running.values())
    return tuple(replace(agent, running=counts[agent.id], counted=True) for agent in agents)


def read_running(data: Any) -> dict[str, str]:
    """Return the agent of each running container, from orgs/fetch-running-containers.

    Raises:
        AnswerUnreadable: there is no list of containers.
    """
    entries = [one for one in read_list(_object(data).get("containers")) if isinstance(one, dict)]
    found = ((read_id(one.get("id")), read_id(one.get("agentId"))) for one in entries)
    return {container: agent or "" for container, agent in found if container is not None}


def read_time_left(data: Any) -> int | None:
    """Return the seconds of execution time left, from orgs/fetch-resources; None if unknown.

    The counters say what was used, and the plan what the limits are.
    """
    used = _object(data)
    plan = _within(used.get("plan"))
    left = [_left(used, plan, f"{period}ExecutionTime") for period in ("daily", "monthly")]
    known = [seconds for seconds in left if seconds is not None]
    return min(known, default=None)


def read_org(data: Any) -> Org | None:
    """Return Phantombuster's own name for the account, from orgs/fetch."""
    org_id = read_id(_object(data).get("id"))
    return Org(org_id, _folder(_object(data).get("s3Folder"))) if org_id else None


def read_output(data: Any) -> Output:
    """Return the most recent run's output, from agents/fetch-output.

    Raises:
        AnswerUnreadable: it isn't an object.
    """
    record = _object(data)
    position = read_position(record.get("outputPos"))
    return Output(
        status=_status(record),
        container_id=read_id(record.get("containerId")),
        progress=_progress(record),
        console=read_text(record.get("output")) or "",
        console_position=position,
    )


def read_run(data: Any) -> Output:
    """Return one run's output, from containers/fetch, with its complete console.

    Raises:
        AnswerUnreadable: it isn't an object, or its result isn't JSON.
    """
    record = _object(data)
    container = _container(record)
    ended = container is not None and _has_ended(record)
    return Output(
        status="not running" if ended else _status(record),
        container_id=container.id if container else None,
        console=read_text(record.get("output")) or "",
        result=read_text(result_of(record.get("resultObject"))),
        ended=container if ended else None,
    )


def read_containers(data: Any) -> tuple[Container, ...]:
    """Return the ended runs of containers/fetch-all, in its order: newest first.

    Raises:
        AnswerUnreadable: there is no list of containers.
    """
    records = _records(data)
    found = (_container(record) for record in records if _has_ended(record))
    return tuple(container for container in found if container is not None)


def read_tagged(data: Any, name: str, tag: str) -> str | None:
    """Return the container of containers/fetch-all whose launch has this tag.

    Raises:
        AnswerUnreadable: there is no list of containers.
    """
    tagged = (
        one for one in _records(data) if _within(one.get("userCustomMetadata")).get(name) == tag
    )
    return next(filter(None, (read_id(one.get("id")) for one in tagged)), None)


def read_launch(data: Any) -> str | None:
    """Return the container's id from the answer to agents/launch; None if it is missing."""
    return read_id(data.get("containerId")) if isinstance(data, dict) else None


class _Stream:
    """Pieces of bytes as a readable file."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self._held = b""

    def begins_with(self, token: bytes) -> bool:
        """Return whether the first bytes after white space are these."""
        while not self._held.strip():
            piece = next(self._pieces, b"")
            if not piece:
                return False
            self._held += piece
        return self._held.lstrip().startswith(token)

    def read(self, size: int = -1) -> bytes:
        """Return the next piece, of any size; nothing at the end, or if `size` is 0."""
        if size == 0:
            return b""
        held, self._held = self._held, b""
        return held or next(self._pieces, b"")


def _agent(value: Any) -> Agent | None:
    record = value if isinstance(value, dict) else {}
    agent_id = read_id(record.get("id"))
    if agent_id is None or not AGENT_ID.fullmatch(agent_id):
        return None
    running = read_count(record.get("nbContainersRunning"))
    status, said = _last_end(record)
    return Agent(
        id=agent_id,
        name=read_text(record.get("name"), LONGEST_NAME) or "",
        running=running or 0,
        queued=0,
        progress=None,
        last_end_status=status,
        last_end_message=said,
        counted=running is not None,
        folder=_folder(record.get("s3Folder")),
        last_ended_at=read_time(record.get("lastEndedAt")),
    )


def _last_end(record: dict[str, Any]) -> tuple[str | None, str | None]:
    """Return how an agent ended last: v1's word for it, and the message of a failure."""
    told = read_text(record.get("lastEndType"), LONGEST_NAME)
    code = read_small(record.get("lastExitCode"))
    if told is None or told == _UNKNOWN:
        return None, None
    if told != _FINISHED:
        return "error", told
    if code is None:
        return None, None
    return ("success", None) if code == 0 else ("error", f"exit code {code}")


def _container(record: dict[str, Any]) -> Container | None:
    container_id = read_id(record.get("id"))
    if container_id is None:
        return None
    return Container(
        id=container_id,
        queued_at=read_time(record.get("createdAt")),
        launched_at=read_time(record.get("launchedAt")),
        ended_at=read_time(record.get("endedAt")),
        launch_number=None,
        exit_code=read_small(record.get("exitCode")),
        end_status="launch failed" if _word(record) == _LAUNCH_ERROR else None,
        end_message=None,
        end_type=read_text(record.get("endType"), LONGEST_NAME),
    )


def _has_ended(record: dict[str, Any]) -> bool:
    if _status(record) in ("queued", "running"):
        return False
    return _word(record) in _ENDED or read_time(record.get("endedAt")) is not None


def _status(record: dict[str, Any]) -> RunStatus | None:
    return _STATUSES.get(_word(record))


def _word(record: dict[str, Any]) -> str:
    return (read_text(record.get("status"), LONGEST_NAME) or "").strip().lower()


def _progress(record: dict[str, Any]) -> Progress | None:
    told = read_number(record.get("progress"))
    # It is undocumented whether progress goes up to 1 or to 100.
    fraction = read_fraction(told / 100 if told is not None and told > 1 else told)
    label = read_text(record.get("progressLabel"), LONGEST_LABEL) or None
    return None if fraction is None and label is None else Progress(fraction, label, None)


def _left(used: dict[str, Any], plan: dict[str, Any], name: str) -> int | None:
    """Return what is left of a limit; None if unknown."""
    limit, spent = read_number(plan.get(name)), read_number(used.get(name))
    if limit is None or spent is None or limit < _FEWEST_SECONDS or spent > limit:
        return None
    return read_clamped(limit - spent)


def _folder(value: Any) -> str:
    """Return a folder's name; empty if it can't be part of an address."""
    text = value if isinstance(value, str) else ""
    sane = text.isascii() and text.isalnum() and len(text) <= _FOLDER_LENGTH
    return text if sane else ""


def _within(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _records(data: Any) -> list[dict[str, Any]]:
    listed = read_list(_object(data).get("containers"))
    return [one for one in listed if isinstance(one, dict)]


def _object(value: Any) -> dict[str, Any]:
    if isinstance(value, dict):
        return value
    raise AnswerUnreadable
