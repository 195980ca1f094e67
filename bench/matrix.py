"""The fault matrix: one launch in every trouble, and killed at every write, with nothing lost.

The core and the store are the real ones; Slack and Phantombuster are the fakes of the tests, put
behind a port that misbehaves.
"""

import itertools
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

sys.path.append(str(Path(__file__).parents[1] / "tests"))

from fakes import KEY, FakePhantombuster, FakeSlack, InlinePool
from stage import INTENT, Stage

from bench.troubles import (
    IN_V2,
    Beside,
    Interleaving,
    Kill,
    Killed,
    Mortal,
    Scene,
    Shaky,
    Trouble,
)
from phantombot.access.api_keys import ApiKeys
from phantombot.agents.catalog import Catalog
from phantombot.agents.catalog_store import CatalogStore
from phantombot.context import Context
from phantombot.database.engine import Database
from phantombot.database.vault import Vault
from phantombot.messages.blocks import Message
from phantombot.messages.runs import run_message
from phantombot.phantombuster.account import Api, Dialect, Org
from phantombot.runs.request import request_launch
from phantombot.runs.store import Runs
from phantombot.worker.follow import process_workspace
from phantombot.worker.launch import launch

Tend = Callable[[Context, str], datetime | None]
Launch = Callable[[Context, str, int], None]

RUN_TAKES = 20.0
"""The seconds that a run takes."""
MOST_TICKS = 400
LAUNCHING = "· launching\n"
"""What stands in a run's first message."""
ADMINS = "D0ADA"
"""The direct messages of the admin who stored the key."""


@dataclass(frozen=True)
class Outcome:
    """The outcome of one command."""

    launched: int
    told: int
    """The messages with its ending."""
    done: bool
    """Whether nothing is left to do."""
    writes: int
    """The writes begun before anything was killed."""
    left: int = 0
    """The messages that still say "launching"."""
    answer_lost: bool = False
    """Whether it was launched, and the answer to that never heard."""
    found: bool = False
    """Whether, if so, its very run was found afterwards."""

    @property
    def lost(self) -> bool:
        """Return whether it was neither launched nor reported, or launched without
        its ending posted.
        """
        return not self.told or not self.done


@dataclass(frozen=True)
class Theatre:
    """A store for any number of scenes, one after another."""

    database: Database
    vault: Vault
    process_workspace: Tend = process_workspace
    launch: Launch = launch

    def play(
        self,
        number: int,
        trouble: Trouble,
        kill: Kill | None = None,
        order: Interleaving = Interleaving.POST_FIRST,
    ) -> Outcome:
        """Play one command, from its delivery until nothing is left to do."""
        scene = Scene(f"T{number:04x}", trouble, kill, order)
        runs = Runs(self.database, self.vault)
        phantombuster, slack = FakePhantombuster(scene.clock, trouble.form), FakeSlack()
        beside = Beside(order)
        context = self._ports(scene, phantombuster, slack, beside)
        process = Process(context, self.process_workspace, self.launch, beside)
        process.deliver(scene)
        (typed,) = runs.open(scene.workspace)
        done = process.to_the_end(scene, phantombuster)
        run = runs.get(scene.workspace, typed.id) or typed
        launched = phantombuster.agents["785"].runs
        return Outcome(
            launched=len(phantombuster.launches),
            told=_told(slack, run_message(run, scene.clock())) if run.ending else 0,
            done=done and run.done,
            writes=scene.writes,
            left=sum(LAUNCHING in one.message.text for one in slack.shown.values()),
            answer_lost=bool(launched) and run.lost_at is not None,
            found=run.container_id in {one.container_id for one in launched},
        )

    def _ports(
        self, scene: Scene, phantombuster: FakePhantombuster, slack: FakeSlack, beside: Beside
    ) -> Context:
        runs = Runs(self.database, self.vault)
        keys = ApiKeys(self.database, self.vault)
        _store_key(keys, scene)
        calm = Stage(runs, keys, scene.clock, phantombuster, slack).context
        shaky = Shaky(phantombuster, scene)
        agents = Catalog(CatalogStore(self.database), keys, shaky, scene.clock, InlinePool().submit)
        if scene.order is not Interleaving.BY_NAME:
            agents.learn(scene.workspace, phantombuster.listed(), scene.clock())
        return replace(
            calm,
            runs=Mortal(runs, scene, "add", "write"),
            channels=Mortal(calm.channels, scene, "open", "close"),
            phantombuster=shaky,
            slack=Shaky(slack, scene, beside.answered),
            people=Shaky(calm.people, scene),
            agents=agents,
            run_beside=beside,
        )


@dataclass
class Process:
    """The engine of one process; its memory is lost when it is killed."""

    context: Context
    process_workspace: Tend
    launch: Launch
    beside: Beside
    asked: list[int] = field(default_factory=list)
    """The runs to launch."""

    def deliver(self, scene: Scene) -> None:
        """Deliver the command again until it is acknowledged, as Slack does: it is
        one invocation.
        """
        agent = "LinkedIn Search" if scene.order is Interleaving.BY_NAME else INTENT.agent
        intent = replace(
            INTENT,
            workspace=scene.workspace,
            trigger_id=scene.workspace,
            agent=agent,
            command=None if scene.trouble.form in IN_V2 else INTENT.command,
        )
        for _ in range(3):
            with suppress(Killed):
                asking = replace(self.context, launch=lambda _, run_id: self.asked.append(run_id))
                request_launch(asking, intent)
                return
            scene.clock.forward(1)

    def to_the_end(self, scene: Scene, phantombuster: FakePhantombuster) -> bool:
        """Launch what is asked for; tend whenever it is due, and at once after a restart."""
        for _ in range(MOST_TICKS):
            for run in phantombuster.agents["785"].runs:
                age = (scene.clock() - run.queued_at).total_seconds()
                if run.status != "not running" and age > RUN_TAKES:
                    phantombuster.finish(run, result=[1])
            try:
                while self.asked:
                    self.launch(self.context, scene.workspace, self.asked.pop())
                due = self.process_workspace(self.context, scene.workspace)
            except Killed:
                self.beside.kill()
                self.asked.clear()
                scene.clock.forward(2)
                continue
            if due is None:
                return True
            scene.clock.now = max(due, scene.clock.now)
        return False


def _store_key(keys: ApiKeys, scene: Scene) -> None:
    """Store a key as the form for it does.

    No two workspaces share an account here, though each one's runs have the same ids.
    """
    form = scene.trouble.form
    keys.store_key(
        scene.workspace,
        f"{KEY}-{scene.workspace:0>5}",
        by="U0ADA",
        at=scene.clock(),
        dialect=Dialect(names_launches=form != "2014"),
        api=Api.V2 if form in IN_V2 else Api.V1,
        org=Org("12345", "orgFolder") if form in IN_V2 else None,
    )


def _told(slack: FakeSlack, ending: Message | None) -> int:
    """Return in how many places the ending is shown.

    If neither channel nor launcher can be reached, one ephemeral message is enough, or one to the
    admin.
    """
    if ending is None:
        return 0
    begins = ending.text.split(" · ")[0]
    shown = [one for one in slack.shown.values() if one.message.text.startswith(begins)]
    admins = [one for one in shown if one.channel == ADMINS]
    whispered = any(message.text.startswith(begins) for _, message in slack.whispers)
    return len(shown) - len(admins) or int(bool(admins) or whispered)


@contextmanager
def theatre(play_with: Tend = process_workspace, launch_with: Launch = launch) -> Iterator[Theatre]:
    """Open a store on a RAM disk, if there is one; the core is the real one."""
    where = "/dev/shm" if Path("/dev/shm").is_dir() else None
    with tempfile.TemporaryDirectory(dir=where) as folder:
        database = Database(f"sqlite:///{folder}/matrix.db")
        try:
            database.migrate()
            vault = Vault(("a-secret-of-the-bench-0123456789",))
            yield Theatre(database, vault, play_with, launch_with)
        finally:
            database.close()


def play_all(some: list[tuple[Trouble, Interleaving]]) -> Counter[str]:
    """Play each trouble in each order, by itself, and with a kill before and after each write."""
    tally: Counter[str] = Counter()
    numbers = itertools.count()
    with theatre() as stage:
        for trouble, order in some:
            alone = stage.play(next(numbers), trouble, order=order)
            _count(tally, alone, f"{order} {trouble}")
            for nth, after in itertools.product(range(1, alone.writes + 1), (False, True)):
                kill = Kill(nth, after)
                outcome = stage.play(next(numbers), trouble, kill, order)
                _count(tally, outcome, f"{order} {trouble} {kill}")
    return tally


def _count(tally: Counter[str], outcome: Outcome, case: str) -> None:
    tally["launches"] += 1
    tally["launched"] += outcome.launched > 0
    tally["doubled"] += outcome.launched > 1
    tally["told twice"] += outcome.told > 1
    tally["lost"] += outcome.lost
    tally["left"] += outcome.left > 0
    tally["answer lost"] += outcome.answer_lost
    tally["found"] += outcome.answer_lost and outcome.found
    if outcome.lost or outcome.launched > 1 or outcome.told > 1:
        tally[f"{outcome} {case}"] += 1
