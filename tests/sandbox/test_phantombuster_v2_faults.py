"""Bad days of an account that is called by API v2."""

import http.client
import json
from collections.abc import Callable
from typing import Any

import pytest
from phantombuster_stage import KEY, SECRET, Answer, Clock, send, send_v2

from phantombot.sandbox.phantombuster import LocalPhantombuster

READS: dict[str, dict[str, str]] = {
    "agents/fetch-all": {},
    "agents/fetch": {"id": "785"},
    "agents/fetch-output": {"id": "785"},
    "containers/fetch": {},
    "containers/fetch-all": {"agentId": "785"},
    "containers/fetch-output": {},
    "containers/fetch-result-object": {},
    "orgs/fetch": {},
    "orgs/fetch-resources": {},
    "orgs/fetch-running-containers": {},
}


@pytest.fixture
def v2(serve: Callable[..., LocalPhantombuster], clock: Clock) -> LocalPhantombuster:
    """Return a server where one run of 785 has ended, and one of 786 is running."""
    server = serve(form="v2")
    server.launch_elsewhere("785")
    clock.advance(100)
    server.launch_elsewhere("786")
    clock.advance(1)
    return server


def read(server: LocalPhantombuster, endpoint: str) -> Answer:
    (of_785,) = server._account.runs(server._account.agents["785"])
    asked = READS[endpoint]
    if endpoint.startswith("containers/") and not asked:
        asked = {"id": str(of_785.container_id)}
    return send_v2(server, endpoint, **asked)


def statuses(server: LocalPhantombuster) -> dict[str, int]:
    told = {endpoint: read(server, endpoint).status for endpoint in READS}
    for act in ("agents/launch", "agents/stop"):
        told[act] = send_v2(server, act, {"id": "901"}).status
    return told


@pytest.mark.parametrize(
    ("on", "met"),
    [
        ("launch", {"agents/launch"}),
        ("abort", {"agents/stop"}),
        ("agent", {"agents/fetch"}),
        ("containers", {"containers/fetch-all"}),
        (
            "user",
            {
                "agents/fetch-all",
                "orgs/fetch",
                "orgs/fetch-resources",
                "orgs/fetch-running-containers",
            },
        ),
        (
            "output",
            {
                "agents/fetch-output",
                "containers/fetch",
                "containers/fetch-output",
                "containers/fetch-result-object",
            },
        ),
        ("orgs/fetch-resources", {"orgs/fetch-resources"}),
        ("agents/stop", {"agents/stop"}),
        ("*", {*READS, "agents/launch", "agents/stop"}),
    ],
)
def test_a_fault_meets_the_endpoint_it_names_and_those_that_do_the_like_in_v2(
    v2: LocalPhantombuster, on: str, met: set[str]
) -> None:
    v2.fault("500", on=on, times=None)
    assert {endpoint for endpoint, status in statuses(v2).items() if status == 500} == met


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        ("null", None),
        ("{}", {}),
        ("nulls", {"containerId": None}),
        ("unknown_words", {"containerId": "4718293817263543"}),
    ],
)
def test_an_odd_answer_has_no_envelope_and_comes_after_acting(
    v2: LocalPhantombuster, kind: str, told: Any
) -> None:
    v2.fault(kind, on="launch")
    answer = send_v2(v2, "agents/launch", {"id": "901"})
    assert (answer.status, answer.json) == (200, told)
    assert len(v2.launches) == 1


def test_an_answer_may_be_empty_or_cut_or_lost(v2: LocalPhantombuster) -> None:
    v2.fault("empty", on="user")
    assert read(v2, "agents/fetch-all").text == ""
    v2.fault("cut_in_the_middle", on="user")
    with pytest.raises(http.client.IncompleteRead):
        read(v2, "agents/fetch-all")
    v2.fault("cut_after", on="launch")
    with pytest.raises((ConnectionError, http.client.RemoteDisconnected)):
        send_v2(v2, "agents/launch", {"id": "901"})
    assert len(v2.launches) == 1


@pytest.mark.parametrize("endpoint", READS)
def test_an_answer_of_v2_may_be_large(v2: LocalPhantombuster, endpoint: str) -> None:
    before = read(v2, endpoint).json
    v2.fault("large", on=endpoint)
    answer = read(v2, endpoint)
    assert len(answer.text) > 6_000_000
    assert answer.json == before


def test_statuses_and_ends_may_be_words_that_nobody_knows(v2: LocalPhantombuster) -> None:
    v2.fault("unknown_words", times=None)
    container = read(v2, "containers/fetch").json
    assert (container["status"], container["endType"]) == ("hibernating", "hibernating")
    assert read(v2, "agents/fetch-output").json["status"] == "hibernating"
    agents = read(v2, "agents/fetch-all").json
    assert {agent["lastEndType"] for agent in agents} == {None, "hibernating"}


def test_strange_agents_may_come_before_the_good_ones(v2: LocalPhantombuster) -> None:
    good = read(v2, "agents/fetch-all").json
    v2.fault("strange_agent", on="user")
    first, second, *others = read(v2, "agents/fetch-all").json
    assert (first["id"], second["id"], second["name"]) == (None, 4_242, None)
    assert others == good


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        ("401", {"status": "error", "error": "Unauthorized"}),
        ("429", {"status": "error", "error": "Too many requests"}),
        ("500", {"status": "error", "error": "Internal server error"}),
    ],
)
def test_a_fault_is_told_in_the_field_of_v2(
    v2: LocalPhantombuster, kind: str, told: dict[str, str]
) -> None:
    v2.fault(kind)
    answer = read(v2, "orgs/fetch")
    assert (answer.status, answer.json) == (int(kind), told)


def test_an_echo_repeats_what_stood_in_the_body(v2: LocalPhantombuster) -> None:
    v2.fault("echo")
    answer = send_v2(v2, "agents/launch", {"id": "901", "argument": {"cookie": SECRET}})
    assert SECRET in answer.json["error"]
    assert KEY in answer.json["error"]
    assert v2.launches == []


def test_a_fault_on_an_endpoint_of_v2_is_set_over_http(v2: LocalPhantombuster) -> None:
    order = {"kind": "404", "on": "agents/fetch-all"}
    assert send(v2, "/_control/fault", method="POST", body=json.dumps(order)).status == 200
    assert [read(v2, "agents/fetch-all").status for _ in range(2)] == [404, 200]


def test_an_expired_cookie_ends_new_runs_of_v2_too(v2: LocalPhantombuster, clock: Clock) -> None:
    v2.spoil_runs(expired=True)
    launched = send_v2(v2, "agents/launch", {"id": "901"}).json["containerId"]
    clock.advance(10)
    ended = send_v2(v2, "containers/fetch", id=launched, withOutput="true").json
    assert (ended["endType"], ended["exitCode"]) == ("finished", 87)
    assert "cookie" in ended["output"]
