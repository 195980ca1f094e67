import http.client
import json
import threading
import time
from typing import Any

import pytest
from patience import PATIENCE
from phantombuster_stage import KEY, SECRET, Clock, send

from phantombot.sandbox.phantombuster import LocalPhantombuster


@pytest.mark.parametrize(
    ("kind", "status", "acts"),
    [
        ("500", 500, False),
        ("500_after", 500, True),
        ("400", 400, False),
        ("401", 401, False),
        ("403", 403, False),
        ("404", 404, False),
        ("405", 405, False),
        ("410", 410, False),
        ("429", 429, False),
        ("html", 200, False),
        ("html_502", 502, False),
        ("cut_before", None, False),
        ("cut_after", None, True),
    ],
)
def test_a_fault_happens_once_and_acts_or_not(
    later: LocalPhantombuster, kind: str, status: int | None, acts: bool
) -> None:
    later.fault(kind, on="launch")
    assert send(later, "user.json").status == 200
    if status is None:
        with pytest.raises((ConnectionError, http.client.RemoteDisconnected)):
            send(later, "agent/785/launch.json")
    else:
        answer = send(later, "agent/785/launch.json")
        assert answer.status == status
        assert answer.headers["Retry-After"] == ("1" if kind == "429" else None)
        assert answer.text.startswith("<!DOCTYPE") is kind.startswith("html")
    assert len(later.launches) == acts
    assert send(later, "agent/785/launch.json").status == 200


def test_a_hanging_call_has_acted_and_ends_when_the_server_stops(
    later: LocalPhantombuster,
) -> None:
    later.fault("hang_after", on="launch", times=None)
    ended = threading.Event()

    def launch() -> None:
        with pytest.raises((ConnectionError, http.client.RemoteDisconnected)):
            send(later, "agent/785/launch.json")
        ended.set()

    thread = threading.Thread(target=launch)
    thread.start()
    assert later.wait_for_launch(1, PATIENCE)
    assert not ended.wait(0.05)
    later.stop()
    assert ended.wait(PATIENCE)
    thread.join()


def test_a_client_may_tire_of_a_hanging_call(later: LocalPhantombuster) -> None:
    later.fault("hang_after")
    with pytest.raises(TimeoutError):
        send(later, "agent/785/launch.json", timeout=0.1)
    assert later.wait_for_launch(1, PATIENCE)
    assert len(later.launches) == 1
    assert send(later, "user.json").status == 200


def test_a_slow_call_waits_then_acts(later: LocalPhantombuster) -> None:
    later.fault("slow", seconds=0.1)
    before = time.monotonic()
    assert send(later, "agent/785/launch.json").status == 200
    assert time.monotonic() - before >= 0.1
    assert len(later.launches) == 1


def test_a_slow_call_does_nothing_once_the_server_stops(later: LocalPhantombuster) -> None:
    later.fault("slow", on="launch", seconds=3_600)
    with pytest.raises(TimeoutError):
        send(later, "agent/785/launch.json", timeout=0.05)
    stopping = threading.Thread(target=later.stop)
    stopping.start()
    stopping.join(PATIENCE)
    assert not stopping.is_alive()
    assert later.launches == []


def _meet_silence(server: LocalPhantombuster) -> threading.Thread:
    def call() -> None:
        with pytest.raises((ConnectionError, http.client.RemoteDisconnected)):
            send(server, "agent/785/launch.json")

    thread = threading.Thread(target=call)
    thread.start()
    return thread


def _until_requested(server: LocalPhantombuster) -> None:
    with server._changed:
        assert server._changed.wait_for(lambda: bool(server.requests), PATIENCE)


def test_a_silent_server_does_nothing_until_it_is_cleared(later: LocalPhantombuster) -> None:
    later.fault("silent", times=None, seconds=3_600)
    calling = _meet_silence(later)
    _until_requested(later)
    later.clear_faults()
    calling.join(PATIENCE)
    assert not calling.is_alive()
    assert later.launches == []
    assert send(later, "agent/785/launch.json").status == 200


def test_a_silent_server_cuts_the_connection_in_the_end(later: LocalPhantombuster) -> None:
    later.fault("silent", seconds=0.01)
    _meet_silence(later).join(5)
    assert later.launches == []
    assert send(later, "user.json").status == 200


def test_silence_ends_when_the_server_stops(later: LocalPhantombuster) -> None:
    later.fault("silent", times=None, seconds=3_600)
    calling = _meet_silence(later)
    _until_requested(later)
    later.stop()
    calling.join(PATIENCE)
    assert not calling.is_alive()


@pytest.mark.parametrize("kind", ["500", "429", "html", "401", "cut_before"])
def test_every_endpoint_fails_until_it_is_cleared(later: LocalPhantombuster, kind: str) -> None:
    paths = ["user.json", "agent/785.json"]
    paths += [f"agent/785/{name}.json" for name in ("launch", "output", "containers", "abort")]
    for _ in range(2):
        later.fault(kind, times=None)
        assert not any(_succeeds(later, path) for path in paths * 2)
        later.clear_faults()
        assert all(_succeeds(later, path) for path in paths)


def _succeeds(server: LocalPhantombuster, path: str) -> bool:
    try:
        return send(server, path).text.startswith('{"status": "success"')
    except (ConnectionError, http.client.RemoteDisconnected):
        return False


def test_an_echo_repeats_the_argument_and_the_key(later: LocalPhantombuster) -> None:
    later.fault("echo")
    answer = send(later, "agent/785/launch.json", argument=json.dumps(SECRET))
    assert answer.status == 400
    assert SECRET in answer.json["message"]
    assert KEY in answer.json["message"]
    assert later.launches == []


def test_faults_last_as_often_as_asked_or_until_cleared(later: LocalPhantombuster) -> None:
    later.fault("500", on="user", times=2)
    later.fault("404", on="user", times=None)
    statuses = [send(later, "user.json").status for _ in range(5)]
    assert statuses == [500, 500, 404, 404, 404]
    later.clear_faults()
    assert send(later, "user.json").status == 200


@pytest.mark.parametrize("on", ["launch", "output", "user", "containers", "abort", "agent"])
def test_a_fault_meets_its_own_endpoint_alone(later: LocalPhantombuster, on: str) -> None:
    paths = {name: f"agent/785/{name}.json" for name in ("launch", "output", "containers", "abort")}
    paths |= {"user": "user.json", "agent": "agent/785.json"}
    later.fault("500", on=on, times=None)
    met = {name for name, path in paths.items() if send(later, path).status == 500}
    assert met == {on}


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "flood"},
        {"kind": "500", "on": "moon"},
        {"kind": "500", "times": 0},
        {"kind": "slow", "seconds": -1},
    ],
    ids=["kind", "endpoint", "times", "seconds"],
)
def test_an_impossible_fault_is_refused(later: LocalPhantombuster, wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r".+"):
        later.fault(**wrong)
    answer = send(later, "/_control/fault", method="POST", body=json.dumps(wrong))
    assert answer.status == 400
    assert send(later, "user.json").status == 200


def last_end(server: LocalPhantombuster, clock: Clock, agent: str = "785") -> dict[str, Any]:
    """Launch a run, and return how it ends."""
    send(server, f"agent/{agent}/launch.json")
    clock.advance(60)
    return send(server, f"agent/{agent}/containers.json").data[0]


def test_where_cookies_expired_each_new_run_ends_with_exit_code_87(
    later: LocalPhantombuster, clock: Clock
) -> None:
    later.spoil_runs(expired=True)
    assert last_end(later, clock)["exitCode"] == 87
    assert "cookie" in send(later, "agent/785/output.json").data["output"]
    later.spoil_runs()
    assert last_end(later, clock)["exitCode"] == 0


def test_where_the_time_is_used_up_nothing_launches(
    later: LocalPhantombuster, clock: Clock
) -> None:
    later.spoil_runs(used_up=True)
    ended = last_end(later, clock)
    assert (ended["lastEndStatus"], ended["exitCode"]) == ("launch failed", None)
    assert "execution time" in ended["lastEndMessage"]
    assert "resultObject" not in send(later, "agent/785/output.json").data
    assert send(later, "user.json").data["timeLeft"] == 0
