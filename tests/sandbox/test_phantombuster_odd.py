"""Answers that nobody documented, and a clock that is off: how a server may puzzle its clients."""

import http.client
import json
from collections.abc import Callable
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

import pytest
from phantombuster_stage import KEY, Clock, send

from phantombot.sandbox.phantombuster import LocalPhantombuster

Serve = Callable[..., LocalPhantombuster]


@pytest.fixture
def today(serve: Serve) -> LocalPhantombuster:
    return serve(form="today")


def odd(server: LocalPhantombuster, kind: str, on: str, path: str, **how: Any) -> Any:
    """Return the answer to a call during a fault, which is set over HTTP."""
    order = json.dumps({"kind": kind, "on": on})
    assert send(server, "/_control/fault", method="POST", body=order).status == 200
    answer = send(server, path, **how)
    assert answer.status == 200
    return json.loads(answer.text) if answer.text else None


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        ("null", {"status": "success", "data": None}),
        ("{}", {}),
        ("empty", None),
        ("nulls", {"status": "success", "data": {"containerId": None}}),
        ("unknown_words", {"status": "success", "data": {"containerId": 76426}}),
        ("strings", {"status": "success", "data": {"containerId": "76426"}}),
        ("strange_agent", {"status": "success", "data": {"containerId": 76426}}),
    ],
)
def test_an_odd_answer_comes_after_acting_and_once(
    later: LocalPhantombuster, kind: str, told: Any
) -> None:
    assert odd(later, kind, "launch", "agent/785/launch.json") == told
    assert len(later.launches) == 1
    assert send(later, "agent/785/launch.json").data == {"containerId": 76427}


@pytest.mark.parametrize("kind", ["null", "nulls", "strings"])
def test_a_refusal_stays_what_it_is(later: LocalPhantombuster, kind: str) -> None:
    later.fault(kind)
    assert send(later, "agent/1/output.json").json["status"] == "error"


def test_statuses_are_words_that_nobody_knows(later: LocalPhantombuster, clock: Clock) -> None:
    send(later, "agent/908/launch.json")
    clock.advance(1)
    output = odd(later, "unknown_words", "output", "agent/908/output.json")
    assert output["status"] == "success"
    told = output["data"]
    assert (told["agentStatus"], told["containerStatus"]) == ("hibernating", "hibernating")
    assert told["resultObject"] == {"hello": "world"}
    user = odd(later, "unknown_words", "user", "user.json")["data"]
    assert {agent["lastEndStatus"] for agent in user["agents"]} == {None, "hibernating"}
    (container,) = odd(later, "unknown_words", "containers", "agent/908/containers.json")["data"]
    assert container["lastEndStatus"] == "hibernating"


@pytest.mark.parametrize("form", ["2014", "2014-11"])
def test_so_are_the_statuses_of_2014(serve: Serve, form: str) -> None:
    told = odd(serve(form=form), "unknown_words", "output", "agent/908/output.json")
    assert told["data"]["status"] == "hibernating"


def test_everything_but_ids_may_be_null(later: LocalPhantombuster) -> None:
    user = odd(later, "nulls", "user", "user.json")["data"]
    assert user["timeLeft"] is None
    assert {agent["id"] for agent in user["agents"]} >= {785, 908}
    assert {agent["name"] for agent in user["agents"]} == {None}
    output = odd(later, "nulls", "output", "agent/785/output.json")["data"]
    assert output["containerStatus"] is output["output"] is output["containerId"] is None


def test_numbers_may_be_texts(later: LocalPhantombuster) -> None:
    user = odd(later, "strings", "user", "user.json")["data"]
    assert user["timeLeft"] == "14087"
    assert user["agents"][0] | {"progress": None} == user["agents"][0] | {
        "id": "785",
        "runningContainers": "0",
        "progress": None,
    }


def test_strange_agents_stand_before_the_good_ones(later: LocalPhantombuster) -> None:
    first, second, *good = odd(later, "strange_agent", "user", "user.json")["data"]["agents"]
    assert first["id"] is None
    assert (second["id"], second["name"], second["runningContainers"]) == (4_242, None, None)
    assert good == send(later, "user.json").data["agents"]


@pytest.mark.parametrize("path", ["user", "agent/785/output", "agent/785/containers"])
def test_an_answer_may_be_large(today: LocalPhantombuster, path: str) -> None:
    whole = send(today, path).data
    today.fault("large")
    answer = send(today, path)
    assert len(answer.text) > 6_000_000
    assert answer.data == whole


def test_an_answer_may_be_cut_in_its_middle(today: LocalPhantombuster) -> None:
    today.fault("cut_in_the_middle", on="launch")
    with pytest.raises(http.client.IncompleteRead) as cut:
        send(today, "agent/785/launch", method="POST")
    assert cut.value.partial.startswith(b'{"status": "succ')
    assert len(today.launches) == 1


@pytest.mark.parametrize(("form", "field"), [("2017", "message"), ("today", "error")])
def test_a_fault_is_told_in_the_words_of_the_form(serve: Serve, form: str, field: str) -> None:
    server = serve(form=form)
    server.fault("410", on="user")
    answer = send(server, "user")
    assert (answer.status, answer.json) == (410, {"status": "error", field: "Gone"})


def test_a_call_of_the_wrong_shape_meets_no_fault_of_its_endpoint(
    today: LocalPhantombuster,
) -> None:
    today.fault("500", on="user")
    assert send(today, "user.json").status == 404
    assert send(today, "user").status == 500


@pytest.mark.parametrize("fault", [None, "500", "null", "html"])
def test_each_answer_tells_the_time_of_the_account(
    today: LocalPhantombuster, clock: Clock, fault: str | None
) -> None:
    clock.advance(3_600)
    if fault:
        today.fault(fault)
    dates = send(today, "user").headers.get_all("Date")
    assert dates is not None
    (date,) = dates
    told = parsedate_to_datetime(date).timestamp()
    assert told == int(today._account.epoch + 3_600)


def test_the_servers_clock_may_be_off(today: LocalPhantombuster, clock: Clock) -> None:
    epoch, body = today._account.epoch, json.dumps({"seconds": -600})
    assert send(today, "/_control/clock", method="POST", body=body).status == 200
    send(today, "agent/908/launch", method="POST")
    clock.advance(1)
    answer = send(today, "agent/908/containers")
    (container,) = answer.data
    told = parsedate_to_datetime(answer.headers["Date"]).timestamp()
    assert told == int(epoch - 600 + 1)
    assert container["queueDate"] // 1000 == int(epoch - 600)


@pytest.mark.parametrize("body", ["", "{}", '{"seconds": "much"}', "[]"])
def test_a_clock_is_off_by_a_number(today: LocalPhantombuster, body: str) -> None:
    assert send(today, "/_control/clock", method="POST", body=body).status == 400


def test_a_connection_goes_on_after_an_odd_answer(today: LocalPhantombuster) -> None:
    today.fault("empty")
    connection = http.client.HTTPConnection(urlsplit(today.url).netloc, timeout=5)
    for body in (b"", b"{"):
        connection.request("GET", "/api/v1/user", headers={"X-Phantombuster-Key-1": KEY})
        assert connection.getresponse().read()[:1] == body
    connection.close()
