"""Socket Mode: the same bot, which Slack reaches through a connection that the bot opened."""

import sqlite3
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest
from patience import PATIENCE

from .conftest import BotProcess, Wire, ask, store_key
from .socket_stage import SlackEnd

LINE = 'launch 785 casperjs {"a": "payload"}'
SPEED = 3
"""Silence is noticed after 5 s; slack_sdk itself takes 3 s to leave an old connection."""

# slack_sdk leaves a socket to the collector where a handshake fails.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")


@pytest.fixture
def end() -> Iterator[SlackEnd]:
    end = SlackEnd()
    yield end
    end.close()


@pytest.fixture
def plugged(make_wire: Callable[..., Wire], sqlite_url: str, end: SlackEnd) -> Wire:
    """Return a bot that is not started yet, without a signing secret."""
    wire = make_wire(sqlite_url)
    del wire.environ["SLACK_SIGNING_SECRET"]
    wire.environ["SLACK_APP_TOKEN"] = "xapp-canary"
    wire.slack.listen_at(end.cable.url, end.carry)
    wire.slack._courier.patience = 3  # what is sent as a connection opens may be lost: sent again
    return wire


def is_answered(wire: Wire) -> bool:
    delivery = wire.slack.command("hepl")
    return delivery.error is None and "/phantom help" in delivery.body["text"]


def test_commands_buttons_forms_and_events_come_through_the_socket(plugged: Wire, end: SlackEnd):
    plugged.start(SPEED)
    assert end.wait_for_connections(1)
    assert "aunching" in plugged.slack.command(LINE).body["text"]
    assert plugged.says("finished")
    assert plugged.slack.wait_for(lambda slack: slack.ephemerals()[0].deleted, PATIENCE)
    assert plugged.phantombuster.launches[0].argument == '{"a": "payload"}'
    plugged.slack.press(plugged.slack.messages()[0], "show_output")
    assert plugged.whispers("(785) · ended")
    plugged.slack.command("key")
    assert plugged.slack.wait_for(lambda slack: slack.views() != [], PATIENCE)
    refused = plugged.slack.submit(plugged.slack.views()[0], {"key_input": "two words"})
    assert refused.body["response_action"] == "errors"
    plugged.slack.write("@phantombot status")
    assert plugged.whispers("Nothing is running or queued.")
    assert plugged.slack.event("app_uninstalled", "T0SANDBOX").error is None
    assert plugged.process.context.keys.key("T0SANDBOX") is None


def test_nothing_is_believed_that_comes_over_http(plugged: Wire, end: SlackEnd):
    plugged.start(SPEED)
    assert ask(plugged, "POST", "/slack/events", b"command=/phantom&text=help")[0] == 405
    assert ask(plugged, "GET", "/healthz") == (200, "ok")
    assert end.wait_for_connections(1)
    assert is_answered(plugged)
    assert 'phantombot_ack_seconds_count{status="200"} 1.0' in ask(plugged, "GET", "/metrics")[1]


def test_while_the_database_is_locked_every_command_of_a_burst_is_refused_in_slacks_time(
    plugged: Wire, end: SlackEnd
):
    plugged.start(SPEED)
    assert end.wait_for_connections(1)
    assert is_answered(plugged)
    file = plugged.environ["DATABASE_URL"].removeprefix("sqlite:///")
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        with ThreadPoolExecutor(25) as people:
            answers = list(people.map(lambda _: plugged.slack.command(LINE), range(25)))
    assert [answer.error for answer in answers] == [None] * 25
    assert {answer.body["text"].partition(":")[0] for answer in answers} == {"Nothing was launched"}


@pytest.mark.parametrize("trouble", ["cut", "fall_silent"])
def test_a_connection_that_is_cut_or_falls_silent_is_opened_anew(
    plugged: Wire, end: SlackEnd, trouble: str
):
    plugged.start(SPEED)
    assert end.wait_for_connections(1)
    assert is_answered(plugged)
    getattr(end.cable, trouble)()
    assert end.wait_for_connections(2)
    assert any(is_answered(plugged) for _ in range(20))


def test_a_connection_that_was_silent_from_the_start_is_noticed(plugged: Wire, end: SlackEnd):
    end.cable.dumb = 1
    plugged.start(SPEED)
    assert end.wait_for_connections(2)
    assert any(is_answered(plugged) for _ in range(20))


def test_slack_may_be_away_when_the_bot_starts(plugged: Wire, end: SlackEnd):
    plugged.slack.fail("apps.connections.open", "internal_error", times=1)
    plugged.start(SPEED)
    assert end.wait_for_connections(1)
    assert any(is_answered(plugged) for _ in range(20))


def test_slack_may_ask_for_a_new_connection(plugged: Wire, end: SlackEnd):
    plugged.start(SPEED)
    assert end.wait_for_connections(1)
    end.say_goodbye()
    assert end.wait_for_connections(2)
    assert any(is_answered(plugged) for _ in range(20))


def test_what_has_come_is_answered_before_the_process_ends(
    plugged: Wire, end: SlackEnd, start_bot: Callable[..., BotProcess]
):
    store_key(plugged)
    bot = start_bot(plugged)
    assert end.wait_for_connections(1)
    with ThreadPoolExecutor(8) as people:
        sent = [
            people.submit(plugged.slack.command, f'launch 785 casperjs {{"n": {number}}}')
            for number in range(24)
        ]
        assert sent[0].result().error is None
        assert bot.terminate() == 0
    taken = [one.result() for one in sent]
    told = [one for one in taken if one.error is None]
    assert told
    start_bot(plugged)
    assert plugged.phantombuster.wait_for_launch(len(told), PATIENCE)
