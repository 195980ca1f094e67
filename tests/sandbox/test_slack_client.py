"""Slack's own client against every method: what it is answered, and how it is refused."""

from collections.abc import Callable
from typing import Any

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.web import SlackResponse
from slack_stage import VIEW, refusal, section

from phantombot.sandbox.slack import LocalSlack
from phantombot.sandbox.slack.api import METHODS

HOME = {"type": "home", "blocks": []}
HERE = {"channel": "C0GENERAL"}
NOWHERE = {"channel": "C0NOWHERE"}


class Stage:
    """A client, and what its calls are about."""

    def __init__(self, slack: LocalSlack, client: WebClient) -> None:
        self.slack = slack
        self.client = client

    @property
    def trigger(self) -> str:
        return self.slack.command("", deliver=False).trigger_id

    @property
    def said(self) -> str:
        return str(self.client.chat_postMessage(**HERE, text="x")["ts"])

    @property
    def opened(self) -> str:
        answer = self.client.views_open(trigger_id=self.trigger, view=VIEW)
        return str(answer["view"]["id"])

    def pushed(self) -> SlackResponse:
        assert self.opened
        return self.client.views_push(trigger_id=self.trigger, view=VIEW)

    def uploaded(self) -> SlackResponse:
        return self.client.files_upload_v2(content="x", filename="x.txt", **HERE)


SUCCESSES: dict[str, tuple[Callable[[Stage], SlackResponse], tuple[str, ...]]] = {
    "auth.test": (lambda at: at.client.auth_test(), ("team_id", "user_id", "bot_id")),
    "chat.postMessage": (
        lambda at: at.client.chat_postMessage(**HERE, text="x", blocks=[section(1)]),
        ("channel", "ts", "message"),
    ),
    "chat.postEphemeral": (
        lambda at: at.client.chat_postEphemeral(**HERE, user="U0ADA", text="x"),
        ("message_ts",),
    ),
    "chat.update": (
        lambda at: at.client.chat_update(**HERE, ts=at.said, text="y"),
        ("channel", "ts", "text", "message"),
    ),
    "chat.delete": (lambda at: at.client.chat_delete(**HERE, ts=at.said), ("channel", "ts")),
    "chat.getPermalink": (
        lambda at: at.client.chat_getPermalink(**HERE, message_ts=at.said),
        ("channel", "permalink"),
    ),
    "views.open": (lambda at: at.client.views_open(trigger_id=at.trigger, view=VIEW), ("view",)),
    "views.push": (lambda at: at.pushed(), ("view",)),
    "views.update": (
        lambda at: at.client.views_update(view_id=at.opened, view=VIEW),
        ("view",),
    ),
    "views.publish": (
        lambda at: at.client.views_publish(user_id="U0ADA", view=HOME),
        ("view",),
    ),
    "users.info": (lambda at: at.client.users_info(user="U0MAX"), ("user",)),
    "usergroups.list": (lambda at: at.client.usergroups_list(), ("usergroups",)),
    "usergroups.users.list": (
        lambda at: at.client.usergroups_users_list(usergroup="S0OPS"),
        ("users",),
    ),
    "conversations.open": (
        lambda at: at.client.conversations_open(users=["U0MAX"]),
        ("channel",),
    ),
    "conversations.info": (lambda at: at.client.conversations_info(**HERE), ("channel",)),
    "conversations.members": (
        lambda at: at.client.conversations_members(**HERE),
        ("members", "response_metadata"),
    ),
    "files.getUploadURLExternal": (
        lambda at: at.client.files_getUploadURLExternal(filename="x", length=1),
        ("upload_url", "file_id"),
    ),
    "files.completeUploadExternal": (lambda at: at.uploaded(), ("files",)),
}


@pytest.mark.parametrize("method", METHODS)
def test_each_method_answers_what_slack_does(slack: LocalSlack, client: WebClient, method: str):
    call, named = SUCCESSES[method]
    answer = call(Stage(slack, client))
    assert answer["ok"] is True
    assert [name for name in named if name not in answer.data] == []
    assert slack.calls[-1].method == method


ERRORS: list[tuple[str, dict[str, Any], str]] = [
    ("chat.postMessage", {"text": "x"}, "invalid_arguments"),
    ("chat.postMessage", {**NOWHERE, "text": "x"}, "channel_not_found"),
    ("chat.postMessage", {"channel": "C0PRIVATE", "text": "x"}, "not_in_channel"),
    ("chat.postMessage", {"channel": "C0OLD", "text": "x"}, "is_archived"),
    ("chat.postMessage", {**HERE, "text": ""}, "no_text"),
    ("chat.postMessage", {**HERE, "text": "x" * 40_001}, "msg_too_long"),
    ("chat.postMessage", {**HERE, "blocks": [section(3000)] * 5}, "msg_blocks_too_long"),
    ("chat.postMessage", {**HERE, "blocks": [{"type": "poem"}]}, "invalid_blocks"),
    ("chat.postMessage", {**HERE, "blocks": {"type": "divider"}}, "invalid_blocks_format"),
    ("chat.postEphemeral", {**HERE, "text": "x"}, "invalid_arguments"),
    ("chat.postEphemeral", {**HERE, "user": "U0NOBODY", "text": "x"}, "user_not_in_channel"),
    ("chat.postEphemeral", {**NOWHERE, "user": "U0ADA", "text": "x"}, "channel_not_found"),
    ("chat.update", {**HERE, "text": "x"}, "invalid_arguments"),
    ("chat.update", {**HERE, "ts": "1.0", "text": "x"}, "message_not_found"),
    ("chat.delete", HERE, "invalid_arguments"),
    ("chat.delete", {**HERE, "ts": "1.0"}, "message_not_found"),
    ("chat.getPermalink", HERE, "invalid_arguments"),
    ("chat.getPermalink", {**HERE, "message_ts": "1.0"}, "message_not_found"),
    ("chat.getPermalink", {"channel": "C0PRIVATE", "message_ts": "1.0"}, "channel_not_found"),
    ("views.open", {"trigger_id": "1.2.3"}, "invalid_arguments"),
    ("views.open", {"trigger_id": "1.2.3", "view": VIEW}, "invalid_trigger_id"),
    ("views.push", {}, "invalid_arguments"),
    ("views.push", {"trigger_id": "1.2.3", "view": VIEW}, "invalid_trigger_id"),
    ("views.update", {"view_id": "V0"}, "invalid_arguments"),
    ("views.update", {"view_id": "V0", "view": VIEW}, "not_found"),
    ("views.update", {"external_id": "mine", "view": VIEW}, "not_found"),
    ("views.publish", {"user_id": "U0ADA"}, "invalid_arguments"),
    ("views.publish", {"user_id": "U0ADA", "view": VIEW}, "invalid_arguments"),
    ("views.publish", {"user_id": "U0NOBODY", "view": HOME}, "user_not_found"),
    ("users.info", {}, "invalid_arguments"),
    ("users.info", {"user": "U0NOBODY"}, "user_not_found"),
    ("usergroups.users.list", {}, "invalid_arguments"),
    ("usergroups.users.list", {"usergroup": "S0NONE"}, "no_such_subteam"),
    ("conversations.open", {}, "users_list_not_supplied"),
    ("conversations.open", {"users": "U0NOBODY"}, "user_not_found"),
    ("conversations.info", {}, "invalid_arguments"),
    ("conversations.info", NOWHERE, "channel_not_found"),
    ("conversations.members", {}, "invalid_arguments"),
    ("conversations.members", NOWHERE, "channel_not_found"),
    ("files.getUploadURLExternal", {"length": 1}, "invalid_arguments"),
    ("files.getUploadURLExternal", {"filename": "x", "length": 0}, "missing_argument"),
    ("files.completeUploadExternal", {}, "invalid_arguments"),
    ("files.completeUploadExternal", {"files": [{"id": "F0"}]}, "file_not_found"),
]


@pytest.mark.parametrize(
    ("method", "fields", "error"), ERRORS, ids=[f"{one[0]} {one[2]}" for one in ERRORS]
)
def test_each_method_is_refused_in_slacks_words(
    client: WebClient, method: str, fields: dict[str, Any], error: str
):
    assert refusal(client, method, **fields) == error


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(("token", "error"), [("", "not_authed"), ("xoxb-strange", "invalid_auth")])
def test_each_method_asks_who_is_calling(
    slack: LocalSlack, client: WebClient, method: str, token: str, error: str
):
    client.token = token or None
    assert refusal(client, method) == error


def test_what_is_missing_is_named(client: WebClient):
    with pytest.raises(SlackApiError) as refused:
        client.api_call("chat.postEphemeral", json={})
    assert refused.value.response["response_metadata"]["messages"] == [
        "[ERROR] missing required field: channel",
        "[ERROR] missing required field: user",
    ]


def test_a_refused_block_is_named_twice_over(client: WebClient):
    with pytest.raises(SlackApiError) as refused:
        client.chat_postMessage(**HERE, text="x", blocks=[section(3001)])
    why = [
        "failed to match all allowed schemas [json-pointer:/blocks/0/text]",
        "must be less than 3001 characters [json-pointer:/blocks/0/text/text]",
    ]
    answer = refused.value.response
    assert answer["errors"] == why
    assert answer["response_metadata"]["messages"] == [f"[ERROR] {one}" for one in why]


def test_a_stack_of_three_modals_is_full(slack: LocalSlack, client: WebClient):
    stage = Stage(slack, client)
    stage.pushed()
    client.views_push(trigger_id=stage.trigger, view=VIEW)
    fields = {"trigger_id": stage.trigger, "view": VIEW}
    assert refusal(client, "views.push", **fields) == "push_limit_reached"
