from collections.abc import Callable

from phantombuster_stage import IDLE, Clock, listed, send

from phantombot.sandbox.phantombuster import AGENTS, LocalPhantombuster


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


def test_ended_containers_stand_newest_first(later: LocalPhantombuster, clock: Clock) -> None:
    for _ in range(3):
        send(later, "agent/906/launch.json")
    clock.advance(5.0)
    newest, oldest = send(later, "agent/906/containers.json").data
    assert (newest["id"], oldest["id"]) == (76427, 76426)
    assert (newest["launchNumber"], oldest["launchNumber"]) == (2, 1)
    assert newest["exitCode"] == 87
    assert newest["lastEndStatus"] == "error"
    assert 0.0 <= newest["endDate"] - later._account.epoch <= 5.0
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
