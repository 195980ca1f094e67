"""Mark messages and forms with their workspace.

Where an organisation has installed the app, Slack leaves `team` empty when a button is pressed or a
form is sent, and names only the user's home team, not the team they are in. So each row of buttons
and each form carries its workspace, which Slack returns.
"""

import re
import secrets
from collections.abc import Iterable, Mapping
from typing import Any

from phantombot.messages.blocks import Block

Body = Mapping[str, Any]

_MARK = re.compile(r"([A-Z][A-Z0-9]{1,30})\.")


def marked_blocks(workspace: str, blocks: Iterable[Block]) -> list[Block]:
    """Return a message's blocks, with the workspace in the `block_id` of each row of buttons."""
    return [
        {"block_id": f"{workspace}.{place}", **block} if block["type"] == "actions" else block
        for place, block in enumerate(blocks)
    ]


def marked_view(workspace: str, view: dict[str, Any]) -> dict[str, Any]:
    """Return the form with its workspace in its `external_id`, which must be unique."""
    return {"external_id": f"{workspace}.{secrets.token_hex(8)}", **view}


def placed(body: Body) -> Body:
    """Return a button's or form's payload with its team.

    Without a mark that is the user's home team, as in slack_bolt.
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
