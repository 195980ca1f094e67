"""Parse requests into calls of v2, and check their parameters."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl

from phantombot.sandbox.phantombuster.calls import Call, Refused
from phantombot.sandbox.phantombuster.forms import Form
from phantombot.sandbox.server import Request

PREFIX = "/api/v2/"
_MOST_TAGS = 100
_LONGEST_TAG = 250
_MOST_IDS = 100

Check = Callable[[Any], bool]


def _text(value: Any) -> bool:
    return isinstance(value, str) and value != ""


def _switch(value: Any) -> bool:
    """Return whether it is a switch in a query, as any text is."""
    return isinstance(value, str)


def _boolean(value: Any) -> bool:
    return isinstance(value, bool)


def _json(value: Any) -> bool:
    """Return whether it can be an argument: JSON text, or a plain object."""
    return isinstance(value, str | dict)


def _tags(value: Any) -> bool:
    if not isinstance(value, dict):
        return value is None
    return len(value) <= _MOST_TAGS and all(len(name) <= _LONGEST_TAG for name in value)


def _count(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and value >= 1


def _digits(value: Any) -> bool:
    return isinstance(value, str) and re.fullmatch(r"-?\d{1,16}", value) is not None


def _ids(value: Any) -> bool:
    several = value if isinstance(value, list) else [value]
    return len(several) <= _MOST_IDS and all(isinstance(one, str) for one in several)


def _one_of(*words: str) -> Check:
    return lambda value: value in words


@dataclass(frozen=True)
class Endpoint:
    """An endpoint: its method, its parameters, which are required, and its equivalent in v1."""

    method: str
    like: str
    takes: Mapping[str, Check] = field(default_factory=dict)
    needs: tuple[str, ...] = ()


_STATUSES = ("starting", "running", "finished", "unknown", "launch error", "never launched")

ENDPOINTS: dict[str, Endpoint] = {
    "agents/launch": Endpoint(
        "POST",
        "launch",
        {
            "id": _text,
            "argument": _json,
            "arguments": _json,
            "bonusArgument": _json,
            "saveArgument": _boolean,
            "saveArguments": _boolean,
            "manualLaunch": _boolean,
            "maxInstanceCount": _count,
            "internalMetadata": _tags,
            "userCustomMetadata": _tags,
        },
        ("id",),
    ),
    "agents/stop": Endpoint(
        "POST",
        "abort",
        {
            "id": _text,
            "softAbort": _boolean,
            "cascadeToAllSlaves": _boolean,
            "dontLaunchSoon": _boolean,
            "switchToManualLaunch": _boolean,
        },
        ("id",),
    ),
    "agents/fetch-all": Endpoint(
        "GET",
        "user",
        {
            "inputTypes": _ids,
            "outputTypes": _ids,
            "agentIds": _ids,
            "withAgentSlotsFactor": _switch,
            "withArgument": _switch,
        },
    ),
    "agents/fetch": Endpoint(
        "GET",
        "agent",
        {
            "id": _text,
            "withManifest": _switch,
            "withAgentObject": _switch,
            "withCode": _switch,
            "withSlaves": _switch,
            "withSubSlaves": _switch,
        },
        ("id",),
    ),
    "agents/fetch-output": Endpoint(
        "GET",
        "output",
        {
            "id": _text,
            "fromOutputPos": _digits,
            "prevContainerId": _text,
            "prevStatus": _one_of(*_STATUSES),
            "prevRuntimeEventIndex": _digits,
        },
        ("id",),
    ),
    "containers/fetch": Endpoint(
        "GET",
        "output",
        {
            "id": _text,
            "withResultObject": _switch,
            "withOutput": _switch,
            "withRuntimeEvents": _switch,
            "withNewerAndOlderContainerId": _switch,
        },
        ("id",),
    ),
    "containers/fetch-all": Endpoint(
        "GET",
        "containers",
        {
            "agentId": _text,
            "beforeEndedAt": _digits,
            "limit": _digits,
            "mode": _one_of("all", "finalized"),
            "withRuntimeEvents": _switch,
        },
        ("agentId",),
    ),
    "containers/fetch-output": Endpoint(
        "GET", "output", {"id": _text, "mode": _one_of("json", "raw")}, ("id",)
    ),
    "containers/fetch-result-object": Endpoint("GET", "output", {"id": _text}, ("id",)),
    "orgs/fetch": Endpoint(
        "GET",
        "user",
        {
            "withGlobalObject": _switch,
            "withProxies": _switch,
            "withCrmIntegrations": _switch,
            "withCustomPrompts": _switch,
        },
    ),
    "orgs/fetch-resources": Endpoint("GET", "user"),
    "orgs/fetch-running-containers": Endpoint("GET", "user"),
}


def call_of(request: Request, form: Form) -> Call:
    """Return the call; its parameters are checked once its key is known."""
    if not form.has_v2:
        return Call("", "", {}, request, version="")
    name = request.path.removeprefix(PREFIX)
    endpoint = ENDPOINTS.get(name)
    if endpoint is None or request.method != endpoint.method:
        wrong = HTTPStatus.NOT_FOUND if endpoint is None else HTTPStatus.METHOD_NOT_ALLOWED
        return Call("", "", {}, request, wrong, "v2")
    given = _body(request) if request.method == "POST" else _query(request)
    agent_id = given.get("id", "") if name.startswith("agents/") else given.get("agentId", "")
    return Call(name, str(agent_id), given, request, version="v2", like=endpoint.like)


def check(call: Call) -> None:
    """Check the parameters of a call.

    Raises:
        Refused: 400 for one that is unknown, missing or of the wrong type.
    """
    endpoint = ENDPOINTS[call.endpoint]
    fits = all(
        name in endpoint.takes and endpoint.takes[name](value) for name, value in call.given.items()
    )
    if not fits or any(name not in call.given for name in endpoint.needs):
        raise Refused(HTTPStatus.BAD_REQUEST, "Could not validate data")


def is_on(given: Mapping[str, Any], name: str) -> bool:
    """Return whether a switch in a query is on."""
    return given.get(name, "") not in ("", "0", "false")


def _query(request: Request) -> dict[str, Any]:
    """Return the parameters in the query; a repeated name has a list of values."""
    given: dict[str, Any] = {}
    for name, value in parse_qsl(request.query_string, keep_blank_values=True):
        before = given.get(name, [])
        listed = before if isinstance(before, list) else [before]
        given[name] = [*listed, value] if name in given else value
    return given


def _body(request: Request) -> dict[str, Any]:
    """Return the fields of a JSON object; none for any other body, which is then refused."""
    if "json" not in request.headers.get("content-type", ""):
        return {}
    try:
        body = request.json
    except (ValueError, RecursionError):
        return {}
    return body if isinstance(body, dict) else {}
