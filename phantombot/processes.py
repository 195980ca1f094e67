"""Processes: web, worker, or both in one. Everything is wired together here."""

import gc
import logging
import os
import socket
import sys
import threading
import uuid
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Protocol

from phantombot.bootstrap import (
    Resources,
    fast_clock,
    open_database,
    open_resources,
    utc_now,
)
from phantombot.config import Settings
from phantombot.context import Context
from phantombot.database.failures import is_explained
from phantombot.errors import SettingsError, StoreUnavailable
from phantombot.http_server import Server
from phantombot.listeners.app import build_app, build_socket
from phantombot.messages.doctor import Finding
from phantombot.signals import EndSignal
from phantombot.slack.signature import Signatures
from phantombot.sockets import listen
from phantombot.web import Exposed, Health, SlackEvents, wsgi
from phantombot.webhooks import Hooks
from phantombot.worker.heartbeat import SEEN_LATELY, Heartbeat, WorkerEngine
from phantombot.worker.queue.in_process import Embedded
from phantombot.worker.queue.port import Engine

if TYPE_CHECKING:
    from phantombot.slack.oauth import Consent

__all__ = ["Process", "fast_clock", "open_database", "serve", "utc_now"]

# The smallest Heroku plan allows 20 connections, and old and new processes overlap in a deploy. Web
# and worker each take 3 for the database and 3 for the queue, the queue's listener included: 2 x (3
# + 3 + 3) = 18. Both in one process take 2 x (5 + 3) = 16. Either leaves some for `release` and for
# an admin's session.
CONNECTIONS_OF_ONE = 3
CONNECTIONS_OF_BOTH = 5

SWITCH_EVERY = 0.001
"""Seconds that a busy thread can keep the others waiting; Python's default of 5 ms adds up."""

LOADED_AFTER = 0.3
"""Seconds after the start until the worker's modules load in a process that answers Slack."""

_SILENT = Health(well=False, says="the database does not answer")
_HANGS = Health(well=False, says="the database can't be written: it does not answer")
_DISCONNECTED = Health(well=False, says="Slack's socket is not connected")

log = logging.getLogger(__name__)


class Role(Protocol):
    """One process; `speed` makes its clock run faster than real time.

    Raises:
        SettingsError: it can't work with these settings.
    """

    def __init__(self, settings: Settings, speed: float = ...) -> None: ...

    def start(self) -> None:
        """Start its work, on its own threads."""

    def stop(self) -> None:
        """Finish what is running or leave it resumable, within 25 s, and release everything."""


class Web:
    """The part that answers Slack: parses, stores the request, acknowledges."""

    def __init__(
        self,
        bound: socket.socket,
        settings: Settings,
        resources: Resources,
        context: Context,
        health: Callable[[], Health],
    ) -> None:
        self.port: int = bound.getsockname()[1]
        self._context = replace(context, examine=partial(_examine, resources))
        self._processes = resources.processes
        consent = _consent(settings, resources, context)
        figures = context.figures
        app = build_app(settings.signing_secret, self._context)
        self._socket = (
            build_socket(
                app, settings.app_token, self._context, figures.acknowledged, resources.speed
            )
            if settings.app_token
            else None
        )
        figures.add_gauge("phantombot_open_runs", "Open runs", self._open_runs)
        exposed = Exposed(health, self._figures, figures.acknowledged)
        mismatched = partial(_note_mismatches, resources, uuid.uuid4().hex)
        signatures = Signatures(settings.signing_secret, mismatched)
        heard = None if settings.app_token else SlackEvents(app, signatures)
        hooks = Hooks(context.watches.hint, context.wake, context.clock)
        self._server = Server(wsgi(heard, exposed, consent, hooks), bound)

    def start(self) -> None:
        """Start answering Slack."""
        self._server.start()
        if self._socket is not None:
            self._socket.start()
        log.info("phantombot listens on port %s", self.port)

    def stop(self) -> None:
        """Answer accepted requests and no new ones, within 12 s; the worker needs the other 13."""
        if self._socket is not None:
            self._socket.stop(timeout=4)
        self._server.stop(timeout=2 if self._socket else 8)
        forms = threading.Thread(target=self._context.background.shutdown, daemon=True)
        forms.start()
        forms.join(timeout=3)

    @property
    def is_reachable(self) -> bool:
        """Return whether Slack can reach this process, as far as it knows."""
        return self._socket is None or self._socket.well

    def _open_runs(self) -> float:
        try:
            return self._context.runs.count_open()
        except StoreUnavailable:
            return float("nan")

    def _figures(self) -> str:
        """Return the metrics of this process and of the workers, which listen on no port."""
        try:
            workers = self._processes.figures("worker")
        except StoreUnavailable:
            workers = {}
        return self._context.figures.text_with(workers)


class Process:
    """Web and worker in one process; `speed` makes its clock run faster than real time.

    It listens at PORT, or on the socket `bound`.
    """

    def __init__(
        self, settings: Settings, speed: float = 1.0, bound: socket.socket | None = None
    ) -> None:
        bound = bound or listen(settings.port)
        self._resources = open_resources(settings, speed, CONNECTIONS_OF_BOTH)
        self._worker = _worker_engine(self._resources, "both")
        self._engine = self._worker.engine
        self.context = replace(
            self._resources.context, wake=self._engine.wake, launch=self._engine.launch
        )
        self._web = Web(bound, settings, self._resources, self.context, self._health)
        self.port = self._web.port
        self.database = self._resources.database

    def start(self) -> None:
        """Resume open runs, and start answering Slack."""
        self._worker.start()
        self._web.start()
        # The first answers don't need these modules, and the first launch shouldn't wait for them.
        loading = threading.Timer(LOADED_AFTER, _worker_modules)
        loading.daemon = True
        loading.start()

    def stop(self) -> None:
        """Answer accepted requests, finish the rest or leave it resumable, release everything."""
        self._web.stop()
        self._worker.stop(timeout=10)
        self._resources.close()

    def _health(self) -> Health:
        try:
            self._resources.database.ping()
        except StoreUnavailable as error:
            return _silent(error)
        if not self._engine.alive:
            return Health(well=False, says="the worker is not running")
        unwell = _unwell(self._resources, self._worker.heartbeat, self._web)
        return unwell or _well(self._resources, "ok")


class WebAlone:
    """`python bot.py web`: answers Slack, and wakes the workers through PostgreSQL."""

    def __init__(self, settings: Settings, speed: float = 1.0) -> None:
        _check_that_others_can_share(settings)
        bound = listen(settings.port)
        self._resources = open_resources(settings, speed, CONNECTIONS_OF_ONE)
        self._heartbeat = _heartbeat(self._resources, "web", str)
        self._web = Web(bound, settings, self._resources, self._resources.context, self._health)

    def start(self) -> None:
        """Start answering Slack."""
        self._heartbeat.start()
        self._web.start()

    def stop(self) -> None:
        """Answer accepted requests, and release everything."""
        self._web.stop()
        self._heartbeat.stop()
        self._heartbeat.wait(1.0)
        self._resources.close()

    def _health(self) -> Health:
        """Return the health; missing workers don't affect it, as a restart of web wouldn't help."""
        try:
            seen_at = self._resources.processes.last_seen("worker", "both")
        except StoreUnavailable as error:
            return _silent(error)
        unwell = _unwell(self._resources, self._heartbeat, self._web)
        if unwell is not None:
            return unwell
        now = self._resources.now()
        if seen_at is None or now - seen_at > SEEN_LATELY:
            return _well(self._resources, "ok, but no worker has been seen lately")
        seconds = max((now - seen_at).total_seconds(), 0)
        return _well(self._resources, f"ok; a worker was seen {seconds:.0f} s ago")


class Worker:
    """`python bot.py worker`: processes workspaces, and listens on no port."""

    def __init__(self, settings: Settings, speed: float = 1.0) -> None:
        _check_that_others_can_share(settings)
        _worker_modules()
        self._resources = open_resources(settings, speed, CONNECTIONS_OF_ONE)
        self._worker = _worker_engine(self._resources, "worker")

    def start(self) -> None:
        """Resume open runs, and process new ones."""
        self._worker.start()
        log.info("phantombot's worker started")

    def stop(self) -> None:
        """Finish what is running or leave it resumable, and release everything."""
        self._worker.stop(timeout=15)
        self._resources.close()


def _unwritable(failure: str) -> Health:
    return Health(well=False, says=f"the database can't be written: {failure}")


def _silent(error: StoreUnavailable) -> Health:
    """Return the health for a database that can't even be read, with the reason if known."""
    return _unwritable(str(error)) if is_explained(str(error)) else _SILENT


def _unwell(resources: Resources, heartbeat: Heartbeat, web: Web) -> Health | None:
    """Return what keeps a process from answering Slack although the database can be read."""
    failure = resources.database.failure
    if failure:
        return _unwritable(failure)
    if heartbeat.hangs:
        return _HANGS
    return None if web.is_reachable else _DISCONNECTED


def _well(resources: Resources, says: str) -> Health:
    """Return the health of a working process, with what an admin should fix all the same."""
    off = resources.clock_off()
    return Health(well=True, says=f"{says}; {off}" if off else says)


def _worker_engine(resources: Resources, role: str) -> WorkerEngine:
    # A process that also answers HTTP shows its metrics itself.
    figures = resources.context.figures.text if role == "worker" else str
    heartbeat = _heartbeat(resources, role, figures)
    return WorkerEngine(_engine(resources), heartbeat)


def _heartbeat(resources: Resources, role: str, figures: Callable[[], str]) -> Heartbeat:
    return Heartbeat(resources.processes, role, resources.now, figures, resources.epochs.check)


def _engine(resources: Resources) -> Engine:
    context = resources.context
    late = context.figures.late
    process, launch_run = partial(_process, context), partial(_launch, context)
    if resources.jobs is None:
        return Embedded(process, launch_run, resources.sweep, context.clock, resources.speed, late)
    # Imported here, so that SQLite's users don't wait for it to load.
    from phantombot.worker.queue.procrastinate import Procrastinate  # noqa: PLC0415

    return Procrastinate(
        resources.jobs,
        resources.database.address,
        process,
        launch_run,
        resources.sweep,
        context.clock,
        now=resources.now,
        speed=resources.speed,
        late=late,
    )


def _process(context: Context, workspace: str) -> datetime | None:
    process_workspace, _ = _worker_modules()
    return process_workspace(context, workspace)


def _launch(context: Context, workspace: str, run_id: int) -> None:
    _, launch = _worker_modules()
    launch(context, workspace, run_id)


def _worker_modules() -> tuple[
    Callable[[Context, str], datetime | None], Callable[[Context, str, int], None]
]:
    # Imported here, since a process that only answers Slack doesn't need them.
    from phantombot.worker.follow import process_workspace  # noqa: PLC0415
    from phantombot.worker.launch import launch  # noqa: PLC0415

    return process_workspace, launch


def _examine(resources: Resources, workspace: str, channel: str) -> Iterable[Finding]:
    # Imported here: the first command from Slack must not wait for it to load.
    from phantombot.doctor import examine_workspace, running  # noqa: PLC0415

    return examine_workspace(running(resources), workspace, channel)


def _note_mismatches(resources: Resources, process: str, count: int) -> None:
    """Store the count of wrong signatures, for a doctor in another process."""
    try:
        resources.processes.mismatched(process, resources.now(), count)
    except StoreUnavailable as error:
        log.warning("wrong signatures were not counted: the database isn't answering (%s)", error)


def _consent(settings: Settings, resources: Resources, context: Context) -> "Consent | None":
    if not settings.many:
        return None
    from phantombot.slack.oauth import Consent  # noqa: PLC0415 - as above

    return Consent(settings, resources.vault, resources.installations, context)


def _check_that_others_can_share(settings: Settings) -> None:
    if settings.database_url.startswith("sqlite"):
        raise SettingsError(
            "`python bot.py web` and `python bot.py worker` need PostgreSQL (DATABASE_URL);"
            " with SQLite, `python bot.py` alone is right: it does the work of both."
        )


def serve(settings: Settings, speed: float = 1.0, role: type[Role] = Process) -> None:
    """Run until SIGTERM or SIGINT, then end the process within 25 s.

    Raises:
        SettingsError: before anything is served.
    """
    process = role(settings, speed)
    # Modules loaded by now stay loaded; scanning them for garbage would pause answers for 30 ms.
    gc.freeze()
    gc.enable()
    sys.setswitchinterval(SWITCH_EVERY)
    ending = EndSignal()
    process.start()
    ending.wait()
    log.info("stopping")
    process.stop()
    logging.shutdown()
    # A thread may still be waiting for an answer, and Python would wait for the thread.
    os._exit(0)
