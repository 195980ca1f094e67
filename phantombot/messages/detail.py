"""The thread under a run's message: console, result and files."""

from collections.abc import Sequence

from phantombot.messages.blocks import (
    FIXED_WIDTH_LIMIT,
    File,
    Message,
    actions,
    button,
    fixed_width,
    neutral,
    plain,
    sections,
)
from phantombot.messages.results import excerpt, heading, links_to, rows_file, with_table
from phantombot.runs.ending import Ending
from phantombot.runs.model import Run
from phantombot.runs.rows import Rows

SHOW_RESULTS = "show_results"

LINES = 15
"""The most console lines shown."""
_CONSOLE_LIMIT = 1500
"""The most console characters shown; the rest is at Phantombuster."""


def detail_message(
    tail: str, result: str | None, note: str = "", files: Sequence[str] = (), hidden: int = 0
) -> Message | None:
    """Return the console's last lines and a short result; None if there is neither.

    `result` is the output of `readable`; `note` says why there is no result; `files` links to it;
    `hidden` is how many values of the argument were removed.
    """
    parts = _console(tail)
    if links_to(files):
        parts.append(_linked(files))
    if result and _is_short(result):
        parts.append(f"*Result*\n{fixed_width(result, FIXED_WIDTH_LIMIT)}")
    if note:
        parts.append(note)
    parts += values_hidden(hidden)
    if not parts:
        return None
    return sections(*parts)


def rows_message(tail: str, rows: Rows, ending: Ending, hidden: int = 0) -> Message:
    """Return how many results there are, the first rows, and the console's last lines."""
    left_out = excerpt(rows, len(rows.objects), "the file has all of them")
    linked = _linked(ending.files) if links_to(ending.files) else ""
    withheld = values_hidden(hidden)
    counted = heading(len(rows.objects), ending)
    head = "\n".join(filter(None, (counted, left_out, linked, *withheld)))
    return with_table(rows, head, after=_console(tail))


def count_message(run: Run) -> Message | None:
    """Say how many results there are, with a button that shows them to whoever presses it.

    Return None if there are none, as far as we know.
    """
    ending = run.ending
    if ending is None or not (ending.results or ending.files):
        return None
    results = heading(ending.results, ending) if ending.results else "*Its results are in a file.*"
    shown = f"{results}\nThis channel shows only their number. The button shows them to you alone."
    row = actions(button("Show results", SHOW_RESULTS, run.uid))
    message = plain(shown)
    return Message(message.text, (*message.blocks, row))


def values_hidden(count: int) -> tuple[str, ...]:
    """Return the sentence on how many values of the argument were removed, if any."""
    if not count:
        return ()
    return (
        "1 value of the argument is hidden."
        if count == 1
        else f"{count} values of the argument are hidden.",
    )


def _linked(files: Sequence[str]) -> str:
    return f"Saved at Phantombuster: {links_to(files)}"


def _console(tail: str) -> list[str]:
    return [f"*Last lines of the console*\n{last_lines(tail)}"] if tail.strip() else []


def last_lines(console: str) -> str:
    """Return the end of a console as a code block."""
    lines = console.strip("\n").splitlines()[-LINES:]
    return fixed_width("\n".join(lines)[-_CONSOLE_LIMIT:], FIXED_WIDTH_LIMIT)


def result_file(agent_id: str, run: str, result: str | None, rows: Rows | None) -> File | None:
    """Return a table as CSV, or a result that is too long for a message as JSON.

    `run` names the run: by its container, or by a number of ours.
    """
    name = f"result-{agent_id}-{''.join(filter(str.isalnum, run))}"
    if rows is not None:
        return rows_file(name, rows)
    return None if not result or _is_short(result) else File(f"{name}.json", "Result", result)


FILE_SENT = "I sent you the file in a direct message."
_NO_SCOPE = "missing_scope"
_ADD_SCOPE = "an admin can reinstall the app to add the permission `files:write`"
_NO_MEMBER = frozenset({"not_in_channel", "channel_not_found"})
NOT_GIVEN = "Phantombuster didn't return the result. `/phantom output` shows it once it does."
TOO_LARGE = "The result is too large to show here. Open it at Phantombuster."


def file_not_sent(code: str) -> Message:
    """Say why a file wasn't sent to somebody, and what to do about it."""
    mend = _ADD_SCOPE if code == _NO_SCOPE else f"Slack says `{code}`; try again in a minute"
    return plain(f"The file couldn't be sent: {mend}.")


def result_not_uploaded(file: File, code: str) -> Message:
    """Say why the file wasn't uploaded, what to do about it, and how to get it all the same."""
    kind = "CSV" if file.name.endswith(".csv") else "JSON"
    lead = f"The {kind} file with the whole result couldn't be sent"
    if code == _NO_SCOPE:
        return plain(f"{lead}: {_ADD_SCOPE}.")
    get_it = f"*Output*, below the run's message, then *Export as {kind}* sends it to you."
    if code in _NO_MEMBER:
        return plain(f"{lead}: files need me in the channel. Type `/invite @phantombot`. {get_it}")
    return plain(f"{lead}: Slack says `{code}`. {get_it}")


def _is_short(result: str) -> bool:
    return len(result) <= FIXED_WIDTH_LIMIT and len(neutral(result)) <= FIXED_WIDTH_LIMIT
