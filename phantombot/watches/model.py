"""Watches, the agents they are of, and the notices that come of them. Pure."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from phantombot.runs.ending import Ending, Kind


class Word(StrEnum):
    """A kind of end that a channel wants to hear of."""

    FAILURE = "failure"
    """Failed, did not start, timed out, or was stopped."""
    RECOVERY = "recovery"
    """The first that finished after one of those."""
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
    """Not to be trusted."""
    words: tuple[Word, ...]
    user: str
    """Slack's id of whoever set it."""
    set_at: datetime
    seen: bool = False
    """Its agent was polled since: until then, only what ended after `set_at` is told."""
    ts: str | None = None
    """Slack's name of its last message."""
    alike: str = ""
    """What that message tells: an end of the same nature is told by an edit of it."""
    stopped: str | None = None
    """Slack's own word for why its channel took no message, once that was told."""
    unsaid: int = 0
    """How many ends could not be told since."""
    muted_until: datetime | None = None
    """Until then ends are counted, and not posted; what is over is said once."""
    muted: int = 0
    """How many ends weren't posted because of that."""
    gone: bool = False
    """Phantombuster no longer knows the agent."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "words", tuple(Word(word) for word in self.words))

    def is_muted(self, now: datetime) -> bool:
        """Return whether its ends are only counted now."""
        return self.muted_until is not None and now < self.muted_until


@dataclass(frozen=True)
class Watched:
    """An agent that some channel watches, as it was seen last."""

    workspace: str
    agent_id: str
    version: int
    name: str
    last_end: str | None = None
    """Digest of how it ended last, in the account's words; None before it was first seen."""
    busy: int = 0
    """Its runs that were queued or running."""
    horizon: datetime | None = None
    """When the last of its ended runs had ended, by Phantombuster's clock."""
    known: tuple[str, ...] = ()
    """Those that had ended about then or later, by Phantombuster's names for them."""
    alike: str = ""
    """The nature of its last end, where that was none of success."""
    times: int = 0
    """How many ends of that nature there were in a row."""
    failures: int = 0
    """How many failures in a row it ended with."""
    unlisted_at: datetime | None = None
    """Since when the account tells of a launch that failed, but no list of runs does."""
    missing_at: datetime | None = None
    """Since when the account does not list it."""
    gone: bool = False
    """Whether it was announced that Phantombuster no longer knows it."""
    again_at: datetime | None = None
    """When to poll it, whatever the account shows."""
    looked_at: datetime | None = None
    """When its ended runs were last read."""
    hinted_at: datetime | None = None
    """When its webhook was last called, by the clock of the process that received it."""
    heard_at: datetime | None = None
    """The `hinted_at` for which it was last polled."""

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
    """One ended run, as it is told."""

    ending: Ending
    word: Word
    ended_at: datetime | None = None
    """By Phantombuster's clock, where it tells."""
    container_id: str | None = None
    run_uid: str = ""
    """Names the run, where it was launched from Slack."""
    alike: str = ""
    times: int = 1
    """Of ends of the same nature in a row, this is the last."""
    recovered: int = 0
    """After how many failures it finished."""
    earlier: int = 0
    """How many ended before it of which nothing more is told."""
    page: str = ""
    """Its address at Phantombuster, if that is known."""


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
    """How many ends weren't posted while it was muted."""
    id: int = 0
    pending: bool = False
    """Its post was begun; where nobody is at it any more, it may stand in the channel or not."""
    retry_after: datetime | None = None
    """Slack takes it no sooner than then."""


def ends_in(notice: Notice) -> int:
    """Return how many ends a notice tells of."""
    return notice.count if notice.end is None else 1 + notice.end.earlier


def word_of(kind: Kind) -> Word:
    """Return the word that stands for an end of that kind."""
    return _FINISHED.get(kind, Word.FAILURE)


def wants(watch: Watch, end: End) -> bool:
    """Return whether a channel wants to hear of an end."""
    return end.word in watch.words or (end.recovered > 0 and Word.RECOVERY in watch.words)


def alike(ending: Ending) -> str:
    """Return the same text for ends of one nature; empty for a success, each of which is news."""
    if word_of(ending.kind) is Word.SUCCESS:
        return ""
    code = "" if ending.exit_code is None else str(ending.exit_code)
    return f"{ending.kind}/{code}/{ending.cause}"
