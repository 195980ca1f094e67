"""The console's last lines and the result, for the one who asked."""

from phantombot.asking import Printed
from phantombot.messages.listing import agent_named
from phantombot.messages.message import Message, neutral, section

LINES = 15
LONGEST = 2500
"""Characters as Slack counts them: an `&` is sent as five."""

_WITHHELD = (
    "cannot be shown: the argument of an earlier launch does not open with PHANTOMBOT_SECRET, and"
    " it may stand in there. An admin can set the former secret beside the new one."
)


def output_message(printed: Printed) -> Message:
    """Both as they stand, in fixed width."""
    title = f"{agent_named(printed.agent_id, printed.agent_name)} · {printed.status}"
    texts = (title, *_console(printed.console), *_result(printed))
    return Message(title, tuple(section(text) for text in texts))


def _console(console: str | None) -> tuple[str, ...]:
    if console is None:
        return (f"Its console {_WITHHELD}",)
    lines = [line.rstrip() for line in console.splitlines() if line.strip()]
    if not lines:
        return ("Its console is empty.",)
    end = "\n".join(lines[-LINES:])
    # Reversed, the end is what fits first.
    shown = _fitting(end[::-1])[::-1]
    return ("The last lines of its console:", f"```{_harmless(shown)}```")


def _result(printed: Printed) -> tuple[str, ...]:
    if not printed.tells_results:
        return ("This form of Phantombuster's API tells no result.",)
    if printed.result is None:
        return (f"Its result {_WITHHELD}",)
    if not printed.result:
        return ("No result.",)
    shown = _fitting(printed.result)
    if shown == printed.result:
        return (f"Its result, {_size(printed)}:", f"```{_harmless(shown)}```")
    title = f"The beginning of its result, {_size(printed)}; the whole is at Phantombuster:"
    return (title, f"```{_harmless(shown)}…```")


def _size(printed: Printed) -> str:
    characters = f"{printed.result_size:,} character" + "s" * (printed.result_size != 1)
    if printed.entries is None:
        return characters
    return f"{printed.entries} result{'s' * (printed.entries != 1)} in {characters}"


def _fitting(text: str) -> str:
    """As much of the beginning as fits, once it is escaped."""
    room = LONGEST
    for place, character in enumerate(text):
        room -= len(neutral(character))
        if room < 0:
            return text[:place]
    return text


def _harmless(text: str) -> str:
    return neutral(text).replace("`", "'")
