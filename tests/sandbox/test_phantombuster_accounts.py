"""Many accounts on one local Phantombuster, and runs that nobody asked the bot for."""

from collections.abc import Callable
from typing import Any

import pytest
from growth import cost
from phantombuster_stage import KEY, Clock, listed, send

from phantombot.sandbox.phantombuster import FOREVER, LocalPhantombuster, SandboxAgent, numbered

OTHER = "other-key-9876543210"


@pytest.fixture
def shared(later: LocalPhantombuster) -> LocalPhantombuster:
    later.add_account("grace", OTHER, numbered(3, first=784))
    return later


def test_each_key_opens_its_own_account(shared: LocalPhantombuster) -> None:
    told = [send(shared, "user.json", key=key).data for key in (KEY, OTHER)]
    assert [one["email"] for one in told] == ["ada@example.com", "grace@example.com"]
    assert [agent["id"] for agent in told[1]["agents"]] == [784, 785, 786]
    assert send(shared, "user.json", key="neither").status == 401


def test_a_fault_can_meet_one_account_alone(shared: LocalPhantombuster) -> None:
    shared.fault("500", times=None, account="grace")
    assert [send(shared, "user.json", key=key).status for key in (KEY, OTHER)] == [200, 500]


def test_agents_of_the_same_id_run_apart(shared: LocalPhantombuster) -> None:
    launched = [send(shared, "agent/785/launch.json", key=key).data for key in (KEY, OTHER)]
    first, second = (str(one["containerId"]) for one in launched)
    assert first != second
    assert shared.running("grace") == [("785", second)]
    assert shared.running() == [("785", first), ("785", second)]
    wrong = send(shared, "agent/785/output.json", key=OTHER, containerId=first)
    assert wrong.status == 404


def test_records_tell_the_account_by_its_name(shared: LocalPhantombuster) -> None:
    for key in (KEY, OTHER, "neither", None):
        send(shared, "agent/785/launch.json", key=key)
    assert [record.account for record in shared.launches] == ["ada", "grace"]
    assert [request.account for request in shared.requests] == ["ada", "grace", None, None]
    assert OTHER not in repr((shared.launches, shared.requests))
    assert OTHER not in send(shared, "/_control/state").text


@pytest.mark.parametrize(("name", "key"), [("ada", "new"), ("new", KEY), ("new", "")])
def test_accounts_share_neither_name_nor_key(
    later: LocalPhantombuster, name: str, key: str
) -> None:
    with pytest.raises(ValueError, match="of its own"):
        later.add_account(name, key)


def test_a_withdrawn_key_leaves_the_others(shared: LocalPhantombuster) -> None:
    shared.withdraw_key("grace")
    assert send(shared, "user.json", key=OTHER).status == 401
    assert send(shared, "user.json", key="").status == 401
    assert send(shared, "user.json").status == 200
    shared.key = "changed"
    assert send(shared, "user.json", key="changed").status == 200
    assert send(shared, "user.json").status == 401


def test_a_run_launched_elsewhere_is_seen_but_is_no_call(later: LocalPhantombuster) -> None:
    (container,) = later.launch_elsewhere("785", seconds=FOREVER)
    assert later.launches == later.requests == []
    assert later.running() == [("785", container)]
    assert send(later, "agent/785/output.json", containerId=container).status == 200


@pytest.mark.parametrize("seconds", [FOREVER, 50.0])
def test_a_run_lasts_as_long_as_it_is_told(
    later: LocalPhantombuster, clock: Clock, seconds: float
) -> None:
    later.launch_elsewhere("786", "908", seconds=seconds)
    clock.advance(49)
    assert len(later.running()) == 2
    assert listed(later, "908")["progress"]["progress"] == (0.0 if seconds == FOREVER else 0.98)
    clock.advance(1_000_000)
    assert len(later.running()) == (2 if seconds == FOREVER else 0)


def test_a_run_that_lasts_forever_is_finished_or_aborted_on_demand(
    later: LocalPhantombuster, clock: Clock
) -> None:
    later.launch_elsewhere("786", "908", seconds=FOREVER)
    clock.advance(9)
    later.finish("908")
    send(later, "agent/786/abort.json")
    assert later.running() == []
    assert listed(later, "908")["lastEndStatus"] == "success"
    assert listed(later, "786")["lastEndMessage"] == "Agent killed"
    output = send(later, "agent/908/output.json").data
    assert output["resultObject"] == {"hello": "world"}
    assert "Hello, world!" in output["output"]


def test_what_is_queued_moves_up_when_a_run_is_finished(
    later: LocalPhantombuster, clock: Clock
) -> None:
    later.launch_elsewhere("785", "785", seconds=FOREVER)
    clock.advance(1)
    assert listed(later, "785")["queuedContainers"] == 1
    later.finish("785")
    assert listed(later, "785")["queuedContainers"] == 0
    assert listed(later, "785")["runningContainers"] == 1


def test_runs_that_are_over_still_count(later: LocalPhantombuster, clock: Clock) -> None:
    for _ in range(3):
        send(later, "agent/908/launch.json")
        clock.advance(1)
        send(later, "user.json")
    account = send(later, "user.json").data
    assert account["timeLeft"] == 14_086
    assert len(send(later, "agent/908/containers.json").data) == 3


def test_an_unknown_account_or_agent_cannot_be_launched(later: LocalPhantombuster) -> None:
    for wrong in ({"account": "nobody"}, {}):
        with pytest.raises(LookupError):
            later.launch_elsewhere("1", **wrong)


def test_ten_thousand_open_runs_cost_an_account_little(
    serve: Callable[..., LocalPhantombuster],
) -> None:
    server = serve(agents=numbered(100))
    server.launch_elsewhere()
    alone = cost(lambda: _account_of_a_hundred_runs(server))
    for number in range(99):
        server.add_account(f"team-{number}", f"key-{number}", numbered(100))
        server.launch_elsewhere(account=f"team-{number}", seconds=FOREVER)
    assert len(server.running()) == 10_000
    assert cost(lambda: _account_of_a_hundred_runs(server)) < 3 * alone


def _account_of_a_hundred_runs(server: LocalPhantombuster) -> None:
    agents: list[Any] = send(server, "user.json").data["agents"]
    assert sum(agent["runningContainers"] for agent in agents) == 100


def test_numbered_agents_are_alike_but_for_their_ids() -> None:
    agents = numbered(2, seconds=3.0, first=50)
    assert [(one.id, one.name, one.seconds) for one in agents] == [
        ("50", "Agent 50", 3.0),
        ("51", "Agent 51", 3.0),
    ]
    assert isinstance(agents[0], SandboxAgent)
