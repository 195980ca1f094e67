"""Replies, and the threads they stand in."""

import threading

import pytest
from patience import PATIENCE
from slack_sdk import WebClient
from slack_stage import ACTIONS, Bot, refusal

from phantombot.sandbox.slack import LocalSlack


def reply(client: WebClient, ts: str, text: str = "reply", channel: str = "C0GENERAL") -> str:
    return str(client.chat_postMessage(channel=channel, text=text, thread_ts=ts)["ts"])


def test_a_reply_stands_in_its_thread_and_not_among_the_messages(
    slack: LocalSlack, client: WebClient
):
    first = slack.write("question")
    ts = reply(client, first.ts)
    assert [one.text for one in slack.messages()] == ["question"]
    assert [(one.ts, one.thread_ts) for one in slack.thread(first.ts)] == [(ts, first.ts)]
    assert [one.text for one in slack.messages(replies=True)] == ["question", "reply"]


def test_the_answer_to_a_reply_names_its_thread(slack: LocalSlack, client: WebClient):
    first = slack.write("question")
    answer = client.chat_postMessage(channel="C0GENERAL", text="x", thread_ts=first.ts)
    assert answer["message"]["thread_ts"] == first.ts


def test_a_reply_to_a_reply_stands_in_the_same_thread(slack: LocalSlack, client: WebClient):
    first = slack.write("question")
    reply(client, reply(client, first.ts), "again")
    assert [one.text for one in slack.thread(first.ts)] == ["reply", "again"]


def test_a_broadcast_reply_stands_in_its_thread_and_in_the_channel(
    slack: LocalSlack, client: WebClient
):
    first = slack.write("question")
    where = {"channel": "C0GENERAL", "reply_broadcast": True}
    answer = client.chat_postMessage(**where, text="reply", thread_ts=first.ts)
    assert answer["message"]["subtype"] == "thread_broadcast"
    assert [one.text for one in slack.messages()] == ["question", "reply"]
    assert [one.text for one in slack.thread(first.ts)] == ["reply"]
    alone = client.chat_postMessage(**where, text="alone")
    assert "subtype" not in alone["message"]


def test_the_link_of_a_reply_names_its_thread(slack: LocalSlack, client: WebClient):
    first = slack.write("question")
    ts = reply(client, first.ts)
    told = client.chat_getPermalink(channel="C0GENERAL", message_ts=ts)["permalink"]
    place = f"p{ts.replace('.', '')}?thread_ts={first.ts}&cid=C0GENERAL"
    assert told == f"https://sandbox.slack.com/archives/C0GENERAL/{place}"


@pytest.mark.parametrize("channel", ["C0GENERAL", "C0PAYLOAD"])
def test_a_reply_to_what_is_not_there_stands_in_the_channel(
    slack: LocalSlack, client: WebClient, channel: str
):
    elsewhere = "1.000001" if channel == "C0GENERAL" else slack.write("question").ts
    answer = client.chat_postMessage(channel=channel, text="reply", thread_ts=elsewhere)
    assert "thread_ts" not in answer["message"]
    assert slack.messages(channel)[-1].text == "reply"


def test_a_deleted_message_keeps_its_thread_only_while_that_has_replies(
    slack: LocalSlack, client: WebClient
):
    for replies in (0, 1):
        ts = client.chat_postMessage(channel="C0GENERAL", text="question")["ts"]
        for _ in range(replies):
            reply(client, ts)
        client.chat_delete(channel="C0GENERAL", ts=ts)
        reply(client, ts, "late")
        assert len(slack.thread(ts)) == 2 * replies


def test_an_edited_reply_stays_where_it_stands(slack: LocalSlack, client: WebClient):
    first = slack.write("question")
    ts = reply(client, first.ts)
    client.chat_update(channel="C0GENERAL", ts=ts, text="better")
    assert [(one.text, one.edits) for one in slack.thread(first.ts)] == [("better", 1)]


def test_what_one_user_alone_sees_is_not_part_of_a_thread(slack: LocalSlack, client: WebClient):
    first = slack.write("question")
    client.chat_postEphemeral(channel="C0GENERAL", user="U0MAX", text="psst", thread_ts=first.ts)
    assert slack.thread(first.ts) == []
    assert slack.ephemerals("U0MAX")[0].thread_ts == first.ts


def test_waiting_ends_with_a_reply(slack: LocalSlack, client: WebClient):
    first = slack.write("question")
    replying = threading.Thread(target=reply, args=(client, first.ts))
    replying.start()
    assert slack.wait_for(lambda slack: bool(slack.thread(first.ts)), PATIENCE)
    replying.join()


def test_a_button_in_a_thread_tells_which(slack: LocalSlack, client: WebClient, bot: Bot):
    first = slack.write("question")
    client.chat_postMessage(channel="C0GENERAL", text="x", blocks=ACTIONS, thread_ts=first.ts)
    slack.press(slack.thread(first.ts)[0], "stop")
    assert bot.payload["container"]["thread_ts"] == first.ts


def test_a_thread_may_be_closed_on_demand(slack: LocalSlack, client: WebClient):
    first = slack.write("question")
    slack.fail("chat.postMessage", "cannot_reply_to_message")
    where = {"channel": "C0GENERAL", "thread_ts": first.ts}
    assert refusal(client, "chat.postMessage", text="x", **where) == "cannot_reply_to_message"
    assert slack.thread(first.ts) == []
