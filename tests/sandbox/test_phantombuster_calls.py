import json
from typing import Any

import pytest
from phantombuster_stage import KEY, SECRET, send

from phantombot.sandbox.phantombuster import LocalPhantombuster


@pytest.mark.parametrize("path", ["user.json", "agent/785/launch.json", "agent/1/launch.json"])
@pytest.mark.parametrize("key", [None, "wrong"])
def test_a_missing_or_wrong_key_is_401(
    later: LocalPhantombuster, path: str, key: str | None
) -> None:
    assert send(later, path, key=key).status == 401
    assert later.launches == []


@pytest.mark.parametrize(
    "how",
    [{"key_parameter": True}, {"body": f"key={KEY}"}],
    ids=["in the query", "in the body"],
)
def test_a_key_as_a_parameter_is_401_and_recorded(
    later: LocalPhantombuster, how: dict[str, Any]
) -> None:
    path = "/api/v1/agent/785/launch"
    if how.pop("key_parameter", False):
        path += f"?key={KEY}&x"
    assert send(later, path, method="POST", **how).status == 401
    (request,) = later.requests
    assert KEY in (request.query.get("key", "") + request.body.decode())
    assert later.launches == []


def test_a_withdrawn_key_is_refused_until_another_is_set(later: LocalPhantombuster) -> None:
    later.withdraw_key()
    assert send(later, "user.json").status == 401
    assert send(later, "user.json", key="").status == 401
    later.key = "another"
    assert send(later, "user.json", key="another").status == 200


@pytest.mark.parametrize(
    ("asked", "then", "now"),
    [
        ("GET agent/785/launch.json", 200, 200),
        ("GET agent/785/launch", 404, 200),
        ("POST agent/785/launch.json", 405, 200),
        ("POST agent/785/abort", 404, 200),
        ("GET user", 404, 200),
        ("GET agent/785", 404, 200),
        ("GET agent/785/containers.json", 404, 200),
        ("POST user.json", 405, 405),
        ("PUT agent/785/launch.json", 405, 405),
        ("GET agent/1/output.json", 404, 404),
        ("GET agent/785/unheard-of.json", 404, 404),
        ("GET /elsewhere", 404, 404),
    ],
)
def test_each_form_knows_its_own_paths(
    first: LocalPhantombuster, later: LocalPhantombuster, asked: str, then: int, now: int
) -> None:
    method, path = asked.split()
    assert send(first, path, method=method).status == then
    assert send(later, path, method=method).status == now


def test_every_request_is_recorded(later: LocalPhantombuster) -> None:
    send(later, "user.json", key="wrong", a="b")
    send(later, "/nowhere")
    assert [(seen.method, seen.path) for seen in later.requests] == [
        ("GET", "/api/v1/user.json"),
        ("GET", "/nowhere"),
    ]
    assert later.requests[0].query == {"a": "b"}
    assert later.requests[0].headers["x-phantombuster-key-1"] == "wrong"


def test_records_show_no_secret(later: LocalPhantombuster) -> None:
    send(later, "agent/785/launch.json", argument=json.dumps(SECRET))
    shown = repr((later.requests, later.launches, later))
    assert "785" in shown
    assert SECRET not in shown
    assert KEY not in shown
