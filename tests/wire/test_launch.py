"""From the typed line to the told ending, over HTTP."""

import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from patience import PATIENCE
from sqlalchemy import event

from phantombot.sandbox.phantombuster import FORMS

from .conftest import KEY, UNHURRIED, Wire
from .gate import Gate

BOTH_APIS = True
LINE = 'launch 785 {"a": 1}'


@pytest.mark.parametrize(
    ("form", "command", "key_in"),
    [
        ("later", "casperjs", "x-phantombuster-key-1"),
        ("2014", "casperjs", "x-phantombuster-key-1"),
        ("v2", None, "x-phantombuster-key"),
    ],
)
def test_a_typed_launch_is_launched_followed_and_told_on_either_database(
    make_wire: Callable[..., Wire],
    database_url: str,
    form: str,
    command: str | None,
    key_in: str,
):
    wire = make_wire(database_url, form=form)
    wire.start()
    line = " ".join(filter(None, ("launch 785", command, '{"a": 1}')))
    delivery = wire.slack.command(line, user="U0MAX")
    assert delivery.status == 200
    assert delivery.body["response_type"] == "ephemeral"
    assert wire.says("✅ *LinkedIn Search* · finished")
    (launch,) = wire.phantombuster.launches
    assert (launch.agent_id, launch.command, launch.argument) == ("785", command, '{"a": 1}')
    assert launch.headers[key_in] == KEY
    (message,) = wire.slack.messages()
    (run,) = wire.process.context.runs.recent("T0SANDBOX", 5)
    kept = {"event_type": "phantombot_run", "event_payload": {"uid": run.uid}}
    assert message.metadata == kept


def test_container_ids_that_are_texts_are_followed_too(
    make_wire: Callable[..., Wire], sqlite_url: str
):
    wire = make_wire(sqlite_url, form=replace(FORMS["later"], string_ids=True))
    wire.start()
    wire.slack.command(LINE)
    assert wire.says("✅ *LinkedIn Search* · finished", "120 results")


def test_five_deliveries_of_one_trigger_id_are_one_launch(wire: Wire):
    first = wire.slack.command(LINE)
    again = [wire.slack.command(LINE, trigger_id=first.trigger_id) for _ in range(4)]
    assert {delivery.status for delivery in (first, *again)} == {200}
    assert wire.says("✅ *LinkedIn Search* · finished")
    assert len(wire.phantombuster.launches) == 1
    assert len(wire.slack.messages()) == 1


@pytest.mark.parametrize("form", ["later", "2014", "v2"])
@pytest.mark.parametrize("fault", ["cut_after", "500_after"])
def test_a_launch_whose_answer_is_cut_after_acting_is_one_launch_and_adopted(
    make_wire: Callable[..., Wire], sqlite_url: str, form: str, fault: str
):
    wire = make_wire(sqlite_url, form=form)
    wire.start()
    wire.phantombuster.fault(fault, on="launch")
    wire.slack.command(LINE)
    assert wire.says("✅ *LinkedIn Search* · finished", "found again")
    assert len(wire.phantombuster.launches) == 1


@pytest.mark.parametrize(
    ("fault", "sentence"),
    [
        ("400", "refused the command or the argument"),
        ("401", "no longer accepts this workspace's key"),
        ("429", "is rate-limiting us"),
        ("echo", "•••"),
    ],
)
def test_a_refused_launch_is_one_sentence_in_the_channel(knowing: Wire, fault: str, sentence: str):
    wire = knowing
    wire.phantombuster.fault(fault, on="launch", times=None)
    wire.slack.command('launch 785 {"cookie": "li_at-canary-cookie"}')
    assert wire.says("❌ *LinkedIn Search* · nothing was launched", sentence)
    assert wire.phantombuster.launches == []


def test_an_agent_that_phantombuster_no_longer_knows_is_told_below_its_message(knowing: Wire):
    knowing.phantombuster.fault("404", on="launch", times=None)
    knowing.slack.command(LINE)
    assert knowing.says("*LinkedIn Search*", "no agent has the id 785")
    assert knowing.phantombuster.launches == []


@pytest.mark.parametrize("fault", ["500", "html", "cut_before"])
def test_an_account_that_cannot_be_read_keeps_no_launch_and_no_ending(wire: Wire, fault: str):
    wire.phantombuster.fault(fault, on="user", times=None)
    wire.slack.command(LINE)
    assert wire.says("✅ *785* · finished")
    assert len(wire.phantombuster.launches) == 1


def test_an_agent_without_a_script_is_told_with_phantombusters_words(
    make_wire: Callable[..., Wire], sqlite_url: str
):
    wire = make_wire(sqlite_url, form="2014")
    wire.start()
    wire.slack.command("launch 907 casperjs")
    assert wire.says("❌", "launched, but did not start", "Agent has no associated script")


def test_the_word_payload_anywhere_is_only_a_word(wire: Wire):
    wire.slack.command('launch 785 {"payload": "payload={}"}', channel="C0PAYLOAD")
    assert wire.says("✅ *LinkedIn Search* · finished", channel="C0PAYLOAD")
    assert wire.phantombuster.launches[0].argument == '{"payload": "payload={}"}'


def test_the_same_launch_twice_is_asked_about_and_launched_once_the_launcher_says_so(
    make_wire: Callable[..., Wire], sqlite_url: str
):
    wire = make_wire(sqlite_url)
    wire.start(UNHURRIED)
    wire.slack.command(LINE)
    wire.slack.command(LINE)
    assert wire.whispers("Launch it once more?")
    (question,) = [m for m in wire.slack.ephemerals() if "once more?" in m.text]
    wire.slack.press(question, "launch_again")
    wire.slack.press(question, "launch_again")
    assert wire.whispers("Launching it.")
    assert wire.phantombuster.wait_for_launch(2, PATIENCE)
    assert wire.slack.wait_for(
        lambda slack: sum("✅" in m.text for m in slack.messages()) == 2, PATIENCE
    )
    assert len(wire.phantombuster.launches) == 2


def test_a_question_answered_with_no_launches_nothing(
    make_wire: Callable[..., Wire], sqlite_url: str
):
    wire = make_wire(sqlite_url)
    wire.start(UNHURRIED)
    wire.slack.command(LINE)
    wire.slack.command(LINE)
    assert wire.whispers("Launch it once more?")
    (question,) = [m for m in wire.slack.ephemerals() if "once more?" in m.text]
    wire.slack.press(question, "launch_not")
    assert wire.whispers("Nothing was launched.")
    assert wire.says("✅")
    assert len(wire.phantombuster.launches) == 1


def test_where_the_bot_may_not_post_the_launcher_reads_the_mend_and_the_ending_by_dm(wire: Wire):
    wire.slack.command(LINE, channel="C0PRIVATE")
    assert wire.whispers("`/invite @phantombot`", "U0ADA")
    assert wire.says("✅", channel="D0ADA")
    assert wire.slack.messages("C0PRIVATE") == []


def test_slack_asking_for_patience_loses_no_ending(wire: Wire):
    wire.slack.fail("chat.update", "ratelimited", times=3, retry_after=1)
    wire.slack.command(LINE)
    assert wire.says("✅ *LinkedIn Search* · finished")


def test_four_kilobytes_of_emoji_are_taken_and_sent_byte_for_byte(wire: Wire):
    argument = '"' + "🦄" * 1000 + '"'
    wire.slack.command(f"launch 785 {argument}")
    assert wire.phantombuster.wait_for_launch(1, PATIENCE)
    assert wire.phantombuster.launches[0].argument == argument


def test_twenty_commands_at_once_are_each_acknowledged_before_phantombuster_answers(
    make_wire: Callable[..., Wire], database_url: str
):
    wire = make_wire(database_url)
    wire.start()
    gate = Gate("/api/")
    wire.phantombuster.watch(gate)
    with ThreadPoolExecutor(20) as crowd:
        lines = [f'launch 785 casperjs {{"a": {number}}}' for number in range(20)]
        deliveries = list(crowd.map(wire.slack.command, lines))
    assert {delivery.status for delivery in deliveries} == {200}
    assert wire.phantombuster.requests == []
    gate.open()
    assert wire.phantombuster.wait_for_launch(20, PATIENCE)


def test_nothing_but_the_command_itself_travels_before_the_acknowledgement(wire: Wire):
    calls, asked = len(wire.slack.calls), len(wire.phantombuster.requests)
    for text in ("hepl", "lanch 785", "key abcdef", "launch 785 {"):
        assert wire.slack.command(text).status == 200
    assert (len(wire.slack.calls), len(wire.phantombuster.requests)) == (calls, asked)


def test_a_launch_is_acknowledged_after_one_write_and_no_call(wire: Wire):
    statements: list[str] = []

    def note(statement: str) -> None:
        if threading.current_thread().name.startswith("waitress"):
            statements.append(statement.split(maxsplit=1)[0])

    @event.listens_for(wire.process.database.engine, "checkout")
    def listen(connection: sqlite3.Connection, *_: object) -> None:
        connection.set_trace_callback(note)

    calls = len(wire.slack.calls)
    wire.process._engine.stop()
    assert "Launching 785" in wire.slack.command(LINE).body["text"]
    written = {"INSERT", "UPDATE", "DELETE", "COMMIT"}
    assert [one for one in statements if one in written] == ["INSERT", "COMMIT"]
    assert len(wire.slack.calls) == calls
    assert wire.phantombuster.requests == []


@pytest.mark.v1
@given(text=st.text(max_size=200) | st.text(alphabet="launch785 {}\"'=:—-“”`\u00a0", max_size=60))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_text_misses_its_acknowledgement_or_launches_unasked(wire: Wire, text: str):
    delivery = wire.slack.command(text.replace("\ud800", ""), channel="C0PAYLOAD")
    assert delivery.status == 200
    assert "Something unexpected went wrong" not in str(delivery.body)
    asked_for = text.split()[:1] and text.split(maxsplit=1)[0].lower() == "launch"
    answered = str(delivery.body)
    assert asked_for or "Launching" not in answered


def test_a_database_that_goes_away_is_told_and_nothing_is_launched(
    make_wire: Callable[..., Wire], postgres_url: str, drop_database: Callable[[str], None]
):
    wire = make_wire(postgres_url)
    wire.start()
    drop_database(postgres_url)
    delivery = wire.slack.command(LINE)
    assert delivery.status == 200
    assert "Nothing was launched: the database isn't answering" in delivery.body["text"]
    assert wire.phantombuster.launches == []


def test_the_traffic_of_a_launch_is_small(wire: Wire):
    wire.slack.command(LINE)
    assert wire.says("✅")
    methods = [asdict(call)["method"] for call in wire.slack.calls]
    assert methods.count("chat.postMessage") == 1
    assert set(methods) - {"response_url"} == {"users.info", "chat.postMessage", "chat.update"}
    assert methods.count("response_url") <= 1
    assert methods.count("users.info") == 1
