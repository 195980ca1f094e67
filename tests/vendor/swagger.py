"""Phantombuster's own description of API v1, made to judge requests and answers.

The file is the vendor's Swagger 2.0 and no part of the project: tests look for it beside the
repository, and are skipped where it is not. openapi-core knows OpenAPI 3.0 and later, so the
Swagger is rewritten to that first; what the two have in common is all that it uses.
"""

import json
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pytest
import yaml
from openapi_core import OpenAPI, V30RequestValidator, V30ResponseValidator
from openapi_core.testing import MockRequest, MockResponse
from openapi_core.validation.schemas.exceptions import InvalidSchemaValue

from phantombot.sandbox.phantombuster import SeenRequest

HOST = "https://api.phantombuster.com"
BASE = "/api/v1"
KEY_HEADER = "X-Phantombuster-Key-1"


def schema_file(name: str) -> Path:
    """Return a vendor's schema in `shared/schemas`, beside the repository or above it."""
    for folder in Path(__file__).resolve().parents:
        file = folder / "shared" / "schemas" / name
        if file.is_file():
            return file
    pytest.skip(f"shared/schemas/{name} is not at hand")


@cache
def swagger() -> OpenAPI:
    """Return API v1, changed to require every described field and allow no other."""
    text = schema_file("phantombuster-v1.swagger.yaml").read_text(encoding="utf-8")
    return OpenAPI.from_dict(_rewritten(yaml.safe_load(text)))


def _rewritten(old: dict[str, Any]) -> dict[str, Any]:
    return {
        "openapi": "3.0.3",
        "info": old["info"],
        "servers": [{"url": HOST + old["basePath"]}],
        "paths": {
            path: {method: _operation(operation) for method, operation in methods.items()}
            for path, methods in old["paths"].items()
        },
        "components": {
            "schemas": {name: _strict(one) for name, one in old["definitions"].items()},
            "securitySchemes": old["securityDefinitions"],
        },
    }


def _operation(old: dict[str, Any]) -> dict[str, Any]:
    return old | {
        "parameters": [_parameter(one) for one in old.get("parameters", [])],
        "responses": {
            status: {
                "description": one["description"],
                "content": {"application/json": {"schema": _strict(one["schema"])}},
            }
            for status, one in old["responses"].items()
        },
    }


def _parameter(old: dict[str, Any]) -> dict[str, Any]:
    about = {name: old[name] for name in ("name", "in", "required")}
    return about | {"schema": {name: old[name] for name in ("type", "enum") if name in old}}


def _strict(old: dict[str, Any]) -> dict[str, Any]:
    if "$ref" in old:
        return {"$ref": old["$ref"].replace("#/definitions/", "#/components/schemas/")}
    new = {name: value for name, value in old.items() if name not in ("example", "properties")}
    if "items" in old:
        new["items"] = _strict(old["items"])
    if "properties" in old:
        new["properties"] = {name: _strict(one) for name, one in old["properties"].items()}
        new |= {"required": list(old["properties"]), "additionalProperties": False}
    return new


def operation_of(method: str, path: str) -> dict[str, Any]:
    """Return the description of a call, by its path without `.json`."""
    paths = swagger().spec["paths"].read_value()
    described: dict[str, Any] = paths.get(_template(path), {}).get(method.lower(), {})
    assert described, f"the Swagger has no {method} of {path}"
    return described


def _template(path: str) -> str:
    parts = path.removeprefix(BASE).split("/")
    if len(parts) > 2 and parts[1] == "agent":
        parts[2] = "{id}"
    return "/".join(parts)


def differences(request: SeenRequest, status: int, answer: Any) -> Iterator[str]:
    """Yield where an answer differs from the Swagger: "getUser 200 data.agents[].id: type"."""
    path = request.path.removesuffix(".json")
    name = operation_of(request.method, path)["operationId"]
    body = json.dumps(answer).encode()
    asked = MockRequest(HOST, request.method, path)
    judge = V30ResponseValidator(swagger().spec)
    for error in judge.iter_errors(asked, MockResponse(body, status)):
        cause = error.__cause__
        if not isinstance(cause, InvalidSchemaValue):
            raise error
        for one in cause.schema_errors:
            yield from (f"{name} {status} {what}" for what in told(one))


def told(error: Any) -> Iterator[str]:
    where = ".".join("[]" if isinstance(part, int) else part for part in error.absolute_path)
    where = where.replace(".[]", "[]")
    inside = f"{where}." if where else ""
    if error.validator == "required":
        yield f"{inside}{error.message.split(chr(39))[1]}: missing"
    elif error.validator == "additionalProperties":
        yield from (
            f"{inside}{name}: unknown"
            for name in set(error.instance) - set(error.schema["properties"])
        )
    else:
        yield f"{where}: {'null' if error.instance is None else error.validator}"


UNDESCRIBED = {
    "command": "section 2: until 2016; gone from the documents in 2017",
    "saveLaunchOptions": "section 2: since 2017 `saveArgument`: send both",
    "launchNumber": "section 3: October 2014",
    "fromMessageId": "section 3: 2014",
}
"""Parameters that older forms of v1 take and the Swagger of 2020 leaves out, by the facts."""


def assert_request_fits(request: SeenRequest) -> None:
    """Hold a request to the Swagger: method, path, key, and each parameter with its type.

    Parameters may stand in the query or in the body of a POST ("query or body", since May 2015).
    Those of UNDESCRIBED are let pass.

    Raises:
        AssertionError: it does not fit, with each reason.
    """
    given = _parameters(request)
    described = operation_of(request.method, request.path)["parameters"]
    known = {one["name"] for one in described if one["in"] == "query"} | set(UNDESCRIBED)
    wrong = [f"{name} is no parameter" for name in given if name not in known]
    asked = MockRequest(
        HOST, request.method, request.path, args=given, headers=dict(request.headers)
    )
    judge = V30RequestValidator(swagger().spec)
    wrong += [str(error.__cause__ or error) for error in judge.iter_errors(asked)]
    assert not wrong, f"{request.method} {request.path}: {'; '.join(wrong)}"


def _parameters(request: SeenRequest) -> Mapping[str, str]:
    """Return those in the query, and those in a body that is a form or a JSON object."""
    if not request.body:
        return request.query
    if "json" not in request.headers.get("content-type", ""):
        return request.query | dict(parse_qsl(request.body.decode(), keep_blank_values=True))
    sent = json.loads(request.body)
    assert isinstance(sent, dict)
    return request.query | {
        name: value if isinstance(value, str) else json.dumps(value) for name, value in sent.items()
    }
