"""A method called without its scope is refused, and told which it was."""

from typing import Any

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_stage import refusal

from phantombot.sandbox.slack import LocalSlack

CALLS = {
    "chat.postMessage": ({"channel": "C0GENERAL", "text": "x"}, "chat:write"),
    "chat.postEphemeral": ({"channel": "C0GENERAL", "user": "U0ADA", "text": "x"}, "chat:write"),
    "chat.update": ({"channel": "C0GENERAL", "ts": "1.0", "text": "x"}, "chat:write"),
    "chat.delete": ({"channel": "C0GENERAL", "ts": "1.0"}, "chat:write"),
    "conversations.open": ({"users": "U0ADA"}, "im:write"),
    "files.getUploadURLExternal": ({"filename": "x", "length": 1}, "files:write"),
    "files.completeUploadExternal": ({"files": []}, "files:write"),
    "usergroups.list": ({}, "usergroups:read"),
    "usergroups.users.list": ({"usergroup": "S0OPS"}, "usergroups:read"),
    "users.info": ({"user": "U0ADA"}, "users:read"),
}


@pytest.mark.parametrize("method", CALLS)
def test_a_method_needs_its_scope(slack: LocalSlack, client: WebClient, method: str):
    fields, needed = CALLS[method]
    slack.grant("commands", "team:read")
    with pytest.raises(SlackApiError) as refused:
        client.api_call(method, json=fields)
    answer = refused.value.response
    assert (answer["error"], answer["needed"]) == ("missing_scope", needed)
    assert answer["provided"] == "commands,team:read"


@pytest.mark.parametrize(
    ("scope", "channel", "error"),
    [
        ("commands", "C0GENERAL", "missing_scope"),
        ("im:read", "C0GENERAL", "missing_scope"),
        ("channels:read", "D0ADA", "missing_scope"),
        ("channels:read", "C0PRIVATE", "channel_not_found"),
    ],
)
def test_a_channel_is_read_by_the_scope_of_its_kind(
    slack: LocalSlack, client: WebClient, scope: str, channel: str, error: str
):
    slack.grant(scope)
    assert refusal(client, "conversations.info", channel=channel) == error
    assert refusal(client, "conversations.members", channel=channel) == error
    slack.grant("channels:read")
    assert client.conversations_info(channel="C0GENERAL")["ok"]


def test_a_public_channel_is_open_to_a_stranger_by_a_scope_of_its_own(
    slack: LocalSlack, client: WebClient
):
    slack.change_channel("C0GENERAL", bot=False)
    slack.grant("chat:write")
    fields: dict[str, Any] = {"channel": "C0GENERAL", "text": "x"}
    assert refusal(client, "chat.postMessage", **fields) == "not_in_channel"
    slack.grant("chat:write", "chat:write.public")
    assert client.chat_postMessage(**fields)["ok"]


def test_what_needs_no_scope_needs_none(slack: LocalSlack, client: WebClient):
    slack.grant("commands")
    assert client.auth_test().headers["x-oauth-scopes"] == "commands"
    message = slack.write("x")
    assert client.chat_getPermalink(channel="C0GENERAL", message_ts=message.ts)["ok"]
