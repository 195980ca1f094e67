"""The four steps of a first visit: each is done once it has happened, whoever made it happen."""

import json

import pytest
from phantombuster_stage import Clock, send
from slack_sdk import WebClient

from phantombot.sandbox.page.panel import Panel
from phantombot.sandbox.phantombuster import LocalPhantombuster
from phantombot.sandbox.slack import LocalSlack

HERE = {"channel": "C0GENERAL"}
HELLO = "908"


@pytest.fixture
def panel(slack: LocalSlack, later: LocalPhantombuster) -> Panel:
    slack.show_panel(later)
    assert slack._page.panel is not None
    return slack._page.panel


def done(panel: Panel) -> list[str]:
    return [step["name"] for step in panel.steps.listed()["steps"] if step["done"]]


def follow_a_run(later: LocalPhantombuster, client: WebClient, clock: Clock) -> None:
    """Do as the bot does: post, launch, edit, and write into the thread at the end."""
    ts = client.chat_postMessage(**HERE, text="Hello World: queued")["ts"]
    send(later, f"agent/{HELLO}/launch.json")
    clock.advance(60)
    client.chat_update(**HERE, ts=ts, text="Hello World: finished")
    client.chat_postMessage(**HERE, thread_ts=ts, text="Hello, world!")


def test_nothing_is_done_before_it_happens(panel: Panel, slack: LocalSlack, client: WebClient):
    client.chat_postMessage(**HERE, text="Hello World")
    slack.command("launch 908", deliver=False)
    assert done(panel) == []


def test_a_launch_is_done_by_the_bot_and_its_end_once_it_is_told(
    panel: Panel, later: LocalPhantombuster, client: WebClient, clock: Clock
):
    ts = client.chat_postMessage(**HERE, text="Hello World: queued")["ts"]
    panel.launch_elsewhere({"agent": "901"})
    assert done(panel) == []
    send(later, f"agent/{HELLO}/launch.json")
    assert done(panel) == ["launch"]
    client.chat_update(**HERE, ts=ts, text="Hello World: running")
    clock.advance(60)
    assert done(panel) == ["launch"]
    client.chat_update(**HERE, ts=ts, text="Hello World: finished")
    client.chat_postMessage(**HERE, thread_ts=ts, text="Hello, world!")
    assert done(panel) == ["launch", "end"]


def test_phantombuster_is_broken_once_the_bot_has_met_it_and_said_something(
    panel: Panel, later: LocalPhantombuster, client: WebClient
):
    panel.switch({"name": "patience", "on": True})  # that is Slack's
    send(later, "user.json")
    assert done(panel) == []
    panel.switch({"name": "patience", "on": False})
    panel.switch({"name": "nulls", "on": True})
    client.chat_postMessage(**HERE, text="Launching")
    assert done(panel) == []
    send(later, "user.json")
    assert done(panel) == ["break"]
    panel.switch({"name": "nulls", "on": False})
    assert done(panel) == ["break"]


def test_an_agent_is_watched_once_the_channel_is_told_of_a_run_launched_elsewhere(
    panel: Panel, client: WebClient, clock: Clock
):
    client.chat_postMessage(**HERE, text="This channel watches Hello World")
    panel.launch_elsewhere({"agent": HELLO})
    clock.advance(60)
    client.chat_postEphemeral(**HERE, user="U0ADA", text="Hello World: finished")
    client.chat_postMessage(**HERE, text="LinkedIn Search: finished")
    assert done(panel) == []
    client.chat_postMessage(**HERE, text="Hello World: finished")
    assert done(panel) == ["watch"]


def test_a_run_that_the_bot_launched_meanwhile_is_no_watched_one(
    panel: Panel, later: LocalPhantombuster, client: WebClient, clock: Clock
):
    panel.launch_elsewhere({"agent": HELLO})
    clock.advance(60)
    follow_a_run(later, client, clock)
    assert done(panel) == ["launch", "end"]


def test_what_is_done_stays_done_and_the_steps_stay_put_away(
    panel: Panel, later: LocalPhantombuster, client: WebClient, clock: Clock
):
    follow_a_run(later, client, clock)
    assert panel.steps.listed()["shown"]
    panel.steps.show({"shown": False})
    for _ in range(2):
        assert done(panel) == ["launch", "end"]
        assert not panel.steps.listed()["shown"]
    assert json.dumps(panel.steps.listed())
