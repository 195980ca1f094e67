"""Undocumented answers, made from proper ones."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from phantombot.sandbox.server import Response, json_response

_LARGE = 6_000_000
_STATUSES = (
    "status",
    "agentStatus",
    "containerStatus",
    "lastEndStatus",
    "endType",
    "lastEndType",
    "launchType",
)

Envelope = Callable[[Any], Response]
"""Wrap data as the answer of a call, as its API does."""


def success(data: Any) -> Response:
    """Return the data in the envelope of v1."""
    return json_response({"status": "success", "data": data})


def bare(data: Any) -> Response:
    """Return the data as v2 does; anything that isn't JSON is an answer already."""
    return data if isinstance(data, Response) else json_response(data)


def _cut_in_the_middle(whole: Response) -> Response:
    return replace(whole, cut_at=len(whole.body) // 2)


def _large(whole: Response) -> Response:
    return replace(whole, body=whole.body + b" " * _LARGE)


def _unknown_words(data: Any, name: str = "") -> Any:
    """Replace every status with an unknown word."""
    if name in _STATUSES and isinstance(data, str):
        return "hibernating"
    return _within(data, _unknown_words)


def _nulls(data: Any, name: str = "") -> Any:
    """Replace everything but ids with null, keeping the nesting."""
    if name != "id" and not isinstance(data, dict | list):
        return None
    return _within(data, _nulls)


def _strings(data: Any, _name: str = "") -> Any:
    """Replace every number with a string."""
    if isinstance(data, int | float) and not isinstance(data, bool):
        return str(data)
    return _within(data, _strings)


def _strange_agent(data: Any) -> Any:
    """Insert an agent without an id, and one whose state and name are null, before the others."""
    if isinstance(data, list) and data and "nbContainersRunning" in data[0]:
        return _with_strangers(data)
    if not isinstance(data, dict) or not data.get("agents"):
        return data
    return data | {"agents": _with_strangers(data["agents"])}


def _with_strangers(agents: list[dict[str, Any]]) -> list[dict[str, Any]]:
    nameless = dict.fromkeys(agents[0]) | {"id": 4_242}
    return [agents[0] | {"id": None}, nameless, *agents]


def _within(data: Any, change: Callable[[Any, str], Any]) -> Any:
    if isinstance(data, dict):
        return {name: change(value, name) for name, value in data.items()}
    return [change(one, "") for one in data] if isinstance(data, list) else data


ODD: dict[str, Callable[[Any, Envelope], Response]] = {
    "null": lambda _data, tell: tell(None),
    "{}": lambda _data, _tell: json_response({}),
    "empty": lambda _data, _tell: Response(),
    "cut_in_the_middle": lambda data, tell: _cut_in_the_middle(tell(data)),
    "unknown_words": lambda data, tell: tell(_unknown_words(data)),
    "strange_agent": lambda data, tell: tell(_strange_agent(data)),
    "nulls": lambda data, tell: tell(_nulls(data)),
    "strings": lambda data, tell: tell(_strings(data)),
    "large": lambda data, tell: _large(tell(data)),
}
"""Odd answers by name; the call takes effect before it is answered like that."""
