"""Stopping an agent: asked first, aborted once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from patience import PATIENCE

from phantombot.sandbox.slack.values import Message

from .conftest import Wire
from .pressing import aborts, private, told

LONG = "Google Maps Extractor (903)"


@pytest.fixture(params=["later", "2014", "v2"])
def wire(request: pytest.FixtureRequest, make_wire: Callable[..., Wire], sqlite_url: str) -> Wire:
    """Return a bot with slow agents, one of which is running."""
    wire = make_wire(sqlite_url, form=request.param, speed=1)
    wire.start()
    wire.slack.command("launch 903", user="U0MAX")
    assert wire.says("*Google Maps Extractor*", "running")
    return wire


def question(wire: Wire, user: str = "U0ADA", line: str = "stop 903") -> Message:
    assert wire.slack.command(line, user=user).status == 200
    assert told(wire, f"{LONG} has 1 running instance. Stop it?", user=user)
    return private(wire, "Stop it?", user=user)[-1]


def accepted(wire: Wire) -> str:
    """Return the answer to an accepted stop; in v2 the script is only asked to end."""
    return "Asked to end by itself:" if wire.phantombuster.form.has_v2 else "Stopped:"


def over(wire: Wire) -> str:
    return "✅" if wire.phantombuster.form.has_v2 else "⏹️"


@pytest.mark.parametrize("line", ["stop 903", "abort google maps", 'STOP "Google Maps Extractor"'])
def test_a_stop_is_asked_about_and_done_once_it_is_confirmed(wire: Wire, line: str):
    asked = question(wire, line=line)
    assert aborts(wire) == 0
    wire.slack.press(asked, "stop_all")
    assert told(wire, f"{accepted(wire)} {LONG}, 1 running instance.")
    assert private(wire, "Stop it?") == []
    assert wire.says(over(wire), "*Google Maps Extractor*")
    assert aborts(wire) == 1
    assert len(wire.slack.messages()) == 1


@pytest.mark.parametrize("line", ["status", "status google maps"])
def test_a_running_agent_is_stopped_from_status_after_the_same_question(wire: Wire, line: str):
    wire.slack.command(line)
    assert told(wire, f"▶️ {LONG}")
    wire.slack.press(private(wire, f"▶️ {LONG}")[-1], "ask_to_stop")
    assert told(wire, f"{LONG} has 1 running instance. Stop it?")
    assert aborts(wire) == 0
    wire.slack.press(private(wire, "Stop it?")[-1], "stop_all")
    assert told(wire, f"{accepted(wire)} {LONG}, 1 running instance.")
    assert wire.says(over(wire), "*Google Maps Extractor*")


def test_keeping_them_running_stops_nothing(wire: Wire):
    wire.slack.press(question(wire), "stop_not")
    assert told(wire, "Nothing was stopped.")
    assert private(wire, "Stop it?") == []
    assert aborts(wire) == 0


def test_where_nothing_runs_nobody_is_asked(wire: Wire):
    wire.slack.command("stop 908")
    assert told(wire, "Hello World (908) is not running, so nothing was stopped.")


def test_what_ended_before_the_press_is_not_aborted(wire: Wire):
    first, second = question(wire), question(wire, "U0MAX")
    wire.slack.press(first, "stop_all")
    assert told(wire, accepted(wire))
    assert wire.says(over(wire), "*Google Maps Extractor*")
    wire.slack.press(second, "stop_all", user="U0MAX")
    assert told(wire, f"{LONG} is not running, so nothing was stopped.", user="U0MAX")
    assert aborts(wire) == 1


def test_what_was_launched_after_the_question_is_asked_about_before_it_is_stopped(
    make_wire: Callable[..., Wire], sqlite_url: str
):
    wire = make_wire(sqlite_url, speed=1)
    wire.start()
    wire.slack.command("launch 786 casperjs 1")
    assert wire.says("running")
    wire.slack.command("stop 786")
    assert told(wire, "has 1 running instance. Stop it?")
    wire.slack.command("launch 786 casperjs 2")
    assert wire.slack.wait_for(
        lambda slack: sum("running" in m.text for m in slack.messages()) == 2, PATIENCE
    )
    wire.slack.press(private(wire, "Stop it?")[-1], "stop_all")
    again = "Nothing was stopped yet: other runs may be going on than when I asked."
    assert told(wire, again, "has 2 running instances. Stop all 2?")
    assert aborts(wire) == 0
    wire.slack.press(private(wire, "Stop all 2?")[-1], "stop_all")
    assert told(wire, "Stopped:", "2 running instances")


def test_of_two_who_press_at_once_one_stops_and_the_other_reads_who(wire: Wire):
    questions = {user: question(wire, user) for user in ("U0ADA", "U0MAX")}
    wire.phantombuster.fault("slow", on="abort", seconds=1)
    start = Barrier(2)

    def press(user: str) -> None:
        start.wait(PATIENCE)
        wire.slack.press(questions[user], "stop_all", user=user)

    with ThreadPoolExecutor(2) as crowd:
        list(crowd.map(press, questions))
    assert wire.slack.wait_for(
        lambda slack: sum(accepted(wire) in m.text for m in slack.ephemerals()) == 1, PATIENCE
    )
    (winner,) = [user for user in questions if private(wire, accepted(wire), user=user)]
    (other,) = set(questions) - {winner}
    assert told(wire, f"<@{winner}> is already stopping", user=other)
    assert aborts(wire) == 1


@pytest.mark.parametrize(
    ("fault", "sentence"),
    [
        ("400", "Nothing was stopped: Phantombuster refused"),
        ("401", "Nothing was stopped: Phantombuster no longer accepts"),
        ("429", "Nothing was stopped: Phantombuster is rate-limiting us"),
        ("500", "may or may not have been stopped"),
        ("html", "may or may not have been stopped"),
        ("cut_before", "may or may not have been stopped"),
    ],
)
def test_an_abort_that_fails_is_told_and_not_repeated(wire: Wire, fault: str, sentence: str):
    asked = question(wire)
    wire.phantombuster.fault(fault, on="abort")
    wire.slack.press(asked, "stop_all")
    assert told(wire, sentence)
    assert aborts(wire) == 1
    wire.slack.press(question(wire), "stop_all")
    assert told(wire, accepted(wire))


def test_an_agent_that_no_shape_of_an_abort_finds_is_told_as_unknown(wire: Wire):
    asked = question(wire)
    wire.phantombuster.fault("404", on="abort", times=None)
    wire.slack.press(asked, "stop_all")
    assert told(wire, "Nothing was stopped: Phantombuster has no such agent")
    wire.phantombuster.clear_faults()
    wire.slack.press(question(wire), "stop_all")
    assert told(wire, accepted(wire))


@pytest.mark.parametrize("fault", ["500_after", "cut_after"])
def test_an_abort_whose_answer_is_lost_ends_the_run_all_the_same(wire: Wire, fault: str):
    asked = question(wire)
    wire.phantombuster.fault(fault, on="abort")
    wire.slack.press(asked, "stop_all")
    assert told(wire, f"{LONG} may or may not have been stopped")
    assert wire.says(over(wire), "*Google Maps Extractor*")
    assert aborts(wire) == 1


def test_several_instances_are_counted_and_stopped_together(
    make_wire: Callable[..., Wire], sqlite_url: str
):
    wire = make_wire(sqlite_url, speed=1)
    wire.start()
    for number in range(3):
        wire.slack.command(f"launch 786 casperjs {number}")
    assert wire.phantombuster.wait_for_launch(3, PATIENCE)
    assert wire.slack.wait_for(
        lambda slack: sum("running" in m.text for m in slack.messages()) == 2, PATIENCE
    )
    wire.slack.command("stop 786")
    asked = "LinkedIn Profile Scraper (786) has 2 running and 1 queued instances. Stop all 3?"
    assert told(wire, asked)
    wire.slack.press(private(wire, asked)[0], "stop_all")
    assert told(wire, "Stopped:", "2 running and 1 queued instances. If a queued run starts")


def test_a_script_that_does_not_end_by_itself_is_stopped_now(
    make_wire: Callable[..., Wire], sqlite_url: str
):
    wire = make_wire(sqlite_url, form="v2", speed=1)
    wire.start()
    wire.slack.command("launch 786")
    assert wire.says("running")
    wire.slack.command("stop 786")
    assert told(wire, "has 1 running instance. Stop it?")
    wire.slack.press(private(wire, "Stop it?")[-1], "stop_all")
    assert told(wire, "Asked to end by itself: LinkedIn Profile Scraper (786), 1 running instance.")
    wire.slack.press(private(wire, "Asked to end by itself")[-1], "stop_now")
    assert told(wire, "Stopped: LinkedIn Profile Scraper (786), 1 running instance.")
    assert wire.says("⏹️ *LinkedIn Profile Scraper* · stopped by its launcher")
    asked = [one.body for one in wire.phantombuster.requests if "agents/stop" in one.path]
    assert [b"softAbort" in body for body in asked] == [True, False]
