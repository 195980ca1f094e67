"""One process that serves Slack and follows runs: everything is wired together here."""

import logging
import os
import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from functools import partial

from phantombot.engine.embedded import Embedded
from phantombot.errors import SettingsError, StoreUnavailable
from phantombot.figures import Figures
from phantombot.following import tend
from phantombot.phantombuster.client import Client
from phantombot.ports import Clock, Ports
from phantombot.settings import Settings
from phantombot.slack.app import build_app
from phantombot.slack.poster import Poster
from phantombot.slack.services import Services
from phantombot.store.channels import Channels
from phantombot.store.database import Database
from phantombot.store.runs import Runs
from phantombot.store.stops import Stops
from phantombot.store.vault import Vault
from phantombot.store.workspaces import Workspaces
from phantombot.web import Server, listen, wsgi

FORM_THREADS = 8

log = logging.getLogger(__name__)


def utc_now() -> datetime:
    """The clock of a real process."""
    return datetime.now(UTC)


def open_database(url: str) -> Database:
    """The store, with its tables up to date.

    Raises:
        SettingsError: it cannot be reached or used.
    """
    try:
        database = Database(url)
        database.migrate()
        database.ping()
    except StoreUnavailable as error:
        raise SettingsError(
            f"DATABASE_URL names a database that cannot be used ({error});"
            " check the address, and that the database is up."
        ) from None
    return database


def fast_clock(speed: float) -> Clock:
    """A clock that starts now and runs `speed` times as fast, for tests in fast motion."""
    start, beginning = utc_now(), time.monotonic()
    return lambda: start + timedelta(seconds=(time.monotonic() - beginning) * speed)


class Process:
    """Web and followers in one process; `speed` lets its time pass faster than the world's."""

    def __init__(self, settings: Settings, speed: float = 1.0) -> None:
        clock = utc_now if speed == 1 else fast_clock(speed)
        self._bound = listen(settings.port)
        self.port: int = self._bound.getsockname()[1]
        self.database = open_database(settings.database_url)
        vault = Vault(settings.secrets)
        self.runs = Runs(self.database, vault)
        self.workspaces = Workspaces(self.database, vault)
        figures = Figures()
        self._phantombuster = Client(settings.phantombuster_api_url, count=figures.called)
        self._pool = ThreadPoolExecutor(FORM_THREADS, thread_name_prefix="forms")
        poster = Poster(
            lambda _workspace: settings.bot_token, settings.slack_api_url, figures.called
        )
        ports = Ports(
            runs=self.runs,
            channels=Channels(self.database),
            stops=Stops(self.database),
            keys=self.workspaces,
            phantombuster=self._phantombuster,
            slack=poster,
            figures=figures,
            clock=clock,
        )
        self._engine = Embedded(partial(tend, ports), self.runs.workspaces_with_open, clock, speed)
        services = Services(
            runs=self.runs,
            workspaces=self.workspaces,
            poster=poster,
            phantombuster=self._phantombuster,
            wake=self._engine.wake,
            pool=self._pool,
            clock=clock,
        )
        app = build_app(settings.signing_secret, settings.bot_token, services)
        self._server = Server(wsgi(app, self._problem), self._bound)

    def start(self) -> None:
        """Follow what was left open, and answer Slack."""
        self._engine.start()
        self._server.start()
        log.info("phantombot listens on port %s", self.port)

    def stop(self) -> None:
        """Answer what was accepted, finish or leave resumable what goes on, and let go."""
        self._server.stop(timeout=8)
        forms = threading.Thread(target=self._pool.shutdown, daemon=True)
        forms.start()
        forms.join(timeout=3)
        if not self._engine.stop(timeout=10):
            log.warning(
                "a follower is still waiting for an answer; it is resumed at the next start"
            )
        self._phantombuster.close()
        self.database.close()

    def _problem(self) -> str | None:
        try:
            self.database.ping()
        except StoreUnavailable:
            return "the database does not answer"
        return None if self._engine.alive else "the followers are not running"


def serve(settings: Settings, speed: float = 1.0) -> None:
    """Run until SIGTERM or SIGINT, then end the process, within 25 s.

    Raises:
        SettingsError: before anything is served.
    """
    process = Process(settings, speed)
    stopping = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stopping.set())
    process.start()
    stopping.wait()
    log.info("stopping")
    process.stop()
    logging.shutdown()
    # A form's thread may still wait for an answer, and Python would wait for the thread.
    os._exit(0)
