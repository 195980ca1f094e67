"""What the page in the browser asks, and who may ask."""

import json
import re
import threading
from collections.abc import Iterator
from contextlib import closing
from http.client import HTTPConnection
from importlib.resources import files
from typing import Any
from urllib.parse import urlsplit

import pytest
from patience import PATIENCE
from slack_sdk import WebClient
from slack_stage import ACTIONS, BUTTON, FORM, Bot, label

from phantombot.sandbox.page.shortcuts import MANIFEST
from phantombot.sandbox.page.stream import stream
from phantombot.sandbox.server import Request, Response
from phantombot.sandbox.slack import LocalSlack

STATIC = {
    file.name: file.read_text(encoding="utf-8")
    for file in files("phantombot.sandbox.page").joinpath("static").iterdir()
}


SEARCH = {"type": "external_select", "action_id": "agent", "min_query_length": 1}
FOUND = [{"text": label("LinkedIn Search"), "value": "785"}]


def fetch(slack: LocalSlack, path: str, asked: Any = None, **headers: str) -> tuple[int, Any]:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    body = None if asked is None else json.dumps(asked)
    with closing(HTTPConnection("127.0.0.1", urlsplit(slack.url).port, timeout=PATIENCE)) as server:
        kind = {"Content-Type": "application/json"}
        server.request("GET" if asked is None else "POST", path, body, {**kind, **named})
        with server.getresponse() as answer:
            return answer.status, json.load(answer)


def fetch_file(slack: LocalSlack, path: str) -> Response:
    return slack._handle(Request("GET", path, {}, {"host": "localhost:80"}, b""))


def events(
    slack: LocalSlack, user: str = "U0ADA", channel: str = "C0GENERAL"
) -> Iterator[tuple[str, Any]]:
    """Yield the page's events as they come."""
    query = {"user": user, "channel": channel}
    question = Request("GET", "/_page/events", query, {"host": "127.0.0.1:80"}, b"")
    answer = slack._handle(question)
    assert answer.content_type == "text/event-stream"
    for piece in answer.stream or ():
        name, data = piece.decode().removeprefix("event: ").rstrip().split("\ndata: ")
        yield name, json.loads(data)


def state(slack: LocalSlack, user: str = "U0ADA", channel: str = "C0GENERAL") -> Any:
    return next(data for name, data in events(slack, user, channel) if name == "slack")


def post(slack: LocalSlack, action: str, **asked: Any) -> Any:
    return fetch(slack, f"/_page/{action}", asked)[1]


def test_the_page_is_served_and_loads_nothing_from_elsewhere(slack: LocalSlack):
    response = slack._handle(Request("GET", "/", {}, {"host": "localhost:80"}, b""))
    page = response.body.decode()
    policy = response.headers["Content-Security-Policy"]
    assert response.content_type == "text/html; charset=utf-8"
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    named = re.findall(r"""(?:src|href)=["'](?!data:|#)([^"']+)""", page)
    assert all(fetch_file(slack, path).status == 200 for path in named)
    assert all(path.startswith("/_page/static/") for path in named)


def test_the_modules_of_the_page_load_one_another(slack: LocalSlack):
    named = {name for text in STATIC.values() for name in re.findall(r'from "\./(.+)";', text)}
    assert named <= set(STATIC)
    script = fetch_file(slack, "/_page/static/app.js")
    assert script.content_type == "text/javascript; charset=utf-8"


@pytest.mark.parametrize("path", ["site.py", "../site.py", "%2e%2e/site.py", "", "none.js"])
def test_no_other_file_of_this_machine_is_served(slack: LocalSlack, path: str):
    assert fetch_file(slack, f"/_page/static/{path}").status == 404


@pytest.mark.parametrize("word", ["innerHTML", "outerHTML", "insertAdjacentHTML", "eval("])
def test_the_page_never_builds_markup_out_of_text(word: str):
    assert all(word not in text for text in STATIC.values())


def test_a_typed_command_is_delivered_and_answered(slack: LocalSlack, bot: Bot):
    bot.says({"text": "Usage"})
    said = post(slack, "command", text="/phantom help me", user="U0MAX", channel="C0GENERAL")
    assert (said["status"], said["error"]) == (200, None)
    assert bot.received[0].form["text"] == "help me"
    assert [one["text"] for one in state(slack, "U0MAX")["messages"]] == ["Usage"]
    assert state(slack, "U0ADA")["messages"] == []


def test_a_typed_line_that_is_no_command_is_just_said(slack: LocalSlack):
    post(slack, "command", text="<b> & co", user="U0GUS", channel="C0GENERAL")
    (message,) = state(slack)["messages"]
    assert (message["author"], message["text"]) == ("U0GUS", "&lt;b&gt; &amp; co")


def test_the_bot_is_invited_as_it_asks_to_be(slack: LocalSlack, bot: Bot):
    where = {"user": "U0ADA", "channel": "C0PRIVATE"}
    assert post(slack, "command", text="/invite @max", **where)["error"] == "user_not_found"
    assert post(slack, "command", text="/invite @phantombot", **where)["error"] is None
    (channel,) = [one for one in state(slack)["channels"] if one["id"] == "C0PRIVATE"]
    assert "U0BOT" in channel["members"]
    assert [one.text for one in slack.messages("C0PRIVATE")] == ["added phantombot to this channel"]
    (told,) = bot.received
    assert told.json["event"]["type"] == "member_joined_channel"
    again = post(slack, "command", text="/invite @phantombot", **where)
    assert again["error"] == "already_in_channel"


def test_nobody_is_invited_into_an_archived_channel(slack: LocalSlack):
    slack.change_channel("C0OLD", bot=False)
    where = {"user": "U0ADA", "channel": "C0OLD"}
    assert post(slack, "command", text="/invite @phantombot", **where)["error"] == "is_archived"
    assert slack.messages("C0OLD") == []


def test_nobody_is_invited_into_direct_messages(slack: LocalSlack, bot: Bot):
    channel = next(one["id"] for one in state(slack)["channels"] if one["person"] == "U0ADA")
    where = {"user": "U0ADA", "channel": channel}
    invited = post(slack, "command", text="/invite @phantombot", **where)
    assert invited["error"] == "method_not_supported_for_channel_type"
    assert slack.messages(channel) == []
    assert bot.received == []


def test_a_failed_acknowledgement_is_told_to_the_page(slack: LocalSlack):
    slack.bot_url = None
    said = post(slack, "command", text="/phantom help", user="U0ADA", channel="C0GENERAL")
    assert said["error"] == "dispatch_failed"


def test_a_button_is_pressed_from_the_page(slack: LocalSlack, client: WebClient):
    ts = client.chat_postMessage(channel="C0GENERAL", text="x", blocks=ACTIONS)["ts"]
    assert post(slack, "press", ts=ts, action_id="stop", user="U0ADA")["status"] == 200
    assert "error" in post(slack, "press", ts=ts, action_id="start", user="U0ADA")


def alike(*block_ids: str, element: dict[str, Any]) -> list[dict[str, Any]]:
    """Return rows of a list, each with the same element."""
    return [{"type": "actions", "block_id": one, "elements": [element]} for one in block_ids]


@pytest.mark.parametrize("place", ["message", "home"])
def test_of_buttons_alike_the_one_in_the_named_block_is_pressed(
    slack: LocalSlack, bot: Bot, client: WebClient, place: str
):
    rows = alike("first", "second", element={**BUTTON, "value": "8"})
    rows[0]["elements"] = [BUTTON]
    if place == "home":
        client.views_publish(user_id="U0ADA", view={"type": "home", "blocks": rows})
        where = {"view_id": state(slack)["home"]["id"]}
    else:
        where = {"ts": client.chat_postMessage(channel="C0GENERAL", text="x", blocks=rows)["ts"]}
    pressed = {**where, "action_id": "stop", "user": "U0ADA"}
    assert post(slack, "press", **pressed, block_id="second")["status"] == 200
    assert [(one["block_id"], one["value"]) for one in bot.payload["actions"]] == [("second", "8")]
    assert "error" in post(slack, "press", **pressed, block_id="third")


def test_a_button_of_a_home_that_was_drawn_anew_meanwhile_is_pressed(
    slack: LocalSlack, bot: Bot, client: WebClient
):
    rows = [{"type": "actions", "elements": [{**BUTTON, "value": one}]} for one in ("7", "8")]
    view = {"type": "home", "blocks": rows}
    client.views_publish(user_id="U0ADA", view=view)
    home = state(slack)["home"]
    client.views_publish(user_id="U0ADA", view=view)
    seen = {"view_id": home["id"], "block_id": home["view"]["blocks"][1]["block_id"]}
    assert post(slack, "press", **seen, action_id="stop", user="U0ADA")["status"] == 200
    assert bot.payload["actions"][0]["value"] == "8"


def test_of_menus_alike_only_the_one_in_the_named_block_is_asked_and_chosen_in(
    slack: LocalSlack, bot: Bot, client: WebClient
):
    rows = alike("first", "second", element=SEARCH)
    ts = client.chat_postMessage(channel="C0GENERAL", text="x", blocks=rows)["ts"]
    bot.says({"options": FOUND})
    asked = {"ts": ts, "action_id": "agent", "block_id": "second", "user": "U0MAX"}
    assert post(slack, "suggest", **asked, typed="link") == {"options": FOUND}
    assert bot.payload["block_id"] == "second"
    assert post(slack, "press", **asked, value="785")["status"] == 200
    entered = bot.payload["state"]["values"]
    assert entered["second"]["agent"]["selected_option"] == FOUND[0]
    assert entered["first"]["agent"]["selected_option"] is None


def test_a_modal_is_shown_submitted_and_closed_from_the_page(slack: LocalSlack, client: WebClient):
    for action in ("submit", "close"):
        client.views_open(trigger_id=slack.command("x").trigger_id, view=FORM)
        view = state(slack)["view"]
        assert state(slack, "U0MAX")["view"] is None
        done = post(slack, action, view_id=view["id"], values={"argument": "{}"})
        assert done["error"] is None
        assert state(slack)["view"] is None


@pytest.mark.parametrize(
    "answer",
    [{"options": FOUND}, {"option_groups": [{"label": label("Agents"), "options": FOUND}]}],
    ids=["options", "groups"],
)
def test_what_is_typed_into_a_menu_is_answered_by_the_bot(
    slack: LocalSlack, bot: Bot, client: WebClient, answer: dict[str, Any]
):
    row = [{"type": "actions", "elements": [SEARCH]}]
    ts = client.chat_postMessage(channel="C0GENERAL", text="x", blocks=row)["ts"]
    bot.says(answer)
    asked = {"ts": ts, "action_id": "agent", "user": "U0MAX"}
    assert post(slack, "suggest", **asked, typed="link") == answer
    bot.says({"options": []})
    assert post(slack, "suggest", **asked, typed="goo") == {"options": []}
    assert post(slack, "press", **asked, value="785")["status"] == 200
    assert bot.payload["actions"][0]["selected_option"]["value"] == "785"


def test_what_is_entered_goes_along_with_a_press_in_a_form(
    slack: LocalSlack, bot: Bot, client: WebClient
):
    form = {**FORM, "blocks": [*FORM["blocks"], *ACTIONS]}
    client.views_open(trigger_id=slack.command("x").trigger_id, view=form)
    view_id = state(slack)["view"]["id"]
    values = {"argument": '{"a": 1}', "command": "phantomjs"}
    post(slack, "press", view_id=view_id, action_id="stop", user="U0ADA", values=values)
    entered = bot.payload["view"]["state"]["values"]
    assert entered["argument"]["typed"]["value"] == '{"a": 1}'
    assert entered["command"]["chosen"]["selected_option"]["value"] == "phantomjs"


def test_shortcuts_are_used_from_the_page(slack: LocalSlack, bot: Bot):
    message = slack.write("785 broke")
    where = {"user": "U0MAX", "channel": "C0GENERAL"}
    assert post(slack, "shortcut", callback_id="launch", **where)["status"] == 200
    assert bot.payload["type"] == "shortcut"
    post(slack, "shortcut", callback_id="launch", ts=message.ts, **where)
    assert (bot.payload["type"], bot.payload["message_ts"]) == ("message_action", message.ts)


def test_the_page_offers_the_shortcuts_of_the_manifest(slack: LocalSlack):
    manifest = MANIFEST.read_text(encoding="utf-8")
    assert [one["callback_id"] for one in state(slack)["shortcuts"]] == re.findall(
        r"callback_id: (\S+)", manifest
    )


def test_a_home_is_opened_and_seen_by_whom_it_is_for(
    slack: LocalSlack, bot: Bot, client: WebClient
):
    assert state(slack)["home"] is None
    client.views_publish(user_id="U0ADA", view={"type": "home", "blocks": ACTIONS})
    assert post(slack, "home", user="U0ADA") == {"error": None}
    assert bot.received[-1].json["event"]["type"] == "app_home_opened"
    assert state(slack)["home"]["view"]["type"] == "home"
    assert state(slack, "U0MAX")["home"] is None


def test_people_see_their_own_channels_and_what_is_not_deleted(
    slack: LocalSlack, client: WebClient
):
    ts = client.chat_postMessage(channel="C0GENERAL", text="x")["ts"]
    client.chat_delete(channel="C0GENERAL", ts=ts)
    assert [one["id"] for one in state(slack, "U0GUS")["channels"]] == ["C0GENERAL", "D0GUS"]
    assert "D0ADA" in [one["id"] for one in state(slack)["channels"]]
    assert state(slack)["messages"] == []


def test_replies_are_seen_below_their_message_even_once_it_is_deleted(
    slack: LocalSlack, client: WebClient
):
    ts = client.chat_postMessage(channel="C0GENERAL", text="secret")["ts"]
    client.chat_postMessage(channel="C0GENERAL", text="reply", thread_ts=ts)
    client.chat_delete(channel="C0GENERAL", ts=ts)
    first, reply = state(slack)["messages"]
    assert (first["deleted"], first["text"], reply["thread_ts"]) == (True, "", ts)


def test_a_file_is_previewed_and_saved_whole(slack: LocalSlack, client: WebClient):
    content = "é" * 3_000
    client.files_upload_v2(filename="a\r\nb.txt", content=content, channel="C0GENERAL")
    (file,) = state(slack)["messages"][0]["files"]
    assert (file["size"], file["preview"], file["whole"]) == (6_000, "é" * 2_000, False)
    request = Request("GET", f"/_page/file/{file['id']}", {}, {"host": "localhost:80"}, b"")
    answer = slack._handle(request)
    assert answer.body.decode() == content
    assert answer.headers["Content-Disposition"] == "attachment; filename*=UTF-8''a%0D%0Ab.txt"
    assert fetch(slack, "/_page/file/F0NOWHERE")[0] == 404


def test_the_page_hears_of_each_change(slack: LocalSlack):
    heard = (data for name, data in events(slack) if name == "slack")
    assert next(heard)["messages"] == []
    slack.write("news")
    assert [message["text"] for message in next(heard)["messages"]] == ["news"]


def test_a_page_that_hears_nothing_new_is_asked_whether_it_is_still_there(slack: LocalSlack):
    heard = stream(slack._workspace, {}, {}, tick=0.001)
    assert next(heard) == b":\n\n"


def test_news_go_over_the_wire_as_they_come(slack: LocalSlack):
    with closing(HTTPConnection("127.0.0.1", urlsplit(slack.url).port, timeout=PATIENCE)) as server:
        server.request("GET", "/_page/events?user=U0ADA&channel=C0GENERAL")
        with server.getresponse() as answer:
            assert answer.readline() == b"event: slack\n"
            slack.write("news")
            assert any(b"news" in line for line in answer)


def test_listening_pages_are_released_when_the_sandbox_stops(slack: LocalSlack):
    heard: list[str] = []
    listening = threading.Thread(target=lambda: heard.extend(name for name, _ in events(slack)))
    listening.start()
    slack.stop()
    listening.join(PATIENCE)
    assert not listening.is_alive()


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Host": "sandbox.example:80"}, 403),
        ({"Host": "127.0.0.1"}, 403),
        ({"Host": "localhost:1"}, 403),
        ({"Origin": "https://sandbox.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Content_Type": "text/plain"}, 415),
    ],
    ids=[
        "another host",
        "no port",
        "another port",
        "another origin",
        "no origin to name",
        "a plain form",
    ],
)
def test_a_web_page_elsewhere_cannot_drive_it(
    slack: LocalSlack, headers: dict[str, str], status: int
):
    asked = {"text": "hello", "user": "U0ADA", "channel": "C0GENERAL"}
    assert fetch(slack, "/_page/command", asked, **headers)[0] == status
    assert slack.messages() == []


@pytest.mark.parametrize(
    ("path", "asked", "status"),
    [
        ("/elsewhere", None, 404),
        ("/_page/command", {}, 400),
        ("/_page/command", [], 400),
        ("/_page/close", {"view_id": "V0"}, 404),
    ],
    ids=str,
)
def test_nonsense_is_refused(slack: LocalSlack, path: str, asked: Any, status: int):
    assert fetch(slack, path, asked)[0] == status
