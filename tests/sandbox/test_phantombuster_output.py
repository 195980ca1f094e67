from collections.abc import Callable
from typing import Any

import pytest
from phantombuster_stage import AGENT, Clock, send

from phantombot.sandbox.phantombuster import LocalPhantombuster, SandboxAgent


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
