"""The four steps of a first visit: each is done once it has happened, whoever made it happen."""

import json

import pytest
from phantombuster_stage import Clock, send
from slack_sdk import WebClient

from phantombot.sandbox.page.beside import Beside
from phantombot.sandbox.phantombuster import LocalPhantombuster
from phantombot.sandbox.slack import LocalSlack

HERE = {"channel": "C0GENERAL"}
HELLO = "908"


@pytest.fixture
def beside(slack: LocalSlack, later: LocalPhantombuster) -> Beside:
    slack.show_beside(later)
    assert slack._page.beside is not None
    return slack._page.beside


def done(beside: Beside) -> list[str]:
    return [step["name"] for step in beside.steps.listed()["steps"] if step["done"]]


def follow_a_run(later: LocalPhantombuster, client: WebClient, clock: Clock) -> None:
    """As the bot does: post, launch, edit, and write into the thread at the end."""
    ts = client.chat_postMessage(**HERE, text="Hello World: queued")["ts"]
    send(later, f"agent/{HELLO}/launch.json")
    clock.advance(60)
    client.chat_update(**HERE, ts=ts, text="Hello World: finished")
    client.chat_postMessage(**HERE, thread_ts=ts, text="Hello, world!")


def test_nothing_is_done_before_it_happens(beside: Beside, slack: LocalSlack, client: WebClient):
    client.chat_postMessage(**HERE, text="Hello World")
    slack.command("launch 908", deliver=False)
    assert done(beside) == []


def test_a_launch_is_done_by_the_bot_and_its_end_once_it_is_told(
    beside: Beside, later: LocalPhantombuster, client: WebClient, clock: Clock
):
    ts = client.chat_postMessage(**HERE, text="Hello World: queued")["ts"]
    beside.launch_elsewhere({"agent": "901"})
    assert done(beside) == []
    send(later, f"agent/{HELLO}/launch.json")
    assert done(beside) == ["launch"]
    client.chat_update(**HERE, ts=ts, text="Hello World: running")
    clock.advance(60)
    assert done(beside) == ["launch"]
    client.chat_update(**HERE, ts=ts, text="Hello World: finished")
    client.chat_postMessage(**HERE, thread_ts=ts, text="Hello, world!")
    assert done(beside) == ["launch", "end"]


def test_phantombuster_is_broken_once_the_bot_has_met_it_and_said_something(
    beside: Beside, later: LocalPhantombuster, client: WebClient
):
    beside.switch({"name": "patience", "on": True})  # that is Slack's
    send(later, "user.json")
    assert done(beside) == []
    beside.switch({"name": "patience", "on": False})
    beside.switch({"name": "nulls", "on": True})
    client.chat_postMessage(**HERE, text="Launching")
    assert done(beside) == []
    send(later, "user.json")
    assert done(beside) == ["break"]
    beside.switch({"name": "nulls", "on": False})
    assert done(beside) == ["break"]


def test_an_agent_is_watched_once_the_channel_is_told_of_a_run_launched_elsewhere(
    beside: Beside, client: WebClient, clock: Clock
):
    client.chat_postMessage(**HERE, text="This channel watches Hello World")
    beside.launch_elsewhere({"agent": HELLO})
    clock.advance(60)
    client.chat_postEphemeral(**HERE, user="U0ADA", text="Hello World: finished")
    client.chat_postMessage(**HERE, text="LinkedIn Search: finished")
    assert done(beside) == []
    client.chat_postMessage(**HERE, text="Hello World: finished")
    assert done(beside) == ["watch"]


def test_a_run_that_the_bot_launched_meanwhile_is_no_watched_one(
    beside: Beside, later: LocalPhantombuster, client: WebClient, clock: Clock
):
    beside.launch_elsewhere({"agent": HELLO})
    clock.advance(60)
    follow_a_run(later, client, clock)
    assert done(beside) == ["launch", "end"]


def test_what_is_done_stays_done_and_the_steps_stay_put_away(
    beside: Beside, later: LocalPhantombuster, client: WebClient, clock: Clock
):
    follow_a_run(later, client, clock)
    assert beside.steps.listed()["shown"]
    beside.steps.show({"shown": False})
    for _ in range(2):
        assert done(beside) == ["launch", "end"]
        assert not beside.steps.listed()["shown"]
    assert json.dumps(beside.steps.listed())
