"""The failures that can be ordered."""

import threading
from contextlib import suppress
from http.client import HTTPException

import pytest
from patience import PATIENCE
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_stage import Bot, refusal, section

from phantombot.sandbox.slack import LocalSlack


@pytest.mark.parametrize(
    ("error", "status", "headers"),
    [
        ("not_in_channel", 200, {}),
        ("ratelimited", 429, {"retry-after": "7"}),
        ("internal_error", 500, {}),
    ],
)
def test_a_call_fails_as_ordered_and_only_as_often(
    slack: LocalSlack, client: WebClient, error: str, status: int, headers: dict[str, str]
):
    slack.fail("chat.postMessage", error, retry_after=7)
    with pytest.raises(SlackApiError) as refused:
        client.chat_postMessage(channel="C0GENERAL", text="x")
    response = refused.value.response
    assert (response["error"], response.status_code) == (error, status)
    assert headers.items() <= {k.lower(): v for k, v in response.headers.items()}.items()
    assert slack.messages() == []
    assert client.chat_postMessage(channel="C0GENERAL", text="x")["ok"]


@pytest.mark.parametrize(("error", "posted"), [("cut_before", 0), ("cut_after", 1)])
def test_a_connection_is_cut_before_or_after_the_deed(
    slack: LocalSlack, client: WebClient, error: str, posted: int
):
    slack.fail("*", error)
    with pytest.raises(ConnectionResetError):
        client.chat_postMessage(channel="C0GENERAL", text="x")
    assert len(slack.messages()) == posted
    assert [call.method for call in slack.calls] == ["chat.postMessage"]


def test_a_failure_may_be_ordered_several_times(slack: LocalSlack, client: WebClient):
    slack.fail("auth.test", "internal_error", times=2)
    assert [refusal(client, "auth.test") for _ in range(2)] == ["internal_error"] * 2
    assert client.auth_test()["ok"]


def test_failures_that_last_end_when_cleared(slack: LocalSlack, client: WebClient):
    slack.fail("auth.test", "internal_error", times=None)
    assert [refusal(client, "auth.test") for _ in range(3)] == ["internal_error"] * 3
    slack.clear_failures()
    assert client.auth_test()["ok"]


@pytest.mark.parametrize("error", ["is_archived", "token_revoked", "account_inactive"])
def test_a_channel_may_fail_while_others_do_not(slack: LocalSlack, client: WebClient, error: str):
    slack.fail("*", error, channel="C0GENERAL", times=None)
    asked = [(one, {"channel": one, "text": "x"}) for one in ("C0GENERAL", "C0PAYLOAD")]
    assert refusal(client, "chat.postMessage", **asked[0][1]) == error
    assert client.chat_postMessage(**asked[1][1])["ok"]
    slack.clear_failures(channel="C0GENERAL")
    assert client.chat_postMessage(**asked[0][1])["ok"]


def test_a_channel_is_rate_limited_for_a_number_of_calls(slack: LocalSlack, client: WebClient):
    slack.fail("chat.postMessage", "ratelimited", channel="C0PAYLOAD", times=2, retry_after=30)
    asked = {"channel": "C0PAYLOAD", "text": "x"}
    assert client.chat_postMessage(channel="C0GENERAL", text="x")["ok"]
    assert [refusal(client, "chat.postMessage", **asked) for _ in range(2)] == ["ratelimited"] * 2
    assert client.chat_postMessage(**asked)["ok"]


def test_failures_are_taken_back_one_method_at_a_time(slack: LocalSlack, client: WebClient):
    for method in ("auth.test", "users.info"):
        slack.fail(method, "account_inactive", times=None)
    slack.clear_failures("auth.test")
    assert client.auth_test()["ok"]
    assert refusal(client, "users.info", user="U0ADA") == "account_inactive"


def test_a_response_url_fails_as_ordered(slack: LocalSlack, bot: Bot):
    slack.command("status")
    slack.fail("response_url", "expired_url")
    assert bot.webhook.send(text="x").status_code == 404
    assert bot.webhook.send(text="x").status_code == 200


def test_a_response_url_takes_longer_blocks_than_a_message_may_have(slack: LocalSlack, bot: Bot):
    slack.command("status")
    assert bot.webhook.send(text="x", blocks=[section(3_000)] * 5).status_code == 200


def test_a_response_url_fails_for_a_channel(slack: LocalSlack, bot: Bot):
    slack.fail("response_url", "expired_url", channel="C0PAYLOAD", times=None)
    slack.command("status")
    assert bot.webhook.send(text="x").status_code == 200
    slack.command("status", channel="C0PAYLOAD")
    assert bot.webhook.send(text="x").status_code == 404


def test_a_slow_call_acts_after_its_wait_without_holding_up_others(
    slack: LocalSlack, client: WebClient
):
    slack.fail("chat.postMessage", "slow", seconds=3_600)

    def post() -> None:
        with suppress(OSError, HTTPException):  # the server that answers is stopped
            client.chat_postMessage(channel="C0GENERAL", text="at last")

    slow = threading.Thread(target=post)
    slow.start()
    assert slack.wait_for(lambda slack: bool(slack.calls), PATIENCE)
    assert client.auth_test()["ok"]
    assert slack.messages() == []
    slack.stop()
    slow.join(PATIENCE)
    assert not slow.is_alive()
    assert slack.wait_for(
        lambda slack: [message.text for message in slack.messages()] == ["at last"], PATIENCE
    )
