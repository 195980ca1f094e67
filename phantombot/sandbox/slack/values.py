"""The values of a local Slack: people, channels, messages, modals, calls and deliveries."""

from dataclasses import dataclass, field
from typing import Any

from phantombot.errors import SlackRefused

Block = dict[str, Any]
"""A block, or another object of Block Kit, as Slack's JSON has it."""

APP = "A0SANDBOX"
BOT = "U0BOT"
BOT_ID = "B0SANDBOX"
DOMAIN = "sandbox"


class Refusal(SlackRefused):
    """An `ok: false` of the local Slack.

    Each of `reasons` is a sentence about what is wrong; `more` are further fields of the answer.
    """

    def __init__(self, code: str, *reasons: str, more: Block | None = None) -> None:
        super().__init__(code)
        self.reasons = reasons
        self.more = more or {}


@dataclass(frozen=True)
class Person:
    """Somebody in the workspace; `role` is `admin`, `member`, `guest`, `single`, `bot` or
    `deactivated`.

    A `single` is a guest of one channel.
    """

    id: str
    name: str
    role: str
    team: str = ""
    """Their own team, if it isn't the home team: they come through a shared channel."""


@dataclass(frozen=True)
class Group:
    """A user group: its handle, and the ids of its members."""

    id: str
    handle: str
    members: tuple[str, ...]


@dataclass(frozen=True)
class Channel:
    """A channel, or with `person` the direct messages between that user and the bot."""

    id: str
    name: str
    members: tuple[str, ...]
    private: bool = False
    archived: bool = False
    person: str | None = None
    team: str = ""
    """The team that owns it, if it isn't the home team."""

    @property
    def has_bot(self) -> bool:
        """Return whether the bot is a member."""
        return BOT in self.members

    @property
    def command_name(self) -> str:
        """Return the name in a slash command, which hides private channels' names."""
        if self.person:
            return "directmessage"
        return "privategroup" if self.private else self.name


PEOPLE = (
    Person("U0ADA", "ada", "admin"),
    Person("U0MAX", "max", "member"),
    Person("U0GUS", "gus", "guest"),
    Person(BOT, "phantombot", "bot"),
)
GROUPS = (Group("S0OPS", "ops", ("U0MAX",)),)
CHANNELS = (
    Channel("C0GENERAL", "general", ("U0ADA", "U0MAX", "U0GUS", BOT)),
    Channel("C0PAYLOAD", "payload-alerts", ("U0ADA", "U0MAX", BOT)),
    Channel("C0PRIVATE", "private-ops", ("U0ADA", "U0MAX"), private=True),
    Channel("C0OLD", "old", ("U0ADA", BOT), archived=True),
    Channel("D0ADA", "ada", ("U0ADA", BOT), person="U0ADA"),
)


@dataclass(frozen=True)
class File:
    """A shared file; `thread_ts` is that of its message."""

    id: str
    name: str
    title: str
    content: bytes = field(repr=False)
    thread_ts: str | None = None

    @property
    def text(self) -> str:
        """Return the content read as UTF-8."""
        return self.content.decode(errors="replace")


@dataclass(frozen=True)
class Message:
    """A message as of when it was read; later changes are in a newer copy."""

    ts: str
    channel: str
    text: str
    blocks: list[Block] = field(default_factory=list)
    author: str = BOT
    user: str | None = None
    """The only user who sees it, if it is ephemeral."""
    thread_ts: str | None = None
    """The root of the thread, if this is a reply."""
    broadcast: bool = False
    """Whether a reply is shown in the channel too."""
    files: tuple[File, ...] = ()
    edits: int = 0
    """The number of updates."""
    history: tuple[str, ...] = ()
    """Its earlier texts, oldest first."""
    deleted: bool = False
    metadata: Block | None = None
    """The app's own data; nobody sees it."""


@dataclass(frozen=True)
class View:
    """A modal as of when it was read."""

    id: str
    view: Block
    """The view as Slack returns it, with its id, hash and state."""
    user: str
    trigger_id: str
    """The trigger id that opened it."""
    errors: dict[str, str] = field(default_factory=dict)
    """The errors of the last submission, by block id."""
    closed: bool = False


@dataclass(frozen=True)
class Call:
    """A request to the Web API; `response_url` and `upload_url` count as methods."""

    method: str
    fields: dict[str, Any]
    """Its arguments; a token is masked."""
    headers: dict[str, str]
    """Names in lower case; `authorization` is masked."""
    at: float
    """When it was received, by the local Slack's clock."""
    holder: str = ""
    """The team or organisation whose token it used; empty for the home team's."""


@dataclass(frozen=True)
class Delivery:
    """The result of a request to the bot."""

    status: int
    """The HTTP status; 0 if none came."""
    body: Any
    """Parsed JSON, or text; None if it is empty."""
    seconds: float
    trigger_id: str
    error: str | None = None
    """Slack's error code if it failed: `operation_timeout` or `dispatch_failed`."""
