"""Phantombuster's own description of API v2, made to judge requests and answers.

The file is the vendor's OpenAPI and no part of the project: tests look for it beside the
repository, and are skipped where it is not. It says itself that no other field may be there.
"""

import json
from collections.abc import Iterator
from functools import cache
from typing import Any
from urllib.parse import parse_qsl

from openapi_core import OpenAPI, V30RequestValidator, V30ResponseValidator
from openapi_core.testing import MockRequest, MockResponse
from openapi_core.validation.schemas.exceptions import InvalidSchemaValue
from vendor.swagger import HOST, schema_file, told
from werkzeug.datastructures import MultiDict

from phantombot.sandbox.phantombuster import SeenRequest

BASE = "/api/v2"
KEY_HEADERS = ("x-phantombuster-key", "x-phantombuster-key-1")
"""The file knows the first; that the other works too was seen on the wire."""

_IDS, _MOST_IDS = "agentIds", 100
"""The one parameter that may be repeated: openapi-core reads its last value alone."""


@cache
def openapi() -> OpenAPI:
    """Return API v2, as the vendor describes it."""
    text = schema_file("phantombuster-v2.openapi.json").read_text(encoding="utf-8")
    return OpenAPI.from_dict(_with_nulls(json.loads(text)))


def _with_nulls(old: Any) -> Any:
    """Return the file with null in each nullable enumeration, as OpenAPI 3.0.3 requires."""
    if isinstance(old, list):
        return [_with_nulls(one) for one in old]
    if not isinstance(old, dict):
        return old
    new = {name: _with_nulls(value) for name, value in old.items()}
    return new | ({"enum": [*old["enum"], None]} if old.get("nullable") and "enum" in old else {})


def operation_of(method: str, path: str) -> dict[str, Any]:
    """Return the description of a call."""
    paths = openapi().spec["paths"].read_value()
    described: dict[str, Any] = paths.get(path.removeprefix(BASE), {}).get(method.lower(), {})
    assert described, f"the OpenAPI has no {method} of {path}"
    return described


def differences(
    request: SeenRequest, status: int, body: bytes, kind: str = "application/json"
) -> Iterator[str]:
    """Yield where an answer differs from the OpenAPI: "agents/fetch-all 200 [].id: type"."""
    name = request.path.removeprefix(f"{BASE}/")
    described = operation_of(request.method, request.path)["responses"].get(str(status))
    if described is None:
        yield f"{name} {status}: unknown"
        return
    content, kind = described.get("content", {}), kind.partition(";")[0]
    if not content:
        return
    if kind not in content:
        yield f"{name} {status}: {kind}"
        return
    judge = V30ResponseValidator(openapi().spec)
    asked = MockRequest(HOST, request.method, request.path)
    for error in judge.iter_errors(asked, MockResponse(body, status, content_type=kind)):
        cause = error.__cause__
        if not isinstance(cause, InvalidSchemaValue):
            raise error
        for one in cause.schema_errors:
            yield from (f"{name} {status} {what}" for what in told(one))


def assert_request_fits(request: SeenRequest) -> None:
    """Hold a request to the OpenAPI: method, path, key, each parameter, and the body.

    Raises:
        AssertionError: it does not fit, with each reason.
    """
    wrong = list(_faults(request))
    assert not wrong, f"{request.method} {request.path}: {'; '.join(wrong)}"


def _faults(request: SeenRequest) -> Iterator[str]:
    described = operation_of(request.method, request.path)
    given = MultiDict(parse_qsl(request.query_string, keep_blank_values=True))
    known = {one["name"] for one in described.get("parameters", []) if one.get("in") == "query"}
    yield from (f"{name} is no parameter" for name in given if name not in known)
    yield from (
        f"{name} is repeated" for name in given if name != _IDS and len(given.getlist(name)) > 1
    )
    ids = given.getlist(_IDS)
    if len(ids) > _MOST_IDS or len(ids) > len(set(ids)):
        yield f"{_IDS} are {len(ids)}, {len(set(ids))} of them different"
    asked = MockRequest(
        HOST,
        request.method,
        request.path,
        args=given,
        headers=_headers(request),
        data=request.body or None,
        content_type=request.headers.get("content-type", ""),
    )
    judge = V30RequestValidator(openapi().spec)
    for error in judge.iter_errors(asked):
        yield str(error.__cause__ or error)
    yield from _missing_body(request)


def _headers(request: SeenRequest) -> dict[str, str]:
    key = next((request.headers[name] for name in KEY_HEADERS if name in request.headers), None)
    return dict(request.headers) | ({} if key is None else {KEY_HEADERS[0]: key})


def _missing_body(request: SeenRequest) -> Iterator[str]:
    """Yield a problem if a body is missing, which the file itself doesn't require."""
    if request.method == "POST" and not request.body:
        yield "there is no body"
