"""The Web API: messages, people and channels, through Slack's own client."""

import json
from contextlib import closing
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest
from slack_sdk import WebClient
from slack_stage import (
    ACTIONS,
    BUTTON,
    TLS,
    TOKEN,
    Clock,
    refusal,
    section,
)

from phantombot.sandbox.slack import LocalSlack


def test_a_posted_message_stands_in_the_channel(slack: LocalSlack, client: WebClient):
    answer = client.chat_postMessage(channel="C0GENERAL", text="hello")
    (message,) = slack.messages()
    assert (answer["ts"], answer["channel"]) == (message.ts, "C0GENERAL")
    assert (message.text, message.thread_ts, message.user) == ("hello", None, None)


def test_metadata_stay_with_a_message_that_is_edited(slack: LocalSlack, client: WebClient):
    kept = {"event_type": "phantombot_run", "event_payload": {"uid": "x"}}
    answer = client.chat_postMessage(channel="C0GENERAL", text="hello", metadata=kept)
    client.chat_update(channel="C0GENERAL", ts=answer["ts"], text="there")
    (message,) = slack.messages()
    assert (message.text, message.metadata) == ("there", kept)
    half = {"channel": "C0GENERAL", "text": "x", "metadata": {"event_type": "y"}}
    assert refusal(client, "chat.postMessage", **half) == "invalid_metadata_format"


def test_timestamps_are_unique_and_increase_while_the_clock_stands(
    slack: LocalSlack, client: WebClient
):
    stamps = [client.chat_postMessage(channel="C0GENERAL", text="x")["ts"] for _ in range(3)]
    assert stamps == ["1761955200.000000", "1761955200.000001", "1761955200.000002"]


def test_a_message_to_a_user_opens_the_direct_channel(slack: LocalSlack, client: WebClient):
    assert client.chat_postMessage(channel="U0MAX", text="psst")["channel"] == "D0MAX"
    assert client.conversations_open(users="U0MAX")["channel"]["id"] == "D0MAX"
    assert [message.text for message in slack.messages("D0MAX")] == ["psst"]


def test_an_ephemeral_message_is_seen_by_one_and_out_of_reach(slack: LocalSlack, client: WebClient):
    ts = client.chat_postEphemeral(channel="C0GENERAL", user="U0MAX", text="psst")["message_ts"]
    assert [message.ts for message in slack.ephemerals("U0MAX")] == [ts]
    assert refusal(client, "chat.update", channel="C0GENERAL", ts=ts, text="x") == (
        "message_not_found"
    )


def test_an_update_keeps_the_history(slack: LocalSlack, client: WebClient):
    ts = client.chat_postMessage(channel="C0GENERAL", text="one", blocks=ACTIONS)["ts"]
    client.chat_update(channel="C0GENERAL", ts=ts, text="two", blocks=ACTIONS)
    client.chat_update(channel="C0GENERAL", ts=ts, text="three")
    (message,) = slack.messages()
    assert (message.text, message.edits, message.history) == ("three", 2, ("one", "two"))
    assert message.blocks == []


def test_a_deleted_message_is_marked_and_gone_for_the_bot(slack: LocalSlack, client: WebClient):
    ts = client.chat_postMessage(channel="C0GENERAL", text="one")["ts"]
    client.chat_delete(channel="C0GENERAL", ts=ts)
    assert slack.messages()[0].deleted
    assert refusal(client, "chat.delete", channel="C0GENERAL", ts=ts) == "message_not_found"


def test_only_its_own_messages_are_the_bots_to_change(slack: LocalSlack, client: WebClient):
    where = {"channel": "C0GENERAL", "ts": slack.write("mine").ts}
    assert refusal(client, "chat.update", text="x", **where) == "cant_update_message"
    assert refusal(client, "chat.delete", **where) == "cant_delete_message"


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"channel": "C0NOWHERE", "text": "x"}, "channel_not_found"),
        ({"channel": "C0PRIVATE", "text": "x"}, "not_in_channel"),
        ({"channel": "C0OLD", "text": "x"}, "is_archived"),
        ({"channel": "C0GENERAL"}, "no_text"),
        ({"channel": "C0GENERAL", "text": "x" * 40_001}, "msg_too_long"),
        ({"channel": "C0GENERAL", "blocks": [section(1)] * 51}, "invalid_blocks"),
        ({"channel": "C0GENERAL", "blocks": [section(3001)]}, "invalid_blocks"),
        (
            {"channel": "C0GENERAL", "blocks": [section(3000)] * 4 + [section(1)]},
            "msg_blocks_too_long",
        ),
        ({"channel": "C0GENERAL", "blocks": [section(0)]}, "invalid_blocks"),
        ({"channel": "C0GENERAL", "blocks": [{"type": "poem"}]}, "invalid_blocks"),
        (
            {"channel": "C0GENERAL", "blocks": [{"type": "actions", "elements": [BUTTON] * 2}]},
            "invalid_blocks",
        ),
    ],
    ids=str,
)
def test_a_message_slack_would_refuse_is_refused(
    slack: LocalSlack, client: WebClient, fields: dict[str, Any], error: str
):
    assert refusal(client, "chat.postMessage", **fields) == error
    assert not any(slack.messages(channel) for channel in ("C0GENERAL", "C0PRIVATE", "C0OLD"))


def test_what_is_just_within_the_limits_is_taken(slack: LocalSlack, client: WebClient):
    client.chat_postMessage(channel="C0GENERAL", text="x" * 40_000, blocks=[section(3000)] * 4)
    client.chat_postMessage(channel="C0GENERAL", text="x", blocks=[section(240)] * 50)
    assert [len(message.blocks) for message in slack.messages()] == [4, 50]


def test_blocks_and_elements_without_an_id_get_one(slack: LocalSlack, client: WebClient):
    client.chat_postMessage(channel="C0GENERAL", text="x", blocks=[section(1), *ACTIONS])
    ids = {block["block_id"] for block in slack.messages()[0].blocks}
    assert len(ids) == 2


def test_arguments_may_come_as_a_form_with_the_token_in_it(slack: LocalSlack):
    fields = {"token": TOKEN, "channel": "C0GENERAL", "blocks": json.dumps([section(5)])}
    host = HTTPConnection("127.0.0.1", urlsplit(slack.url).port)
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    host.request("POST", "/api/chat.postMessage", urlencode(fields), kind)
    with closing(host), host.getresponse() as answer:
        assert json.load(answer)["ok"] is True
    assert slack.messages()[0].blocks[0]["text"]["text"] == "xxxxx"
    assert slack.calls[0].fields["token"] == "•••"


@pytest.mark.parametrize(("token", "error"), [(None, "not_authed"), ("xoxb-x", "invalid_auth")])
def test_a_call_needs_the_right_token(slack: LocalSlack, token: str | None, error: str):
    client = WebClient(token=token, base_url=slack.api_url, ssl=TLS)
    assert refusal(client, "auth.test") == error


def test_an_unknown_method_is_refused(client: WebClient):
    assert refusal(client, "chat.sing") == "unknown_method"


def test_the_bot_learns_who_it_is_and_what_it_may(client: WebClient):
    answer = client.auth_test()
    assert (answer["team_id"], answer["user_id"]) == ("T0SANDBOX", "U0BOT")
    assert "chat:write" in answer.headers["x-oauth-scopes"].split(",")


@pytest.mark.parametrize(
    ("user", "admin", "guest"),
    [("U0ADA", True, False), ("U0MAX", False, False), ("U0GUS", False, True)],
)
def test_users_are_told_apart(client: WebClient, user: str, admin: bool, guest: bool):
    told = client.users_info(user=user)["user"]
    assert (told["is_admin"], told["is_owner"], told["is_restricted"]) == (admin, admin, guest)


def test_guests_of_one_channel_strangers_and_people_of_an_organisation_are_told_apart(
    slack: LocalSlack, client: WebClient
):
    slack.add_person("U0SOL", "single")
    slack.add_person("U0SIA", "admin", team="T0ELSEWHERE")
    single = client.users_info(user="U0SOL")["user"]
    assert (single["is_restricted"], single["is_ultra_restricted"]) == (True, True)
    assert client.users_info(user="U0SIA")["user"]["team_id"] == "T0ELSEWHERE"
    assert "enterprise_user" not in client.users_info(user="U0MAX")["user"]
    slack.organise("T0042")
    teams = client.users_info(user="U0MAX")["user"]["enterprise_user"]["teams"]
    assert teams == ["T0SANDBOX", "T0042"]
    assert "enterprise_user" not in client.users_info(user="U0SIA")["user"]


def test_user_groups_tell_their_members(slack: LocalSlack, client: WebClient):
    slack.add_group("S0TEAM", "U0ADA", "U0MAX")
    handles = {group["id"]: group["handle"] for group in client.usergroups_list()["usergroups"]}
    assert handles == {"S0OPS": "ops", "S0TEAM": "team"}
    assert client.usergroups_users_list(usergroup="S0TEAM")["users"] == ["U0ADA", "U0MAX"]
    assert refusal(client, "usergroups.users.list", usergroup="S0NONE") == "no_such_subteam"


def test_a_strange_user_is_not_found(client: WebClient):
    assert refusal(client, "users.info", user="U0NOBODY") == "user_not_found"


def test_a_channel_tells_whether_the_bot_is_in_it(client: WebClient):
    assert client.conversations_info(channel="C0GENERAL")["channel"]["is_member"] is True
    assert client.conversations_info(channel="C0OLD")["channel"]["is_archived"] is True
    assert "U0GUS" in client.conversations_members(channel="C0GENERAL")["members"]
    assert refusal(client, "conversations.info", channel="C0PRIVATE") == "channel_not_found"


def test_calls_are_recorded_without_the_token(
    slack: LocalSlack, client: WebClient, slack_clock: Clock
):
    client.chat_postMessage(channel="C0GENERAL", text="x")
    (call,) = slack.calls
    assert (call.method, call.fields["text"], call.at) == (
        "chat.postMessage",
        "x",
        slack_clock.time,
    )
    assert call.headers["authorization"] == "•••"
    assert TOKEN not in repr(call)
