"""Parse every form of v1's answers into values of our own.

Only a requested list is required. Anything else that is missing, odd or undocumented is parsed as
unknown, and an odd entry of a list is skipped by itself.
"""

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
from phantombot.phantombuster.fields import (
    AGENT_ID,
    LONGEST_LABEL,
    LONGEST_MESSAGE,
    LONGEST_NAME,
    read_clamped,
    read_count,
    read_fraction,
    read_id,
    read_list,
    read_position,
    read_small,
    read_text,
    read_time,
    read_whole,
)
from phantombot.phantombuster.result_text import result_of

_STATUSES: tuple[RunStatus, ...] = ("queued", "running", "not running")
_LATER = frozenset({"containerStatus", "agentStatus", "resultObject", "progress"})
"""Fields of an output that the 2014 forms don't have."""


def read_account(data: Any) -> Account:
    """Return the account from the data of `user`.

    Raises:
        AnswerUnreadable: there is no list of agents, which doesn't mean that there are no agents.
    """
    record = data if isinstance(data, dict) else {}
    agents = map(_agent, read_list(record.get("agents")))
    return Account(
        agents=tuple(agent for agent in agents if agent is not None),
        time_left=read_clamped(record.get("timeLeft")),
    )


def is_of_2014(data: Any) -> bool | None:
    """Return whether the data of `user` is of 2014; None if no agent shows it."""
    record = data if isinstance(data, dict) else {}
    agents = record.get("agents")
    listed = agents if isinstance(agents, list) else []
    told = [agent for agent in listed if isinstance(agent, dict)]
    if any("runningContainers" in agent for agent in told):
        return False
    return True if any(isinstance(agent.get("running"), bool) for agent in told) else None


def counts_launches(data: Any) -> bool | None:
    """Return whether the data of `output` identifies runs by launch number, as in October 2014.

    Return None if it doesn't show.
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
        container_id=read_id(data.get("containerId")),
        launch_number=read_whole(data.get("launchNumber")),
        running=read_count(data.get("runningContainers")),
        queued=read_count(data.get("queuedContainers")),
        progress=_progress(data.get("progress")),
        console=read_text(data.get("output")) or "",
        console_position=read_position(data.get("outputPos")),
        result=read_text(result_of(data.get("resultObject"))),
        tells_results=not _LATER.isdisjoint(data),
    )


def read_containers(data: Any) -> tuple[Container, ...]:
    """Return the containers from the data of `containers`, in its order: newest first.

    Raises:
        AnswerUnreadable: it isn't a list.
    """
    containers = map(_container, read_list(data))
    return tuple(container for container in containers if container is not None)


def read_launch(data: Any) -> str | None:
    """Return the container's id from the data of `launch`; None if there is none.

    The 2014 forms answer null, later ones `{"containerId": …}`, a number or a string. Whatever the
    data is, the launch was accepted.
    """
    return read_id(data.get("containerId") if isinstance(data, dict) else data)


def _agent(value: Any) -> Agent | None:
    record = value if isinstance(value, dict) else {}
    agent_id = read_id(record.get("id"))
    if agent_id is None or not AGENT_ID.fullmatch(agent_id):
        return None
    counters = _counters(record)
    running, queued = counters or (0, 0)
    return Agent(
        id=agent_id,
        name=read_text(record.get("name"), LONGEST_NAME) or "",
        running=running,
        queued=queued,
        progress=_progress(record.get("progress")),
        last_end_status=read_text(record.get("lastEndStatus"), LONGEST_NAME),
        last_end_message=read_text(record.get("lastEndMessage"), LONGEST_MESSAGE),
        counted=counters is not None,
    )


def _counters(record: dict[str, Any]) -> tuple[int, int] | None:
    if "runningContainers" not in record and isinstance(record.get("running"), bool):
        return int(record["running"]), 0
    states = ("running", "queued")
    running, queued = (read_count(record.get(f"{state}Containers")) for state in states)
    return None if running is None or queued is None else (running, queued)


def _container(value: Any) -> Container | None:
    record = value if isinstance(value, dict) else {}
    container_id = read_id(record.get("id"))
    if container_id is None:
        return None
    return Container(
        id=container_id,
        queued_at=read_time(record.get("queueDate")),
        launched_at=read_time(record.get("launchDate")),
        ended_at=read_time(record.get("endDate")),
        launch_number=read_whole(record.get("launchNumber")),
        exit_code=read_small(record.get("exitCode")),
        end_status=read_text(record.get("lastEndStatus"), LONGEST_NAME),
        end_message=read_text(record.get("lastEndMessage"), LONGEST_MESSAGE),
    )


def _status(record: dict[str, Any]) -> RunStatus | None:
    """Return the container's status if there is one, else the agent's; None if undocumented."""
    told = [record.get(name) for name in ("containerStatus", "agentStatus", "status")]
    word = next((word for word in told if isinstance(word, str) and word.strip()), "")
    return next((status for status in _STATUSES if word.strip().lower() == status), None)


def _progress(value: Any) -> Progress | None:
    if not isinstance(value, dict):
        return None
    label = read_text(value.get("label"), LONGEST_LABEL)
    runtime = read_small(value.get("runtime"))
    found = Progress(read_fraction(value.get("progress")), label or None, runtime)
    return None if found == Progress(None, None, None) else found
