"""The console's last lines and the result, for the person who asked."""

from phantombot.messages.blocks import (
    FIXED_WIDTH_LIMIT,
    Message,
    actions,
    button,
    fitting,
    fixed_width,
    plain,
    sections,
)
from phantombot.messages.detail import LINES, values_hidden
from phantombot.messages.listing import agent_named
from phantombot.messages.results import excerpt, link_to_page, links_to, with_table
from phantombot.runs.output import RunOutput

EXPORT_RESULT = "export_result"

NO_RESULT = "Nothing was sent: this run has no result that a file would hold."
RESULT_TOO_LARGE = "Nothing was sent: the result is too large. Open it at Phantombuster."
_READABLE = "Whoever has a link can read them."
_WITHHELD = (
    "can't be shown: it may contain the argument of an earlier launch, which PHANTOMBOT_SECRET no"
    " longer decrypts. An admin can add the former secret after the new one."
)


def output_message(printed: RunOutput) -> Message:
    """Return the console's end and the result, with a button that sends all of it as a file."""
    message = _shown(printed)
    kind = _exported_as(printed)
    if not kind or not printed.container_id:
        return message
    value = f"{printed.agent_id}:{printed.container_id}"
    row = actions(button(f"Export as {kind}", EXPORT_RESULT, value))
    return Message(message.text, (*message.blocks, row))


def result_note(agent_id: str, agent_name: str) -> Message:
    """Introduce the file in the direct messages of whoever exported it."""
    return plain(f"The result of {agent_named(agent_id, agent_name)}:")


def _exported_as(printed: RunOutput) -> str:
    """Return what kind of file holds the whole result; empty if the message shows all of it."""
    if printed.first is not None:
        return "CSV"
    return "JSON" if printed.result and _is_cut(printed.result) else ""


def _is_cut(result: str) -> bool:
    return fitting(result, FIXED_WIDTH_LIMIT) != result


def _shown(printed: RunOutput) -> Message:
    named = agent_named(printed.agent_id, printed.agent_name)
    title = " · ".join(filter(None, (named, _state(printed), link_to_page(printed.page))))
    texts = (title, *_console(printed.console))
    withheld = values_hidden(printed.hidden)
    if printed.first is None:
        return sections(*texts, *_result(printed), *_files(printed), *withheld)
    left_out = excerpt(printed.first, printed.entries or 0, "the full result is at Phantombuster")
    head = f"Its result, {_size(printed)}. {left_out}".strip()
    return with_table(printed.first, *texts, *_files(printed), *withheld, head)


def _state(printed: RunOutput) -> str:
    """Return whether the run is running, has ended, or may never have existed."""
    if printed.status != "not running":
        return printed.status or "state unknown"
    told = printed.ran or printed.console != "" or printed.result
    return "ended" if told else printed.status


def _console(console: str | None) -> tuple[str, ...]:
    if console is None:
        return (f"Its console {_WITHHELD}",)
    lines = [line.rstrip() for line in console.splitlines() if line.strip()]
    if not lines:
        return ("Its console is empty.",)
    end = "\n".join(lines[-LINES:])
    # Reversed, so that the text's end is what fits.
    shown = fitting(end[::-1], FIXED_WIDTH_LIMIT)[::-1]
    return ("The last lines of its console:", fixed_width(shown, FIXED_WIDTH_LIMIT))


def _files(printed: RunOutput) -> tuple[str, ...]:
    linked, usual = links_to(printed.files), links_to(printed.usual_files)
    if linked:
        return (f"Its results are saved at Phantombuster: {linked}. {_READABLE}",)
    return (f"If it has saved results, they are here: {usual}. {_READABLE}",) if usual else ()


def _result(printed: RunOutput) -> tuple[str, ...]:
    if printed.result == "" and links_to(printed.files):
        return ()
    if printed.result_too_large:
        return ("Its result is too large to show here. Open it at Phantombuster.",)
    if not printed.tells_results:
        return ("This version of Phantombuster's API returns no results.",)
    if printed.result is None:
        return (f"Its result {_WITHHELD}",)
    if not printed.result:
        return ("It has no result." if printed.status == "not running" else "No result yet.",)
    shown = fitting(printed.result, FIXED_WIDTH_LIMIT)
    if not _is_cut(printed.result):
        return (f"Its result, {_size(printed)}:", fixed_width(shown, FIXED_WIDTH_LIMIT))
    title = f"The beginning of its result, {_size(printed)}; all of it is at Phantombuster:"
    return (title, fixed_width(f"{shown}…", FIXED_WIDTH_LIMIT + 1))


def _size(printed: RunOutput) -> str:
    characters = f"{printed.result_size:,} character" + "s" * (printed.result_size != 1)
    if printed.entries is None:
        return characters
    return f"{printed.entries} result{'s' * (printed.entries != 1)} in {characters}"
