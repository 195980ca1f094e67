"""How Slack encodes text that somebody types into a channel."""

import re
from collections.abc import Iterable

from phantombot.sandbox.slack.values import Person

_LINK = re.compile(r"https?://[^\s<>\"'|]*[^\s<>\"'|.,;:!?)\]}]")
_MENTION = re.compile(r"&lt;@(\w+)&gt;|(?<![\w@])@(\w+)")


def composed(text: str, people: Iterable[Person]) -> str:
    """Return the message's text: escaped, with links, and mentions of `@max` and
    `<@U0MAX>` alike.
    """
    known = {name: person.id for person in people for name in (person.id, person.name)}

    def mention(found: re.Match[str]) -> str:
        user = known.get(found[1] or found[2])
        return f"<@{user}>" if user else found[0]

    safe = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return _MENTION.sub(mention, _LINK.sub(r"<\g<0>>", safe))
