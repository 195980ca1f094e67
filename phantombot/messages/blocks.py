"""Messages and their blocks, and the escaping that other people's text must go through."""

import hashlib
import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from phantombot.text.controls import without_controls

Block = dict[str, Any]

SECTION_LIMIT = 3000
"""The most characters that Slack accepts in one section."""
TEXT_LIMIT = 3900
"""The most characters in `text`; Slack recommends at most 4,000."""
FIXED_WIDTH_LIMIT = 2500
"""The most fixed-width characters that fit in a section below a heading."""

_LEFT_OPEN = re.compile(r"(?:<[^<>]*|&[a-z]{0,3})\Z")


_LOOKALIKES = str.maketrans({"`": "'", "*": "\u2217", "~": "\u223c"})
_OUTER_UNDERSCORE = re.compile(r"(?<!\w)_|_(?!\w)")  # within a word it is left as an underscore
_EMOJI_NAME = re.compile(r":(?=[\w+'-]+:)")
SOMEBODY = "somebody"
"""Used for a person whose name Slack doesn't say."""
_MENTION = re.compile(r"<@([A-Z0-9]+)>")


@dataclass(frozen=True)
class Message:
    """A message: text for notifications and screen readers, and the blocks that are shown."""

    text: str
    blocks: tuple[Block, ...] = ()

    @property
    def digest(self) -> str:
        """Return a digest that is equal for messages that look the same."""
        return digest_of([self.text, self.blocks])


@dataclass(frozen=True)
class File:
    """A text file for a thread; `content` is untrusted."""

    name: str
    title: str
    content: str = field(repr=False)


def digest_of(shown: Any) -> str:
    """Return a digest that is equal for values that look the same."""
    whole = json.dumps(shown, sort_keys=True)
    return hashlib.sha256(whole.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def date(at: datetime) -> str:
    """Return a point in time, which Slack shows to each reader in their own time zone."""
    return f"<!date^{int(at.timestamp())}^{{date_short}} {{time}}|{at:%Y-%m-%d %H:%M}>"


def time_of_day(at: datetime) -> str:
    """Return a time of the day, which Slack shows to each reader in their own time zone."""
    return f"<!date^{int(at.timestamp())}^{{time}}|{at:%H:%M} UTC>"


def duration(seconds: float) -> str:
    """Return `9 s`, `4 min 10 s` or `2 h 5 min`."""
    minutes, rest = divmod(max(int(seconds), 0), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes} min" if minutes else f"{hours} h"
    if minutes:
        return f"{minutes} min {rest} s" if rest else f"{minutes} min"
    return f"{rest} s"


def place(channel: str) -> str:
    """Return a link to the channel; Slack shows no name for direct messages, whose ids begin with
    D.
    """
    return "a direct message" if channel.startswith("D") else f"<#{channel}>"


def escape(text: str, limit: int = 150) -> str:
    """Return other people's text on one line, shortened, without mentions, links or formatting.

    Slack reads `& < >` as control characters, and a backtick would end our code spans. It has no
    escape for its other marks, so they are replaced by similar characters, and an emoji's name is
    split by an invisible one. `folded` undoes both.
    """
    shown = without_controls(text)
    line = " ".join(shown.split(maxsplit=limit))  # more words than that can't fit
    if len(line) > limit:
        line = line[: limit - 1] + "…"
    plain_marks = _OUTER_UNDERSCORE.sub("\u02cd", neutral(line).translate(_LOOKALIKES))
    return _EMOJI_NAME.sub(":\u2060", plain_marks)


def capitalized(text: str) -> str:
    """Return the text with a capital at its beginning, the rest as it is."""
    return text[0].upper() + text[1:]


def fixed_width(text: str, limit: int = 500) -> str:
    """Return other people's text as a code block that fits in a section.

    The text is cut first: Slack would cut off the closing mark with the end of a section.
    """
    shown = neutral(fitting(text, limit)).replace("`", "'")
    return f"```{shown}```"


def fitting(text: str, limit: int) -> str:
    """Return the longest beginning that Slack counts as at most `limit` characters; `&` counts
    five.
    """
    room = limit
    for place, character in enumerate(text):
        room -= len(neutral(character))
        if room < 0:
            return text[:place]
    return text


def shortened(text: str, limit: int) -> str:
    """Return as much of a formatted text as fits, without cutting a link, entity or code block."""
    if len(text) <= limit:
        return text
    kept = _LEFT_OPEN.sub("", text[: max(limit - len("…```"), 0)])
    return f"{kept}…```" if kept.count("```") % 2 else f"{kept}…"


def plain(*lines: str) -> Message:
    """Return a message of one section."""
    text = shortened("\n".join(lines), SECTION_LIMIT)
    return Message(text, (section(text),))


def with_note(message: Message, note: str) -> Message:
    """Return a message's text with our own note below it.

    If both don't fit, the longest line is cut, since earlier notes are lines of their own.
    """
    return plain(_fitted([*message.text.split("\n"), note], SECTION_LIMIT))


def together(*messages: Message) -> Message:
    """Return several messages as one; for screen readers the longest is cut if need be."""
    blocks = tuple(block for message in messages for block in message.blocks)
    return Message(_fitted([message.text for message in messages], TEXT_LIMIT), blocks)


def sections(*texts: str) -> Message:
    """Return a message of several sections; for screen readers the longest is cut if need be."""
    return Message(_fitted(texts, TEXT_LIMIT), tuple(section(text) for text in texts))


def _fitted(texts: Sequence[str], limit: int) -> str:
    """Return the texts as lines, the longest cut where they don't fit."""
    parts = list(texts)
    excess = len("\n".join(parts)) - limit
    if excess > 0:
        longest = max(range(len(parts)), key=lambda at: len(parts[at]))
        parts[longest] = shortened(parts[longest], len(parts[longest]) - excess)
    return shortened("\n".join(parts), limit)


def section(text: str) -> Block:
    """Return a section; `verbatim` keeps Slack from turning words into links and mentions."""
    return {
        "type": "section",
        "text": {"type": "mrkdwn", "text": shortened(text, SECTION_LIMIT), "verbatim": True},
    }


def context(text: str) -> Block:
    """Return a line in small print."""
    return {"type": "context", "elements": [{"type": "mrkdwn", "text": text, "verbatim": True}]}


def actions(*buttons: Block) -> Block:
    """Return a row of buttons."""
    return {"type": "actions", "elements": list(buttons)}


def button(text: str, action_id: str, value: str, *, style: str | None = None) -> Block:
    """Return a button; `style` is primary, danger or none."""
    made: Block = {
        "type": "button",
        "text": {"type": "plain_text", "text": text},
        "action_id": action_id,
        "value": value,
    }
    return made | {"style": style} if style else made


def confirmation(title: str, question: str, confirm: str, deny: str) -> Block:
    """Return the dialog that asks before a button acts; `question` can hold untrusted text."""
    words = {"title": title, "text": question[:300], "confirm": confirm, "deny": deny}
    asked: Block = {name: {"type": "plain_text", "text": text} for name, text in words.items()}
    return asked | {"style": "danger"}


def neutral(text: str) -> str:
    """Escape the characters that Slack reads as control characters."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def without_mentions(message: Message, name_of: Callable[[str], str]) -> Message:
    """Return the message with people's names instead of mentions, so that it notifies nobody.

    `name_of` returns a name, which is untrusted text, or nothing.
    """

    def named(match: re.Match[str]) -> str:
        return escape(name_of(match[1]), 80) or SOMEBODY

    def quiet(value: Any) -> Any:
        if isinstance(value, str):
            return _MENTION.sub(named, value)
        if isinstance(value, dict):
            return {key: quiet(one) for key, one in value.items()}
        return [quiet(one) for one in value] if isinstance(value, list) else value

    return Message(quiet(message.text), tuple(quiet(block) for block in message.blocks))
