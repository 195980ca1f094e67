from phantombuster_stage import Clock, listed, send

from phantombot.sandbox.phantombuster import LocalPhantombuster


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
