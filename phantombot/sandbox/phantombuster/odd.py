"""Undocumented answers, made from proper ones."""

from collections.abc import Callable
from typing import Any

from phantombot.sandbox.server import Response, json_response

_LARGE = 6_000_000
_STATUSES = ("status", "agentStatus", "containerStatus", "lastEndStatus", "launchType")


def success(data: Any) -> Response:
    """Return the proper answer."""
    return json_response({"status": "success", "data": data})


def _cut_in_the_middle(data: Any) -> Response:
    whole = success(data)
    return Response(whole.status, whole.body, cut_at=len(whole.body) // 2)


def _large(data: Any) -> Response:
    return json_response({"status": "success", "padding": "x" * _LARGE, "data": data})


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
    if not isinstance(data, dict) or not data.get("agents"):
        return data
    good = data["agents"][0]
    nameless = dict.fromkeys(good) | {"id": 4_242}
    return data | {"agents": [good | {"id": None}, nameless, *data["agents"]]}


def _within(data: Any, change: Callable[[Any, str], Any]) -> Any:
    if isinstance(data, dict):
        return {name: change(value, name) for name, value in data.items()}
    return [change(one, "") for one in data] if isinstance(data, list) else data


ODD: dict[str, Callable[[Any], Response]] = {
    "null": lambda _data: success(None),
    "{}": lambda _data: json_response({}),
    "empty": lambda _data: Response(),
    "cut_in_the_middle": _cut_in_the_middle,
    "unknown_words": lambda data: success(_unknown_words(data)),
    "strange_agent": lambda data: success(_strange_agent(data)),
    "nulls": lambda data: success(_nulls(data)),
    "strings": lambda data: success(_strings(data)),
    "large": _large,
}
"""Odd answers by name; the call takes effect before its data is answered so."""
