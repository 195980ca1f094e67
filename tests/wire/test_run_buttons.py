"""Stop, Output and Run again, pressed in a channel's message."""

import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from patience import PATIENCE, becomes
from sqlalchemy import delete

from phantombot.database.schema import runs
from phantombot.sandbox.slack.values import Message

from .conftest import Wire
from .pressing import aborts, press, private, told

COOKIE = "li_at-canary-cookie"
LINE = f'launch 908 casperjs {{"cookie": "{COOKIE}"}}'


def launched(wire: Wire, line: str = LINE, sign: str = "✅", **typed: str) -> tuple[Message, str]:
    """Launch a run; return its message, and the run's number."""
    wire.slack.command(line, **typed)
    channel = typed.get("channel", "C0GENERAL")
    assert wire.says(sign, channel=channel)
    message = wire.slack.messages(channel)[-1]
    if sign == "✅":
        assert wire.slack.wait_for(lambda slack: slack.thread(message.ts) != [], PATIENCE)
    return message, wire.process.context.runs.recent("T0SANDBOX", 1)[0].uid


def slow(make_wire: Callable[..., Wire], url: str) -> Wire:
    wire = make_wire(url, speed=1)
    wire.start()
    return wire


def test_run_again_launches_the_same_for_whoever_pressed_where_it_was_pressed(wire: Wire):
    message, number = launched(wire, channel="C0PAYLOAD")
    press(wire, message, "run_again", number, user="U0MAX")
    assert wire.phantombuster.wait_for_launch(2, PATIENCE)
    first, second = wire.phantombuster.launches
    assert (second.agent_id, second.command) == ("908", "casperjs")
    assert (second.argument, second.save) == (first.argument, False)
    assert wire.slack.wait_for(
        lambda slack: sum("✅" in m.text for m in slack.messages("C0PAYLOAD")) == 2, PATIENCE
    )
    again = wire.process.context.runs.recent("T0SANDBOX", 1)[0]
    assert (again.user, again.channel, again.agent) == ("U0MAX", "C0PAYLOAD", "908")
    assert message.text == wire.slack.messages("C0PAYLOAD")[0].text


def test_run_again_saves_nothing_anew(wire: Wire):
    message, number = launched(wire, "launch --save 908 casperjs 1")
    press(wire, message, "run_again", number, user="U0MAX")
    assert wire.phantombuster.wait_for_launch(2, PATIENCE)
    assert [launch.save for launch in wire.phantombuster.launches] == [True, False]


def test_run_again_pressed_twice_is_asked_about(wire: Wire):
    message, number = launched(wire)
    press(wire, message, "run_again", number, user="U0MAX")
    press(wire, message, "run_again", number, user="U0MAX")
    assert told(wire, "Launch it once more?", user="U0MAX")
    assert wire.phantombuster.wait_for_launch(2, PATIENCE)
    assert len(wire.phantombuster.launches) == 2


def test_of_two_who_press_run_again_at_once_one_launches_and_the_other_reads_who(
    knowing: Wire,
):
    knowing.slack.add_person("U0EVE")
    message, number = launched(knowing)
    with ThreadPoolExecutor() as pool:
        for user in ("U0EVE", "U0MAX"):
            pool.submit(press, knowing, message, "run_again", number, user=user)
    assert knowing.phantombuster.wait_for_launch(2, PATIENCE)
    again = knowing.process.context.runs.recent("T0SANDBOX", 1)[0]
    (other,) = {"U0EVE", "U0MAX"} - {again.user}
    assert told(knowing, f"<@{again.user}> launched Hello World (908) again just now", user=other)
    assert len(knowing.phantombuster.launches) == 2


def test_output_shows_that_very_runs_console_to_the_presser_alone(wire: Wire):
    message, number = launched(wire)
    launched(wire, "launch 908 casperjs 2", channel="C0PAYLOAD")
    press(wire, message, "show_output", number, user="U0MAX")
    assert told(wire, "Hello, world!", '{"hello": "world"}', user="U0MAX")
    tracked = [r.query.get("containerId") for r in wire.phantombuster.requests]
    assert tracked[-1] == wire.phantombuster.launches[0].container_id
    assert [m.text for m in wire.slack.messages()] == [message.text]


def test_output_in_the_2014_form_is_not_a_later_launchs(
    make_wire: Callable[..., Wire], sqlite_url: str
):
    wire = make_wire(sqlite_url, form="2014")
    wire.start()
    message, number = launched(wire)
    press(wire, message, "show_output", number)
    assert told(wire, "Hello, world!")
    wire.slack.command("launch 908 casperjs 2", channel="C0PAYLOAD")
    assert wire.says("✅", channel="C0PAYLOAD")
    press(wire, message, "show_output", number)
    assert told(wire, "has no record of that run", "`/phantom output 908`")


def test_stop_stops_at_once_and_answers_the_presser_alone(
    make_wire: Callable[..., Wire], sqlite_url: str
):
    wire = slow(make_wire, sqlite_url)
    message, number = launched(wire, "launch 903", "▶️")
    press(wire, message, "stop_run", number, user="U0MAX")
    assert told(wire, "Stopped: Google Maps Extractor (903)", user="U0MAX")
    assert wire.says("⏹️")
    assert (aborts(wire), len(wire.slack.messages())) == (1, 1)


def test_an_old_stop_button_stops_nothing_newer(make_wire: Callable[..., Wire], sqlite_url: str):
    wire = slow(make_wire, sqlite_url)
    message, number = launched(wire)
    press(wire, message, "stop_run", number)
    assert told(wire, "That run of Hello World (908) is over", "`/phantom stop 908`")
    assert aborts(wire) == 0


def test_a_press_that_a_message_follows_at_once_is_not_answered_besides(knowing: Wire):
    launched(knowing, "launch 785", user="U0MAX")
    message, number = launched(knowing, channel="C0PAYLOAD")
    press(knowing, message, "run_again", number, user="U0MAX")
    assert knowing.slack.wait_for(
        lambda slack: sum("✅" in m.text for m in slack.messages("C0PAYLOAD")) == 2, PATIENCE
    )
    assert [one.text for one in knowing.slack.ephemerals() if "again" in one.text] == []


def test_a_number_in_the_runs_own_message_is_an_earlier_releases_and_names_it(wire: Wire):
    message, _ = launched(wire)
    number = str(wire.process.context.runs.recent("T0SANDBOX", 1)[0].id)
    press(wire, message, "run_again", number, user="U0MAX")
    assert wire.phantombuster.wait_for_launch(2, PATIENCE)


@pytest.mark.parametrize("named_by", ["uid", "id"])
@pytest.mark.parametrize("action_id", ["stop_run", "show_output", "run_again"])
def test_once_runs_are_forgotten_an_old_message_names_none_of_the_later_ones(
    make_wire: Callable[..., Wire], sqlite_url: str, action_id: str, named_by: str
):
    wire = slow(make_wire, sqlite_url)
    message, _ = launched(wire)
    first = wire.process.context.runs.recent("T0SANDBOX", 1)[0]
    assert becomes(lambda: wire.process.context.runs.open("T0SANDBOX") == [])
    with wire.process.database.writing() as connection:
        connection.execute(delete(runs))
    launched(wire, "launch 903", "▶️", user="U0MAX", channel="C0PAYLOAD")
    assert wire.process.context.runs.recent("T0SANDBOX", 1)[0].id == first.id
    press(wire, message, action_id, str(getattr(first, named_by)))
    assert told(wire, "I no longer know that run")
    assert (aborts(wire), len(wire.phantombuster.launches)) == (0, 2)


@pytest.mark.parametrize("named_by", ["uid", "id"])
def test_once_a_backup_is_restored_an_old_message_names_none_of_the_later_runs(
    make_wire: Callable[..., Wire], sqlite_url: str, tmp_path: Path, named_by: str
):
    wire = slow(make_wire, sqlite_url)
    store, copy = Path(sqlite_url.removeprefix("sqlite:///")), tmp_path / "copy.db"
    with wire.process.database.writing() as connection:
        connection.exec_driver_sql("VACUUM INTO ?", (str(copy),))
    message, _ = launched(wire, "launch 903", "▶️")
    launched_first = wire.process.context.runs.recent("T0SANDBOX", 1)[0]
    wire.started.pop().stop()
    for file in store.parent.glob(f"{store.name}*"):
        file.unlink()
    shutil.copy(copy, store)
    wire.start(1)
    launched(wire, "launch 908", "✅", user="U0MAX", channel="C0PAYLOAD")
    assert wire.process.context.runs.recent("T0SANDBOX", 1)[0].id == launched_first.id
    press(wire, message, "stop_run", str(getattr(launched_first, named_by)))
    assert told(wire, "I no longer know that run")
    assert aborts(wire) == 0


@pytest.mark.parametrize("action_id", ["stop_run", "show_output", "run_again"])
def test_a_button_acts_only_on_the_run_that_its_own_message_shows(wire: Wire, action_id: str):
    message, _ = launched(wire)
    other, value = launched(wire, "launch 908 casperjs 2", channel="C0PAYLOAD")
    asked = len(wire.phantombuster.requests)
    for elsewhere in (message, replace(other, channel="C0GENERAL"), replace(other, ts="1.0")):
        press(wire, elsewhere, action_id, value)
    assert wire.slack.wait_for(
        lambda _: len(private(wire, "I no longer know that run")) == 3, PATIENCE
    )
    assert len(wire.phantombuster.requests) == asked


@pytest.mark.parametrize("action_id", ["launch_again", "launch_not", "launch_agent.0"])
def test_a_question_with_a_number_in_it_is_closed(wire: Wire, action_id: str):
    for _ in range(2):
        wire.slack.command("launch 903")
    assert told(wire, "Launch it once more?")
    (question,) = private(wire, "Launch it once more?")
    asked = wire.process.context.runs.recent("T0SANDBOX", 1)[0]
    press(wire, question, action_id, f"{asked.id} 903")
    assert told(wire, "That question is no longer open")
    assert len(wire.phantombuster.launches) <= 1


@pytest.mark.parametrize(
    ("action_id", "what"),
    [
        ("launch_again", " time used up"),
        ("launch_again", ""),
        ("launch_not", " agent"),
        ("launch_agent.0", " 908"),
        ("look_again", ""),
    ],
)
def test_who_was_asked_one_thing_answers_no_other(wire: Wire, action_id: str, what: str):
    for _ in range(2):
        wire.slack.command("launch 903")
    assert told(wire, "Launch it once more?")
    (question,) = private(wire, "Launch it once more?")
    asked = wire.process.context.runs.recent("T0SANDBOX", 1)[0]
    press(wire, question, action_id, f"{asked.uid}{what}")
    assert told(wire, "That question is no longer open")
    assert len(wire.phantombuster.launches) <= 1


@pytest.mark.parametrize("action_id", ["stop_run", "show_output", "run_again"])
@pytest.mark.parametrize("value", ["", "x", "-1", "٣", "987654", "9" * 40, "\0" * 16, "x" * 16])
def test_a_run_that_is_not_known_is_one_sentence(wire: Wire, action_id: str, value: str):
    message, _ = launched(wire)
    asked = len(wire.phantombuster.requests)
    assert press(wire, message, action_id, value).status == 200
    assert told(wire, "I no longer know that run", "`/phantom runs`")
    assert len(wire.phantombuster.requests) == asked


@pytest.mark.parametrize("action_id", ["stop_run", "show_output", "run_again", "stop_all"])
def test_somebody_of_another_workspace_presses_in_vain(wire: Wire, action_id: str):
    message, number = launched(wire)
    asked = len(wire.phantombuster.requests)
    press(wire, message, action_id, number, user="U0MAX", home="T0ELSEWHERE")
    assert told(wire, "Only members of this workspace", user="U0MAX")
    assert len(private(wire, user="U0MAX")) == 1
    assert (len(wire.phantombuster.requests), len(wire.phantombuster.launches)) == (asked, 1)
    assert [m.text for m in wire.slack.messages()] == [message.text]


def test_an_argument_that_no_longer_opens_is_said_so(wire: Wire):
    message, number = launched(wire)
    table = "UPDATE runs SET argument = 'of another secret'"
    with wire.process.database.writing() as connection:
        connection.exec_driver_sql(table)
    press(wire, message, "run_again", number)
    assert told(wire, "Nothing was launched: that run's argument was stored under another")
    assert len(wire.phantombuster.launches) == 1


@pytest.mark.parametrize("value", ["x", "0785", "4711", "785/launch"])
def test_a_stop_of_what_is_no_agent_stops_nothing(wire: Wire, value: str):
    launched(wire)
    press(wire, private(wire, "Launching 908")[0], "stop_all", value)
    assert told(wire, "Nothing was stopped: Phantombuster has no such agent")
    assert (aborts(wire), len(wire.phantombuster.launches)) == (0, 1)
