"""Read Slack's request bodies for Bolt."""

import json
from typing import Any
from urllib.parse import parse_qsl

from slack_bolt.context import BoltContext
from slack_bolt.request import BoltRequest
from slack_bolt.request.internals import build_context


class SlackRequest(BoltRequest):
    """A BoltRequest with its body parsed correctly.

    Bolt 1.30 takes any form that contains the word `payload`, such as in an argument or a channel's
    name, for an interactive payload, and parses it as empty (`parse_body` in
    slack_bolt/request/internals.py).
    """

    def __init__(self, body: str, headers: dict[str, str]) -> None:
        super().__init__(body="", headers=dict(headers))
        self.raw_body = body
        self.body = read_body(body, self.content_type)
        try:
            self.context = build_context(BoltContext(), self.body)
        except (TypeError, AttributeError, LookupError, RecursionError):
            # Not in Slack's format: the signature hasn't been checked yet.
            self.body, self.context = {}, build_context(BoltContext(), {})


def read_body(body: str, content_type: str | None) -> dict[str, Any]:
    """Return an event's JSON, an interaction's `payload`, or a command's form; otherwise {}."""
    try:
        if content_type == "application/json":
            read = json.loads(body)
        else:
            read = dict(parse_qsl(body, keep_blank_values=True))
            if "payload" in read and "command" not in read:
                read = json.loads(read["payload"])
    except (ValueError, RecursionError):
        return {}
    return read if isinstance(read, dict) else {}
