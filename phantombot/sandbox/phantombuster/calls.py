"""A request on its way in: which call of v1 it is, and what is written down of it."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from phantombot.sandbox.phantombuster.runs import Form, Run
from phantombot.sandbox.server import Request

KEY_HEADER = "x-phantombuster-key-1"

_PATH = re.compile(
    r"/api/v1/(?:(?P<user>user)|agent/(?P<id>[^/.]+)(?:/(?P<verb>launch|output|containers|abort))?)"
    r"(?P<json>\.json)?"
)


class Refused(Exception):
    """The call is answered with an error. `status` is 400, 401 or 404."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


@dataclass(frozen=True)
class SeenRequest:
    """A request as it came, whatever became of it. Header names are in lower case."""

    method: str
    path: str
    query: dict[str, str] = field(repr=False)
    headers: dict[str, str] = field(repr=False)
    body: bytes = field(repr=False)
    account: str | None = None
    """The name of the account whose key it came with."""


@dataclass(frozen=True)
class LaunchRecord:
    """A launch that acted. `command` and `argument` are None where they were not sent.

    `at` is the reading of the clock, in seconds.
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


@dataclass(frozen=True)
class Call:
    """A request understood. An `endpoint` of no name is none of v1's."""

    endpoint: str
    agent_id: str
    given: dict[str, str] = field(repr=False)
    request: Request = field(repr=False)

    @property
    def key(self) -> str | None:
        """The key in the header."""
        return self.request.headers.get(KEY_HEADER)


def seen(request: Request, account: str | None) -> SeenRequest:
    """What is written down of any request."""
    query, headers, body = request.query, request.headers, request.body
    return SeenRequest(request.method, request.path, query, headers, body, account)


def call_of(request: Request, form: Form) -> Call:
    """What is asked for.

    The 2014 form knows GET and `.json` alone. Later the extension may be left out, and launch
    and abort are POST "with parameters in query or body", while GET is still allowed.
    """
    first_form = form == "2014"
    given = request.query if first_form else request.query | _body_parameters(request)
    found = _PATH.fullmatch(request.path)
    if found is None or (first_form and not found["json"]):
        return Call("", "", given, request)
    endpoint = found["user"] or found["verb"] or "agent"
    if request.method != "GET" and not _may_be_posted(request.method, endpoint, form):
        endpoint = ""
    return Call(endpoint, found["id"] or "", given, request)


def _may_be_posted(method: str, endpoint: str, form: Form) -> bool:
    return method == "POST" and endpoint in ("launch", "abort") and form == "later"


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
    """Look at the parameters of a launch.

    Raises:
        Refused: 400 for a command that this form does not know, or an argument that is no JSON.
    """
    commands = ("casperjs", "phantomjs") if form == "2014" else ("casperjs", "phantomjs", "node")
    if given.get("command", commands[0]) not in commands:
        raise Refused(400, f"Command must be one of {', '.join(commands)}")
    try:
        json.loads(given.get("argument", "{}"))
    except (ValueError, RecursionError):
        raise Refused(400, "Argument is not valid JSON") from None


def launch_record(run: Run, call: Call, now: float, account: str) -> LaunchRecord:
    """What is written down of a launch that acted."""
    return LaunchRecord(
        agent_id=run.agent.id,
        command=call.given.get("command"),
        argument=call.given.get("argument"),
        save=bool(call.given.get("saveLaunchOptions")),
        headers=call.request.headers,
        query=call.request.query,
        at=now,
        container_id=str(run.container_id),
        account=account,
    )
