"""The local Phantombuster calls an address when a run ends."""

import json
import threading
from collections.abc import Iterator
from http.client import HTTPConnection
from urllib.parse import urlsplit

import pytest
from patience import PATIENCE

from phantombot.sandbox.phantombuster import LocalPhantombuster
from phantombot.sandbox.server import LocalServer, Request, json_response


class Called:
    """An address that remembers what it was told."""

    def __init__(self) -> None:
        self.told: list[dict] = []
        self.changed = threading.Condition()
        self.server = LocalServer(self.answer)
        self.url = f"{self.server.url}/hooks/secret"

    def answer(self, request: Request) -> object:
        with self.changed:
            self.told.append(request.json)
            self.changed.notify_all()
        return json_response({})

    def times(self, count: int) -> bool:
        with self.changed:
            return self.changed.wait_for(lambda: len(self.told) >= count, PATIENCE)


@pytest.fixture
def called() -> Iterator[Called]:
    called = Called()
    called.server.start()
    yield called
    called.server.stop()


@pytest.fixture
def local() -> Iterator[LocalPhantombuster]:
    local = LocalPhantombuster(speed=20)
    local.start()
    yield local
    local.stop()


def test_each_end_is_called_once_with_what_the_vendor_tells(
    local: LocalPhantombuster, called: Called
):
    local.launch_elsewhere("908", seconds=0)
    local.hook("908", called.url)
    (container_id,) = local.launch_elsewhere("908")
    assert called.times(1)
    local.launch_elsewhere("908")
    assert called.times(2)
    first = called.told[0]
    assert (first["agentId"], first["agentName"]) == ("908", "Hello World")
    assert (first["containerId"], first["exitCode"]) == (container_id, 0)
    assert (first["exitMessage"], first["resultObject"]) == ("finished", '{"hello": "world"}')


def test_a_run_that_is_ended_out_of_turn_is_called_for(local: LocalPhantombuster, called: Called):
    local.hook("903", called.url)
    local.launch_elsewhere("903", seconds=float("inf"))
    while not [run for run in local.running() if run[0] == "903"]:
        pass
    while not called.told:
        local.finish("903")
    assert called.told[0]["agentId"] == "903"


def test_an_address_elsewhere_is_refused(local: LocalPhantombuster):
    with pytest.raises(ValueError, match="this machine"):
        local.hook("908", "https://example.com/hooks/x")


def test_it_is_set_from_outside_too(local: LocalPhantombuster, called: Called):
    order = json.dumps({"agent": "908", "url": called.url})
    connection = HTTPConnection(urlsplit(local.url).netloc, timeout=PATIENCE)
    connection.request("POST", "/_control/hook", order)
    assert connection.getresponse().status == 200
    connection.close()
    local.launch_elsewhere("908")
    assert called.times(1)


def test_a_run_that_never_began_or_was_killed_has_no_result(
    local: LocalPhantombuster, called: Called
):
    local.hook("908", called.url)
    local.launch_elsewhere("908", seconds=0)
    assert called.times(1)
    local.launch_elsewhere("908", seconds=3600)
    local.finish("908", end_type="org timeout")
    local.spoil_runs(used_up=True)
    local.launch_elsewhere("908")
    assert called.times(3)
    assert json.loads(called.told[0]["resultObject"])
    assert [told["resultObject"] for told in called.told[1:]] == [None, None]
