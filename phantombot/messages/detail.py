"""What stands in the thread under a run's message."""

import json
from collections.abc import Sequence

from phantombot.messages.blocks import (
    FIXED_WIDTH_LIMIT,
    File,
    Message,
    fixed_width,
    neutral,
    plain,
    sections,
)
from phantombot.messages.results import excerpt, heading, links_to, rows_file, with_table
from phantombot.runs.ending import Ending
from phantombot.runs.model import Run
from phantombot.runs.rows import Rows

LINES = 15
"""Lines of the console that are shown."""
_CONSOLE_LIMIT = 1500
"""Characters of the console that are shown: the rest is at Phantombuster."""


def detail_message(
    tail: str, result: str | None, note: str = "", files: Sequence[str] = ()
) -> Message | None:
    """The console's last lines, and the result where it is short; None where there is neither.

    `result` is as `readable` made it; `note` says why there is none; `files` link to it.
    """
    parts = _console(tail)
    if links_to(files):
        parts.append(_linked(files))
    if result and _is_short(result):
        parts.append(f"*Result*\n{fixed_width(result, FIXED_WIDTH_LIMIT)}")
    if note:
        parts.append(note)
    if not parts:
        return None
    return sections(*parts)


def rows_message(tail: str, rows: Rows, ending: Ending) -> Message:
    """The console's last lines, and the first rows of a result that is a table."""
    left_out = excerpt(rows, len(rows.objects), "the file has all of them")
    linked = _linked(ending.files) if links_to(ending.files) else ""
    head = "\n".join(filter(None, (heading(rows, ending), left_out, linked)))
    return with_table(rows, *_console(tail), head)


def _linked(files: Sequence[str]) -> str:
    return f"Saved at Phantombuster: {links_to(files)}"


def _console(tail: str) -> list[str]:
    return [f"*Last lines of the console*\n{last_lines(tail)}"] if tail.strip() else []


def last_lines(console: str) -> str:
    """The end of a console, in a block of fixed width."""
    lines = console.strip("\n").splitlines()[-LINES:]
    return fixed_width("\n".join(lines)[-_CONSOLE_LIMIT:], FIXED_WIDTH_LIMIT)


def result_file(run: Run, result: str | None, rows: Rows | None) -> File | None:
    """A table as CSV; another result as JSON, where it is too long for a message."""
    number = "".join(filter(str.isalnum, run.container_id or str(run.id)))
    name = f"result-{run.agent_id}-{number}"
    if rows is not None:
        return rows_file(name, rows)
    return None if not result or _is_short(result) else File(f"{name}.json", "Result", result)


NOT_GIVEN = "Phantombuster did not give the result; `/phantom output` shows it once it does."
TOO_LARGE = "The result is too large to be shown here; it is at Phantombuster."


def result_not_uploaded(code: str) -> Message:
    """In the file's place, with the mend."""
    mend = (
        "an admin can install the app anew, with the permission `files:write`"
        if code == "missing_scope"
        else f"Slack says `{code}`; all of it is at Phantombuster"
    )
    return plain(f"The file with the whole result could not be sent: {mend}.")


def readable(result: str, indent: int | None = 2) -> str:
    """JSON with nothing escaped that need not be, its lines indented; anything else as it is.

    Half characters, which scripts make by cutting text, are replaced: no file can hold them.
    """
    try:
        text = json.dumps(json.loads(result), indent=indent, ensure_ascii=False)
    except (ValueError, RecursionError):
        text = result
    return text.encode(errors="replace").decode()


def _is_short(result: str) -> bool:
    return len(neutral(result)) <= FIXED_WIDTH_LIMIT
