"""What every process is made of: the store, Phantombuster, Slack, a clock."""

import logging
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from threading import Thread
from typing import TYPE_CHECKING, TypeVar

from phantombot.access.api_keys import Workspaces
from phantombot.access.audit_store import Audit
from phantombot.access.rules_store import Access
from phantombot.agents.alias_store import Aliases
from phantombot.agents.catalog import KnownAgents
from phantombot.agents.catalog_store import Rosters
from phantombot.config import Settings
from phantombot.database.engine import Database
from phantombot.database.processes import Processes
from phantombot.database.vault import Vault
from phantombot.errors import SettingsError, StoreUnavailable
from phantombot.metrics import Figures
from phantombot.phantombuster.account import ApiKey
from phantombot.phantombuster.v1 import Client
from phantombot.ports import Clock, Ports
from phantombot.runs.stop_store import Stops
from phantombot.runs.store import Runs
from phantombot.slack.client import Poster
from phantombot.slack.installation_store import Installations
from phantombot.slack.installations import Installed, installed_for
from phantombot.slack.people import People
from phantombot.watches.store import Watches
from phantombot.worker.channel_store import Channels
from phantombot.worker.home import LATELY
from phantombot.worker.home_store import Homes
from phantombot.worker.queue.port import LAUNCHERS, THREADS

if TYPE_CHECKING:
    from phantombot.worker.queue.jobs import Jobs

T = TypeVar("T")
R = TypeVar("R")

ABREAST = 8
"""Agents of one workspace that are seen to at once."""
READERS = 4
"""Workspaces whose agents are read at once, beside everything else."""
CONNECTIONS_TO_PHANTOMBUSTER = LAUNCHERS + THREADS * ABREAST + READERS

log = logging.getLogger(__name__)


def utc_now() -> datetime:
    """The clock of a real process."""
    return datetime.now(UTC)


def abreast(work: Callable[[T], R], each: Iterable[T]) -> list[R]:
    """As `map`, several at once, in threads of its own: none waits for another workspace's."""
    things = list(each)
    if len(things) < 2:  # noqa: PLR2004 - one alone needs no thread
        return [work(thing) for thing in things]
    with ThreadPoolExecutor(ABREAST, thread_name_prefix="run") as pool:
        return list(pool.map(work, things))


def in_thread(work: Callable[[], None]) -> Callable[[], None]:
    """Begin the work in a thread of its own; what is returned waits for its end."""
    thread = Thread(target=work, name="beside", daemon=True)
    thread.start()
    return thread.join


def fast_clock(speed: float) -> Clock:
    """A clock that starts now and runs `speed` times as fast, for tests in fast motion."""
    start, beginning = utc_now(), time.monotonic()
    return lambda: start + timedelta(seconds=(time.monotonic() - beginning) * speed)


def open_database(url: str, connections: int = 5) -> Database:
    """The store, with its tables up to date.

    Raises:
        SettingsError: it cannot be reached or used.
    """
    try:
        database = Database(url, connections)
        database.migrate()
        database.ping()
    except StoreUnavailable as error:
        raise SettingsError(
            f"DATABASE_URL names a database that cannot be used ({error});"
            " check the address, and that the database is up, and speaks TLS if it is on another"
            " machine (with ?sslmode=disable it need not)."
        ) from None
    return database


@dataclass(frozen=True)
class Parts:
    """What web and followers share."""

    speed: float
    clock: Clock
    runs_kept: timedelta
    """How long a run is remembered after its ending was told."""
    database: Database
    jobs: "Jobs | None"
    """The queue, where the store is PostgreSQL."""
    vault: Vault
    runs: Runs
    workspaces: Workspaces
    installations: Installations
    installed: Installed
    processes: Processes
    phantombuster: Client
    poster: Poster
    people: People
    access: Access
    audit: Audit
    watches: Watches
    figures: Figures
    agents: KnownAgents
    readers: ThreadPoolExecutor
    """Where lists of agents are read."""

    @property
    def ports(self) -> Ports:
        """What the core is handed."""
        return Ports(
            runs=self.runs,
            channels=Channels(self.database),
            stops=Stops(self.database),
            keys=self.workspaces,
            phantombuster=self.phantombuster,
            slack=self.poster,
            figures=self.figures,
            clock=self.clock,
            people=self.people,
            access=self.access,
            audit=self.audit,
            agents=self.agents,
            aliases=Aliases(self.database, self.vault),
            homes=Homes(self.database),
            watches=self.watches,
            abreast=abreast,
            beside=in_thread,
        )

    def sweep(self) -> list[str]:
        """Forget what is old or was uninstalled; name the workspaces with open runs or watches.

        Raises:
            StoreUnavailable: the database does not answer.
        """
        old = self.clock() - self.runs_kept
        self.audit.forget(old)
        Homes(self.database).forget(self.clock() - LATELY)
        forgotten = self.runs.forget(old)
        if forgotten:
            log.info("%s runs were old, and are forgotten", forgotten)
        self.installations.erase_what_turned_up(utc_now())
        return list({*self.runs.workspaces_with_open(), *self.watches.workspaces()})

    def wake(self, workspace: str) -> None:
        """Have a follower of any process tend the workspace; on SQLite a sweep does."""
        if self.jobs is not None:
            self.jobs.wake(workspace)

    def launch(self, workspace: str, run_id: int) -> None:
        """Have a worker of any process launch a stored run; on SQLite a sweep does."""
        if self.jobs is not None:
            self.jobs.launch(workspace, run_id)

    def close(self) -> None:
        """Let go of every connection."""
        self.readers.shutdown(wait=False, cancel_futures=True)
        self.phantombuster.close()
        self.database.close()


def open_parts(settings: Settings, speed: float, connections: int) -> Parts:
    """Everything that `settings` name, the database with at most so many connections.

    Raises:
        SettingsError: the database cannot be reached or used.
    """
    database = open_database(settings.database_url, connections)
    vault = Vault(settings.secrets)
    jobs = _jobs(database)
    figures = Figures()
    clock = utc_now if speed == 1 else fast_clock(speed)
    installations = Installations(database, vault)
    installed = installed_for(settings.bot_token, installations)
    poster = Poster(
        installed.token_of, settings.slack_api_url, figures.called, installed.is_org_wide
    )
    workspaces = Workspaces(database, vault)
    readers = ThreadPoolExecutor(READERS, thread_name_prefix="readers")
    phantombuster = Client(
        *settings.phantombuster_urls,
        pool=CONNECTIONS_TO_PHANTOMBUSTER,
        count=figures.called,
        remember=partial(_remember_dialect, readers, workspaces),
        clock=clock,
    )
    return Parts(
        speed=speed,
        clock=clock,
        runs_kept=settings.runs_kept,
        database=database,
        jobs=jobs,
        vault=vault,
        runs=Runs(database, vault, jobs.launch_within if jobs else None),
        workspaces=workspaces,
        installations=installations,
        installed=installed,
        processes=Processes(database),
        phantombuster=phantombuster,
        poster=poster,
        people=People(poster, lambda: clock().timestamp()),
        access=Access(database),
        audit=Audit(database),
        watches=Watches(database, vault),
        figures=figures,
        agents=KnownAgents(Rosters(database), workspaces, phantombuster, clock, readers.submit),
        readers=readers,
    )


def _remember_dialect(readers: ThreadPoolExecutor, workspaces: Workspaces, key: ApiKey) -> None:
    """In the background: nobody waits for it between a launch and the note of its container."""
    with suppress(RuntimeError):  # the process is ending
        readers.submit(_learn_dialect, workspaces, key)


def _learn_dialect(workspaces: Workspaces, key: ApiKey) -> None:
    try:
        workspaces.learn_dialect(key)
    except StoreUnavailable as error:
        log.warning("what requests %s takes is not kept: %s", key.workspace, error)


def _jobs(database: Database) -> "Jobs | None":
    if database.is_sqlite:
        return None
    # SQLite's users must not wait for it to load.
    from phantombot.worker.queue.jobs import Jobs  # noqa: PLC0415

    return Jobs(database.driver)
