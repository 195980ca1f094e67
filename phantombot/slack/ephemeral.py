"""Where somebody is answered alone who wrote a message, since messages bring no response_url."""

from dataclasses import asdict, dataclass
from urllib.parse import parse_qsl, urlencode

_SCHEME = "phantombot:aside?"


@dataclass(frozen=True)
class Aside:
    """A user in a channel, or in a thread of it that others have answered in already; Slack's ids.

    An ephemeral message in a thread is shown where the thread has replies only (Slack's page on
    `chat.postEphemeral`): under a message that nobody has answered yet, `thread` is empty.
    """

    workspace: str
    channel: str
    user: str
    thread: str = ""

    @property
    def address(self) -> str:
        """It as a text, to be kept wherever a response_url is."""
        return _SCHEME + urlencode(asdict(self))

    @property
    def is_direct(self) -> bool:
        """Whether nobody else reads there anyway."""
        return self.channel.startswith("D")


def read_aside(address: str) -> Aside | None:
    """What was made an address; None for one of Slack's own."""
    if not address.startswith(_SCHEME):
        return None
    return Aside(**dict(parse_qsl(address.removeprefix(_SCHEME), keep_blank_values=True)))
