"""One launch, and one ending, whatever any other call answers: in each form of API v1, and in v2.

The core, a real store and the local Phantombuster over HTTP; the clocks of both stand still until
the test lets them go on.
"""

import itertools
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from fakes import Clock, FakeSlack
from stage import INTENT, Stage

from phantombot.access.api_keys import ApiKeys
from phantombot.access.audit import AuditAction, AuditEntry
from phantombot.agents.alias import Kept, ShortName
from phantombot.database.engine import Database
from phantombot.database.vault import Vault
from phantombot.phantombuster.account import Api
from phantombot.phantombuster.client import Client
from phantombot.runs.model import Run, State
from phantombot.runs.request import request_launch
from phantombot.runs.store import Runs
from phantombot.sandbox.phantombuster import LocalPhantombuster, SandboxAgent
from phantombot.worker.follow import process_workspace
from phantombot.worker.launch import launch

from .conftest import url_of

READS = {
    **dict.fromkeys(("2014", "2014-11", "2015", "2017", "today"), ("user", "output", "containers")),
    "v2": (
        "agents/fetch-all",
        "orgs/fetch-running-containers",
        "orgs/fetch-resources",
        "agents/fetch-output",
        "containers/fetch",
    ),
}
"""The calls by which a launch is followed, by the account's form."""
ODD = {
    **dict.fromkeys(("403", "404", "410", "500", "html", "cut_in_the_middle", "null", "{}"), 0.0),
    **dict.fromkeys(("unknown_words", "large"), 0.0),
    "slow": 1.2,
}
"""With the seconds for which an answer is awaited in vain."""
IMPATIENT = 0.4
"""Seconds for a whole call where one answer is slow; the others come sooner on a busy machine."""
ODD_TICKS = 4
"""So often the run is seen to while answers are odd."""
AGENT = SandboxAgent("908", "Hello World", 4.0, ("Hello", "Done"), [{"a": 1}], queue_seconds=0.5)
ENDED = ("✅", "⚠️", "❌", "❔")


class World:
    """A Phantombuster of one form, and a store, for one workspace and account after another."""

    def __init__(self, form: str, database: Database) -> None:
        self.clock, vault = Clock(), Vault(("a-secret-of-odd-answers-0123456789",))
        self.runs, self.keys = Runs(database, vault), ApiKeys(database, vault)
        started = self.clock()

        def elapsed() -> float:
            return (self.clock() - started).total_seconds()

        self.api = Api.V2 if form == "v2" else Api.V1
        self.phantombuster = LocalPhantombuster(form=form, clock=elapsed)
        self.phantombuster.set_clock(started.timestamp() - time.time())
        self.phantombuster.start()
        self._numbers = itertools.count(1)

    def launch_amid(
        self, read: str, answer: str, naming: str, *, lost: bool = False
    ) -> tuple[int, list[str], Run]:
        """Launch while a read is answered so: how many launches acted, what was told, the run."""
        number = next(self._numbers)
        team, key = f"T{number}", f"key-{number}"
        timeout = IMPATIENT if ODD[answer] else 10.0
        client = Client(
            url_of(self.phantombuster), read_timeout=timeout, backoff=0, clock=self.clock
        )
        stage = Stage(self.runs, self.keys, self.clock, client, FakeSlack())
        self.phantombuster.add_account(team, key, [AGENT])
        self.keys.store_key(team, key, by="U0ADA", at=self.clock(), api=self.api)
        typed = NAMINGS[naming](stage, team)
        self.phantombuster.requests.clear()
        if lost:
            self.phantombuster.fault("cut_after", on="launch")
        self.phantombuster.fault(answer, on=read, times=None, seconds=ODD[answer])
        command = "casperjs" if self.api is Api.V1 else None
        intent = replace(INTENT, workspace=team, trigger_id=team, agent=typed, command=command)
        context = stage.context
        launching = replace(context, launch=lambda *run: launch(context, *run))
        requested = request_launch(launching, intent)
        assert requested.run is not None
        self._follow(stage, team)
        client.close()
        run = self.runs.get(team, requested.run.id)
        assert run is not None
        acted = [one for one in self.phantombuster.launches if one.account == team]
        return len(acted), stage.slack.texts(), run

    def _follow(self, stage: Stage, team: str) -> None:
        for tick in range(100):
            if tick == ODD_TICKS:
                self.phantombuster.clear_faults()
            due = process_workspace(stage.context, team)
            if due is None:
                break
            self.clock.now = max(due, self.clock())
            self.clock.forward(0.1)
        self.phantombuster.clear_faults()


def by_id(_stage: Stage, _team: str) -> str:
    return "908"


def by_name(stage: Stage, team: str) -> str:
    stage.agents.read_now(team, stage.keys.key(team))
    return "hello world"


def by_alias(stage: Stage, team: str) -> str:
    alias = ShortName("hi", "908", "Hello World", "U1", stage.clock(), keeps=False)
    entry = AuditEntry(team, stage.clock(), "U1", AuditAction.ALIAS_SET, "hi", INTENT.channel)
    stage.aliases.put(entry, alias, Kept())
    return "hi"


NAMINGS: dict[str, Callable[[Stage, str], str]] = {"id": by_id, "name": by_name, "alias": by_alias}


@pytest.fixture(scope="session")
def worlds(
    sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[str], World]]:
    """Gives the process's world of a form: tests of several forms come in turns."""
    with ExitStack() as ending:

        @cache
        def world_of(form: str) -> World:
            file = tmp_path_factory.mktemp("odd") / "phantombot.db"
            shutil.copy(sqlite_template, file)
            database = Database(f"sqlite:///{file}")
            ending.callback(database.close)
            world = World(form, database)
            ending.callback(world.phantombuster.stop)
            return world

        yield world_of


@pytest.fixture
def world(request: pytest.FixtureRequest, worlds: Callable[[str], World]) -> World:
    return worlds(request.param)


@pytest.mark.parametrize("answer", ODD)
@pytest.mark.parametrize(
    ("world", "read", "naming"),
    [
        (form, read, naming)
        for form, reads in READS.items()
        for read in reads
        for naming in (NAMINGS if form != "v2" else ["id"])
    ],
    indirect=["world"],
)
def test_it_is_launched_once_and_one_ending_is_told(
    world: World, read: str, answer: str, naming: str
):
    launched, told, run = world.launch_amid(read, answer, naming)
    assert launched == 1
    assert "/launch" in world.phantombuster.requests[0].path
    assert run.state is State.ENDED
    assert [text for text in told if text.startswith(ENDED)] == [told[-1]], told


@pytest.mark.parametrize("answer", ODD)
@pytest.mark.parametrize("read", [*READS["v2"], "containers/fetch-all"])
@pytest.mark.parametrize("world", ["v2"], indirect=True)
def test_a_launch_whose_answer_was_lost_is_found_by_its_tag(world: World, read: str, answer: str):
    launched, told, run = world.launch_amid(read, answer, "id", lost=True)
    assert launched == 1
    assert run.container_id == world.phantombuster.launches[-1].container_id
    assert [text for text in told if text.startswith(ENDED)] == [told[-1]], told
