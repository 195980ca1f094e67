import http.client
import json
import threading
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from patience import PATIENCE
from phantombuster_stage import KEY, SECRET, Answer, Clock, listed, send

from phantombot.sandbox.phantombuster import AGENTS, FORMS, LocalPhantombuster


def test_waiting_for_a_launch_tells_whether_it_came(later: LocalPhantombuster) -> None:
    assert later.wait_for_launch(0, timeout=0.0) is True
    assert later.wait_for_launch(1, timeout=0.01) is False
    thread = threading.Thread(target=send, args=(later, "agent/785/launch.json"))
    thread.start()
    assert later.wait_for_launch(1, timeout=PATIENCE) is True
    thread.join()


def test_simultaneous_launches_all_act_under_ids_of_their_own(later: LocalPhantombuster) -> None:
    threads = [
        threading.Thread(target=send, args=(later, "agent/785/launch.json")) for _ in range(20)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({launch.container_id for launch in later.launches}) == 20
    assert listed(later, "785")["queuedContainers"] == 20


def test_faults_are_set_and_cleared_over_http(later: LocalPhantombuster) -> None:
    order = {"kind": "500", "on": "user", "times": None}
    assert send(later, "/_control/fault", method="POST", body=json.dumps(order)).status == 200
    assert send(later, "user.json").status == 500
    (shown,) = send(later, "/_control/state").json["faults"]
    assert (shown["kind"], shown["on"], shown["left"]) == ("500", "user", None)
    assert send(later, "/_control/clear", method="POST").status == 200
    assert send(later, "user.json").status == 200


@pytest.mark.parametrize("body", ["", "[]", '{"kind": "500", "times": []}'])
def test_a_fault_that_cannot_be_read_is_400(later: LocalPhantombuster, body: str) -> None:
    assert send(later, "/_control/fault", method="POST", body=body).status == 400


def test_the_control_surface_has_no_other_calls(later: LocalPhantombuster) -> None:
    assert send(later, "/_control/unheard-of").status == 404
    assert later.requests == []


def test_the_state_masks_what_is_secret(later: LocalPhantombuster, clock: Clock) -> None:
    send(later, "agent/908/launch.json", argument=json.dumps(SECRET), saveLaunchOptions="1")
    clock.advance(1.0)
    send(later, "agent/785/launch.json")
    answer = send(later, "/_control/state", key=None)
    state = answer.json
    assert [launch["argument"] for launch in state["launches"]] == ["…", None]
    assert [run["state"] for run in state["runs"]] == ["not running", "queued"]
    assert state["runs"][0]["exitCode"] == 0
    assert state["key"] == "…6789"
    for secret in (SECRET, KEY, "sandbox-proxy-password"):
        assert secret not in answer.text


@pytest.mark.parametrize("form", FORMS)
def test_the_state_is_told_in_every_form(
    serve: Callable[..., LocalPhantombuster], clock: Clock, form: str
) -> None:
    server = serve(form=form)
    server.launch_elsewhere("785", "908")
    clock.advance(1)
    state = send(server, "/_control/state").json
    assert state["form"] == form
    assert len(state["agents"]) == len(AGENTS)
    assert [run["state"] for run in state["runs"]] == ["running", "not running"]
    assert {run["agentId"] for run in state["runs"]} <= {agent["id"] for agent in state["agents"]}


def test_stopping_before_starting_returns() -> None:
    thread = threading.Thread(target=LocalPhantombuster().stop, daemon=True)
    thread.start()
    thread.join(PATIENCE)
    assert not thread.is_alive()


def test_an_open_connection_is_cut_once_the_server_stops(later: LocalPhantombuster) -> None:
    connection = http.client.HTTPConnection(urlsplit(later.url).netloc, timeout=PATIENCE)
    headers = {"X-Phantombuster-Key-1": KEY}
    connection.request("GET", "/api/v1/user.json", headers=headers)
    assert Answer(connection.getresponse()).status == 200
    later.stop()
    connection.request("GET", "/api/v1/user.json", headers=headers)
    with pytest.raises(ConnectionError):
        connection.getresponse()
    connection.close()
    assert len(later.requests) == 1
