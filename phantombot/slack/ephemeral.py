"""Addresses for ephemeral answers to a message, since messages have no response_url."""

from dataclasses import asdict, dataclass
from urllib.parse import parse_qsl, urlencode

_SCHEME = "phantombot:aside?"


@dataclass(frozen=True)
class Aside:
    """A user in a channel, or in a thread that has replies; Slack's ids.

    Slack only shows an ephemeral message in a thread that has replies (its page on
    `chat.postEphemeral`), so `thread` is empty for a message without replies.
    """

    workspace: str
    channel: str
    user: str
    thread: str = ""

    @property
    def address(self) -> str:
        """Return it as text, which is stored in place of a response_url."""
        return _SCHEME + urlencode(asdict(self))

    @property
    def is_direct(self) -> bool:
        """Return whether it is a direct message, which nobody else reads."""
        return self.channel.startswith("D")


def read_aside(address: str) -> Aside | None:
    """Parse an address; return None if it is a response_url."""
    if not address.startswith(_SCHEME):
        return None
    return Aside(**dict(parse_qsl(address.removeprefix(_SCHEME), keep_blank_values=True)))
