"""A run: one launch requested in Slack, from the command to its ending."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import IntEnum, StrEnum
from typing import Any

from phantombot.http_headers import LONGEST_PAUSE
from phantombot.phantombuster.account import Api, ApiKey
from phantombot.runs.ending import Ending
from phantombot.runs.result_files import run_page

NO_ARGUMENT = "{}"
"""Sent with a command if no argument is given: v1 requires both, or neither."""
NO_KEY = "NoKey"
"""The last error of a run whose workspace's key was removed."""
SLACK_SILENT = "SlackSilent"
"""The last error of a request while Slack doesn't say who its launcher is."""

RETRIED_AFTER = timedelta(minutes=15)
"""How long after the press of *Retry later* the launch is due."""

CLOCKS_DIFFER = timedelta(seconds=10)
"""Maximum difference between the clocks of two processes."""


class State(StrEnum):
    """The state of a run. Each is on disk before the request that it announces is sent."""

    INTENDED = "intended"
    """Requested; nothing has been sent to Phantombuster."""
    ASKED = "asked"
    """Waits for the launcher's answer; `doubt` says to which question."""
    SENDING = "sending"
    """The launch may have reached Phantombuster; its answer isn't known."""
    LAUNCHED = "launched"
    """Phantombuster accepted the launch."""
    ENDED = "ended"


class ConfirmReason(StrEnum):
    """Why the launcher is asked first."""

    DOUBLE = "double"
    TIME_USED_UP = "time used up"
    RESTORED = "restored"
    """A backup may have been restored, and the launch may have been sent after it was made."""
    AGENT = "agent"
    """Which agent is meant; the run's `ending` has the reason and the nearest agents."""
    ARGUMENT = "argument"
    """The argument isn't JSON; it is kept as typed."""
    ALIAS = "alias"
    """Which agent an alias is for; the run's `agent` is the alias. Nothing is launched."""


class Source(StrEnum):
    """Where a launch's command and argument come from, if they weren't all typed."""

    ALIAS = "alias"
    FORM = "form"
    AGAIN = "again"
    """The run whose *Run again* was pressed."""
    SAVED = "saved"
    """The agent's saved settings at Phantombuster, since neither was given."""


class Detail(IntEnum):
    """The parts of a run's thread, in their order."""

    TEXT = 1
    FILE = 2


@dataclass(frozen=True)
class Intent:
    """A launch as a Slack invocation requests it, before anything is looked up."""

    workspace: str
    trigger_id: str
    """Unique per invocation, however often Slack delivers it."""
    channel: str
    user: str
    response_url: str = field(repr=False)
    """Empty if Slack gives none: the launcher is then answered by direct message."""
    agent: str
    """Id or name, as typed."""
    quoted: bool = False
    """Typed in quotes: a name, even if it is all digits."""
    command: str | None = None
    argument: str | None = field(default=None, repr=False)
    """JSON text, sent byte for byte; None if none was given."""
    save: bool = False
    source: Source | None = None
    thread_ts: str | None = None
    """Slack's `ts` of the message that the run's message replies to; None if it replies to none."""
    due_at: datetime | None = None
    """When to launch it, if not at once; such a request needs no confirmation."""
    acknowledged: bool = False
    """The response_url belongs to a command whose acknowledgement the run's message replaces."""

    @property
    def to_send(self) -> str | None:
        """Return the argument to send, unless an alias has one of its own."""
        return argument_sent(self.command, self.argument)


@dataclass(frozen=True)
class Decision:
    """What is known about a request when it is stored; the rest is looked up before the launch."""

    state: State = State.INTENDED
    agent_id: str | None = None
    agent_name: str | None = None
    typed: str | None = None
    """The typed agent to store, if that isn't all that was typed."""
    command: str | None = None
    argument: str | None = field(default=None, repr=False)
    """The argument to launch with: an alias's, or as typed; None if there is neither."""
    doubt: ConfirmReason | None = None
    ending: Ending | None = None
    """Why nothing is launched; with ConfirmReason.AGENT, unless the launcher chooses an agent."""
    busy: int | None = None
    """Runs of its agent that are running or queued already; None if that isn't known."""
    last_end: str | None = None
    """How the agent ended last, in Phantombuster's word, if that was read recently."""
    time_left: int | None = None
    """Seconds of execution time left on the account, if there is little."""
    user_name: str | None = None
    """The launcher's name; None if that isn't known."""
    source: Source | None = None
    """Set if an alias was typed."""


UNDECIDED = Decision()


@dataclass(frozen=True)
class Before:
    """The agent's state before the launch; what isn't known is None, or 0."""

    container_id: str | None = None
    launch_number: int | None = None
    busy: int | None = None
    """Containers running or queued; None if that wasn't read recently."""
    last_end: str | None = None
    """How the agent had ended last, so that an older failure isn't taken for this launch's."""


@dataclass(frozen=True)
class Run:
    """One row of the store. Times are UTC."""

    id: int
    version: int
    """Goes up with each write; a write that names an older version changes nothing."""
    uid: str
    """Random; identifies the run in Slack. Unlike `id`, never used for another run."""
    workspace: str
    """Slack's team id."""
    channel: str
    user: str
    """The launcher."""
    agent: str
    """Id or name, as typed."""
    quoted: bool
    command: str | None
    save: bool
    created_at: datetime
    state: State = State.INTENDED
    confirmed: bool = False
    """The launcher confirmed the launch."""
    answered_at: datetime | None = None
    """When the launcher answered the question."""
    doubt: str | None = None
    """A ConfirmReason, if the launcher was asked."""
    time_left: int | None = None
    """Seconds of execution time left on the account when it was launched, if there was little."""
    user_name: str | None = None
    """The launcher's name; untrusted text. The first post shows it instead of a mention."""
    source: str | None = None
    """A Source, if it has one."""
    agent_id: str | None = None
    agent_name: str | None = None
    before: Before = Before()
    sent_at: datetime | None = None
    lost_at: datetime | None = None
    """When the launch's answer was found to be missing."""
    api: str | None = None
    """The version of Phantombuster's API that launched it; None before the launch."""
    org: str | None = None
    """Phantombuster's own name for the account; None if it doesn't say."""
    container_id: str | None = None
    launch_number: int | None = None
    """Identifies the run in the 2014 API."""
    adopted: bool = False
    """Found by a search, since the launch's answer was lost."""
    status: str | None = None
    """queued or running, as last seen."""
    fraction: float | None = None
    label: str | None = None
    seen_at: datetime | None = None
    """When its output was last read."""
    unseen_at: datetime | None = None
    """Since when Phantombuster shows it neither as running nor as ended."""
    error_since: datetime | None = None
    """Since when Phantombuster says nothing usable about it, or Slack about its launcher."""
    tried_at: datetime | None = None
    """When it last failed to be polled, to within ten minutes."""
    last_error: str | None = None
    """The name of the exception, NO_KEY or SLACK_SILENT."""
    ending: Ending | None = None
    """How it ended; or, while the launcher is asked which agent is meant, why."""
    ended_at: datetime | None = None
    message_channel: str | None = None
    """The channel of its message: the launch's own, or the launcher's DM."""
    ts: str | None = None
    """Slack's `ts` of its message."""
    thread_ts: str | None = None
    """Slack's `ts` of the message that its own replies to, in the launch's channel only."""
    pending_post: str | None = None
    """Digest of a first post whose answer never came."""
    reposted: bool = False
    """Its message replaces one whose post got no answer, and which may have arrived."""
    message_digest: str | None = None
    """Digest of what its message says."""
    message_at: datetime | None = None
    editing_at: datetime | None = None
    """When an edit was sent whose answer isn't known: it can take effect even after later ones."""
    retry_after: datetime | None = None
    """Slack accepts its message no earlier."""
    detail: Detail | None = None
    """The last part of its thread whose post was begun; it isn't repeated after a crash."""
    also_rung: tuple[str, ...] = ()
    """Slack's ids of the people who asked to be notified of its end."""
    acknowledged: bool = False
    """The launcher still sees the acknowledgement, which says no more than the message.

    The stored response_url deletes it.
    """
    rung: bool = False
    """The post in its thread that notifies people was sent, or begun; it isn't repeated."""
    due_at: datetime | None = None
    """When to launch it, if not at once."""
    told_with: str | None = None
    """The uid of the run whose message reports the dead session that failed this one too.

    It is the run's own if that was the first.
    """
    done: bool = False
    """Its ending and its thread are posted: nothing is left to do."""

    @property
    def told_by_another(self) -> bool:
        """Return whether another run's message and notification report its failure too."""
        return self.told_with not in (None, self.uid)

    @property
    def meant_for(self) -> datetime:
        """Return when it should be, or should have been, launched."""
        return self.due_at or self.created_at

    def waits(self, now: datetime) -> bool:
        """Return whether it isn't due to be launched yet.

        One without a due time never waits: the clock of whoever stored it may be ahead of ours.
        """
        return self.state is State.INTENDED and self.due_at is not None and self.due_at > now

    @property
    def known(self) -> bool:
        """Return whether Phantombuster's id or number of this run is known."""
        return self.container_id is not None or self.launch_number is not None

    def key_of(self, key: ApiKey) -> ApiKey:
        """Return the workspace's key for the API that launched it, or will launch it.

        A key works with each version, and a run stays with the one that launched it.
        """
        return replace(key, api=self.api_by(key))

    def api_by(self, key: ApiKey) -> Api:
        """Return the API by which it was launched, or will be with that key."""
        return key.api if self.sent_at is None else Api(self.api or Api.V1)

    @property
    def page(self) -> str:
        """Return the address of the run at Phantombuster; empty if too little is known for it."""
        return run_page(self.org, self.agent_id, self.container_id)

    @property
    def posts_to(self) -> str:
        """Return the channel that its message is in, or will be."""
        return self.message_channel or self.channel

    @property
    def stands_in_its_channel(self) -> bool:
        """Return whether its message is in the channel where the launch was typed."""
        return self.posts_to == self.channel

    @property
    def replies_to(self) -> str | None:
        """Return Slack's `ts` of the message that its own replies to; None in another channel."""
        return self.thread_ts if self.stands_in_its_channel else None

    @property
    def thread_root(self) -> str:
        """Return Slack's `ts` of the message with its thread: threads are one level deep."""
        return self.replies_to or self.ts or ""

    def stands_in(self, channel: str, ts: str) -> bool:
        """Return whether Slack's message with that channel and `ts` is the run's own."""
        return self.ts is not None and (self.message_channel, self.ts) == (channel, ts)

    def without_times_ahead(self, now: datetime) -> "Run":
        """Return the run with all times in the future set to now.

        They were stored before the clock was set back. Until it catches up, nothing would be old
        enough to be retried.
        """
        ahead: dict[str, Any] = {
            name: now
            for name in _TIMES
            if (at := getattr(self, name)) is not None and at - now > CLOCKS_DIFFER
        }
        longest = timedelta(seconds=LONGEST_PAUSE)
        if self.retry_after is not None and self.retry_after - now > longest:
            ahead["retry_after"] = now
        if self.due_at is not None and self.due_at - now > RETRIED_AFTER + CLOCKS_DIFFER:
            ahead["due_at"] = now + RETRIED_AFTER
        return replace(self, **ahead) if ahead else self

    def age(self, now: datetime) -> timedelta:
        """Return the time since it was sent, or else requested."""
        return max(now - (self.sent_at or self.created_at), timedelta())

    def decided(self, decided: Decision) -> "Run":
        """Return the run with the agent and the command to launch."""
        return replace(
            self,
            agent_id=decided.agent_id,
            agent_name=decided.agent_name,
            command=decided.command,
            time_left=decided.time_left,
            user_name=decided.user_name,
            source=decided.source or self.source,
        )

    def asked(self, decided: Decision) -> "Run":
        """Return the run as waiting for its launcher's answer; the question isn't posted yet."""
        return replace(
            self,
            state=State.ASKED,
            doubt=decided.doubt,
            ending=decided.ending,
            agent=self.agent if decided.typed is None else decided.typed,
            agent_id=decided.agent_id,
            agent_name=decided.agent_name,
            command=decided.command or self.command,
            source=decided.source or self.source,
            message_digest=None,
            message_at=None,
            last_error=None,
            error_since=None,
        )

    def intended_again(self, at: datetime) -> "Run":
        """Return the run as ready to be launched, after its launcher's answer."""
        return replace(
            self,
            state=State.INTENDED,
            answered_at=at,
            ending=None,
            message_digest=None,
            message_at=None,
        )

    def sending(self, key: ApiKey, before: Before, at: datetime, pending_post: str | None) -> "Run":
        """Return the run as being sent, together with the post of its message."""
        return replace(
            self,
            state=State.SENDING,
            api=key.api.value,
            org=key.org.id if key.org else None,
            sent_at=at,
            before=before,
            pending_post=pending_post,
            ending=None,
            last_error=None,
            error_since=None,
        )

    def launched(self, container_id: str | None) -> "Run":
        """Return the run as accepted by Phantombuster, even if we had given it up."""
        return replace(
            self,
            state=State.LAUNCHED,
            container_id=container_id,
            lost_at=None,
            adopted=False,
            ending=None,
            ended_at=None,
            done=False,
        )

    def failing(self, error: str, at: datetime) -> "Run":
        """Return the run with an error that began just now."""
        return replace(self, last_error=error, error_since=at)

    def recovered(self) -> "Run":
        """Return the run without an error."""
        return replace(self, last_error=None, error_since=None)

    def ended(self, ending: Ending, at: datetime) -> "Run":
        """Return the run with its ending, which isn't posted yet."""
        return replace(self.recovered(), state=State.ENDED, ending=ending, ended_at=at)

    def posting(self, digest: str) -> "Run":
        """Return the run as having its message posted, perhaps not for the first time."""
        unanswered = self.pending_post is not None
        return replace(self, pending_post=digest, reposted=self.reposted or unanswered)

    def shows(self, digest: str, at: datetime) -> "Run":
        """Return the run with the digest of what its message shows now."""
        return replace(self, message_digest=digest, message_at=at, retry_after=None)

    def posted(self, channel: str, ts: str, digest: str, at: datetime) -> "Run":
        """Return the run with its posted message, and the digest of what that shows."""
        shown = self.shows(digest, at)
        return replace(shown, message_channel=channel, ts=ts, pending_post=None)

    def put_off(self, until: datetime, *, may_be_posted: bool) -> "Run":
        """Return the run with its message put off; a post that may have arrived stays pending."""
        pending = self.pending_post if may_be_posted else None
        return replace(self, retry_after=until, pending_post=pending)

    def moved_to_launcher(self) -> "Run":
        """Return the run with its message in the launcher's DM from now on."""
        return replace(self, message_channel=self.user, ts=None, pending_post=None)


_TIMES = (
    "created_at",
    "answered_at",
    "sent_at",
    "lost_at",
    "seen_at",
    "unseen_at",
    "error_since",
    "tried_at",
    "ended_at",
    "message_at",
    "editing_at",
)
"""The fields that say when something happened."""


def argument_sent(command: str | None, argument: str | None) -> str | None:
    """Return the argument to send with the command; None if the agent's saved one applies."""
    return NO_ARGUMENT if argument is None and command is not None else argument
