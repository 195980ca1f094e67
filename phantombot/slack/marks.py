"""Whose a message or a form is, written on it.

Where an organisation has installed the app, Slack leaves `team` empty when a button is pressed or
a form is sent, and tells of the user only the one team that is their home: not the team they are
in. So each row of buttons and each form is marked with its workspace, which Slack brings back.
"""

import re
import secrets
from collections.abc import Iterable, Mapping
from typing import Any

from phantombot.messages.blocks import Block

Body = Mapping[str, Any]

_MARK = re.compile(r"([A-Z][A-Z0-9]{1,30})\.")


def marked_blocks(workspace: str, blocks: Iterable[Block]) -> list[Block]:
    """The blocks of a message, each row of buttons with its workspace in its `block_id`."""
    return [
        {"block_id": f"{workspace}.{place}", **block} if block["type"] == "actions" else block
        for place, block in enumerate(blocks)
    ]


def marked_view(workspace: str, view: dict[str, Any]) -> dict[str, Any]:
    """The form with its workspace in its `external_id`, of which Slack wants no two alike."""
    return {"external_id": f"{workspace}.{secrets.token_hex(8)}", **view}


def placed(body: Body) -> Body:
    """The payload of a button or a form, with the team that it belongs to.

    Without a mark it is the user's home, as slack_bolt has it.
    """
    if body.get("team"):
        return body
    found = _marked_on(body) or str((body.get("user") or {}).get("team_id") or "")
    return {**body, "team": {"id": found}} if found else body


def _marked_on(body: Body) -> str:
    pressed = (body.get("actions") or [{}])[0]
    view = body.get("view") or {}
    for written in (view.get("external_id"), pressed.get("block_id")):
        mark = _MARK.match(str(written or ""))
        if mark:
            return mark[1]
    return ""
