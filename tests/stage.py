"""The core on a stage: real runs in a real store, everything around them played by fakes."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property

import pytest
from fakes import (
    KEY,
    Clock,
    FakeFigures,
    FakePeople,
    FakePhantombuster,
    FakeSlack,
    InlinePool,
)
from sqlalchemy import insert

from phantombot.access.api_keys import ApiKeys
from phantombot.access.audit import AuditAction, AuditEntry
from phantombot.access.audit_store import Audit
from phantombot.access.rules import Asker, Rules
from phantombot.access.rules_store import Access, KeptRules
from phantombot.agents.alias import Kept, ShortName
from phantombot.agents.alias_store import Aliases
from phantombot.agents.catalog import Catalog
from phantombot.agents.catalog_store import CatalogStore
from phantombot.context import Context
from phantombot.database.schema import stops
from phantombot.errors import PhantombusterError, Refused
from phantombot.phantombuster.account import Api, Dialect
from phantombot.runs.console import Console
from phantombot.runs.ending import Ending, ending_of
from phantombot.runs.known_rows import KnownRows
from phantombot.runs.model import Intent, Run, State
from phantombot.runs.ring_store import Rings
from phantombot.runs.stop import stop
from phantombot.runs.stop_store import Stops
from phantombot.runs.stopping import Instances, Stopping, StopQuestion
from phantombot.runs.store import Runs
from phantombot.slack.installation_store import Installations
from phantombot.slack.installations import installed_for
from phantombot.watches.model import DEFAULT_WORDS, Watch, Word
from phantombot.watches.store import Watches
from phantombot.worker.channel_store import Channels
from phantombot.worker.follow import process_workspace
from phantombot.worker.home_store import Homes
from phantombot.worker.launch import launch
from phantombot.worker.welcome_store import Welcomes


def refused(ask: Callable[[], object]) -> Ending:
    """Ask for what is refused, and return the ending that a run would have by that."""
    with pytest.raises((Refused, PhantombusterError)) as caught:
        ask()
    return ending_of(caught.value)


INTENT = Intent(
    workspace="T1",
    trigger_id="0",
    channel="C1",
    user="U1",
    response_url="https://hooks.test/1",
    agent="785",
    command="casperjs",
    argument='{"a": 1}',
)


def asker(user: str = "U1", channel: str = "C1") -> Asker:
    return Asker("T1", user, channel)


def stopping(user: str, at: datetime, workspace: str = "T1") -> AuditEntry:
    """Return what a stop leaves in the audit trail."""
    return AuditEntry(workspace, at, user, AuditAction.STOP, "785", "C1", "sent")


def confirmed(
    context: Context, user: str = "U1", agent_id: str = "785", count: int | None = None
) -> Stopping | Instances:
    """Confirm a stop just after the question."""
    return stop(context, asker(user), StopQuestion(agent_id, context.clock(), count))


@dataclass
class Stage:
    """One workspace, T1, with its key stored, and channel C1."""

    runs: Runs
    keys: ApiKeys
    clock: Clock
    phantombuster: FakePhantombuster
    slack: FakeSlack
    figures: FakeFigures = field(default_factory=FakeFigures)
    people: FakePeople = field(default_factory=FakePeople)
    typed: int = 0
    key: str = KEY
    woken: list[str] = field(default_factory=list)
    install_url: str = ""
    launches: list[tuple[str, int]] = field(default_factory=list)
    """The runs whose launch was asked of a worker."""

    @property
    def channels(self) -> Channels:
        return Channels(self.runs.database)

    @property
    def stops(self) -> Stops:
        return Stops(self.runs.database)

    @property
    def aliases(self) -> Aliases:
        return Aliases(self.runs.database, self.keys.vault)

    @property
    def access(self) -> Access:
        return Access(self.runs.database)

    @property
    def audit(self) -> Audit:
        return Audit(self.runs.database)

    @property
    def watches(self) -> Watches:
        return Watches(self.runs.database, self.keys.vault)

    @property
    def rings(self) -> Rings:
        return Rings(self.runs.database)

    def watch(
        self,
        *words: str,
        channel: str = "C1",
        agent_id: str = "785",
        user: str = "U1",
        name: str = "LinkedIn Search",
    ) -> Watch:
        """Store a watch of the agent in a channel, and return it."""
        wanted = tuple(Word(word) for word in words) or DEFAULT_WORDS
        watch = Watch("T1", channel, agent_id, name, wanted, user, self.clock())
        entry = AuditEntry("T1", self.clock(), user, AuditAction.WATCH, agent_id, channel)
        assert self.watches.set(watch, entry)
        return watch

    def allow(self, rules: Rules) -> None:
        """Set the rules, as an admin does."""
        kept = self.access.read("T1")
        entry = AuditEntry("T1", self.clock(), "U0ADA", AuditAction.ACCESS_CHANGED)
        assert self.access.change(KeptRules(rules, kept.version), entry)

    @cached_property
    def agents(self) -> Catalog:
        """Read at once, by whoever asks."""
        kept = CatalogStore(self.runs.database)
        return Catalog(kept, self.keys, self.phantombuster, self.clock, InlinePool().submit)

    @property
    def context(self) -> Context:
        return Context(
            runs=self.runs,
            channels=self.channels,
            stops=self.stops,
            keys=self.keys,
            phantombuster=self.phantombuster,
            slack=self.slack,
            figures=self.figures,
            clock=self.clock,
            people=self.people,
            access=self.access,
            audit=self.audit,
            agents=self.agents,
            aliases=self.aliases,
            homes=Homes(self.runs.database),
            welcomes=Welcomes(self.runs.database),
            watches=self.watches,
            rings=self.rings,
            installed=installed_for(
                "xoxb-test", Installations(self.runs.database, self.keys.vault)
            ),
            background=InlinePool(),
            wake=self.woken.append,
            install_url=self.install_url,
            launch=lambda workspace, run_id: self.launches.append((workspace, run_id)),
            examine=lambda _workspace, _channel: (),
        )

    def type(self, **changes: object) -> int:
        """Type a launch, whose request is then on disk; return the run's number."""
        self.typed += 1
        takes_command = self.phantombuster.form != "v2"
        usual = {"trigger_id": str(self.typed)} | ({} if takes_command else {"command": None})
        intent = replace(INTENT, **usual | changes)
        self.runs.add(intent, self.clock())
        return self.runs.open("T1")[-1].id

    def stopped(self, agent_id: str, *, by: str) -> None:
        """Store that somebody stopped the agent from Slack just now."""
        now = self.clock()
        with self.runs.database.writing() as connection:
            connection.execute(
                insert(stops).values(
                    workspace="T1", agent_id=agent_id, user=by, at=now, busy_until=now
                )
            )

    def process_workspace(self, seconds_later: float = 0) -> datetime | None:
        """Do as an engine: launch requests at once, then process the workspace."""
        self.clock.forward(seconds_later)
        for run in self.runs.open("T1"):
            if run.state is State.INTENDED:
                launch(self.context, "T1", run.id)
        return process_workspace(self.context, "T1")

    def poll(self) -> None:
        """Read the account, as a pass with open runs does."""
        self.agents.learn("T1", self.phantombuster.listed(), self.keys.key("T1").stored_at)

    def tend_until_told(self, step: float = 2, ticks: int = 240) -> None:
        for _ in range(ticks):
            if self.process_workspace(step) is None:
                return
        raise AssertionError("still something to do")

    def tend_for(self, seconds: int) -> None:
        """Process the workspace once a second for that long, as an engine does."""
        for _ in range(seconds):
            self.process_workspace(1)

    def run(self, number: int) -> Run:
        found = self.runs.get("T1", number)
        assert found is not None
        return found

    @property
    def buttons(self) -> list[str]:
        """Return the buttons under the channel's last message."""
        top = [shown for shown in self.slack.shown.values() if shown.thread is None]
        rows = [block for block in top[-1].message.blocks if block["type"] == "actions"]
        return [element["action_id"] for row in rows for element in row["elements"]]

    @property
    def last(self) -> str:
        """Return what the channel's last message says now."""
        return self.slack.texts()[-1]

    @property
    def line(self) -> str:
        """Return the state that the last message shows, without the small print."""
        return self.last.partition("\n")[0]


def rewrite(
    runs: Runs,
    run: Run,
    console: Console | None = None,
    known: KnownRows | None = None,
    **changes: object,
) -> Run:
    """Write changes of a run, whatever they are."""
    return runs.write(run, replace(run, **changes), console=console, known=known)


def set_stage(runs: Runs, keys: ApiKeys, form: str = "later", *, polled: bool = False) -> Stage:
    """Set the stage; `polled`: the account was read, as when its key is stored."""
    clock = Clock()
    keys.store_key(
        "T1",
        KEY,
        by="U0ADA",
        at=clock(),
        dialect=Dialect(names_launches=form != "2014"),
        api=Api.V2 if form == "v2" else Api.V1,
    )
    stage = Stage(runs, keys, clock, FakePhantombuster(clock, form), FakeSlack())
    if polled:
        stage.poll()
    return stage


def alias(stage: Stage, word: str, agent_id: str, kept: Kept) -> None:
    entry = AuditEntry("T1", stage.clock(), "U1", AuditAction.ALIAS_SET, agent_id, "C1", word)
    keeps = kept != Kept()
    stage.aliases.put(
        entry, ShortName(word, agent_id, "Old name", "U1", stage.clock(), keeps), kept
    )
