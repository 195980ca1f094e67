"""Calls and launches as they are recorded, and the parsing of requests into calls of v1."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal
from urllib.parse import urlencode

from phantombot.sandbox.phantombuster.account import Account
from phantombot.sandbox.phantombuster.forms import Form
from phantombot.sandbox.phantombuster.runs import Run
from phantombot.sandbox.server import Request

KEY_HEADERS = ("x-phantombuster-key-1", "x-phantombuster-key")
"""Both are accepted by both versions."""

_PATH = re.compile(
    r"/api/v1/(?:(?P<user>user)|agent/(?P<id>[^/.]+)(?:/(?P<verb>launch|output|containers|abort))?)"
    r"(?P<json>\.json)?"
)
_ACTS = ("launch", "abort")


class Refused(Exception):
    """An error answer: its status, its text, and its slug if one is known."""

    def __init__(self, status: int, message: str, slug: str = "") -> None:
        super().__init__(message)
        self.status, self.slug = status, slug


class TooManyRuns(Refused):
    """A launch over the agent's parallel limit."""

    def __init__(self) -> None:
        super().__init__(429, "Parallel executions limit reached", "maxParallelismReached")


@dataclass(frozen=True)
class SeenRequest:
    """A request as received, whatever the answer. Header names are in lower case."""

    method: str
    path: str
    query: dict[str, str] = field(repr=False)
    headers: dict[str, str] = field(repr=False)
    body: bytes = field(repr=False)
    account: str | None = None
    """The name of the account whose key it came with."""
    query_string: str = field(default="", repr=False)
    """The query as it was sent, with every value of a repeated name."""


@dataclass(frozen=True)
class LaunchRecord:
    """A launch that took effect. `command` and `argument` are None if they were not sent.

    The argument is the text that was sent; an object, or one with a bonus argument merged into it,
    is converted to JSON. `at` is the reading of the clock, in seconds.
    """

    agent_id: str
    command: str | None
    argument: str | None = field(repr=False)
    save: bool
    headers: dict[str, str] = field(repr=False)
    query: dict[str, str] = field(repr=False)
    at: float
    container_id: str
    account: str = "ada"
    """The name of the account."""
    tags: Mapping[str, Any] | None = None
    """The `userCustomMetadata` of a launch by v2."""


@dataclass(frozen=True)
class Call:
    """A parsed request. Without an `endpoint` it is refused with the status `wrong`:
    404, 405 or 414.
    """

    endpoint: str
    agent_id: str
    given: dict[str, Any] = field(repr=False)
    request: Request = field(repr=False)
    wrong: int = 404
    version: Literal["v1", "v2", ""] = "v1"
    """The version that was called; empty if the account has no such version."""
    like: str = ""
    """For a call of v2, the endpoint of v1 that does the same."""


def key_in(request: Request) -> str | None:
    """Return the key in the header."""
    return next((request.headers[name] for name in KEY_HEADERS if name in request.headers), None)


def seen(request: Request, account: str | None) -> SeenRequest:
    """Return the record of a request."""
    return SeenRequest(
        request.method,
        request.path,
        request.query,
        request.headers,
        request.body,
        account,
        request.query_string,
    )


def call_of(request: Request, form: Form) -> Call:
    """Return the call, if the form knows the request's path and method.

    Parameters are in the query; since 2015 also in the body of a POST.
    """
    found = _PATH.fullmatch(request.path)
    if found is None or not _knows(found, form):
        return Call("", "", {}, request)
    endpoint = found["user"] or found["verb"] or "agent"
    if request.method not in (form.acts_by if endpoint in _ACTS else ("GET",)):
        return Call("", "", {}, request, wrong=405)
    if form.longest_url and len(request.path + urlencode(request.query)) >= form.longest_url:
        return Call("", "", {}, request, wrong=414)
    given = request.query | _body_parameters(request)
    return Call(endpoint, found["id"] or "", given, request)


def _knows(found: re.Match[str], form: Form) -> bool:
    if found["verb"] == "containers" and not form.has_containers:
        return False
    return form.extension in ("optional", "required" if found["json"] else "refused")


def _body_parameters(request: Request) -> dict[str, str]:
    if request.method != "POST":
        return {}
    if "json" not in request.headers.get("content-type", ""):
        return request.form
    try:
        body = request.json
    except ValueError:
        return {}
    if not isinstance(body, dict):
        return {}
    return {k: v if isinstance(v, str) else json.dumps(v) for k, v in body.items()}


def check_launch(given: Mapping[str, str], form: Form) -> None:
    """Check the parameters of a launch.

    Raises:
        Refused: 400 for a command that this form doesn't know, or an argument that isn't JSON.
    """
    known, command = form.commands, given.get("command")
    if known is not None and command is not None and command not in known:
        raise Refused(400, f"Command must be one of {', '.join(known)}")
    try:
        json.loads(given.get("argument", "{}"))
    except (ValueError, RecursionError):
        raise Refused(400, "Argument is not valid JSON") from None


def saves(given: Mapping[str, str], form: Form) -> bool:
    """Return whether to save the launch as the agent's default, by a word or later a boolean."""
    said = given.get(form.saves_by, "")
    return said != "" if form.saves_by == "saveLaunchOptions" else said in ("1", "true")


def launch_record(run: Run, call: Call, now: float, account: Account) -> LaunchRecord:
    """Return the record of a launch that took effect."""
    return LaunchRecord(
        agent_id=run.agent.id,
        command=call.given.get("command"),
        argument=call.given.get("argument"),
        save=saves(call.given, account.form),
        headers=call.request.headers,
        query=call.request.query,
        at=now,
        container_id=str(run.container_id),
        account=account.name,
    )
