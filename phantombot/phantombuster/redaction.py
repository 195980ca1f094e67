"""Remove secrets from Phantombuster's texts."""

import hashlib
import json
import re
from collections.abc import Collection, Iterable
from urllib.parse import quote, quote_plus

from phantombot.phantombuster.argument_secrets import SHORTEST_SECRET

AT_ONCE = 10_000
"""Characters searched in one step: no other thread runs meanwhile."""
HIDDEN = "•••"
_SEED = 8


def redact(text: str, secrets: Iterable[str]) -> str:
    """Return `text` with each secret replaced by "•••": as it is, URL-encoded, or as in JSON."""
    forms = _all_forms(secrets)
    # A pattern of thousands of strings would block every other thread for seconds.
    present = _present(text, forms)
    return _replaced(text, sorted(present, key=len, reverse=True)) if present else text


def found_in(text: str, secrets: Iterable[str]) -> set[str]:
    """Return the secrets that occur in the text in any form."""
    forms = {secret: _all_forms([secret]) for secret in secrets}
    present = _present(text, {form for several in forms.values() for form in several})
    return {secret for secret, several in forms.items() if not several.isdisjoint(present)}


def mark_of(secret: str) -> str:
    """Return a short digest that distinguishes secrets without storing them."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()[:8]


def redact_part(text: str, secrets: Iterable[str]) -> str:
    """Redact a text that was cut at either side, perhaps within a secret."""
    forms = _all_forms(secrets)
    if len(text) >= SHORTEST_SECRET and any(text in form for form in forms):
        return HIDDEN
    end = _unfinished_from(text, forms, SHORTEST_SECRET)
    backwards = text[: 2 * _longest(forms)][::-1]
    mirrored = {form[::-1] for form in forms}
    missing = len(backwards) - _unfinished_from(backwards, mirrored, SHORTEST_SECRET)
    return "".join(
        (
            HIDDEN if missing else "",
            redact(text[missing:end], secrets),
            HIDDEN if end < len(text) else "",
        )
    )


def split_unfinished(text: str, secrets: Iterable[str]) -> tuple[str, str]:
    """Split off the end of a text if it may be the beginning of a secret."""
    at = _unfinished_from(text, _all_forms(secrets), 1)
    return text[:at], text[at:]


def longest_form(secrets: Iterable[str]) -> int:
    """Return the length of the longest form of the secrets."""
    return _longest(_all_forms(secrets))


def _longest(forms: Collection[str]) -> int:
    return max(map(len, forms), default=0)


def _unfinished_from(text: str, forms: Collection[str], shortest: int) -> int:
    """Return where a form may begin whose first `shortest` characters or more end the text."""
    at = len(text) - max((_overlap(text, form, shortest) for form in forms), default=0)
    # The cut must not split a complete form.
    present = _present(text[max(at - _longest(forms), 0) :], forms) if at < len(text) else ()
    while crossed := [place for form in present if (place := _crossing(text, form, at)) < at]:
        at = min(crossed)
    return at


def _crossing(text: str, form: str, at: int) -> int:
    """Return where a form that crosses the place begins; the place itself if none does."""
    found = text.find(form, max(at - len(form) + 1, 0), at + len(form) - 1)
    return at if found < 0 else min(found, at)


def _overlap(text: str, form: str, shortest: int) -> int:
    """Return the length of the longest end of the text that is a proper prefix of the form.

    Return 0 if that is shorter than `shortest`.
    """
    window = text[-(len(form) - 1) :] if len(form) > 1 else ""
    seed = form[:_SEED]
    at = window.find(seed)
    while at >= 0:
        if form.startswith(window[at : at + AT_ONCE]) and form.startswith(window[at:]):
            return len(window) - at
        at = window.find(seed, at + 1)
    short = range(min(len(window), len(seed) - 1), shortest - 1, -1)
    return next((length for length in short if form.startswith(window[-length:])), 0)


def _present(text: str, forms: Collection[str]) -> set[str]:
    """Return the forms that the text can contain."""
    longest = _longest(forms)
    folded = {form: form.casefold() for form in forms}
    found: set[str] = set()
    for at in range(0, len(text), AT_ONCE):
        piece = text[at : at + AT_ONCE + longest].casefold()
        found |= {form for form in folded.keys() - found if folded[form] in piece}
    return found


def _replaced(text: str, longest_first: list[str]) -> str:
    """Replace the strings as one `re.sub` would, but search only a part in each step."""
    pattern = re.compile("|".join(map(re.escape, longest_first)), re.IGNORECASE)
    pieces, at = [], 0
    while at < len(text):
        end = at + AT_ONCE
        # A string that begins in this part may end after it.
        match = pattern.search(text, at, end + len(longest_first[0]))
        if match and match.start() < end:
            pieces += [text[at : match.start()], HIDDEN]
            at = match.end()
        else:
            pieces.append(text[at:end])
            at = end
    return "".join(pieces)


def _all_forms(secrets: Iterable[str]) -> set[str]:
    return {form for secret in secrets if secret for form in _forms(secret)}


def _forms(secret: str) -> set[str]:
    escaped = {json.dumps(secret, ensure_ascii=ascii_only)[1:-1] for ascii_only in (True, False)}
    plain = {secret} | escaped
    encoded = {quote(form, safe=safe, errors="replace") for form in plain for safe in ("", "/")}
    return plain | encoded | {quote_plus(form, errors="replace") for form in plain}
