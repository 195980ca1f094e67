import http.client
import json
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest

from phantombot.sandbox.phantombuster import AGENTS, LocalPhantombuster, SandboxAgent

KEY = "sandbox-key-0123456789"
SECRET = "li_at=AQEDATcanary"
IDLE = {"progress": None, "label": None, "runtime": None}
AGENT = {agent.id: agent for agent in AGENTS}


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now

    def advance(self, seconds: float) -> None:
        self.now += seconds


class Answer:
    def __init__(self, response: http.client.HTTPResponse) -> None:
        self.status = response.status
        self.headers = response.headers
        self.text = response.read().decode()

    @property
    def json(self) -> Any:
        return json.loads(self.text)

    @property
    def data(self) -> Any:
        assert self.status == 200, self.text
        assert self.json["status"] == "success"
        return self.json["data"]


def send(
    server: LocalPhantombuster,
    path: str,
    *,
    method: str = "GET",
    key: str | None = KEY,
    body: str | None = None,
    kind: str = "application/x-www-form-urlencoded",
    timeout: float = 5.0,
    **query: Any,
) -> Answer:
    base = urlsplit(server.url)
    where = path if path.startswith("/") else base.path + path
    headers = {"Content-Type": kind} | ({} if key is None else {"X-Phantombuster-Key-1": key})
    connection = http.client.HTTPConnection(base.netloc, timeout=timeout)
    try:
        connection.request(method, f"{where}?{urlencode(query)}", body=body, headers=headers)
        return Answer(connection.getresponse())
    finally:
        connection.close()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="module")
def opened() -> Iterator[list[LocalPhantombuster]]:
    """All of the module's servers: stopped together, since each takes a moment to stop."""
    servers: list[LocalPhantombuster] = []
    yield servers
    with ThreadPoolExecutor(32) as pool:
        list(pool.map(LocalPhantombuster.stop, servers))


@pytest.fixture
def serve(clock: Clock, opened: list[LocalPhantombuster]) -> Callable[..., LocalPhantombuster]:
    def start(**settings: Any) -> LocalPhantombuster:
        server = LocalPhantombuster(**({"clock": clock} | settings))
        opened.append(server)
        server.start()
        return server

    return start


@pytest.fixture
def later(serve: Callable[..., LocalPhantombuster]) -> LocalPhantombuster:
    return serve()


@pytest.fixture
def first(serve: Callable[..., LocalPhantombuster]) -> LocalPhantombuster:
    return serve(form="2014")


def listed(server: LocalPhantombuster, agent: str) -> dict[str, Any]:
    agents = send(server, "user.json").data["agents"]
    return next(entry for entry in agents if entry["id"] == int(agent))


def test_the_default_account_has_two_agents_of_one_name_and_no_id_twice() -> None:
    names = [agent.name for agent in AGENTS]
    assert names.count("Twitter Followers") == 2
    assert len(AGENT) == len(AGENTS)
    assert AGENT["785"].name == "LinkedIn Search"
    assert len(AGENT["785"].result or []) == 120


# Launching


def test_a_later_launch_answers_a_container_and_is_recorded(later: LocalPhantombuster) -> None:
    answer = send(later, "agent/785/launch.json", command="casperjs", argument='{"n": 1}')
    assert answer.data == {"containerId": 76426}
    (launch,) = later.launches
    assert (launch.agent_id, launch.command, launch.argument) == ("785", "casperjs", '{"n": 1}')
    assert (launch.save, launch.container_id) == (False, "76426")
    assert launch.headers["x-phantombuster-key-1"] == KEY
    assert launch.query["command"] == "casperjs"


def test_a_launch_of_the_first_form_answers_null(first: LocalPhantombuster) -> None:
    answer = send(first, "agent/785/launch.json")
    assert answer.json == {"status": "success", "data": None}
    assert (first.launches[0].command, first.launches[0].argument) == (None, None)


def test_string_ids_have_sixteen_digits(serve: Callable[..., LocalPhantombuster]) -> None:
    server = serve(string_ids=True)
    container = send(server, "agent/908/launch").data["containerId"]
    assert isinstance(container, str)
    assert len(container) == 16
    assert server.running() == [("908", container)]


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("application/x-www-form-urlencoded", "command=phantomjs&argument=%7B%22a%22%3A1%7D"),
        ("application/json", '{"command": "phantomjs", "argument": "{\\"a\\":1}"}'),
        ("application/json", '{"command": "phantomjs", "argument": {"a":1}}'),
    ],
    ids=["form", "json", "json with an object"],
)
def test_a_posted_body_is_read(later: LocalPhantombuster, kind: str, body: str) -> None:
    assert send(later, "agent/785/launch", method="POST", body=body, kind=kind).status == 200
    assert later.launches[0].command == "phantomjs"
    assert json.loads(later.launches[0].argument or "") == {"a": 1}


@pytest.mark.parametrize(
    "query",
    [{"command": "ruby"}, {"argument": "{broken"}, {"argument": ""}, {"argument": "[" * 10_000}],
    ids=["unknown command", "broken argument", "empty argument", "bottomless argument"],
)
def test_wrong_parameters_are_400_and_launch_nothing(
    later: LocalPhantombuster, query: dict[str, str]
) -> None:
    answer = send(later, "agent/785/launch.json", **query)
    assert answer.status == 400
    assert answer.json["status"] == "error"
    assert later.launches == []


def test_node_is_a_command_of_the_later_form_only(
    later: LocalPhantombuster, first: LocalPhantombuster
) -> None:
    assert send(later, "agent/785/launch.json", command="node").status == 200
    assert send(first, "agent/785/launch.json", command="node").status == 400


def test_saved_options_become_part_of_the_record(later: LocalPhantombuster) -> None:
    send(later, "agent/785/launch.json", command="casperjs", argument="{}", saveLaunchOptions="1")
    send(later, "agent/785/launch.json", command="phantomjs", argument="[]", saveLaunchOptions="")
    record = send(later, "agent/785.json").data
    assert (record["command"], record["argument"]) == ("casperjs", "{}")
    assert [launch.save for launch in later.launches] == [True, False]


# Who may call, and how


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
        ("POST agent/785/launch.json", 404, 200),
        ("POST agent/785/abort", 404, 200),
        ("GET user", 404, 200),
        ("GET agent/785", 404, 200),
        ("GET agent/785/containers.json", 404, 200),
        ("POST user.json", 404, 404),
        ("PUT agent/785/launch.json", 404, 404),
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


# The life of a run


def test_a_run_is_queued_then_running_then_ended(later: LocalPhantombuster, clock: Clock) -> None:
    send(later, "agent/785/launch.json")
    seen = []
    for step in (0.0, 0.3, 4.0, 4.0):
        clock.advance(step)
        seen.append(send(later, "agent/785/output.json").data)
    states = ["queued", "running", "running", "not running"]
    assert [each["containerStatus"] for each in seen] == states
    assert [each["agentStatus"] for each in seen] == states
    assert [each["queuedContainers"] for each in seen] == [1, 0, 0, 0]
    assert [each["runningContainers"] for each in seen] == [0, 1, 1, 0]
    assert seen[0]["progress"] == seen[3]["progress"] == IDLE
    assert seen[2]["progress"] == {"progress": 0.5, "label": "Scraping page 4..", "runtime": 4}
    assert len(seen[3]["resultObject"]) == 120
    assert "resultObject" not in seen[2]


def test_speed_divides_every_wait(serve: Callable[..., LocalPhantombuster], clock: Clock) -> None:
    server = serve(speed=10.0)
    send(server, "agent/785/launch.json")
    clock.advance(0.02)
    assert listed(server, "785")["queuedContainers"] == 1
    clock.advance(0.02)
    assert listed(server, "785")["runningContainers"] == 1
    clock.advance(0.8)
    assert server.running() == []


def test_an_agent_never_launched_is_idle(later: LocalPhantombuster) -> None:
    assert send(later, "agent/785/output.json").data == {
        "agentStatus": "not running",
        "containerStatus": "not running",
        "runningContainers": 0,
        "queuedContainers": 0,
        "containerId": None,
        "progress": IDLE,
        "messages": [],
        "output": "",
        "outputPos": 0,
    }
    assert send(later, "agent/785/containers.json").data == []


def test_launches_beyond_the_places_stay_queued(later: LocalPhantombuster, clock: Clock) -> None:
    for _ in range(2):
        send(later, "agent/785/launch.json")
    for _ in range(3):
        send(later, "agent/786/launch.json")
    clock.advance(1.0)
    counts = [
        (listed(later, a)["runningContainers"], listed(later, a)["queuedContainers"])
        for a in ("785", "786")
    ]
    assert counts == [(1, 1), (2, 1)]
    clock.advance(7.5)
    assert later.running()[0] == ("785", "76427")
    assert listed(later, "785")["runningContainers"] == 1


@pytest.mark.parametrize(
    ("agent", "last"),
    [
        ("785", "* Process finished successfully (exit code: 0)"),
        ("905", "* Process finished with an error (exit code: 1)"),
        ("906", "* Process finished with an error (exit code: 87)"),
    ],
)
def test_the_console_grows_from_its_first_line_to_its_last(
    later: LocalPhantombuster, clock: Clock, agent: str, last: str
) -> None:
    send(later, f"agent/{agent}/launch.json")
    clock.advance(0.3)
    started = send(later, f"agent/{agent}/output.json").data["output"]
    clock.advance(60)
    lines = send(later, f"agent/{agent}/output.json").data["output"].splitlines()
    assert [lines[0]] == started.splitlines()
    assert lines[0].startswith("* Container ")
    assert lines[0].endswith(" started in directory /home/phantom/agent")
    assert tuple(lines[1:-1]) == AGENT[agent].console
    assert lines[-1] == last


def test_output_is_read_on_from_a_position_in_bytes(
    serve: Callable[..., LocalPhantombuster], clock: Clock
) -> None:
    agent = SandboxAgent("1", "Accents", 2.0, ("é" * 10, "ü"), None)
    server = serve(agents=(agent,))
    send(server, "agent/1/launch.json")
    clock.advance(1.3)
    half = send(server, "agent/1/output.json").data
    clock.advance(1.0)
    rest = send(server, "agent/1/output.json", fromOutputPos=half["outputPos"]).data
    whole = send(server, "agent/1/output.json").data
    assert half["output"] + rest["output"] == whole["output"]
    assert rest["outputPos"] == len(whole["output"].encode())
    assert rest["output"].startswith("ü\n")
    assert send(server, "agent/1/output.json", fromOutputPos="far").status == 400
    assert "resultObject" not in whole


def test_a_container_is_tracked_by_its_id(later: LocalPhantombuster, clock: Clock) -> None:
    send(later, "agent/908/launch.json")
    clock.advance(1.0)
    send(later, "agent/908/launch.json")

    def shown(**query: Any) -> Any:
        data = send(later, "agent/908/output.json", **query).data
        return data["containerId"], data["containerStatus"], data["agentStatus"]

    assert shown() == (76427, "running", "running")
    assert shown(containerId=76426) == (76426, "not running", "running")
    assert shown(containerId=76426, mode="most-recent") == (76427, "running", "running")
    assert send(later, "agent/908/output.json", containerId=1).status == 404
    assert send(later, "agent/908/output.json", mode="oldest").status == 400


def test_a_result_may_be_text_empty_or_declined(
    serve: Callable[..., LocalPhantombuster], clock: Clock
) -> None:
    server = serve(string_ids=True)
    for agent in ("904", "908"):
        send(server, f"agent/{agent}/launch.json")
    clock.advance(10.0)
    assert send(server, "agent/904/output.json").data["resultObject"] == "[]"
    assert send(server, "agent/908/output.json").data["resultObject"] == '{"hello": "world"}'
    declined = send(server, "agent/908/output.json", withoutResultObject="true").data
    assert "resultObject" not in declined


def test_messages_are_told_after_the_one_that_is_known(
    later: LocalPhantombuster, clock: Clock
) -> None:
    send(later, "agent/905/launch.json")
    clock.advance(5.0)
    assert send(later, "agent/905/output.json").data["messages"] == []
    started, ended = send(later, "agent/905/output.json", fromMessageId=0).data["messages"]
    assert (started["text"], started["type"]) == ("Agent started", "normal")
    assert (ended["text"], ended["type"]) == ("Agent finished (error)", "error")
    assert started["context"] == ["Launch type: manual"]
    after = send(later, "agent/905/output.json", fromMessageId=started["id"]).data["messages"]
    assert after == [ended]


def test_ended_containers_stand_newest_first(later: LocalPhantombuster, clock: Clock) -> None:
    for _ in range(3):
        send(later, "agent/906/launch.json")
    clock.advance(5.0)
    newest, oldest = send(later, "agent/906/containers.json").data
    assert (newest["id"], oldest["id"]) == (76427, 76426)
    assert (newest["launchNumber"], oldest["launchNumber"]) == (2, 1)
    assert newest["exitCode"] == 87
    assert newest["lastEndStatus"] == "error"
    assert abs(newest["endDate"] - time.time()) < 60
    assert oldest["queueDate"] <= oldest["launchDate"] <= oldest["endDate"]


def test_the_account_lists_its_agents_and_their_progress(
    later: LocalPhantombuster, clock: Clock
) -> None:
    send(later, "agent/785/launch.json")
    clock.advance(4.3)
    user = send(later, "user.json").data
    assert user["timeLeft"] == 14083
    assert "plan" not in user
    assert [entry["name"] for entry in user["agents"]] == [agent.name for agent in AGENTS]
    busy = listed(later, "785")
    assert busy["progress"]["progress"] == 0.5
    assert (busy["runningContainers"], busy["queuedContainers"]) == (1, 0)
    assert busy["lastEndStatus"] is None
    assert listed(later, "786")["progress"] == IDLE
    clock.advance(4.0)
    assert listed(later, "785")["lastEndMessage"] == "Agent finished with exit code 0"
    assert listed(later, "785")["lastEndStatus"] == "success"


def test_the_record_holds_a_proxy_password(later: LocalPhantombuster) -> None:
    record = send(later, "agent/786.json").data
    assert record["proxyPassword"] == "sandbox-proxy-password"
    assert (record["name"], record["maxParallelExecs"]) == ("LinkedIn Profile Scraper", 2)
    assert record["nbLaunches"] == 0


def test_abort_kills_what_runs_and_lets_the_queue_move_up(
    later: LocalPhantombuster, clock: Clock
) -> None:
    for _ in range(2):
        send(later, "agent/903/launch.json")
    clock.advance(10.3)
    assert send(later, "agent/903/abort.json").data is None
    killed = send(later, "agent/903/output.json", containerId=76426).data
    assert killed["containerStatus"] == "not running"
    assert killed["output"].splitlines()[-1] == "* Process killed"
    assert 3 <= len(killed["output"].splitlines()) < 10
    assert "resultObject" not in killed
    (container,) = send(later, "agent/903/containers.json").data
    assert (container["lastEndStatus"], container["exitCode"]) == ("error", None)
    assert container["lastEndMessage"] == "Agent killed"
    assert later.running() == [("903", "76427")]
    assert listed(later, "903")["runningContainers"] == 1


def test_without_a_script_a_container_ends_at_once(later: LocalPhantombuster) -> None:
    assert send(later, "agent/907/launch.json").data == {"containerId": 76426}
    (container,) = send(later, "agent/907/containers.json").data
    assert (container["lastEndStatus"], container["exitCode"]) == ("launch failed", None)
    assert listed(later, "907")["lastEndMessage"] == "Agent has no associated script"
    assert send(later, "agent/907/output.json").data["output"] == ""
    assert send(later, "agent/907.json").data["nbLaunches"] == 1
    assert later.running() == []


# The first form


def test_the_first_form_shows_the_most_recent_start(
    first: LocalPhantombuster, clock: Clock
) -> None:
    idle = send(first, "agent/785/output.json").data
    assert idle == {
        "status": "not running",
        "launchNumber": 0,
        "messages": [],
        "output": "",
        "outputPos": 0,
    }
    send(first, "agent/785/launch.json")
    assert send(first, "agent/785/output.json").data["status"] == "queued"
    clock.advance(4.3)
    shown = send(first, "agent/785/output.json").data
    assert (shown["status"], shown["launchNumber"]) == ("running", 1)
    (started,) = shown["messages"]
    assert started["dateUtc"] == started["date"]
    assert set(shown) == {"status", "launchNumber", "messages", "output", "outputPos"}


def test_a_position_counts_only_in_its_own_launch(first: LocalPhantombuster, clock: Clock) -> None:
    for _ in range(2):
        send(first, "agent/908/launch.json")
        clock.advance(1.0)
    whole = send(first, "agent/908/output.json").data
    assert whole["launchNumber"] == 2

    def rest(number: int) -> str:
        query = {"launchNumber": number, "fromOutputPos": whole["outputPos"]}
        return str(send(first, "agent/908/output.json", **query).data["output"])

    assert rest(2) == ""
    assert rest(1) == whole["output"]


def test_the_first_form_says_running_or_not(first: LocalPhantombuster, clock: Clock) -> None:
    send(first, "agent/785/launch.json")
    assert send(first, "user.json").data["plan"]
    assert listed(first, "785")["running"] is False
    clock.advance(1.0)
    entry = listed(first, "785")
    assert entry["running"] is True
    assert not {"runningContainers", "queuedContainers", "progress"} & set(entry)
    assert send(first, "agent/785/abort.json").json["data"] is None
    assert listed(first, "785")["running"] is False
    assert listed(first, "785")["lastEndMessage"] == "Agent killed"


def test_in_the_first_form_nothing_starts_without_a_script(first: LocalPhantombuster) -> None:
    assert send(first, "agent/907/launch.json").json["status"] == "success"
    output = send(first, "agent/907/output.json").data
    assert (output["status"], output["launchNumber"], output["output"]) == ("not running", 0, "")
    assert [message["text"] for message in output["messages"]] == ["Agent has no associated script"]
    assert listed(first, "907")["lastEndStatus"] == "launch failed"
    assert send(first, "agent/907.json").data["nbLaunches"] == 0


# Faults


@pytest.mark.parametrize(
    ("kind", "status", "acts"),
    [
        ("500", 500, False),
        ("500_after", 500, True),
        ("400", 400, False),
        ("401", 401, False),
        ("404", 404, False),
        ("429", 429, False),
        ("html", 200, False),
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
        assert answer.text.startswith("<!DOCTYPE") is (kind == "html")
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
    assert later.wait_for_launch(1, timeout=5.0)
    assert not ended.wait(0.05)
    later.stop()
    assert ended.wait(5.0)
    thread.join()


def test_a_client_may_tire_of_a_hanging_call(later: LocalPhantombuster) -> None:
    later.fault("hang_after")
    with pytest.raises(TimeoutError):
        send(later, "agent/785/launch.json", timeout=0.1)
    assert len(later.launches) == 1
    assert send(later, "user.json").status == 200


def test_a_slow_call_waits_then_acts(later: LocalPhantombuster) -> None:
    later.fault("slow", seconds=0.1)
    before = time.monotonic()
    assert send(later, "agent/785/launch.json").status == 200
    assert time.monotonic() - before >= 0.1
    assert len(later.launches) == 1


def test_a_slow_call_does_nothing_once_the_server_stops(later: LocalPhantombuster) -> None:
    later.fault("slow", on="launch", seconds=60.0)
    with pytest.raises(TimeoutError):
        send(later, "agent/785/launch.json", timeout=0.05)
    before = time.monotonic()
    later.stop()
    assert time.monotonic() - before < 2.0
    assert later.launches == []


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


# Watching from outside


def test_waiting_for_a_launch_tells_whether_it_came(later: LocalPhantombuster) -> None:
    assert later.wait_for_launch(0, timeout=0.0) is True
    assert later.wait_for_launch(1, timeout=0.01) is False
    thread = threading.Thread(target=send, args=(later, "agent/785/launch.json"))
    thread.start()
    assert later.wait_for_launch(1, timeout=5.0) is True
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


@pytest.mark.parametrize("form", ["2014", "later"])
def test_the_state_is_told_in_both_forms(
    serve: Callable[..., LocalPhantombuster], form: str
) -> None:
    state = send(serve(form=form), "/_control/state").json
    assert state["form"] == form
    assert len(state["agents"]) == len(AGENTS)


def test_stopping_before_starting_returns() -> None:
    thread = threading.Thread(target=LocalPhantombuster().stop, daemon=True)
    thread.start()
    thread.join(5.0)
    assert not thread.is_alive()


def test_an_open_connection_is_cut_once_the_server_stops(later: LocalPhantombuster) -> None:
    connection = http.client.HTTPConnection(urlsplit(later.url).netloc, timeout=5.0)
    headers = {"X-Phantombuster-Key-1": KEY}
    connection.request("GET", "/api/v1/user.json", headers=headers)
    assert Answer(connection.getresponse()).status == 200
    later.stop()
    connection.request("GET", "/api/v1/user.json", headers=headers)
    with pytest.raises(ConnectionError):
        connection.getresponse()
    connection.close()
    assert len(later.requests) == 1
