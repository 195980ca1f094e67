"""Wire what every process needs: database, Phantombuster, Slack, clock."""

import logging
import time
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from phantombot.access.api_keys import ApiKeys
from phantombot.access.audit_store import Audit
from phantombot.access.rules_store import Access
from phantombot.agents.alias_store import Aliases
from phantombot.agents.catalog import Catalog
from phantombot.agents.catalog_store import CatalogStore
from phantombot.config import Settings
from phantombot.context import Clock, Context
from phantombot.database.clock import CLOCKS_AGREE_WITHIN, DatabaseClock
from phantombot.database.engine import Database
from phantombot.database.epochs import Epochs
from phantombot.database.processes import Processes
from phantombot.database.vault import Vault
from phantombot.errors import SettingsError, StoreUnavailable
from phantombot.fair_pool import FairPool
from phantombot.metrics import Figures
from phantombot.phantombuster.account import ApiKey
from phantombot.phantombuster.client import Client
from phantombot.runs.ring_store import Rings
from phantombot.runs.stop_store import Stops
from phantombot.runs.store import Runs
from phantombot.slack.client import Poster
from phantombot.slack.installation_store import Installations
from phantombot.slack.installations import installed_for
from phantombot.slack.people import People
from phantombot.threads import ABREAST, KeptThreads, map_concurrently
from phantombot.watches.store import Watches
from phantombot.worker.channel_store import Channels
from phantombot.worker.home import LATELY
from phantombot.worker.home_store import Homes
from phantombot.worker.queue.port import LAUNCHERS, THREADS
from phantombot.worker.welcome_store import Welcomes

if TYPE_CHECKING:
    from phantombot.worker.queue.jobs import Jobs

READERS = 4
"""Workspaces whose lists of agents are read at once, besides those whose answers are slow."""
READERS_ASIDE = 60
FORM_THREADS = 24
"""Enough for a form to open in time while a dozen answers wait for Phantombuster."""
FORM_THREADS_ASIDE = 104
CONNECTIONS_TO_PHANTOMBUSTER = LAUNCHERS + THREADS * ABREAST + READERS

log = logging.getLogger(__name__)


def utc_now() -> datetime:
    """Return the current time; the clock of a real process."""
    return datetime.now(UTC)


def fast_clock(speed: float) -> Clock:
    """Return a clock that starts now and runs `speed` times as fast, for tests."""
    start, beginning = utc_now(), time.monotonic()
    return lambda: start + timedelta(seconds=(time.monotonic() - beginning) * speed)


def open_database(url: str, connections: int = 5) -> Database:
    """Open the database and migrate its tables.

    Raises:
        SettingsError: it can't be reached or used.
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
class Resources:
    """Everything that a process opens and closes, and its Context."""

    context: Context
    speed: float
    now: Clock
    """Real time, even if the bot's clock runs faster: the database's, if it has a clock."""
    shared_clock: DatabaseClock | None
    runs_kept: timedelta
    """How long a run is kept after its ending was posted."""
    database: Database
    vault: Vault
    jobs: "Jobs | None"
    """The queue, on PostgreSQL only."""
    installations: Installations
    processes: Processes
    epochs: Epochs
    readers: FairPool
    """Threads that read lists of agents."""

    def sweep(self) -> list[str]:
        """Delete old runs and uninstalled workspaces; return the workspaces with anything to do.

        Raises:
            StoreUnavailable: the database doesn't answer.
        """
        context = self.context
        old = context.clock() - self.runs_kept
        context.audit.forget(old)
        context.homes.forget(context.clock() - LATELY)
        forgotten = context.runs.forget(old)
        if forgotten:
            log.info("deleted %s old runs", forgotten)
        self.installations.erase_what_turned_up(self.now())
        waiting = (*context.watches.workspaces(), *context.rings.workspaces())
        return list(
            {*context.runs.workspaces_with_open(), *waiting, *context.welcomes.workspaces()}
        )

    def clock_off(self) -> str:
        """Return how far this machine's clock is off, in a sentence; empty if it isn't.

        It is compared with the database's, or if that has none with Phantombuster's.
        """
        whose, ahead = "Phantombuster's", timedelta()
        if self.shared_clock is not None:
            whose, ahead = "the database's", self.shared_clock.machine_ahead
        elif self.speed == 1:  # a faster clock is off on purpose
            ahead = -self.context.phantombuster.clock_offset
        if abs(ahead) <= CLOCKS_AGREE_WITHIN:
            return ""
        way = "ahead of" if ahead > timedelta() else "behind"
        seconds = abs(ahead).total_seconds()
        return f"this machine's clock is {seconds:.0f} s {way} {whose}: set it by NTP"

    def close(self) -> None:
        """Close every connection."""
        if self.shared_clock is not None:
            self.shared_clock.stop()
        self.readers.shutdown(wait=False, cancel_futures=True)
        self.context.phantombuster.close()
        self.database.close()


def open_resources(settings: Settings, speed: float, connections: int) -> Resources:
    """Open everything that `settings` name, with at most this many database connections.

    Raises:
        SettingsError: the database can't be reached or used.
    """
    database = open_database(settings.database_url, connections)
    vault = Vault(settings.secrets)
    jobs = _jobs(database)
    readers = FairPool("reader", READERS, share=1, aside=READERS_ASIDE)
    shared = None if database.is_sqlite else DatabaseClock(database.time)
    now: Clock = shared or utc_now
    clock = now if speed == 1 else fast_clock(speed)
    installations, epochs = Installations(database, vault), Epochs(database, clock)
    with suppress(StoreUnavailable):  # if this fails, it is checked before the first launch
        # Before anything is stored, so that new requests don't count as part of a backup.
        epochs.check()
    context = _context(settings, database, vault, jobs, readers, clock, speed, installations)
    return Resources(
        context=replace(context, restored=epochs.restored, started_at=clock()),
        speed=speed,
        now=now,
        shared_clock=shared,
        runs_kept=settings.runs_kept,
        database=database,
        vault=vault,
        jobs=jobs,
        installations=installations,
        processes=Processes(database),
        epochs=epochs,
        readers=readers,
    )


def _context(  # noqa: PLR0913, PLR0917 - what it is made of
    settings: Settings,
    database: Database,
    vault: Vault,
    jobs: "Jobs | None",
    readers: FairPool,
    clock: Clock,
    speed: float,
    installations: Installations,
) -> Context:
    figures = Figures()
    keys = ApiKeys(database, vault)
    installed = installed_for(settings.bot_token, installations)
    slack = Poster(
        installed.token_of, settings.slack_api_url, figures.called, installed.is_org_wide
    )
    phantombuster = Client(
        *settings.phantombuster_urls,
        pool=CONNECTIONS_TO_PHANTOMBUSTER,
        count=figures.called,
        remember=partial(_remember_dialect, readers, keys),
        clock=clock,
    )
    return Context(
        runs=Runs(database, vault, jobs.enqueue if jobs else ""),
        channels=Channels(database),
        stops=Stops(database),
        keys=keys,
        access=Access(database),
        audit=Audit(database),
        aliases=Aliases(database, vault),
        agents=Catalog(CatalogStore(database), keys, phantombuster, clock, readers.submit),
        homes=Homes(database),
        welcomes=Welcomes(database),
        watches=Watches(database, vault),
        rings=Rings(database),
        installed=installed,
        phantombuster=phantombuster,
        slack=slack,
        people=People(slack, lambda: time.monotonic() * speed),
        figures=figures,
        clock=clock,
        # Threads start with the first task, so a worker starts none.
        background=FairPool("form", FORM_THREADS, share=2, aside=FORM_THREADS_ASIDE),
        # On SQLite this process's engine is called directly, and a sweep finds the rest.
        examine=_examine_nothing,
        wake=jobs.wake if jobs else _leave_to_sweep,
        launch=jobs.launch if jobs else _leave_to_sweep,
        public_url=settings.public_url,
        install_url=settings.install_url,
        map_concurrently=map_concurrently,
        run_beside=KeptThreads("beside").run_beside,
    )


def _examine_nothing(_workspace: str, _channel: str) -> tuple[()]:
    """Return no findings; a process that answers Slack replaces this with the doctor."""
    return ()


def _leave_to_sweep(*_what: object) -> None:
    """Do nothing, since a sweep finds it."""


def _remember_dialect(readers: FairPool, keys: ApiKeys, key: ApiKey) -> None:
    """Store a key's request format in the background.

    A launch mustn't wait for this between Phantombuster's answer and storing the container.
    """
    with suppress(RuntimeError):  # the process is stopping
        readers.submit(key.workspace, partial(_learn_dialect, keys, key))


def _learn_dialect(keys: ApiKeys, key: ApiKey) -> None:
    try:
        keys.learn_dialect(key)
    except StoreUnavailable as error:
        log.warning("the request format of %s was not stored: %s", key.workspace, error)


def _jobs(database: Database) -> "Jobs | None":
    if database.is_sqlite:
        return None
    # Imported here, so that SQLite's users don't wait for it to load.
    from phantombot.worker.queue.jobs import Jobs  # noqa: PLC0415

    return Jobs(database.driver)
