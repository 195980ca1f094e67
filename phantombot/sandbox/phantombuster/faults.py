"""The faults that the local Phantombuster can be told to have."""

from dataclasses import dataclass, replace
from typing import Any

from phantombot.sandbox.phantombuster.calls import Call
from phantombot.sandbox.phantombuster.forms import Form
from phantombot.sandbox.phantombuster.odd import ODD
from phantombot.sandbox.phantombuster.v2.calls import ENDPOINTS as V2_ENDPOINTS
from phantombot.sandbox.server import Response, json_response

ENDPOINTS = ("launch", "output", "user", "containers", "abort", "agent")
"""v1's endpoints; each also means v2's endpoints that do the same."""
_LONGEST = 3_600


def refusal(status: int, message: str, **headers: str) -> Response:
    """Return an error in the JSend format."""
    return json_response({"status": "error", "message": message}, status, **headers)


def refused(form: Form, status: int, text: str, slug: str = "", **headers: str) -> Response:
    """Return an error in the words of a form; slugs exist only in forms whose errors
    have details.
    """
    told: dict[str, Any] = {"status": "error", form.errors_in: text}
    if slug and form.errors_in == "error":
        told["details"] = {"detailedErrorSlug": slug}
    return json_response(told, status, **headers)


_PAGE = b"<!DOCTYPE html><html><body><h1>We'll be back soon</h1></body></html>"
_HTML = "text/html; charset=utf-8"

_STATUSES = {
    "400": "Bad parameters",
    "401": "Unauthorized",
    "403": "Forbidden",
    "404": "Not found",
    "405": "Method not allowed",
    "410": "Gone",
    "500": "Internal server error",
}

_PAGES = {
    "html": Response(200, _PAGE, _HTML),
    "html_502": Response(502, _PAGE, _HTML),
    "cut_before": Response(cut=True),
}

NO_SUCH_PAGE = Response(404, b"<!DOCTYPE html><html><body><h1>Not Found</h1></body></html>", _HTML)
"""The answer to a path that no part of the API has."""

INSTEAD = frozenset({*_STATUSES, *_PAGES, "429"})
"""Faults that answer without acting."""

AFTERWARDS = frozenset({"500_after", "cut_after", "hang_after"})
"""Faults that act as requested, and then answer something else, or nothing."""

KINDS = frozenset({*INSTEAD, *AFTERWARDS, *ODD, "slow", "silent", "echo"})


def instead(kind: str, form: Form) -> Response:
    """Return the answer to a fault of a kind in INSTEAD."""
    if kind == "429":
        return refused(form, 429, "Too many requests", Retry_After="1")
    return _PAGES[kind] if kind in _PAGES else refused(form, int(kind), _STATUSES[kind])


def afterwards(kind: str, form: Form) -> Response:
    """Return the final answer to a fault of a kind in AFTERWARDS."""
    return instead("500", form) if kind == "500_after" else Response(cut=True)


@dataclass(frozen=True)
class Fault:
    """One fault: it happens `left` more times, or until cleared if that is None."""

    kind: str
    on: str
    left: int | None
    seconds: float
    account: str | None = None
    """The only account it happens to, if not to all."""

    def meets(self, call: Call, account: str | None) -> bool:
        """Return whether the fault applies to a call with this account's key."""
        on = ("*", call.endpoint, call.like)
        return self.on in on and self.account in (None, account)

    def remainder(self) -> "list[Fault]":
        """Return what remains of the fault after one call."""
        if self.left is None:
            return [self]
        return [replace(self, left=self.left - 1)] if self.left > 1 else []


def fault(
    kind: str, on: str, times: int | None, seconds: float, account: str | None = None
) -> Fault:
    """Return a fault, after checking that it can happen.

    Raises:
        ValueError: no such kind or endpoint, or invalid numbers.
    """
    if kind not in KINDS:
        raise ValueError(f"No fault is called {kind!r}; there are {', '.join(sorted(KINDS))}")
    known = ("*", *ENDPOINTS, *V2_ENDPOINTS)
    if on not in known:
        raise ValueError(f"No endpoint is called {on!r}; there are {', '.join(known)}")
    if not 0 <= seconds <= _LONGEST or (times is not None and times < 1):
        raise ValueError(f"A fault happens at least once and lasts from 0 to {_LONGEST} seconds")
    return Fault(kind, on, times, seconds, account)


def fault_from(order: Any) -> Fault:
    """Return the fault that `POST /_control/fault` describes.

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
