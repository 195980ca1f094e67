"""Takes what is secret out of what Phantombuster says."""

import json
import re
from collections.abc import Iterable
from contextlib import suppress
from typing import Any
from urllib.parse import quote, quote_plus

from phantombot.phantombuster.parsing import read_json

SHORTEST_SECRET = 6
"""Characters; shorter strings of an argument are words that any message may hold."""


def redact(text: str, secrets: Iterable[str]) -> str:
    """`text` with each secret, as it is, URL-encoded or as in JSON, replaced by "•••"."""
    # A pattern of thousands of strings would hold every other thread up for seconds.
    folded = text.casefold()
    forms = {
        form for secret in secrets if secret for form in _forms(secret) if form.casefold() in folded
    }
    longest_first = sorted(forms, key=len, reverse=True)
    pattern = "|".join(map(re.escape, longest_first))
    return re.sub(pattern, "•••", text, flags=re.IGNORECASE) if pattern else text


def _forms(secret: str) -> set[str]:
    escaped = {json.dumps(secret, ensure_ascii=ascii_only)[1:-1] for ascii_only in (True, False)}
    plain = {secret} | escaped
    encoded = {quote(form, safe=safe, errors="replace") for form in plain for safe in ("", "/")}
    return plain | encoded | {quote_plus(form, errors="replace") for form in plain}


def secrets_of(argument: str | None) -> list[str]:
    """The argument, and the strings in its JSON that are long enough to be one."""
    if argument is None:
        return []
    found, rest = [argument], [_parsed(argument)]
    while rest:
        value = rest.pop()
        if isinstance(value, str) and len(value) >= SHORTEST_SECRET:
            found.append(value)
        elif isinstance(value, dict | list):
            rest.extend(value.values() if isinstance(value, dict) else value)
    return found


def _parsed(argument: str) -> Any:
    with suppress(ValueError):
        return read_json(argument)
    return None
