"""Threads, links to messages, and the bot's way into a channel."""

from playwright.sync_api import expect
from slack_sdk import WebClient

from phantombot.sandbox.trial import Trial

from .conftest import Open


def test_a_broadcast_reply_stands_in_the_channel_and_leads_to_its_thread(
    visit: Open, trial: Trial, client: WebClient
):
    ada = visit()
    root = client.chat_postMessage(channel="C0GENERAL", text="*LinkedIn Search* is running")["ts"]
    where = {"channel": "C0GENERAL", "thread_ts": root, "reply_broadcast": True}
    client.chat_postMessage(**where, text="It failed")
    shown = ada.page.get_by_role("article").filter(has_text="replied to a thread")
    expect(shown).to_contain_text("It failed")
    ada.shoot("broadcast")
    shown.get_by_role("button", name="LinkedIn Search is running").click()
    thread = ada.page.get_by_role("complementary", name="Thread")
    expect(thread.get_by_text("Also sent to the channel")).to_be_visible()


def test_a_link_to_a_message_scrolls_to_it_in_its_channel_and_in_its_thread(
    visit: Open, trial: Trial, client: WebClient
):
    ada = visit()
    root = client.chat_postMessage(channel="C0PAYLOAD", text="the run of yesterday")["ts"]
    reply = client.chat_postMessage(channel="C0PAYLOAD", thread_ts=root, text="its end")["ts"]
    for number in range(30):
        client.chat_postMessage(channel="C0PAYLOAD", text=f"later {number}")
    links = [
        client.chat_getPermalink(channel="C0PAYLOAD", message_ts=ts)["permalink"]
        for ts in (root, reply)
    ]
    text = f"<{links[0]}|yesterday's run>, <{links[1]}|yesterday's end>"
    client.chat_postMessage(channel="C0GENERAL", text=text)
    ada.page.get_by_role("link", name="yesterday's run").click()
    expect(ada.page.get_by_role("heading", name="payload-alerts")).to_be_visible()
    sought = ada.page.get_by_role("article").filter(has_text="the run of yesterday")
    expect(sought).to_be_focused()
    expect(sought).to_be_in_viewport()
    ada.page.get_by_role("button", name="general").click()
    ada.page.get_by_role("link", name="yesterday's end").click()
    thread = ada.page.get_by_role("complementary", name="Thread")
    expect(thread.get_by_role("article").filter(has_text="its end")).to_be_focused()


def test_the_bot_is_invited_by_a_button_where_it_is_missing(visit: Open, trial: Trial):
    ada = visit()
    invite = ada.page.get_by_role("button", name="Invite the bot")
    expect(invite).to_be_hidden()
    ada.page.get_by_role("button", name="private-ops").click()
    ada.shoot("uninvited")
    invite.click()
    ada.sees("added phantombot to this channel")
    expect(invite).to_be_hidden()
    expect(ada.page.get_by_role("article", name="phantombot")).to_contain_text("/phantom")
    ada.type("/phantom launch 908")
    ada.sees("Hello World", "finished")
