"""What is said over the wire, told in order and without secrets."""

import json
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import pytest
from phantombuster_stage import KEY, SECRET, send, send_v2
from slack_sdk import WebClient
from slack_stage import FORM, TOKEN

from phantombot.messages.keys import KEY_INPUT
from phantombot.sandbox.meanings import meaning_of
from phantombot.sandbox.page.panel import Panel
from phantombot.sandbox.phantombuster import DEFAULT_FORM, LocalPhantombuster
from phantombot.sandbox.phantombuster.v2.calls import ENDPOINTS
from phantombot.sandbox.server import Request, Response
from phantombot.sandbox.slack import LocalSlack
from phantombot.sandbox.traffic import KEPT, Traffic

SIGNED = {"x-slack-signature": "v0=5d41402abc4b2a76b9719d911017c592"}


@pytest.fixture
def traffic(slack: LocalSlack, later: LocalPhantombuster) -> Traffic:
    slack.show_panel(later)
    assert slack._page.panel is not None
    return slack._page.panel.traffic


def said(traffic: Traffic) -> str:
    return str([traffic.whole(row["number"]) for row in traffic.rows()])


def form(**fields: str) -> Request:
    headers = {"content-type": "application/x-www-form-urlencoded", **SIGNED}
    return Request("POST", "/slack/events", {}, headers, urlencode(fields).encode())


def test_each_exchange_is_told_in_order_with_its_answer(
    traffic: Traffic, slack: LocalSlack, client: WebClient, later: LocalPhantombuster
):
    slack.command("launch 785")
    client.chat_postMessage(channel="C0GENERAL", text="queued")
    send(later, "user.json")
    told = [(row["sender"], row["receiver"], row["title"], row["status"]) for row in traffic.rows()]
    assert told == [
        ("Slack", "phantombot", "/phantom launch", "200"),
        ("phantombot", "Slack", "chat.postMessage", "200"),
        ("phantombot", "Phantombuster", "GET user.json", "200"),
    ]
    assert all(isinstance(row["seconds"], float) for row in traffic.rows())
    assert traffic.whole(2)["request"]["body"]["text"] == "queued"
    assert traffic.whole(3)["answer"]["body"]["status"] == "success"


def test_what_goes_wrong_is_told_in_a_word(
    traffic: Traffic, slack: LocalSlack, later: LocalPhantombuster
):
    slack.bot_url = None
    slack.command("help")
    later.fault("500")
    send(later, "user.json")
    told = [row["status"] for row in traffic.rows()]
    assert told == ["no answer", "500"]


def test_a_refusal_of_slack_s_is_told_with_its_own_word(traffic: Traffic, client: WebClient):
    with pytest.raises(Exception, match="channel_not_found"):
        client.chat_postMessage(channel="C0NOWHERE", text="x")
    assert traffic.rows()[0]["status"] == "200 channel_not_found"


def test_what_the_page_itself_asks_is_no_traffic(traffic: Traffic, slack: LocalSlack):
    slack._server.watch(Request("GET", "/_page/events", {}, {}, b""))(Response())
    assert traffic.rows() == []


def test_tokens_keys_and_signatures_are_masked_wherever_they_stand(
    traffic: Traffic, slack: LocalSlack, client: WebClient, later: LocalPhantombuster
):
    client.views_open(trigger_id=slack.command("x").trigger_id, view=FORM)
    client.chat_postMessage(channel="C0GENERAL", text=f"echo of {TOKEN} and {KEY}")
    send(later, "agent/785/launch.json", argument=json.dumps({"key": KEY}))
    assert TOKEN not in said(traffic)
    assert KEY not in said(traffic)
    assert not re.search(r"v0=\w", said(traffic))
    assert SECRET not in said(traffic)


@pytest.mark.parametrize(
    "request_",
    [
        form(command="/phantom", text=f"key {KEY}"),
        form(
            payload=json.dumps(
                {
                    "type": "view_submission",
                    "view": {"state": {"values": {KEY_INPUT: {KEY_INPUT: {"value": KEY}}}}},
                }
            )
        ),
        form(token=KEY),
    ],
    ids=["typed after the command", "typed in the form", "in a field of the form"],
)
def test_a_key_is_masked_from_the_moment_it_is_typed(request_: Request):
    traffic = Traffic()
    traffic.watch("Slack", "phantombot", "/")(request_)
    assert KEY not in said(traffic) + json.dumps(traffic.rows())
    assert "•••" in said(traffic)


@pytest.mark.parametrize("header", ["X-Phantombuster-Key", "X-Phantombuster-Key-1"])
def test_keys_and_arguments_are_masked_in_bodies_of_json_and_tags_are_not(
    serve: Callable[..., LocalPhantombuster], header: str
):
    traffic, v2 = Traffic(), serve(form="v2")
    v2.watch(traffic.watch("phantombot", "Phantombuster", "/api/"))
    given = {"id": "785", "argument": {"cookie": "AQEDATcanary"}, "saveArgument": True}
    body = json.dumps(given | {"userCustomMetadata": {"by": "our-tag", "odd": KEY}})
    path, posted = "/api/v2/agents/launch", {"method": "POST", "kind": "application/json"}
    send(v2, path, key=None, headers={header: KEY}, body=body, **posted)
    send(v2, "/api/v2/agents/fetch", id="785")
    send(v2, "/api/v2/agents/fetch-all", withArgument="true")
    assert "our-tag" in said(traffic)
    for secret in (KEY, "AQEDATcanary", "sandbox-proxy"):
        assert secret not in said(traffic)
    told = traffic.whole(1)["request"]["body"], traffic.whole(2)["answer"]["body"]
    assert [one["argument"] for one in told] == ["•••", "•••"]


@pytest.mark.parametrize("body", [None, urlencode({"argument": '{"li_at": "AQEDATcanary"}'})])
def test_an_argument_is_masked_in_queries_and_forms_of_v1(
    traffic: Traffic, later: LocalPhantombuster, body: str | None
):
    query = {} if body else {"argument": '{"li_at": "AQEDATcanary"}'}
    send(later, "agent/785/launch.json", method="POST", body=body, **query)
    assert "argument" in said(traffic)
    assert "AQEDATcanary" not in said(traffic)


def test_only_the_latest_exchanges_are_remembered():
    traffic = Traffic()
    watch = traffic.watch("Slack", "phantombot", "/")
    for _ in range(KEPT + 1):
        watch(form(command="/phantom", text="help"))(Response())
    with pytest.raises(LookupError):
        traffic.whole(1)
    assert traffic.whole(KEPT + 1)["answer"]["line"] == "HTTP 200"


def test_each_call_of_v2_is_explained_in_words_of_its_own():
    told = {
        endpoint: meaning_of("Phantombuster", Request("GET", f"/api/v2/{endpoint}", {}, {}, b""))
        for endpoint in ENDPOINTS
    }
    assert [title for title, _ in told.values()] == [f"GET {endpoint}" for endpoint in told]
    assert len({meaning for _, meaning in told.values()}) == len(ENDPOINTS)


@pytest.mark.parametrize(
    ("payload", "title"),
    [
        ({"type": "block_actions"}, "block_actions"),
        ({"type": "view_submission"}, "view_submission"),
    ],
)
def test_an_interaction_is_called_by_its_type(payload: dict[str, Any], title: str):
    told, meaning = meaning_of("phantombot", form(payload=json.dumps(payload)))
    assert told == title
    assert meaning.startswith("Somebody")


def test_an_event_is_called_by_its_own_name():
    body = json.dumps({"type": "event_callback", "event": {"type": "app_home_opened"}}).encode()
    event = Request("POST", "/slack/events", {}, {"content-type": "application/json"}, body)
    assert meaning_of("phantombot", event)[0] == "app_home_opened"


def test_nonsense_from_outside_is_told_and_breaks_nothing():
    traffic = Traffic()
    traffic.watch("Slack", "phantombot", "/")(Request("POST", "/x", {}, {}, b"\xff{"))(Response())
    assert traffic.rows()[0]["title"] == "request"


@pytest.fixture
def panel(slack: LocalSlack, traffic: Traffic) -> Panel:
    assert slack._page.panel is not None
    return slack._page.panel


def switch(panel: Panel, name: str, *, on: bool = True) -> None:
    panel.switch({"name": name, "on": on})


def test_the_account_is_switched_between_v1_and_v2(panel: Panel, later: LocalPhantombuster):
    told = []
    for version in ("v2", "v2", "v1"):
        panel.choose_api({"version": version})
        told.append((panel.account()["api"], later.form.name))
        assert (send(later, "/api/v2/orgs/fetch").status == 200) is (version == "v2")
    assert told == [("v2", "v2"), ("v2", "v2"), ("v1", "later")]
    with pytest.raises(LookupError):
        panel.choose_api({"version": "v3"})


def test_an_account_that_began_with_v2_becomes_one_of_v1_today(
    slack: LocalSlack, serve: Callable[..., LocalPhantombuster]
):
    slack.show_panel(serve(form="v2"))
    panel = slack._page.panel
    assert panel is not None
    assert panel.account()["api"] == "v2"
    panel.choose_api({"version": "v1"})
    assert panel._phantombuster.form.name == DEFAULT_FORM


@pytest.mark.parametrize(("name", "endpoint"), [("404", "fetch-all"), ("500", "launch")])
def test_a_bad_day_lasts_over_a_switch_of_the_api(
    panel: Panel, later: LocalPhantombuster, name: str, endpoint: str
):
    switch(panel, name)
    panel.choose_api({"version": "v2"})
    given = {"id": "785"} if endpoint == "launch" else None
    assert send_v2(later, f"agents/{endpoint}", given).status == int(name)


@pytest.mark.parametrize(("name", "status"), [("500", 500), ("key", 401)])
def test_a_bad_day_lasts_until_it_is_switched_off(
    panel: Panel, later: LocalPhantombuster, name: str, status: int
):
    switch(panel, name)
    assert [send(later, "user.json").status for _ in range(3)] == [status] * 3
    assert [day["name"] for day in panel.account()["badDays"] if day["on"]] == [name]
    switch(panel, name, on=False)
    assert send(later, "user.json").status == 200


@pytest.mark.parametrize("name", ["404", "html", "unknown_words", "nulls"])
def test_where_reading_goes_wrong_launching_goes_on(
    panel: Panel, later: LocalPhantombuster, name: str
):
    good = send(later, "agent/785/output.json").text
    switch(panel, name)
    assert send(later, "agent/785/output.json").text != good
    assert send(later, "agent/785/launch.json").data["containerId"]


def test_a_lost_answer_has_launched(panel: Panel, later: LocalPhantombuster):
    switch(panel, "cut")
    with pytest.raises(ConnectionError):
        send(later, "agent/785/launch.json")
    assert len(later.launches) == 1
    assert send(later, "user.json").status == 200


def test_slack_asks_for_patience_where_the_bot_tells(panel: Panel, client: WebClient):
    switch(panel, "patience")
    with pytest.raises(Exception, match="ratelimited"):
        client.chat_postMessage(channel="C0GENERAL", text="x")
    assert client.users_info(user="U0ADA")["ok"]


def test_there_is_no_other_switch(panel: Panel):
    with pytest.raises(LookupError):
        switch(panel, "rain")


def test_the_account_is_shown_with_its_latest_runs_first(panel: Panel):
    for agent in ("785", "901"):
        panel.launch_elsewhere({"agent": agent})
    account = panel.account()
    assert [run["agentId"] for run in account["runs"]] == [901, 785]


def test_the_key_is_shown_to_be_stored_again(panel: Panel, later: LocalPhantombuster):
    assert panel.account()["key"] == KEY
    later.key = "another-key-wxyz"
    assert panel.account()["key"] == "another-key-wxyz"
