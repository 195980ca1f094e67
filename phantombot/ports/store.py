"""What the core asks of the store; the rest of it is asked in rooms of its own beside this."""

from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from phantombot.access.audit import AuditEntry
from phantombot.access.rules import Rules
from phantombot.agents.alias import Kept, ShortName
from phantombot.phantombuster.account import ApiKey
from phantombot.runs.console import Console
from phantombot.runs.known_rows import KeptRows, KnownRows
from phantombot.runs.model import Decision, Intent, Run, Siblings


class Runs(Protocol):
    """The runs on disk."""

    def reading_together(self) -> AbstractContextManager[None]:
        """Have all that this thread reads meanwhile share a connection; nothing may be written."""

    @property
    def launches_what_it_adds(self) -> bool:
        """Whether what is added is launched by itself, in the same transaction."""

    def add(self, intent: Intent, now: datetime, decided: Decision = ...) -> Run | None:
        """Store a request as a run; None if this invocation is stored already."""

    def open(self, workspace: str) -> list[Run]:
        """Runs of which something is still to be done or told, oldest first."""

    def twins(self, run: Run, within: timedelta) -> list[Run]:
        """Earlier runs by which the same user launched the same not longer than `within` before."""

    def of_agent(self, workspace: str, agent_id: str, limit: int) -> list[Run]:
        """The agent's runs that were launched from the workspace, newest first."""

    def recent(self, workspace: str, limit: int) -> list[Run]:
        """The last runs launched from the workspace, newest first."""

    def launched_before(self, workspace: str, user: str) -> bool:
        """Whether a launch of the user's was sent before."""

    def siblings(self, run: Run, in_flight_since: datetime) -> Siblings:
        """The other runs of ours of its agent, in whatever workspace of the account."""

    def get(self, workspace: str, run_id: int) -> Run | None:
        """One run of this workspace; another workspace's is not found."""

    def earlier(self, intent: Intent, since: datetime) -> list[Run]:
        """Runs since then by which the same user launched the same, as `twins` of a stored one."""

    def resumes_at(self, workspace: str, channel: str) -> datetime | None:
        """Until when Slack wants to hear nothing in the channel, as it said of some open run."""

    def argument(self, run: Run) -> str | None:
        """The JSON text to be sent."""

    def console(self, run: Run) -> Console:
        """What was read of its console so far; SealBroken if it does not open."""

    def kept_rows(self, run: Run) -> KeptRows | None:
        """What is kept of the last result of the same launch: of that agent and argument.

        SealBroken if it, or the run's argument, does not open.
        """

    def response_url(self, run: Run) -> str | None:
        """Where the launcher can be answered in private for 30 minutes."""

    def write(
        self,
        run: Run,
        *,
        console: Console | None = None,
        argument: str | None = None,
        known: KnownRows | None = None,
        **changes: Any,
    ) -> Run:
        """The run with `changes`, and `console` as what was read of its console, on disk.

        An `argument` takes the place of what was to be sent, `known` of what `kept_rows` gave.
        StaleWrite if someone else wrote it.
        """


@dataclass(frozen=True)
class Closed:
    """A channel that the bot may not post to: since when, and in Slack's own word why."""

    at: datetime
    code: str


class Channels(Protocol):
    """The channels that Slack does not let the bot post to."""

    def closed(self, workspace: str) -> dict[str, Closed]:
        """The workspace's closed channels."""

    def close(self, workspace: str, channel: str, closed: Closed) -> None:
        """Record that Slack refused the channel."""

    def open(self, workspace: str, channel: str) -> None:
        """Record that Slack took a message for it again."""


@dataclass(frozen=True)
class KeyNote:
    """What may be shown of a stored key."""

    hint: str
    """Its last 4 characters."""
    stored_by: str
    """Slack's id of the admin."""
    stored_at: datetime


class Keys(Protocol):
    """The workspaces' Phantombuster keys."""

    def key(self, workspace: str) -> ApiKey | None:
        """The stored key; SealBroken if it does not open."""

    def key_note(self, workspace: str) -> KeyNote | None:
        """What may be shown of the stored key; None where there is none."""

    def keeper(self, workspace: str) -> str | None:
        """Slack's id of the admin who stored the key."""

    def claim_alert(self, workspace: str) -> str | None:
        """The keeper, for the one who is to alert them; None where somebody else has."""

    def withdraw_alert(self, workspace: str) -> None:
        """Have the keeper alerted later."""


class Access(Protocol):
    """The workspaces' rules on disk."""

    def rules(self, workspace: str) -> Rules:
        """What its admins set, or the default."""


class Audit(Protocol):
    """The audit trail on disk."""

    def note(self, deed: AuditEntry) -> None:
        """Write one entry down."""


class Aliases(Protocol):
    """The channels' aliases on disk; words are folded but where they are looked for."""

    def find(self, workspace: str, channel: str, typed: str) -> ShortName | None:
        """What the word stands for in the channel, however it is typed."""

    def of_channel(self, workspace: str, channel: str) -> list[ShortName]:
        """The channel's aliases, in the order of their words."""

    def kept(self, workspace: str, channel: str, word: str) -> Kept:
        """The alias's own command and argument; SealBroken if they do not open."""

    def put(self, deed: AuditEntry, alias: ShortName, kept: Kept) -> None:
        """Set or replace an alias of the deed's channel; the deed is in the audit trail with it."""

    def remove(self, deed: AuditEntry, word: str) -> bool:
        """Take an alias of the deed's channel away; False if there was none."""


@dataclass(frozen=True)
class StopNote:
    """Who stopped an agent, and when; nobody else may before `busy_until`."""

    user: str
    at: datetime
    busy_until: datetime


@dataclass(frozen=True)
class StopLease:
    """The right to stop an agent, and what it stands in the place of."""

    workspace: str
    agent_id: str
    note: StopNote
    before: StopNote | None = None
    deed: int = 0
    """The number of its entry in the audit trail."""


class Stops(Protocol):
    """The last stop of each agent, on disk."""

    def begin(self, deed: AuditEntry, agent_id: str) -> StopLease | str:
        """The right to stop the agent; or Slack's id of the user who is stopping it just now.

        The deed is in the audit trail with it.
        """

    def finish(self, lease: StopLease, now: datetime, outcome: str) -> None:
        """Let others stop the agent again; who stopped it, and when, stays known."""

    def withdraw(self, lease: StopLease) -> None:
        """As if it had never begun."""

    def stopper(
        self, workspace: str, agent_id: str, since: datetime, until: datetime
    ) -> str | None:
        """Slack's id of the user who stopped the agent between these times, or None."""
