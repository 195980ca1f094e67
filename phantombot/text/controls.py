"""Remove terminal codes, characters that reverse text, and invisible ones."""

import re
from collections.abc import Iterator

_AT_ONCE = 50_000
"""Characters searched in one step, during which no other thread runs."""
_BIDI = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
_CONTROLS = re.compile(
    r"\x1b\[[0-?]*[ -/]*[@-~]"  # colours, and moves of the cursor
    r"|\x1b\][^\x07\x1b\n]{0,2000}(?:\x07|\x1b\\)"  # titles and links
    rf"|[\x01-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f{_BIDI}]"
)
_UNFINISHED = re.compile(r"\x1b(?:\[[0-?]*[ -/]*|\][^\x07\x1b\n]{0,2000}\x1b?)?\Z")
_LONGEST = 2010
_IN_JSON = re.compile(
    r"(?<!\\)((?:\\\\)*)"
    r"\\(?:u001b(?:\[[0-?]*[ -/]*[@-~])?|[bf]|u00(?:0[1-7bef]|1[0-9a-f]|7f))"
    rf"|[\x7f-\x84\x86-\x9f{_BIDI}]"
)


def without_controls(text: str) -> str:
    """Return the text without colour codes, bells and the like; lines and tabs stay."""
    return "".join(_CONTROLS.sub("", piece) for piece in _pieces(text))


def without_controls_in_json(text: str) -> str:
    """Return JSON as `json.dumps` writes it, without the same characters in its strings."""
    return _IN_JSON.sub(lambda found: found[1] or "", text)


def split_unfinished_code(text: str) -> tuple[str, str]:
    """Split off an incomplete code at the end of a text, which the next text completes."""
    found = _UNFINISHED.search(text, max(len(text) - _LONGEST, 0))
    return (text[: found.start()], found[0]) if found else (text, "")


def _pieces(text: str) -> Iterator[str]:
    """Yield the text in parts that split no code."""
    rest = ""
    for at in range(0, len(text), _AT_ONCE):
        piece, rest = split_unfinished_code(rest + text[at : at + _AT_ONCE])
        yield piece
    yield rest
