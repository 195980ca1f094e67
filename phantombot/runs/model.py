"""A run: one launch asked for in Slack, from the command to its ending."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import IntEnum, StrEnum
from typing import Any

from phantombot.http_headers import LONGEST_PAUSE
from phantombot.phantombuster.account import Api, ApiKey
from phantombot.runs.ending import Ending
from phantombot.runs.result_files import run_page

NO_ARGUMENT = "{}"
"""Sent with a command if no argument is given: v1 wants both, or neither."""
NO_KEY = "NoKey"
"""The last error of a run whose workspace's key was removed."""
SLACK_SILENT = "SlackSilent"
"""The last error of an intent while Slack doesn't say who its launcher is."""

RETRIED_AFTER = timedelta(minutes=15)
"""How long after a press a launch is due that is to be tried again."""

CLOCKS_DIFFER = timedelta(seconds=10)
"""How far apart the clocks of two processes may be, at most."""


class State(StrEnum):
    """The state of a run. Each is on disk before the request that it announces is sent."""

    INTENDED = "intended"
    """Asked for; nothing has been sent to Phantombuster."""
    ASKED = "asked"
    """Waits for the launcher's answer; `doubt` says to what."""
    SENDING = "sending"
    """The launch may have reached Phantombuster; its answer is not known."""
    LAUNCHED = "launched"
    """Phantombuster accepted the launch."""
    ENDED = "ended"


class ConfirmReason(StrEnum):
    """Why the launcher is asked first."""

    DOUBLE = "double"
    TIME_USED_UP = "time used up"
    RESTORED = "restored"
    """The store may be an older state, and the launch may have been sent since."""
    AGENT = "agent"
    """Which agent is meant; the run's `ending` has the reason and the nearest agents."""
    ARGUMENT = "argument"
    """The argument isn't JSON; it is kept as it was typed."""
    ALIAS = "alias"
    """Which agent an alias is to stand for; the run's `agent` is the alias. Nothing is launched."""


class Source(StrEnum):
    """Where a launch's command and argument come from, if they weren't all typed."""

    ALIAS = "alias"
    FORM = "form"
    AGAIN = "again"
    """The run whose *Run again* was pressed."""
    SAVED = "saved"
    """The agent's own settings at Phantombuster: neither was given."""


class Detail(IntEnum):
    """The parts of a run's thread, in their order."""

    TEXT = 1
    FILE = 2


@dataclass(frozen=True)
class Intent:
    """What a Slack invocation asks for, before anything is known about it."""

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
    """JSON text, sent byte for byte; None where none was given."""
    save: bool = False
    source: Source | None = None
    thread_ts: str | None = None
    """Slack's `ts` of the message that its own replies to; None if it replies to none."""
    due_at: datetime | None = None
    """When to launch it, if not at once; whoever asks for that means it."""
    acknowledged: bool = False
    """The response_url is that of a command whose acknowledgement the run's message replaces."""

    @property
    def to_send(self) -> str | None:
        """Return what is sent as the argument, unless an alias has one of its own."""
        return argument_sent(self.command, self.argument)


@dataclass(frozen=True)
class Decision:
    """What is known of a request when it is stored; the rest is found out before it is launched."""

    state: State = State.INTENDED
    agent_id: str | None = None
    agent_name: str | None = None
    typed: str | None = None
    """What is kept as typed for the agent, if that isn't all of it."""
    command: str | None = None
    argument: str | None = field(default=None, repr=False)
    """The argument to launch with: an alias's, or as typed; None if there is neither."""
    doubt: ConfirmReason | None = None
    ending: Ending | None = None
    """Why nothing is launched; with ConfirmReason.AGENT, unless the launcher chooses an agent."""
    busy: int | None = None
    """Runs of its agent that are running or queued already; None if that isn't known."""
    last_end: str | None = None
    """How the agent ended last, in Phantombuster's word, if that was seen lately."""
    time_left: int | None = None
    """Seconds of execution time left on the account, if that is little."""
    user_name: str | None = None
    """The launcher's; None if that isn't known."""
    source: Source | None = None
    """Set where an alias is meant."""


UNDECIDED = Decision()


@dataclass(frozen=True)
class Before:
    """What the agent showed before the launch; what isn't known is None, or 0."""

    container_id: str | None = None
    launch_number: int | None = None
    busy: int | None = None
    """Containers running or queued; None if that wasn't seen lately."""
    last_end: str | None = None
    """How the agent had ended last, so that an older failure isn't taken for this launch's."""


@dataclass(frozen=True)
class Run:
    """One row of the store. Times are UTC."""

    id: int
    version: int
    """Rises with each write; a write that names an older one changes nothing."""
    uid: str
    """Random: names the run in Slack, and no other one ever, unlike `id`."""
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
    """The launcher confirmed that it is meant."""
    answered_at: datetime | None = None
    """When the launcher answered what was asked first."""
    doubt: str | None = None
    """A ConfirmReason, where the launcher was asked."""
    time_left: int | None = None
    """Seconds of execution time left on the account when it was launched, if that was little."""
    user_name: str | None = None
    """The launcher's, not to be trusted: the first post names them instead of ringing them."""
    source: str | None = None
    """A Source, where it has one."""
    agent_id: str | None = None
    agent_name: str | None = None
    before: Before = Before()
    sent_at: datetime | None = None
    lost_at: datetime | None = None
    """When the launch's answer was found to be missing."""
    api: str | None = None
    """The version of Phantombuster's API by which it was launched, and is followed; None before."""
    org: str | None = None
    """Phantombuster's own name for the account; None where it isn't told."""
    container_id: str | None = None
    launch_number: int | None = None
    """Identifies the run in the 2014 form."""
    adopted: bool = False
    """Found by looking, since the launch's answer was lost."""
    status: str | None = None
    """queued or running, as last seen."""
    fraction: float | None = None
    label: str | None = None
    seen_at: datetime | None = None
    """When output.json was last read for it."""
    unseen_at: datetime | None = None
    """Since when Phantombuster shows it neither alive nor ended."""
    error_since: datetime | None = None
    """Since when Phantombuster gives no usable answer about it, or Slack about its launcher."""
    tried_at: datetime | None = None
    """When it was last tried in vain, to within ten minutes."""
    last_error: str | None = None
    """The name of the exception, NO_KEY or SLACK_SILENT."""
    ending: Ending | None = None
    """How it ended; or, while its launcher is asked which agent is meant, why that is asked."""
    ended_at: datetime | None = None
    message_channel: str | None = None
    """The channel of its message: the launch's own, or the launcher's DM."""
    ts: str | None = None
    """Slack's `ts` of its message."""
    thread_ts: str | None = None
    """Slack's `ts` of the message that its own replies to, in the launch's channel alone."""
    pending_post: str | None = None
    """Digest of a first post whose answer never came."""
    reposted: bool = False
    """Its message took the place of one whose post was not answered, and which may stand there."""
    message_digest: str | None = None
    """Digest of what its message says."""
    message_at: datetime | None = None
    editing_at: datetime | None = None
    """When an edit of its message was begun whose answer is not known: it may come about later
    than the edits that follow it."""
    retry_after: datetime | None = None
    """Slack takes its message no earlier."""
    detail: Detail | None = None
    """The last part of its thread that was begun: one that a crash cut short isn't repeated."""
    also_rung: tuple[str, ...] = ()
    """Who asked to be rung at its end, by Slack's ids."""
    acknowledged: bool = False
    """An acknowledgement that says no more than its message stands in the launcher's view; the
    stored response_url deletes it."""
    rung: bool = False
    """A post in its thread told people of its end, or was begun: it isn't repeated."""
    due_at: datetime | None = None
    """When it is to be launched, if not at once."""
    told_with: str | None = None
    """The uid of the run whose message tells of the dead session that failed this one as well; its
    own, if it was the first."""
    done: bool = False
    """Its ending is posted, and its thread has the detail: nothing is left to do."""

    @property
    def told_by_another(self) -> bool:
        """Return whether another run's message and ring tell of its failure as well."""
        return self.told_with not in (None, self.uid)

    @property
    def meant_for(self) -> datetime:
        """Return when it is, or was, to be launched."""
        return self.due_at or self.created_at

    def waits(self, now: datetime) -> bool:
        """Return whether it isn't due to be launched yet."""
        return self.state is State.INTENDED and self.meant_for > now

    @property
    def known(self) -> bool:
        """Return whether Phantombuster's id or number of this run is known."""
        return self.container_id is not None or self.launch_number is not None

    def key_of(self, key: ApiKey) -> ApiKey:
        """Return the workspace's key for the API by which it was launched, or will be.

        A key opens each version, and a run that is going on isn't moved to another.
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
        """Return whether that is the channel that the launch was typed in."""
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
        """Return whether Slack's message in that channel, of that `ts`, is the run's own."""
        return self.ts is not None and (self.message_channel, self.ts) == (channel, ts)

    def without_times_ahead(self, now: datetime) -> "Run":
        """Return the run as if what is stored of a later time had happened now.

        It was stored before the clock was set back: until the clock has caught up, nothing would
        be old enough to be done again.
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
        """Return the time since it was sent, or asked for."""
        return max(now - (self.sent_at or self.created_at), timedelta())

    def decided(self, decided: Decision) -> "Run":
        """Return the run with the agent and the command that are launched."""
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
        """Return the run as one whose launcher is asked first; the question isn't posted yet."""
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
        """Return the run as one to be launched, after its launcher's answer."""
        return replace(
            self,
            state=State.INTENDED,
            answered_at=at,
            ending=None,
            message_digest=None,
            message_at=None,
        )

    def sending(self, key: ApiKey, before: Before, at: datetime, pending_post: str | None) -> "Run":
        """Return the run while its launch, and the post of its message, are being sent."""
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
        """Return the run as accepted by Phantombuster, even if it was given up before."""
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
        """Return the run as it is while its message is posted: perhaps not for the first time."""
        unanswered = self.pending_post is not None
        return replace(self, pending_post=digest, reposted=self.reposted or unanswered)

    def shows(self, digest: str, at: datetime) -> "Run":
        """Return the run whose message says this."""
        return replace(self, message_digest=digest, message_at=at, retry_after=None)

    def posted(self, channel: str, ts: str, digest: str, at: datetime) -> "Run":
        """Return the run whose message was posted, and says this."""
        shown = self.shows(digest, at)
        return replace(shown, message_channel=channel, ts=ts, pending_post=None)

    def put_off(self, until: datetime, *, may_be_posted: bool) -> "Run":
        """Return the run whose message waits; a post that may have arrived stays pending."""
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
