"""A list for one reader: cut to a length, and packed into what Slack takes."""

from collections.abc import Sequence

from phantombot.messages.blocks import SECTION_LIMIT, TEXT_LIMIT, Message, escape, section

LONGEST = 40
"""Lines."""


def listing(head: str, lines: Sequence[str], foot: str = "", *, longest: int = LONGEST) -> Message:
    """Head, lines and foot; of many lines the first ones, and how many more there are."""
    shown = list(lines[:longest])
    if len(lines) > longest:
        shown.append(f"… and {len(lines) - longest} more")
    everything = [line for line in (head, *shown, foot) if line]
    return Message(
        next(iter(packed(everything, TEXT_LIMIT)), ""),
        tuple(section(text) for text in packed(everything, SECTION_LIMIT)),
    )


def agent_named(agent_id: str, name: str) -> str:
    """`LinkedIn Search (785)`, or the id alone."""
    return f"{escape(name, 80)} ({escape(agent_id)})" if name.strip() else escape(agent_id)


def packed(lines: Sequence[str], limit: int) -> list[str]:
    """As few texts as hold the lines; none is longer than `limit`."""
    texts: list[str] = []
    for line in lines:
        if texts and len(texts[-1]) + 1 + len(line) <= limit:
            texts[-1] += f"\n{line}"
        else:
            texts.append(line)
    return texts
