"""What is known of the agents: at once from memory, from disk after a restart, read anew beside."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime

import pytest
from fakes import KEY, Clock, FakePhantombuster

from phantombot.access.api_keys import ApiKeys
from phantombot.agents.catalog import FRESH, FRESH_ENOUGH, TRIED_AGAIN_AFTER, Catalog
from phantombot.agents.catalog_store import CatalogStore
from phantombot.database.engine import Database
from phantombot.errors import KeyRejected, RateLimited, StoreUnavailable, Unreachable
from phantombot.phantombuster.api import Account


@dataclass
class Scene:
    """Two processes over one store; what is done in the background waits until `read`."""

    database: Database
    keys: ApiKeys
    clock: Clock = field(default_factory=Clock)
    waiting: list[Callable[[], None]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.phantombuster = FakePhantombuster(self.clock)
        self.keys.store_key("T1", KEY, by="U0ADA", at=self.clock())
        self.agents, self.others = self.process(), self.process()

    def process(self) -> Catalog:
        kept = CatalogStore(self.database)

        def wait(_workspace: str, work: Callable[[], None]) -> None:
            self.waiting.append(work)

        return Catalog(kept, self.keys, self.phantombuster, self.clock, wait)

    def read(self) -> int:
        """Do what waits; how many calls of Phantombuster's it took."""
        before = len(self.phantombuster.calls)
        while self.waiting:
            self.waiting.pop(0)()
        return len(self.phantombuster.calls) - before

    def names(self, agents: Catalog | None = None, workspace: str = "T1") -> list[str] | None:
        agent_list = (agents or self.agents).known(workspace)
        return agent_list and [agent.name for agent in agent_list.agents]


@pytest.fixture
def scene(database: Database, workspaces: ApiKeys) -> Iterator[Scene]:
    return Scene(database, workspaces)


def test_nobody_waits_for_the_first_list_and_then_it_is_known(scene: Scene):
    assert scene.names() is None
    assert scene.read() == 1
    assert scene.names() == ["LinkedIn Search"]
    assert scene.read() == 0


def test_a_clock_that_goes_on_by_itself_changes_nothing(scene: Scene):
    class Ticking(Clock):
        def __call__(self) -> datetime:
            self.forward(0.001)
            return self.now

    scene.agents._clock = Ticking()
    scene.names()
    assert scene.read() == 1


def test_it_is_known_while_a_list_is_being_read(scene: Scene):
    assert not scene.agents.being_read("T1")
    scene.names()
    assert scene.agents.being_read("T1")
    assert not scene.agents.being_read("T2")
    scene.phantombuster.fault("account", Unreachable())
    scene.read()
    assert not scene.agents.being_read("T1")


def test_a_restart_and_another_process_know_it_from_disk(scene: Scene):
    scene.names()
    scene.read()
    scene.phantombuster.fault("account", Unreachable())
    assert scene.names(scene.others) == scene.names(scene.process()) == ["LinkedIn Search"]
    assert scene.read() == 0


def test_an_old_list_is_told_and_read_anew_beside_by_one(scene: Scene):
    scene.names()
    scene.read()
    scene.phantombuster.add("908", "Hello World")
    scene.clock.forward(FRESH.total_seconds() + 1)
    assert scene.names() == scene.names() == ["LinkedIn Search"]
    assert scene.read() == 1
    assert scene.names() == scene.names(scene.others) == ["Hello World", "LinkedIn Search"]
    assert scene.read() == 0


def test_where_an_agent_is_missed_the_list_is_read_sooner(scene: Scene):
    scene.names()
    scene.read()
    scene.clock.forward(FRESH_ENOUGH.total_seconds() + 1)
    scene.agents.known("T1")
    assert scene.waiting == []
    scene.agents.known("T1", FRESH_ENOUGH)
    assert scene.read() == 1


def test_a_list_of_another_workspace_or_of_a_former_key_is_never_told(scene: Scene):
    scene.names()
    scene.read()
    assert scene.names(workspace="T2") is None
    scene.read()
    assert scene.names(workspace="T2") is None
    scene.clock.forward(1)
    scene.keys.store_key("T1", "another-account", by="U0ADA", at=scene.clock())
    assert scene.names() is None
    assert scene.names(scene.others) is None


def test_a_list_that_was_asked_for_with_a_former_key_does_not_count(scene: Scene):
    account, at = scene.phantombuster.account(KEY), scene.clock()
    scene.clock.forward(1)
    scene.keys.store_key("T1", "another-account", by="U0ADA", at=scene.clock())
    scene.agents.learn("T1", account, at)
    assert scene.names() is None


def test_nothing_is_known_and_nothing_kept_once_the_key_is_removed(scene: Scene):
    scene.names()
    scene.read()
    scene.keys.remove_key("T1")
    assert scene.names() is None
    assert CatalogStore(scene.database).read_at("T1") is None
    assert scene.read() == 0


@pytest.mark.parametrize(
    ("error", "seconds"),
    [
        (Unreachable(), TRIED_AGAIN_AFTER.total_seconds()),
        (KeyRejected(), TRIED_AGAIN_AFTER.total_seconds()),
        (RateLimited(retry_after=90), 90),
    ],
    ids=str,
)
def test_phantombuster_is_left_alone_for_a_while_after_it_gave_none(
    scene: Scene, error: Exception, seconds: float
):
    scene.phantombuster.fault("account", error)
    scene.names()
    assert scene.read() == 1
    scene.clock.forward(seconds - 1)
    assert scene.names() is None
    assert scene.read() == 0
    scene.clock.forward(2)
    scene.names()
    assert scene.read() == 1
    assert scene.names() == ["LinkedIn Search"]


def test_a_former_list_is_told_where_phantombuster_is_away(scene: Scene):
    scene.names()
    scene.read()
    scene.clock.forward(FRESH.total_seconds() + 1)
    scene.phantombuster.fault("account", Unreachable())
    assert scene.names() == ["LinkedIn Search"]
    scene.read()
    assert scene.names() == ["LinkedIn Search"]
    assert scene.phantombuster.calls == ["account", "account"]


def test_without_the_database_memory_is_believed(scene: Scene):
    scene.names()
    scene.read()

    class Away(CatalogStore):
        def read_at(self, workspace: str) -> None:
            raise StoreUnavailable("away")

    scene.agents._kept = Away(scene.database)
    assert scene.names() == ["LinkedIn Search"]


def test_a_list_that_another_release_kept_is_read_anew(scene: Scene, database: Database):
    scene.names()
    scene.read()
    with database.writing() as connection:
        connection.exec_driver_sql("UPDATE rosters SET agents = '[[1, 2]]'")
    assert scene.names(scene.others) is None
    assert scene.read() == 1
    assert scene.names(scene.others) == ["LinkedIn Search"]


def test_a_list_of_v2_is_kept_without_what_changes_with_each_run(scene: Scene):
    scene.phantombuster.form = "v2"
    run = scene.phantombuster.start_elsewhere()
    scene.phantombuster.finish(run)
    agent = replace(scene.phantombuster.listed().agents[0], last_ended_at=scene.clock())
    scene.agents.learn("T1", Account((agent,), None), key_at=scene.clock())
    kept = scene.process().recalled("T1")
    assert kept is not None
    assert kept.agents == (replace(agent, last_ended_at=None, last_end_message=None),)
