"""Show the faulty line of a text with a caret below, in a fixed-width font."""

from unicodedata import category, east_asian_width

_COLUMNS = 60


def shown(text: str, at: int) -> str:
    """Return the line of `text` around position `at`, with a caret below."""
    start = text.rfind("\n", 0, at) + 1
    before = "".join(map(_visible, text[start:at]))
    after = "".join(map(_visible, text[at:].partition("\n")[0]))
    before = _fitted(before[::-1], max(36, _COLUMNS - _columns(after)))[::-1]
    after = _fitted(after, max(24, _COLUMNS - _columns(before)))
    return f"{before}{after}\n{' ' * _columns(before)}^"


def within(shown: str) -> str:
    """Return the result of `shown` on one line, with the caret in the text, for any font."""
    line, _, under = shown.partition("\n")
    columns = len(under) - 1
    for index, char in enumerate(line):
        if columns <= 0 and _columns(char):
            return f"{line[:index]}^{line[index:]}"
        columns -= _columns(char)
    return f"{line}^"


def _visible(char: str) -> str:
    if char.isprintable():
        return char
    return " " if char.isspace() else "\N{REPLACEMENT CHARACTER}"


def _fitted(text: str, columns: int) -> str:
    for index, char in enumerate(text):
        columns -= _columns(char)
        if columns < 0:
            return text[:index] + "…"
    return text


def _columns(text: str) -> int:
    """Return the width of `text` in columns: two for East Asian and emoji, none for marks."""
    marks = sum(category(char) in {"Mn", "Me"} for char in text)
    wide = sum(east_asian_width(char) in {"W", "F"} for char in text)
    return len(text) - marks + wide
