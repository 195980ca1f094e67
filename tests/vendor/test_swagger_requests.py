"""Requests held to the vendor's own Swagger of API v1: the judge itself, and the client."""

from collections.abc import Callable, Iterator
from contextlib import suppress

import pytest
from vendor.swagger import assert_request_fits

from phantombot.errors import PhantombusterError
from phantombot.phantombuster.account import ApiKey
from phantombot.phantombuster.client import Client
from phantombot.sandbox.phantombuster import LocalPhantombuster, SeenRequest

KEY = "sandbox-key-0123456789"
FORM = "application/x-www-form-urlencoded"


def seen(asked: str, body: str = "", kind: str = FORM, *, key: bool = True, **query: str):
    method, path = asked.split()
    headers = {"content-type": kind} | ({"x-phantombuster-key-1": KEY} if key else {})
    return SeenRequest(method, f"/api/v1/{path}", query, headers, body.encode())


@pytest.mark.parametrize(
    "request_",
    [
        seen("GET user"),
        seen("GET agent/785"),
        seen("GET agent/785/containers"),
        seen("GET agent/7666128429580813/output", mode="track", containerId="7666128429580813"),
        seen("GET agent/785/output", fromOutputPos="12", withoutResultObject="true"),
        seen("POST agent/785/abort"),
        seen("POST agent/785/launch", argument='{"a": 1}', saveArgument="true"),
        seen("POST agent/785/launch", command="casperjs", saveLaunchOptions="1"),
        seen("POST agent/785/launch", "argument=%7B%7D&saveArgument=false&output=json"),
        seen(
            "POST agent/785/launch", '{"argument": "{}", "saveArgument": true}', "application/json"
        ),
    ],
    ids=lambda one: f"{one.method} {one.path}",
)
def test_a_request_as_the_vendor_describes_it_fits(request_: SeenRequest) -> None:
    assert_request_fits(request_)


@pytest.mark.parametrize(
    ("request_", "reason"),
    [
        (seen("GET user.json"), "no GET"),
        (seen("GET unheard-of"), "no GET"),
        (seen("GET agent/785/launch"), "no GET"),
        (seen("POST user"), "no POST"),
        (seen("POST agent/nobody/abort"), "integer"),
        (seen("GET user", key=False), "Security"),
        (seen("GET agent/785/output", containerId="newest"), "number"),
        (seen("GET agent/785/output", mode="oldest"), "is not one of"),
        (seen("GET agent/785/output", container="1"), "container is no parameter"),
        (seen("GET user", key_="x"), "key_ is no parameter"),
        (seen("POST agent/785/launch", saveArgument="perhaps"), "boolean"),
        (seen("POST agent/785/launch", "saveArgument=perhaps"), "boolean"),
        (seen("POST agent/785/launch", '{"arguments": "{}"}', "application/json"), "arguments is"),
    ],
)
def test_a_request_that_does_not_fit_is_told_why(request_: SeenRequest, reason: str) -> None:
    with pytest.raises(AssertionError, match=reason):
        assert_request_fits(request_)


@pytest.fixture
def today() -> Iterator[LocalPhantombuster]:
    server = LocalPhantombuster(form="today", key=KEY)
    server.start()
    yield server
    server.stop()


def launch(client: Client) -> object:
    return client.launch(ApiKey(KEY), "785", command="casperjs", argument='{"a": 1}', save=True)


CALLS: dict[str, Callable[[Client], object]] = {
    "user": lambda client: client.account(ApiKey(KEY)),
    "output": lambda client: client.output(ApiKey(KEY), "785", from_position=12),
    "containers": lambda client: client.containers(ApiKey(KEY), "785"),
    "launch": launch,
    "abort": lambda client: client.abort(ApiKey(KEY), "785"),
}


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_the_clients_requests_fit(
    today: LocalPhantombuster, call: Callable[[Client], object]
) -> None:
    client = Client(today.url)
    for ask in (CALLS["user"], call):  # the first finds out how this account is asked
        today.requests.clear()
        with suppress(PhantombusterError):
            ask(client)
    client.close()
    assert today.requests
    for request in today.requests:
        assert_request_fits(request)


def test_the_clients_request_for_one_container_fits(today: LocalPhantombuster) -> None:
    (container,) = today.launch_elsewhere("785")
    client = Client(today.url)
    seen = client.output(ApiKey(KEY), "785", container_id=container, result=True)
    client.close()
    assert seen.container_id == container
    assert_request_fits(today.requests[-1])
