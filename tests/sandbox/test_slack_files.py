"""Files, as Slack's own client uploads them."""

from contextlib import closing
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlsplit

import pytest
from patience import PATIENCE
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_stage import refusal

from phantombot.sandbox.slack import LocalSlack

METHODS = ["files.getUploadURLExternal", "upload_url", "files.completeUploadExternal"]


def announced(client: WebClient, length: int = 5) -> dict[str, Any]:
    answer = client.files_getUploadURLExternal(filename="console.txt", length=length)
    return {"id": answer["file_id"], "url": answer["upload_url"]}


def put(slack: LocalSlack, url: str, body: bytes) -> tuple[int, str]:
    with closing(HTTPConnection("127.0.0.1", urlsplit(slack.url).port, timeout=PATIENCE)) as server:
        server.request("POST", urlsplit(url).path, body)
        with server.getresponse() as answer:
            return answer.status, answer.read().decode()


def uploaded(slack: LocalSlack, client: WebClient) -> str:
    file = announced(client)
    put(slack, file["url"], b"hello")
    return str(file["id"])


def test_a_file_stands_in_its_channel_with_its_comment(slack: LocalSlack, client: WebClient):
    answer = client.files_upload_v2(
        filename="result.json",
        title="Result",
        content='{"é": 1}',
        channel="C0GENERAL",
        initial_comment="The whole result",
    )
    (message,) = slack.messages()
    (file,) = slack.files()
    assert message.files == (file,)
    assert message.text == "The whole result"
    assert (file.name, file.title, file.text) == ("result.json", "Result", '{"é": 1}')
    assert (answer["file"]["id"], answer["file"]["title"]) == (file.id, "Result")
    assert [call.method for call in slack.calls] == METHODS


def test_a_file_may_be_a_reply(slack: LocalSlack, client: WebClient):
    first = slack.write("done")
    client.files_upload_v2(
        filename="console.txt", content="x" * 5_000, channel="C0GENERAL", thread_ts=first.ts
    )
    assert [one.text for one in slack.messages()] == ["done"]
    assert slack.thread(first.ts)[0].files == tuple(slack.files())
    assert (slack.files()[0].thread_ts, len(slack.files()[0].text)) == (first.ts, 5_000)


def test_several_files_stand_in_one_message(slack: LocalSlack, client: WebClient):
    several = [{"filename": name, "content": name} for name in ("one.txt", "two.txt")]
    client.files_upload_v2(file_uploads=several, channel="C0PAYLOAD")
    (message,) = slack.messages("C0PAYLOAD")
    assert [(file.name, file.text) for file in message.files] == [
        ("one.txt", "one.txt"),
        ("two.txt", "two.txt"),
    ]


def test_a_file_without_a_channel_stands_nowhere(slack: LocalSlack, client: WebClient):
    assert client.files_upload_v2(filename="x.txt", content="x")["ok"]
    assert slack.messages() == slack.files() == []


def test_a_deleted_message_takes_its_file_away(slack: LocalSlack, client: WebClient):
    client.files_upload_v2(filename="x.txt", content="x", channel="C0GENERAL")
    client.chat_delete(channel="C0GENERAL", ts=slack.messages()[0].ts)
    assert slack.files() == []


def test_the_bytes_are_taken_once_and_as_many_as_announced(slack: LocalSlack, client: WebClient):
    file = announced(client)
    assert put(slack, file["url"], b"too long")[0] == 400
    assert put(slack, file["url"], b"hello") == (200, "OK - 5")
    assert put(slack, file["url"], b"hello")[0] == 400
    assert put(slack, "/upload/v1/elsewhere", b"hello")[0] == 400


@pytest.mark.parametrize(
    ("where", "error"),
    [
        ("C0NOWHERE", "channel_not_found"),
        ("C0PRIVATE", "not_in_channel"),
        ("C0STRANGER", "not_in_channel"),
        ("C0OLD", "is_archived"),
        ("U0ADA", "invalid_arguments"),
    ],
)
def test_a_file_is_refused_where_slack_refuses_it(
    slack: LocalSlack, client: WebClient, where: str, error: str
):
    slack.add_channel("C0STRANGER", bot=False)
    with pytest.raises(SlackApiError) as refused:
        client.files_upload_v2(filename="x.txt", content="x", channel=where)
    assert refused.value.response["error"] == error
    assert slack.files(where) == []


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"filename": "x", "length": 0}, "missing_argument"),
        ({"filename": "x"}, "missing_argument"),
        ({"length": 5}, "invalid_arguments"),
        ({"filename": "x", "length": "five"}, "invalid_arguments"),
        ({"filename": "x", "length": 1_000_001, "snippet_type": "text"}, "snippet_too_large"),
    ],
    ids=str,
)
def test_an_address_is_refused_for_what_cannot_be_a_file(
    client: WebClient, fields: dict[str, Any], error: str
):
    assert refusal(client, "files.getUploadURLExternal", **fields) == error


@pytest.mark.parametrize("files", [None, [], "x", ["F1"], [{"id": "F1"}, {"id": "F1"}]], ids=str)
def test_sharing_needs_a_list_of_different_files(client: WebClient, files: Any):
    assert refusal(client, "files.completeUploadExternal", files=files) == "invalid_arguments"


def test_only_a_file_that_came_can_be_shared_and_only_once(slack: LocalSlack, client: WebClient):
    came = uploaded(slack, client)
    for missing in ("F0NOWHERE", announced(client)["id"], came):
        asked = {"files": [{"id": missing}], "channel_id": "C0GENERAL"}
        if missing == came:
            assert client.api_call("files.completeUploadExternal", json=asked)["ok"]
        assert refusal(client, "files.completeUploadExternal", **asked) == "file_not_found"
    assert [file.id for file in slack.files()] == [came]


@pytest.mark.parametrize("method", ["files.getUploadURLExternal", "files.completeUploadExternal"])
def test_an_upload_fails_as_ordered(slack: LocalSlack, client: WebClient, method: str):
    slack.fail(method, "ratelimited", retry_after=7)
    with pytest.raises(SlackApiError) as refused:
        client.files_upload_v2(filename="x.txt", content="x", channel="C0GENERAL")
    assert refused.value.response.headers["Retry-After"] == "7"
    assert slack.files() == []
    assert client.files_upload_v2(filename="x.txt", content="x", channel="C0GENERAL")["ok"]


def test_the_bytes_may_be_cut_off(slack: LocalSlack, client: WebClient):
    slack.fail("upload_url", "cut_before")
    with pytest.raises(ConnectionResetError):
        client.files_upload_v2(filename="x.txt", content="x", channel="C0GENERAL")
    assert slack.files() == []
