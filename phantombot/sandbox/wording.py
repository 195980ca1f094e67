"""Requests and responses in readable form."""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

LONGEST = 4_000
"""The most characters shown of a body that is neither JSON nor a form."""

_NESTED = ("payload", "blocks", "view", "metadata", "files")
"""Form fields that hold JSON."""
_SIGNATURE = "x-slack-signature"
_DULL = frozenset(
    ("accept", "accept-encoding", "connection", "content-length", "host", "transfer-encoding")
)


def read_body(body: bytes, content_type: str) -> Any:
    """Return JSON and forms parsed, anything else as text; None if the body is empty."""
    text = body.decode(errors="replace")
    if content_type.startswith("application/x-www-form-urlencoded"):
        fields = dict(parse_qsl(text, keep_blank_values=True))
        return {name: _nested(name, value) for name, value in fields.items()}
    try:
        return json.loads(text)
    except ValueError:
        return text[:LONGEST] or None


def shown_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """Return the headers that say something about the exchange, with the signature masked."""
    named = {name.lower(): value for name, value in headers.items()}
    if _SIGNATURE in named:
        named[_SIGNATURE] = "v0=•••"
    return {name: value for name, value in named.items() if name not in _DULL}


def _nested(name: str, value: str) -> Any:
    if name not in _NESTED:
        return value
    try:
        return json.loads(value)
    except ValueError:
        return value
