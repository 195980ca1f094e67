"""Remove secrets from what Phantombuster says."""

import json
import re
from collections.abc import Iterable
from contextlib import suppress
from typing import Any
from urllib.parse import quote, quote_plus

from phantombot.text.json_stream import read_json

AT_ONCE = 10_000
"""Characters searched in one step: no other thread runs meanwhile."""
SHORTEST_SECRET = 6
"""Characters; shorter strings of an argument are words that any message can hold."""


def redact(text: str, secrets: Iterable[str]) -> str:
    """Return `text` with each secret, as it is, URL-encoded or as in JSON, replaced by "•••"."""
    forms = {form for secret in secrets if secret for form in _forms(secret)}
    longest = max(map(len, forms), default=0)
    # A pattern of thousands of strings would block every other thread for seconds.
    present = _present(text, forms, longest)
    return _replaced(text, sorted(present, key=len, reverse=True)) if present else text


def _present(text: str, forms: Iterable[str], longest: int) -> set[str]:
    """Return the forms that the text can hold; `longest` is the length of the longest form."""
    folded = {form: form.casefold() for form in forms}
    found: set[str] = set()
    for at in range(0, len(text), AT_ONCE):
        piece = text[at : at + AT_ONCE + longest].casefold()
        found |= {form for form in folded.keys() - found if folded[form] in piece}
    return found


def _replaced(text: str, longest_first: list[str]) -> str:
    """Replace the strings as one `re.sub` would, but search a bounded part in each step."""
    pattern = re.compile("|".join(map(re.escape, longest_first)), re.IGNORECASE)
    pieces, at = [], 0
    while at < len(text):
        end = at + AT_ONCE
        # What begins in this part may end after it.
        match = pattern.search(text, at, end + len(longest_first[0]))
        if match and match.start() < end:
            pieces += [text[at : match.start()], "•••"]
            at = match.end()
        else:
            pieces.append(text[at:end])
            at = end
    return "".join(pieces)


def _forms(secret: str) -> set[str]:
    escaped = {json.dumps(secret, ensure_ascii=ascii_only)[1:-1] for ascii_only in (True, False)}
    plain = {secret} | escaped
    encoded = {quote(form, safe=safe, errors="replace") for form in plain for safe in ("", "/")}
    return plain | encoded | {quote_plus(form, errors="replace") for form in plain}


def secrets_of(argument: str | None) -> list[str]:
    """Return the argument, and the strings in its JSON that are long enough to be a secret."""
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
