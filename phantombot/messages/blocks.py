"""What a message is made of, and the escaping that nothing said by others gets around."""

import hashlib
import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

Block = dict[str, Any]

SECTION_LIMIT = 3000
"""Characters that Slack takes in one section."""
TEXT_LIMIT = 3900
"""Characters of `text`: Slack's own advice is 4,000."""
FIXED_WIDTH_LIMIT = 2500
"""Characters of fixed width for which a section has room, beside a heading."""


@dataclass(frozen=True)
class Message:
    """Text for notifications and screen readers, and the blocks that are shown."""

    text: str
    blocks: tuple[Block, ...] = ()

    @property
    def digest(self) -> str:
        """Alike for messages that look alike."""
        return digest_of([self.text, self.blocks])


@dataclass(frozen=True)
class File:
    """A text file for a thread; `content` is not to be trusted."""

    name: str
    title: str
    content: str = field(repr=False)


def digest_of(shown: Any) -> str:
    """Alike for what looks alike."""
    whole = json.dumps(shown, sort_keys=True)
    return hashlib.sha256(whole.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def date(at: datetime) -> str:
    """A point of time, which Slack shows to each in their own time zone."""
    return f"<!date^{int(at.timestamp())}^{{date_short}} {{time}}|{at:%Y-%m-%d %H:%M}>"


def duration(seconds: float) -> str:
    """9 s · 4 min 10 s · 2 h 5 min."""
    minutes, rest = divmod(max(int(seconds), 0), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes} min" if minutes else f"{hours} h"
    if minutes:
        return f"{minutes} min {rest} s" if rest else f"{minutes} min"
    return f"{rest} s"


def place(channel: str) -> str:
    """Where something is told; Slack draws no name for direct messages, whose ids begin with D."""
    return "a direct message" if channel.startswith("D") else f"<#{channel}>"


def escape(text: str, limit: int = 150) -> str:
    """Text of others, cut, on one line, and harmless: no mention, link or formatting of its own.

    Slack reads `& < >` as control characters, and a backtick would end our code spans.
    """
    line = " ".join(text.split())
    if len(line) > limit:
        line = line[: limit - 1] + "…"
    return neutral(line).replace("`", "'")


def fixed_width(text: str, limit: int = 500) -> str:
    """Text of others as it stands, in a block of fixed width that a section has room for.

    The closing mark must not be cut off with a section.
    """
    shown = neutral(fitting(text, limit)).replace("`", "'")
    return f"```{shown}```"


def fitting(text: str, limit: int) -> str:
    """As much of the beginning as Slack counts `limit` characters for: an `&` is sent as five."""
    room = limit
    for place, character in enumerate(text):
        room -= len(neutral(character))
        if room < 0:
            return text[:place]
    return text


def plain(*lines: str) -> Message:
    """A message of one section."""
    text = "\n".join(lines)
    return Message(text, (section(text),))


def sections(*texts: str) -> Message:
    """A message of several sections; screen readers are told all of it that has room."""
    whole = "\n".join(texts)
    told = whole if len(whole) <= TEXT_LIMIT else f"{whole[: TEXT_LIMIT - 1]}…"
    return Message(told, tuple(section(text) for text in texts))


def section(text: str) -> Block:
    """A section; `verbatim` keeps Slack from turning words into links and mentions."""
    return {
        "type": "section",
        "text": {"type": "mrkdwn", "text": text[:SECTION_LIMIT], "verbatim": True},
    }


def actions(*buttons: Block) -> Block:
    """A row of buttons."""
    return {"type": "actions", "elements": list(buttons)}


def button(text: str, action_id: str, value: str, *, style: str | None = None) -> Block:
    """A button; `style` is primary, danger or none."""
    made: Block = {
        "type": "button",
        "text": {"type": "plain_text", "text": text},
        "action_id": action_id,
        "value": value,
    }
    return made | {"style": style} if style else made


def confirmation(title: str, question: str, confirm: str, deny: str) -> Block:
    """What is asked before a button ends something; `question` may hold words of others."""
    words = {"title": title, "text": question[:300], "confirm": confirm, "deny": deny}
    asked: Block = {name: {"type": "plain_text", "text": text} for name, text in words.items()}
    return asked | {"style": "danger"}


def neutral(text: str) -> str:
    """Text with the characters undone that Slack reads as control characters."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
