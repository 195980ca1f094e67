"""Mentions in messages: Slack notifies the people that a new message mentions, but not an edit."""

import re
from collections.abc import Callable
from typing import Any

from phantombot.messages.blocks import Message, escape

SOMEBODY = "somebody"
"""Used for a person whose name Slack doesn't say."""
_MENTION = re.compile(r"<@([A-Z0-9]+)>")


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
