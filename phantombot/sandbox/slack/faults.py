"""Faults on request: which call of the Web API fails next, and how."""

from collections.abc import Callable
from dataclasses import dataclass

from phantombot.sandbox.server import Response, json_response

_STATUS = {"ratelimited": 429, "internal_error": 500, "service_unavailable": 503}


@dataclass
class Fault:
    """One requested fault; `times` says how many more calls fail, all if None."""

    method: str
    error: str
    times: int | None
    retry_after: int
    seconds: float
    channel: str | None = None
    """The only channel it applies to; None for any."""

    def spoils(self, method: str, channel: str | None) -> bool:
        """Return whether it applies to this call, which may name a channel."""
        return self.channel in (None, channel) and self.method in (method, "*")


class Faults:
    """The faults in the order they were asked for. Call only while holding the workspace's lock."""

    def __init__(self) -> None:
        self._ordered: list[Fault] = []

    def add(self, fault: Fault) -> None:
        """Make calls fail from now on."""
        self._ordered.append(fault)

    def clear(self, method: str | None = None, channel: str | None = None) -> None:
        """Remove all faults, or only those of a method or a channel."""
        self._ordered = [
            fault
            for fault in self._ordered
            if method not in (None, fault.method) or channel not in (None, fault.channel)
        ]

    def take(self, method: str, channel: str | None) -> Fault | None:
        """Return the fault that applies to this call, and count it; `channel` is the call's."""
        for fault in self._ordered:
            if fault.spoils(method, channel):
                if fault.times is not None:
                    fault.times -= 1
                    if fault.times <= 0:
                        self._ordered.remove(fault)
                return fault
        return None


def suffer(fault: Fault, act: Callable[[], Response], plain_status: int) -> Response:
    """Return the faulty response; `plain_status` is for errors that have no HTTP status."""
    if fault.error == "cut_before":
        return Response(cut=True)
    if fault.error in ("cut_after", "slow"):
        answer = act()
        return Response(cut=True) if fault.error == "cut_after" else answer
    status = _STATUS.get(fault.error, plain_status)
    after = {"Retry_After": str(fault.retry_after)} if fault.error == "ratelimited" else {}
    return json_response({"ok": False, "error": fault.error}, status, **after)
