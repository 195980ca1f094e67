"""How the local Phantombuster misbehaves when it is told to."""

from dataclasses import dataclass, replace
from typing import Any

from phantombot.sandbox.server import Response, json_response

ENDPOINTS = ("launch", "output", "user", "containers", "abort", "agent")
_LONGEST = 3_600


def refusal(status: int, message: str, **headers: str) -> Response:
    """An error as JSend has it."""
    return json_response({"status": "error", "message": message}, status, **headers)


_PAGE = b"<!DOCTYPE html><html><body><h1>We'll be back soon</h1></body></html>"

INSTEAD: dict[str, Response] = {
    "500": refusal(500, "Internal server error"),
    "400": refusal(400, "Bad parameters"),
    "401": refusal(401, "Unauthorized"),
    "404": refusal(404, "Not found"),
    "429": refusal(429, "Too many requests", Retry_After="1"),
    "html": Response(200, _PAGE, "text/html; charset=utf-8"),
    "cut_before": Response(cut=True),
}
"""Faults that answer and do nothing."""

AFTERWARDS: dict[str, Response] = {
    "500_after": INSTEAD["500"],
    "cut_after": Response(cut=True),
    "hang_after": Response(cut=True),
}
"""Faults that do what was asked and then answer something else, or nothing."""

KINDS = frozenset({*INSTEAD, *AFTERWARDS, "slow", "silent", "echo"})


@dataclass(frozen=True)
class Fault:
    """One way to misbehave: `left` more times, or until cleared where that is None."""

    kind: str
    on: str
    left: int | None
    seconds: float

    def meets(self, endpoint: str) -> bool:
        """Whether a call of this endpoint is to meet the fault."""
        return self.on in ("*", endpoint)

    def remainder(self) -> "list[Fault]":
        """What is left of the fault once a call has met it."""
        if self.left is None:
            return [self]
        return [replace(self, left=self.left - 1)] if self.left > 1 else []


def fault(kind: str, on: str, times: int | None, seconds: float) -> Fault:
    """A fault that can happen.

    Raises:
        ValueError: no such kind, no such endpoint, or figures without meaning.
    """
    if kind not in KINDS:
        raise ValueError(f"No fault is called {kind!r}; there are {', '.join(sorted(KINDS))}")
    if on not in ("*", *ENDPOINTS):
        raise ValueError(f"No endpoint is called {on!r}; there are *, {', '.join(ENDPOINTS)}")
    if not 0 <= seconds <= _LONGEST or (times is not None and times < 1):
        raise ValueError(f"A fault happens at least once and lasts from 0 to {_LONGEST} seconds")
    return Fault(kind, on, times, seconds)


def fault_from(order: Any) -> Fault:
    """The fault that `POST /_control/fault` describes.

    Raises:
        ValueError: it describes none.
    """
    if not isinstance(order, dict):
        raise ValueError("A fault is described by an object")  # noqa: TRY004 - the caller answers 400
    try:
        times = order.get("times", 1)
        return fault(
            str(order.get("kind")),
            str(order.get("on", "*")),
            None if times is None else int(times),
            float(order.get("seconds", 8.0)),
        )
    except TypeError:
        raise ValueError("times and seconds must be numbers") from None
