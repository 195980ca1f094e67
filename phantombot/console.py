"""A run's console, read on from where it was left: what is kept of it. Pure."""

import re
from dataclasses import dataclass, field, replace
from itertools import takewhile

TAIL = 4000
"""Characters of the end that are kept."""
_LONGEST_LINE = 500  # a console may be megabytes on one line, and this is stored
_ERROR = re.compile(r"error|exception|fail|fatal|denied|expired|invalid", re.IGNORECASE)
COOKIE = re.compile(
    r"cookie[^.\n]{0,40}(expired|invalid|not valid|no longer valid)"
    r"|(expired|invalid)( session)? ?cookie",
    re.IGNORECASE,
)
"""How scripts and Phantombuster say that a session cookie expired."""


@dataclass(frozen=True)
class Console:
    """The part read so far. Not to be trusted, and a script may print its argument into it."""

    position: str = ""
    """Where to read on, as the server told it: opaque."""
    tail: str = field(default="", repr=False)
    error: str = field(default="", repr=False)
    """The first whole line of the script's own that looks like an error, cut."""
    unfinished: str = field(default="", repr=False)
    """The beginning of the last line, which may go on."""
    cookie: bool = False
    """Whether some line says that a session cookie expired."""

    def __post_init__(self) -> None:
        # Stored by earlier releases as a number of bytes.
        object.__setattr__(self, "position", str(self.position))

    @property
    def error_line(self) -> str:
        """The first line that looks like an error, the unfinished last one included."""
        return self.error or error_line(self.unfinished)

    @property
    def own_words(self) -> tuple[str, ...]:
        """Lines near the end that begin with a star, as Phantombuster's own do."""
        return tuple(line for line in self.tail.splitlines() if line.startswith("*"))

    @property
    def last_words(self) -> tuple[str, ...]:
        """Those at the very end, where no script can have said them."""
        lines = [line for line in self.tail.splitlines() if line.strip()]
        return tuple(takewhile(lambda line: line.startswith("*"), reversed(lines)))


def read_on(console: Console, text: str, position: str | None) -> Console:
    """`console` with `text` after it; `position` is where the server says to read on.

    Where the server tells no position, or one before the last, `text` is the whole console.
    """
    if position is None or _is_before(position, console.position):
        console = Console()
    unread = console.unfinished + text
    whole_lines, line_break, last_line = unread.rpartition("\n")
    return replace(
        console,
        position="" if position is None else position,
        tail=(console.tail + text)[-TAIL:],
        error=console.error or error_line(whole_lines + line_break),
        unfinished=last_line[:_LONGEST_LINE],
        cookie=console.cookie or bool(COOKIE.search(unread)),
    )


def _is_before(position: str, last: str) -> bool:
    numbers = position.isdecimal() and last.isdecimal()
    return numbers and int(position) < int(last)


def error_line(text: str) -> str:
    """The first line of the script's own that looks like an error, cut; or an empty text."""
    lines = (line.strip() for line in text.splitlines())
    found = (line for line in lines if line[:1] != "*" and _ERROR.search(line))
    return next(found, "")[:_LONGEST_LINE]
