"""Addresses for answering one user's message, since messages have no response_url."""

from dataclasses import asdict, dataclass
from urllib.parse import parse_qsl, urlencode

_SCHEME = "phantombot:aside?"


@dataclass(frozen=True)
class Aside:
    """A user in a channel, or in a thread that has replies; Slack's ids.

    An ephemeral message in a thread is only shown if the thread has replies (Slack's page on
    `chat.postEphemeral`): for a message without replies, `thread` is empty.
    """

    workspace: str
    channel: str
    user: str
    thread: str = ""

    @property
    def address(self) -> str:
        """Return it as text, stored wherever a response_url is."""
        return _SCHEME + urlencode(asdict(self))

    @property
    def is_direct(self) -> bool:
        """Return whether it is a direct message, which nobody else reads."""
        return self.channel.startswith("D")


def read_aside(address: str) -> Aside | None:
    """Parse an address; return None for one of Slack's own."""
    if not address.startswith(_SCHEME):
        return None
    return Aside(**dict(parse_qsl(address.removeprefix(_SCHEME), keep_blank_values=True)))
