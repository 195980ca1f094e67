"""Guests, strangers and other workspaces at every way in: each of them leads nowhere."""

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import pytest
from patience import PATIENCE

from phantombot.bootstrap import utc_now
from phantombot.listeners.launch_form import LAUNCH_ANYWHERE, LAUNCH_WITH_TEXT
from phantombot.messages import launch_form as words
from phantombot.messages.home import HOME_WANTED
from phantombot.messages.watches import LAUNCH_SAVED

from .conftest import KEY, Wire, ask
from .pressing import press, private
from .test_attacks import OTHERS, command, rows, send, signed
from .test_launch_form import known

GUEST, STRANGER = "U0GUS", "U0SIA"
REFUSED = ("uests can't use phantombot", "nly members of this workspace")


@pytest.fixture
def visited(wire: Wire) -> Wire:
    """Return a workspace with known agents, a guest, and a stranger who is an admin elsewhere."""
    wire.slack.add_person(STRANGER, "admin", team=OTHERS)
    known(wire)
    return wire


def interact(wire: Wire, payload: dict[str, Any]) -> tuple[int, str]:
    body = urlencode({"payload": json.dumps(payload)}).encode()
    return send(wire, body, signed(wire, body))


def launch_sent(user: str, team: str = "T0SANDBOX", agent: str = "785") -> dict[str, Any]:
    """Return the payload of a submitted launch form."""
    chosen = {"selected_option": {"value": agent}}
    values = {
        words.AGENT: {words.AGENT: chosen},
        words.COMMAND: {words.COMMAND: {"selected_option": {"value": "casperjs"}}},
        words.ARGUMENT: {words.ARGUMENT: {"value": "{}"}},
        words.CHANNEL: {words.CHANNEL: {"selected_conversation": "C0GENERAL"}},
    }
    return {
        "type": "view_submission",
        "team": {"id": team},
        "user": {"id": user, "team_id": team},
        "view": {
            "type": "modal",
            "id": "V0FORGED",
            "callback_id": words.LAUNCH_FORM,
            "state": {"values": values},
        },
    }


def told_that_they_may_not(wire: Wire, user: str) -> bool:
    def is_told(_: object) -> bool:
        direct = [message.text for message in wire.slack.messages(f"D{user[1:]}")]
        alone = [message.text for message in private(wire, user=user)]
        return any(part in text for text in direct + alone for part in REFUSED)

    return wire.slack.wait_for(is_told, PATIENCE)


WAYS: dict[str, Callable[[Wire, str], object]] = {
    "a mention": lambda wire, user: wire.slack.write("@phantombot launch 785", user=user),
    "a mention that asks": lambda wire, user: wire.slack.write("@phantombot status", user=user),
    "the doctor": lambda wire, user: wire.slack.write("@phantombot doctor", user=user),
    "the command's doctor": lambda wire, user: wire.slack.command("doctor", user=user),
    "a direct message": lambda wire, user: wire.slack.write(
        "launch 785 casperjs {}", user=user, channel=f"D{user[1:]}"
    ),
    "a shortcut": lambda wire, user: wire.slack.shortcut(LAUNCH_ANYWHERE, user=user),
    "a forged launch form": lambda wire, user: interact(wire, launch_sent(user)),
    "a watch": lambda wire, user: wire.slack.write("@phantombot watch 785", user=user),
    "an alias": lambda wire, user: wire.slack.write("@phantombot alias leads 785", user=user),
}


@pytest.mark.parametrize("user", [GUEST, STRANGER], ids=["guest", "stranger"])
@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_who_is_no_member_reads_why_and_nothing_is_launched(
    visited: Wire, way: Callable[[Wire, str], object], user: str
):
    with visited.slack._workspace.bell:
        visited.slack._workspace.channel(user)  # their direct messages with the bot
    way(visited, user)
    assert told_that_they_may_not(visited, user)
    assert visited.phantombuster.launches == []
    assert visited.slack.views() == []
    seen = [*visited.slack.messages(f"D{user[1:]}"), *private(visited, user=user)]
    assert not any("LinkedIn" in message.text or "✅" in message.text for message in seen)


def test_a_stranger_gets_no_form_for_a_message_and_no_agents_in_a_menu(visited: Wire):
    message = visited.slack.write("hello")
    visited.slack.shortcut(LAUNCH_WITH_TEXT, message=message, user=STRANGER)
    assert told_that_they_may_not(visited, STRANGER)
    assert visited.slack.views() == []
    asked = {
        "type": "block_suggestion",
        "team": {"id": "T0SANDBOX"},
        "user": {"id": STRANGER, "team_id": OTHERS},
        "view": {"callback_id": words.LAUNCH_FORM},
        "action_id": words.AGENT,
        "block_id": words.AGENT,
        "value": "linkedin",
    }
    status, answer = interact(visited, asked)
    assert (status, json.loads(answer)) == (200, {"options": []})


def test_a_guests_home_shows_no_agents_whatever_is_pressed_in_it(visited: Wire):
    visited.slack.open_home(GUEST)
    assert visited.slack.wait_for(lambda slack: slack.home(GUEST) is not None, PATIENCE)
    pressed = {
        "type": "block_actions",
        "team": {"id": "T0SANDBOX"},
        "user": {"id": GUEST, "team_id": "T0SANDBOX"},
        "trigger_id": "1.2.forged",
        "view": {"type": "home", "id": "V0HOME"},
    }
    drawn = len(visited.slack.calls)
    actions = ((HOME_WANTED, "linkedin"), (words.OPEN_LAUNCH, "785"), ("add_key", "x"))
    for action_id, value in actions:
        one = {"action_id": action_id, "block_id": "x", "value": value}
        assert interact(visited, pressed | {"actions": [one]})[0] == 200
    assert told_that_they_may_not(visited, GUEST)
    assert visited.slack.wait_for(lambda slack: len(slack.calls) >= drawn + len(actions), PATIENCE)
    assert "LinkedIn" not in json.dumps(visited.slack.home(GUEST).view)
    assert visited.slack.views() == []


def test_a_launch_form_of_another_workspace_launches_nothing_in_this_one(visited: Wire):
    status, answer = interact(visited, launch_sent("U0ADA", OTHERS))
    assert (status, "Nothing was launched" in answer) == (200, True)
    assert rows(visited) == []
    assert visited.phantombuster.launches == []


def test_an_alias_of_this_workspace_is_none_in_another_though_the_channel_is_alike(visited: Wire):
    visited.slack.command("alias leads 785")
    assert visited.slack.wait_for(lambda _: private(visited, "leads") != [], PATIENCE)
    visited.process.context.keys.store_key(OTHERS, KEY, by=STRANGER, at=utc_now())
    body = command(team_id=OTHERS, user_id=STRANGER, text="launch leads")
    assert send(visited, body, signed(visited, body))[0] == 200
    assert visited.says("Nothing was launched: no agent is called “leads”", channel="D0SIA")
    assert visited.phantombuster.launches == []


def test_a_webhook_that_is_nobodys_has_nothing_asked(visited: Wire):
    asked = len(visited.phantombuster.requests)
    address = f"/hooks/{'u' * 43}"
    claim = json.dumps({"agentId": "785", "exitCode": 0}).encode()
    assert ask(visited, "POST", address, claim, content_type="application/json")[0] == 404
    assert len(visited.phantombuster.requests) == asked
    assert visited.slack.messages() == []


def test_the_button_of_a_told_end_launches_for_members_only(visited: Wire):
    visited.slack.write("hello")
    press(visited, visited.slack.messages()[0], LAUNCH_SAVED, "785", user=GUEST)
    assert told_that_they_may_not(visited, GUEST)
    assert visited.phantombuster.launches == []
