"""Continue reading a run's console, and keep only what is needed. Pure."""

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import InitVar, dataclass, field, replace
from itertools import takewhile

from phantombot.phantombuster.argument_secrets import is_long_enough
from phantombot.phantombuster.redaction import HIDDEN, found_in, mark_of, redact, split_unfinished
from phantombot.runs.cause import Cause, cause_in_line
from phantombot.runs.result_files import file_saved, last_of_each
from phantombot.text.controls import split_unfinished_code, without_controls

TAIL = 4000
"""Characters kept from the end."""
_LONGEST_LINE = 500  # a console may be megabytes on one line, and this is stored
_LOOKED_THROUGH = 100_000
"""Characters that are searched, from the end of all that arrives at once."""
_ERROR = re.compile(r"❌|error|exception|fail|fatal|denied|expired|invalid", re.IGNORECASE)
_MARK, _WARNING = "❌", "⚠"
"""The vendor's scripts begin error and warning lines with these."""


@dataclass(frozen=True)
class Console:
    """What was read so far. It is untrusted: a script can print its argument into it."""

    position: str = ""
    """Where to continue, as the server said; opaque."""
    tail: str = field(default="", repr=False)
    error: str = field(default="", repr=False)
    """The script's first complete line that looks like an error, cut."""
    unfinished: str = field(default="", repr=False)
    """The beginning of the last line, which may continue."""
    pending: str = field(default="", repr=False)
    """The end of what was read, kept apart since a secret or a colour code may continue in it."""
    hidden: tuple[str, ...] = ()
    """Marks of the secrets that were removed."""
    cookie: InitVar[bool] = False
    """Stored by earlier releases: whether a line says that a session cookie expired."""
    cause: str = Cause.UNKNOWN
    """The last Cause that a complete line names."""
    warned: bool = False
    """Whether that line is marked as a warning or an error, so the script means it."""
    files: tuple[str, ...] = ()
    """Links to saved files, from complete lines: the last of each kind."""

    def __post_init__(self, cookie: bool) -> None:
        # Stored by earlier releases as a number of bytes.
        object.__setattr__(self, "position", str(self.position))
        object.__setattr__(self, "files", tuple(self.files))
        object.__setattr__(self, "hidden", tuple(self.hidden))
        if cookie is True:
            object.__setattr__(self, "cause", Cause.COOKIE)

    @property
    def error_line(self) -> str:
        """Return the first line that looks like an error, the unfinished last one included."""
        return _worse(self.error, error_line(self.unfinished))

    @property
    def own_words(self) -> tuple[str, ...]:
        """Return the lines near the end that begin with a star, as Phantombuster's own lines do."""
        return tuple(line for line in self.tail.splitlines() if line.startswith("*"))

    @property
    def last_words(self) -> tuple[str, ...]:
        """Return the starred lines at the very end, which no script can have printed."""
        lines = [line for line in self.tail.splitlines() if line.strip()]
        return tuple(takewhile(lambda line: line.startswith("*"), reversed(lines)))


def read_on(
    console: Console, text: str, position: str | None, secrets: Collection[str] = ()
) -> Console:
    """Return `console` with `text` appended; `position` is where the server says to read on.

    If the server gives no position, or one before the last, `text` is the whole console. The
    secrets are removed before anything is cut, even if one ends in the next text.
    """
    if position is None and not text:
        return console  # it doesn't even say that the console is empty
    if position is None or _is_before(position, console.position):
        console = Console()
    text, pending, hidden = _redacted(console.pending + text, secrets)
    whole_lines, _, last_line = (console.unfinished + text).rpartition("\n")
    lines = [line[:_LONGEST_LINE].strip() for line in _last_lines(whole_lines)]
    telling = _last_telling(lines)
    return replace(
        console,
        position="" if position is None else position,
        pending=pending,
        hidden=tuple(dict.fromkeys([*console.hidden, *hidden])),
        tail=(console.tail + text)[-TAIL:],
        error=_worse(console.error, _error_in(lines)),
        unfinished=last_line[:_LONGEST_LINE],
        cause=cause_in_line(telling) or console.cause,
        warned=telling.startswith((_MARK, _WARNING)) if telling else console.warned,
        files=last_of_each([*console.files, *filter(None, map(file_saved, lines))]),
    )


def read_to_end(console: Console) -> Console:
    """Return the console of a run that ended: its last line is complete."""
    if not console.unfinished and not console.pending:
        return console
    # If a secret never ended, the script itself cut it.
    rest = HIDDEN if is_long_enough(console.pending) else without_controls(console.pending)
    return read_on(replace(console, pending=""), f"{rest}\n", console.position)


def _redacted(text: str, secrets: Collection[str]) -> tuple[str, str, list[str]]:
    """Return the text without secrets and colour codes, its very end, and the secrets' marks.

    A secret or code at the end may continue in the next text.

    """
    text, code = split_unfinished_code(text)
    text, secret = split_unfinished(without_controls(text), secrets)
    shown = redact(text, secrets)
    found = found_in(text, secrets) if shown != text else ()
    return shown, secret + code, sorted(map(mark_of, found))


def _last_lines(text: str) -> list[str]:
    """Return the last lines: searching megabytes would block every other thread."""
    lines = text[-_LOOKED_THROUGH:].splitlines()
    return lines if len(text) <= _LOOKED_THROUGH else lines[1:]  # the first line is cut


def _is_before(position: str, last: str) -> bool:
    numbers = position.isdecimal() and last.isdecimal()
    return numbers and int(position) < int(last)


def _last_telling(lines: Sequence[str]) -> str:
    return next(filter(cause_in_line, reversed(lines)), "")


def error_line(text: str) -> str:
    """Return the script's first line that looks like an error, cut; empty if there is none."""
    return _error_in(line[:_LONGEST_LINE].strip() for line in text.splitlines())


def _error_in(lines: Iterable[str]) -> str:
    found = [line for line in lines if line[:1] != "*" and _ERROR.search(line)]
    return next((line for line in found if line.startswith(_MARK)), (found or [""])[0])


def _worse(first: str, second: str) -> str:
    """Return the first of two lines, unless only the second one is marked as an error."""
    return second if second.startswith(_MARK) > first.startswith(_MARK) else first or second
