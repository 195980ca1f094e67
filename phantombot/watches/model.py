"""Watches, their agents, and the notices they produce. Pure."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from phantombot.runs.ending import Ending, Kind


class Word(StrEnum):
    """A kind of end that a channel can subscribe to."""

    FAILURE = "failure"
    """Failed, didn't start, timed out, or was stopped."""
    RECOVERY = "recovery"
    """The first success after a failure."""
    EMPTY = "empty"
    """Finished, but returned nothing."""
    SUCCESS = "success"


DEFAULT_WORDS = (Word.FAILURE, Word.RECOVERY)
_FINISHED = {Kind.SUCCESS: Word.SUCCESS, Kind.EMPTY: Word.EMPTY}


@dataclass(frozen=True)
class Watch:
    """One channel's interest in one agent."""

    workspace: str
    channel: str
    agent_id: str
    agent_name: str
    """Untrusted text."""
    words: tuple[Word, ...]
    user: str
    """Slack's id of whoever set it."""
    set_at: datetime
    seen: bool = False
    """Its agent was polled since; until then only runs that ended after `set_at` are announced."""
    ts: str | None = None
    """Slack's `ts` of its last message."""
    alike: str = ""
    """The nature of the end in that message: the next end of the same nature edits it."""
    stopped: str | None = None
    """Slack's error code for its channel, once whoever set the watch was told."""
    unsaid: int = 0
    """How many ends couldn't be posted since."""
    muted_until: datetime | None = None
    """Until then ends are only counted; their number is posted afterwards."""
    muted: int = 0
    """How many ends weren't posted because of the mute."""
    gone: bool = False
    """Phantombuster no longer has the agent."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "words", tuple(Word(word) for word in self.words))

    def is_muted(self, now: datetime) -> bool:
        """Return whether its ends are only counted now."""
        return self.muted_until is not None and now < self.muted_until


@dataclass(frozen=True)
class Watched:
    """An agent that some channel watches, as of its last poll."""

    workspace: str
    agent_id: str
    version: int
    name: str
    last_end: str | None = None
    """Digest of the account's words for its last end; None before the first poll."""
    busy: int = 0
    """How many of its runs were queued or running."""
    horizon: datetime | None = None
    """When the last of its ended runs ended, by Phantombuster's clock."""
    known: tuple[str, ...] = ()
    """Phantombuster's ids of the runs that ended about then or later."""
    alike: str = ""
    """The nature of its last end, unless that was a success."""
    times: int = 0
    """How many ends of that nature there were in a row."""
    failures: int = 0
    """How many failures in a row it had last."""
    unlisted_at: datetime | None = None
    """Since when the account reports a failed launch that no list of runs has."""
    missing_at: datetime | None = None
    """Since when the account doesn't list it."""
    gone: bool = False
    """Whether it was announced that Phantombuster no longer has it."""
    again_at: datetime | None = None
    """When to poll it, whatever the account shows."""
    looked_at: datetime | None = None
    """When its ended runs were last read."""
    hinted_at: datetime | None = None
    """When its webhook was last called, by the clock of the process that received the call."""
    heard_at: datetime | None = None
    """The `hinted_at` that was last answered with a poll."""

    @property
    def hinted(self) -> bool:
        """Return whether its webhook was called since it was last polled for a call."""
        return self.hinted_at is not None and self.hinted_at != self.heard_at


@dataclass(frozen=True)
class Round:
    """When a workspace's watched agents were polled."""

    seen_at: datetime | None = None
    turned_at: datetime | None = None
    """When some of them were last polled only because it was their turn."""


class News(StrEnum):
    """A kind of notice."""

    ENDED = "ended"
    RENAMED = "renamed"
    GONE = "gone"
    UNMUTED = "unmuted"


@dataclass(frozen=True)
class End:
    """One ended run, as it is announced."""

    ending: Ending
    word: Word
    ended_at: datetime | None = None
    """By Phantombuster's clock; None if it doesn't say."""
    container_id: str | None = None
    run_uid: str = ""
    """The run's uid, if it was launched from Slack."""
    alike: str = ""
    times: int = 1
    """How many ends of the same nature there were in a row, this one included."""
    recovered: int = 0
    """How many failures came before this success."""
    earlier: int = 0
    """How many earlier ends are only counted here."""
    page: str = ""
    """The address of its page at Phantombuster, if known."""


@dataclass(frozen=True)
class Notice:
    """A message for one channel, stored until it is posted."""

    workspace: str
    channel: str
    agent_id: str
    agent_name: str
    news: News
    at: datetime
    end: End | None = None
    before: str = ""
    """The agent's former name."""
    count: int = 0
    """How many ends weren't posted while the agent was muted."""
    id: int = 0
    pending: bool = False
    """Its post was begun; if no worker is posting it now, it may or may not have arrived."""
    retry_after: datetime | None = None
    """Slack accepts it no sooner."""


def ends_in(notice: Notice) -> int:
    """Return how many ends a notice reports."""
    return notice.count if notice.end is None else 1 + notice.end.earlier


def word_of(kind: Kind) -> Word:
    """Return the word for ends of that kind."""
    return _FINISHED.get(kind, Word.FAILURE)


def wants(watch: Watch, end: End) -> bool:
    """Return whether the watch covers an end."""
    return end.word in watch.words or (end.recovered > 0 and Word.RECOVERY in watch.words)


def alike(ending: Ending) -> str:
    """Return the nature of an end, as text; empty for a success, which is always news."""
    if word_of(ending.kind) is Word.SUCCESS:
        return ""
    code = "" if ending.exit_code is None else str(ending.exit_code)
    return f"{ending.kind}/{code}/{ending.cause}"
