"""What a test sees of private answers, and how it presses what stands in a channel's message."""

import json
from dataclasses import replace
from typing import Any

from patience import PATIENCE

from phantombot.messages.blocks import actions, button
from phantombot.sandbox.slack.payloads import message_pressed
from phantombot.sandbox.slack.values import Delivery, Message

from .conftest import Wire


def told(wire: Wire, *parts: str, user: str = "U0ADA", timeout: float = PATIENCE) -> bool:
    """Wait for an ephemeral message to the user with all parts; return whether it came in time."""
    return wire.slack.wait_for(lambda _: private(wire, *parts, user=user) != [], timeout)


def private(wire: Wire, *parts: str, user: str = "U0ADA") -> list[Message]:
    """Return the ephemeral messages to the user with all the parts."""
    seen = wire.slack.ephemerals(user)
    return [message for message in seen if all(part in shown(message) for part in parts)]


def shown(message: Message) -> str:
    texts = [block.get("text", {}).get("text", "") for block in message.blocks]
    return "\n".join([message.text, *texts])


def press(
    wire: Wire,
    message: Message,
    action_id: str,
    value: str,
    *,
    user: str = "U0ADA",
    home: str = "T0SANDBOX",
) -> Delivery:
    """Press a button as if the message had it; `home` is the presser's own workspace."""
    slack = wire.slack
    with_button = replace(
        message, blocks=[actions(button("Press", action_id, value)) | {"block_id": "row"}]
    )
    with slack._workspace.bell:
        payload: dict[str, Any] = message_pressed(
            slack._workspace, with_button, action_id, user, None
        )
        payload["user"]["team_id"] = home
        payload["response_url"] = slack._response_url(message.channel, user, message.ts)
    return slack._interact(json.loads(json.dumps(payload)))


def aborts(wire: Wire) -> int:
    """Return how many aborts have arrived."""
    ways = ("/abort", "/agents/stop")
    return sum(any(way in one.path for way in ways) for one in wire.phantombuster.requests)
