"""What the bot hears of by events: mentions, direct messages and its Home tab."""

import json
from typing import Any

import pytest
from patience import PATIENCE
from slack_sdk import WebClient
from slack_stage import ACTIONS, SECRET, TOKEN, Bot, is_signed, label, refusal

from phantombot.sandbox.server import Response
from phantombot.sandbox.slack import LocalSlack
from phantombot.sandbox.slack.events import EVENTS
from phantombot.sandbox.slack.scopes import SCOPES

HOME = {"type": "home", "callback_id": "home", "blocks": ACTIONS}


def told(slack: LocalSlack) -> list[dict[str, Any]]:
    return [one.event for one in slack.told]


def test_a_mention_where_the_bot_is_is_told(slack: LocalSlack, bot: Bot):
    message = slack.write("@phantombot launch 785", user="U0MAX")
    (request,) = bot.received
    event = request.json["event"]
    assert is_signed(request)
    assert request.json["type"] == "event_callback"
    assert request.json["authorizations"][0]["user_id"] == "U0BOT"
    assert (event["type"], event["user"], event["channel"]) == ("app_mention", "U0MAX", "C0GENERAL")
    assert (event["text"], event["team"]) == ("<@U0BOT> launch 785", "T0SANDBOX")
    assert event["ts"] == event["event_ts"] == message.ts
    assert event["client_msg_id"]
    assert "thread_ts" not in event


def test_a_mention_in_a_thread_tells_which(slack: LocalSlack):
    first = slack.write("question")
    slack.write("<@U0BOT> status", thread_ts=first.ts)
    assert [event["thread_ts"] for event in told(slack)] == [first.ts]


def test_nothing_is_told_where_the_bot_is_neither_mentioned_nor_spoken_to(
    slack: LocalSlack, client: WebClient
):
    slack.write("hello @max")
    slack.write("@phantombot help", channel="C0PRIVATE")
    client.chat_postMessage(channel="C0GENERAL", text="<@U0BOT> says hello")
    client.chat_postEphemeral(channel="C0GENERAL", user="U0ADA", text="<@U0BOT>")
    assert told(slack) == []


def test_a_direct_message_is_told_with_or_without_a_mention(slack: LocalSlack):
    slack.write("status", channel="D0ADA")
    slack.write("@phantombot help", user="U0MAX", channel="U0MAX")
    assert [(event["type"], event["channel_type"], event["channel"]) for event in told(slack)] == [
        ("message", "im", "D0ADA"),
        ("message", "im", "D0MAX"),
    ]


def test_in_direct_messages_the_bot_hears_itself_too(slack: LocalSlack, client: WebClient):
    client.chat_postMessage(channel="D0ADA", text="done")
    assert slack.wait_for(lambda _: told(slack) != [], PATIENCE)
    (event,) = told(slack)
    assert (event["user"], event["bot_id"], event["text"]) == ("U0BOT", "B0SANDBOX", "done")


def test_in_direct_messages_changes_are_told_without_an_author(
    slack: LocalSlack, client: WebClient
):
    ts = client.chat_postMessage(channel="D0ADA", text="queued")["ts"]
    client.chat_update(channel="D0ADA", ts=ts, text="done")
    client.chat_delete(channel="D0ADA", ts=ts)
    assert slack.wait_for(lambda _: len(told(slack)) == 3, PATIENCE)
    kinds = {event.get("subtype"): event for event in told(slack)}
    changed, deleted = kinds["message_changed"], kinds["message_deleted"]
    assert (changed["message"]["text"], changed["message"]["ts"]) == ("done", ts)
    assert changed["previous_message"]["text"] == "queued"
    assert deleted["deleted_ts"] == ts
    assert all({"user", "text"}.isdisjoint(event) for event in (changed, deleted))


def test_a_mention_is_told_once_however_the_channel_changes(slack: LocalSlack, client: WebClient):
    ts = client.chat_postMessage(channel="C0GENERAL", text="queued")["ts"]
    client.chat_update(channel="C0GENERAL", ts=ts, text="<@U0BOT> is done")
    assert told(slack) == []


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ("a < b & c", "a &lt; b &amp; c"),
        ("@max and <@U0ADA>", "<@U0MAX> and <@U0ADA>"),
        ("@nobody at a@max.org", "@nobody at a@max.org"),
        ('{"url": "https://x.y/?a=1&b"}', '{"url": "<https://x.y/?a=1&amp;b>"}'),
        ("see https://x.y.", "see <https://x.y>."),
    ],
)
def test_what_is_typed_is_sent_as_slack_writes_it(slack: LocalSlack, typed: str, text: str):
    assert slack.write(typed).text == text


def test_what_the_bot_does_not_take_is_told_three_times_more(slack: LocalSlack, bot: Bot):
    bot.answer = lambda _: Response(500)
    slack.write("@phantombot help")
    assert [one.retry for one in slack.told] == [0, 1, 2, 3]
    assert len({one.payload["event_id"] for one in slack.told}) == 1
    again = [one.headers.get("x-slack-retry-num") for one in bot.received]
    assert again == [None, "1", "2", "3"]
    assert bot.received[1].headers["x-slack-retry-reason"] == "http_error"


def test_what_the_bot_takes_at_the_second_try_is_told_no_more(slack: LocalSlack, bot: Bot):
    bot.answer = lambda request: Response(200 if "x-slack-retry-num" in request.headers else 503)
    slack.write("@phantombot help")
    assert [one.delivery.status for one in slack.told] == [503, 200]


@pytest.mark.parametrize(
    ("scopes", "events"),
    [
        (SCOPES, ("app_home_opened",)),
        (("chat:write", "im:history"), EVENTS),
        (("chat:write", "app_mentions:read"), ()),
    ],
    ids=["not subscribed", "no scope", "no event"],
)
def test_only_what_the_app_is_subscribed_to_is_told(
    bot: Bot, scopes: tuple[str, ...], events: tuple[str, ...]
):
    slack = LocalSlack(signing_secret=SECRET, bot_token=TOKEN, scopes=scopes, events=events)
    slack.bot_url = f"{bot.server.url}/slack/events"
    slack.write("@phantombot help")
    slack.stop()
    assert bot.received == []


@pytest.mark.parametrize(
    ("channel", "kind", "scope"),
    [("C0NEWS", "C", "channels:read"), ("C0PRIVATE", "G", "groups:read")],
)
def test_an_invited_bot_is_told_that_it_joined_if_it_may_read_such_channels(
    slack: LocalSlack, channel: str, kind: str, scope: str
):
    slack.add_channel("C0NEWS", bot=False)
    slack.grant("chat:write")
    slack.invite(channel, user="U0MAX")
    assert told(slack) == []
    slack.change_channel(channel, bot=False)
    slack.grant(scope)
    slack.invite(channel, user="U0MAX")
    (event,) = told(slack)
    assert event.pop("event_ts")
    assert event == {
        "type": "member_joined_channel",
        "user": "U0BOT",
        "channel": channel,
        "channel_type": kind,
        "team": "T0SANDBOX",
        "inviter": "U0MAX",
    }


def test_an_opened_home_is_told_with_what_it_shows(slack: LocalSlack, client: WebClient):
    assert slack.open_home("U0MAX") is None
    published = client.views_publish(user_id="U0MAX", view=HOME)["view"]
    shown = slack.open_home("U0MAX")
    first, second = told(slack)
    assert (first["type"], first["user"], first["channel"], first["tab"]) == (
        "app_home_opened",
        "U0MAX",
        "D0MAX",
        "home",
    )
    assert "view" not in first
    assert shown is not None
    assert second["view"] == published == shown.view
    assert (published["type"], published["root_view_id"]) == ("home", published["id"])
    assert slack.home("U0ADA") is None


def test_the_bot_publishes_when_a_home_is_opened(slack: LocalSlack, bot: Bot, client: WebClient):
    def publish(_: object) -> Response:
        client.views_publish(user_id="U0ADA", view=HOME)
        return Response(200)

    bot.answer = publish
    home = slack.open_home()
    assert home is not None
    assert home.view["callback_id"] == "home"
    assert slack.views() == []


def test_a_home_changed_meanwhile_is_not_overwritten(slack: LocalSlack, client: WebClient):
    first = client.views_publish(user_id="U0ADA", view=HOME)["view"]
    second = client.views_publish(user_id="U0ADA", view=HOME, hash=first["hash"])["view"]
    assert second["id"] == first["id"]
    late = {"user_id": "U0ADA", "view": HOME, "hash": first["hash"]}
    assert refusal(client, "views.publish", **late) == "hash_conflict"


def test_a_home_is_for_somebody_and_no_modal(slack: LocalSlack, client: WebClient):
    assert refusal(client, "views.publish", user_id="U0NOBODY", view=HOME) == "user_not_found"
    modal = {"type": "modal", "title": label("x"), "blocks": []}
    assert refusal(client, "views.publish", user_id="U0ADA", view=modal) == "invalid_arguments"
    home = client.views_publish(user_id="U0ADA", view=HOME)["view"]
    assert refusal(client, "views.update", view_id=home["id"], view=modal) == "not_found"


def test_a_button_of_a_home_carries_the_home(slack: LocalSlack, bot: Bot, client: WebClient):
    client.views_publish(user_id="U0ADA", view=HOME)
    home = slack.home()
    assert home is not None
    slack.press(home, "stop")
    payload = json.loads(bot.received[-1].form["payload"])
    assert payload["container"] == {"type": "view", "view_id": home.id}
    assert (payload["view"]["type"], payload["actions"][0]["value"]) == ("home", "7")
    assert payload["trigger_id"]
    assert "response_url" not in payload
