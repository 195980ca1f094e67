"""Lists, shortened for readers and split into what Slack accepts."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING

from phantombot.messages.blocks import (
    SECTION_LIMIT,
    TEXT_LIMIT,
    Block,
    Message,
    escape,
    section,
)

if TYPE_CHECKING:
    from phantombot.runs.model import Run

LONGEST = 40
"""The most lines in a list."""
ROOM = 11_000
"""The most characters in all rows: Slack refuses messages with much more than 12,000."""
_LONGEST_LABEL = 75
"""The most characters that Slack accepts on a button."""
_MARKS = str.maketrans("", "", "<>&")


@dataclass(frozen=True)
class Row:
    """A line of a list, with its button."""

    text: str
    button: Block | None = None
    label: str = ""
    """The button's text for screen readers, since many buttons of a list look the same."""

    @property
    def block(self) -> Block:
        """Return the line as a section, with its button beside it."""
        if self.button is None:
            return section(self.text)
        # Screen readers read it as it is, so Slack's marks are removed instead of escaped.
        spoken = self.label.translate(_MARKS)[:_LONGEST_LABEL]
        label = {"accessibility_label": spoken} if spoken else {}
        return section(self.text) | {"accessory": self.button | label}


def listing(head: str, lines: Sequence[str], foot: str = "", *, longest: int = LONGEST) -> Message:
    """Return head, lines and foot; a long list is cut, and says how many lines are left out."""
    shown = list(lines[:longest])
    if len(lines) > longest:
        shown.append(f"… and {len(lines) - longest} more")
    everything = [line for line in (head, *shown, foot) if line]
    return Message(
        next(iter(packed(everything, TEXT_LIMIT)), ""),
        tuple(section(text) for text in packed(everything, SECTION_LIMIT)),
    )


def rows_message(head: str, rows: Sequence[Row], foot: str = "") -> Message:
    """Return head, rows and foot; a long list is cut, and says how many rows are left out."""
    shown = _fitting(rows[:LONGEST])
    if len(rows) > len(shown):
        foot = "\n".join(filter(None, (f"… and {len(rows) - len(shown)} more", foot)))
    text = listing(head, [row.text for row in shown], foot).text
    return Message(
        text, (section(head), *(row.block for row in shown), *([section(foot)] if foot else []))
    )


def _fitting(rows: Sequence[Row]) -> list[Row]:
    """Return the first rows that fit in one message."""
    ends = accumulate(len(row.text) for row in rows)
    return [row for row, end in zip(rows, ends, strict=True) if end <= ROOM]


def agent_named(agent_id: str, name: str) -> str:
    """Return `LinkedIn Search (785)`, or the id alone."""
    return f"{escape(name, 80)} ({escape(agent_id)})" if name.strip() else escape(agent_id)


def agent_title(run: "Run") -> str:
    """Return `LinkedIn Search (785)`, or as much of it as is known."""
    if run.agent_name:
        return f"{escape(run.agent_name, 80)} ({run.agent_id})"
    return escape(run.agent_id or run.agent, 80)


def agent_label(agent_id: str, name: str) -> str:
    """Return the same for a button, cut so that the id is whole."""
    room = _LONGEST_LABEL - len(f" ({agent_id})")
    shown = name if len(name) <= room else f"{name[: room - 1]}…"
    return f"{shown} ({agent_id})" if name.strip() else agent_id


def packed(lines: Sequence[str], limit: int) -> list[str]:
    """Join the lines into as few texts as possible, none longer than `limit`."""
    texts: list[str] = []
    for line in lines:
        if texts and len(texts[-1]) + 1 + len(line) <= limit:
            texts[-1] += f"\n{line}"
        else:
            texts.append(line)
    return texts
