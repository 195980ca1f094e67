"""The bot on the wire: signed requests over real HTTP, the sandbox's Slack and Phantombuster."""

import http.client
import multiprocessing
import os
import re
import secrets
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from multiprocessing import forkserver
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from patience import PATIENCE, becomes

from phantombot.access.api_keys import ApiKeys
from phantombot.agents.agent_list import agent_list_of
from phantombot.agents.catalog_store import CatalogStore
from phantombot.config import read_settings
from phantombot.database.engine import Database
from phantombot.database.vault import Vault
from phantombot.phantombuster.account import Api, ApiKey, Dialect, Org
from phantombot.phantombuster.client import Client
from phantombot.processes import Process, utc_now
from phantombot.sandbox.phantombuster import LocalPhantombuster
from phantombot.sandbox.slack import LocalSlack
from phantombot.slack.scopes import EVENTS, SCOPES

from .forked import become, become_fast

SPEED = 20
UNHURRIED = 4
"""For what has to happen within ten seconds of the bot's, on a busy machine too."""
KEY = "canary-key-5d41402abc4b"
ROOT = Path(__file__).parents[2]
FORKS = multiprocessing.get_context("forkserver")


@dataclass
class Wire:
    """A local Slack, a local Phantombuster, and the environment of a bot between them."""

    slack: LocalSlack
    phantombuster: LocalPhantombuster
    environ: dict[str, str]
    process: Process | None = None
    started: list[Process] = field(default_factory=list)

    def start(self, speed: float = SPEED) -> Process:
        """Start the bot in this process, with its key stored."""
        process = Process(read_settings(self.environ), speed)
        self.started.append(process)
        self.slack.bot_url = f"http://127.0.0.1:{process.port}/slack/events"
        if "SLACK_BOT_TOKEN" in self.environ:
            process.context.keys.store_key(
                "T0SANDBOX", KEY, by="U0ADA", at=utc_now(), **api_of(self)
            )
        process.start()
        self.process = process
        return process

    def learn_agents(self) -> None:
        """List the agents of the account, as the form does that stores a key."""
        assert self.process is not None
        key = self.process.context.keys.key("T0SANDBOX")
        self.process.context.agents.read_now("T0SANDBOX", key)

    def says(self, *parts: str, channel: str = "C0GENERAL", timeout: float = PATIENCE) -> bool:
        """Wait for a message of the channel with all the parts; return whether it came in time."""
        return self.slack.wait_for(
            lambda slack: any(
                all(part in message.text for part in parts) for message in slack.messages(channel)
            ),
            timeout,
        )

    def whispers(self, part: str, user: str | None = None, timeout: float = PATIENCE) -> bool:
        """Wait for an ephemeral message to a user with the part; return whether it came in time."""
        return self.slack.wait_for(
            lambda slack: any(part in message.text for message in slack.ephemerals(user)), timeout
        )


@pytest.fixture
def knowing(wire: "Wire") -> "Wire":
    """Return the same, with its agents listed already."""
    wire.learn_agents()
    return wire


@pytest.fixture
def make_wire() -> Iterator[Callable[..., Wire]]:
    with ExitStack() as ending:

        def make(database_url: str, form: str = "later", speed: float = SPEED) -> Wire:
            signing_secret, token = secrets.token_hex(16), f"xoxb-{secrets.token_hex(12)}"
            phantombuster = LocalPhantombuster(key=KEY, form=form, speed=speed)
            client = ("1.2", "canary-client-secret")
            slack = LocalSlack(
                signing_secret=signing_secret,
                bot_token=token,
                client=client,
                app_token="xapp-canary",
                scopes=SCOPES,
                events=EVENTS,
            )
            environ = {
                "PORT": "0",
                "SLACK_SIGNING_SECRET": signing_secret,
                "SLACK_BOT_TOKEN": token,
                "PHANTOMBOT_SECRET": secrets.token_hex(16),
                "DATABASE_URL": database_url,
                "SLACK_API_URL": slack.api_url,
                "PHANTOMBUSTER_API_URL": url_of(phantombuster),
            }
            slack._courier.patience = PATIENCE  # how soon an answer comes, the bench measures
            wire = Wire(slack, phantombuster, environ)
            slack.start()
            phantombuster.start()
            ending.callback(_end, wire)
            return wire

        yield make


@pytest.fixture
def wire(request: pytest.FixtureRequest, make_wire: Callable[..., Wire], sqlite_url: str) -> Wire:
    """Return the bot on SQLite, and Phantombuster in the later form, twenty times faster."""
    wire = make_wire(sqlite_url, form=getattr(request, "param", "later"))
    wire.start()
    return wire


def for_many(wire: Wire) -> Wire:
    """Return the same for many workspaces, none of which has the app yet."""
    del wire.environ["SLACK_BOT_TOKEN"]
    wire.environ |= {
        "SLACK_CLIENT_ID": "1.2",
        "SLACK_CLIENT_SECRET": "canary-client-secret",
        "PUBLIC_URL": "https://phantombot.example.com",
    }
    return wire


@pytest.fixture
def many(make_wire: Callable[..., Wire], database_url: str) -> Wire:
    """Return a bot for many workspaces, on either database."""
    wire = for_many(make_wire(database_url))
    wire.start()
    return wire


def _end(wire: Wire) -> None:
    # First, since the worker may be waiting for a slow answer.
    wire.phantombuster.stop()
    for process in wire.started:
        process.stop()
    wire.slack.stop()


def fork(work: Callable[..., None], *given: object) -> BaseProcess:
    """Fork a process that has loaded the bot and does the work.

    It is forked from one that imports by PYTHONPATH alone: not every Python hands it our own path.
    """
    FORKS.set_forkserver_preload([become.__module__])
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", os.pathsep.join(sys.path))
        forkserver.ensure_running()
    process = FORKS.Process(target=work, args=given, daemon=True)
    process.start()
    return process


def run_bot(
    *arguments: str, environ: dict[str, str], folder: Path = ROOT, timeout: float = PATIENCE
) -> subprocess.CompletedProcess[str]:
    """Run `python bot.py` to its end, in this environment only."""
    with tempfile.NamedTemporaryFile() as said, tempfile.NamedTemporaryFile() as complained:
        process = fork(become, arguments, environ, str(folder), said.name, complained.name)
        process.join(timeout)
        assert process.exitcode is not None, arguments
        read = [Path(one.name).read_text() for one in (said, complained)]
        return subprocess.CompletedProcess(arguments, process.exitcode, *read)


class BotProcess:
    """The bot as a process of its own, answering once it is made; a worker answers nobody."""

    def __init__(self, wire: Wire, log: Path, role: str) -> None:
        self.log = log
        log.touch()
        begun_at = log.stat().st_size
        environ = {**wire.environ, "PORT": "0"}
        if role:
            self._process = fork(become, [role], environ, str(ROOT), str(log), str(log))
        else:
            self._process = fork(become_fast, environ, str(log), SPEED)
        port = self._wait_for_work(begun_at)
        if port is not None:
            self.url = f"http://127.0.0.1:{port}"
            wire.slack.bot_url = f"{self.url}/slack/events"

    def kill(self) -> None:
        self._process.kill()
        self._process.join()

    def terminate(self) -> int | None:
        """Send SIGTERM; return the exit code, None if it didn't end in time."""
        self._process.terminate()
        self._process.join(PATIENCE)
        return self._process.exitcode

    def _wait_for_work(self, begun_at: int) -> str | None:
        """Wait until it logs that it works; return its port, None for a worker."""

        def said() -> re.Match[bytes] | None:
            logged = self.log.read_bytes()[begun_at:]
            return re.search(rb"listens on port (\d+)|worker started", logged)

        becomes(lambda: said() or not self._process.is_alive())
        works = said()
        assert works, self.log.read_text()
        return works[1].decode() if works[1] else None


@pytest.fixture
def start_bot(tmp_path: Path) -> Iterator[Callable[..., BotProcess]]:
    """Yield a function that starts bots as processes, which are killed at the end."""
    bots: list[BotProcess] = []

    def start(wire: Wire, role: str = "") -> BotProcess:
        bots.append(BotProcess(wire, tmp_path / "bot.log", role))
        return bots[-1]

    yield start
    for bot in bots:
        bot.kill()


def api_of(wire: Wire) -> dict[str, Any]:
    """Return what the check of a key tells: its API and org, and whether launches are counted."""
    form = wire.phantombuster.form
    if form.has_v2:
        return {"api": Api.V2, "org": Org("4242")}
    return {"dialect": Dialect(counts_launches=form.name == "2014" or None)}


def url_of(phantombuster: LocalPhantombuster) -> str:
    """Return the address of the API version that the account uses."""
    return phantombuster.v2_url if phantombuster.form.has_v2 else phantombuster.url


def store_key(wire: Wire, *teams: str) -> None:
    """Store the key as an admin's form would, before any bot is running."""
    settings = read_settings(wire.environ)
    database = Database(settings.database_url)
    database.migrate()
    keys = ApiKeys(database, Vault(settings.secrets))
    for team in teams or ("T0SANDBOX",):
        keys.store_key(team, KEY, by="U0ADA", at=utc_now(), **api_of(wire))
        _list_agents(wire, database, keys.key(team))
    database.close()
    wire.slack.organise(*teams)


def _list_agents(wire: Wire, database: Database, key: ApiKey | None) -> None:
    assert key is not None
    assert key.stored_at is not None
    client = Client(url_of(wire.phantombuster))
    agent_list = agent_list_of(client.account(key), utc_now())
    CatalogStore(database).keep(key.workspace, agent_list, key.stored_at)
    client.close()
    wire.phantombuster.requests.clear()


def ask(wire: Wire, method: str, path: str, body: bytes = b"", **headers: str) -> tuple[int, str]:
    """Send a request to the bot itself; return status and body."""
    url = urlsplit(wire.slack.bot_url or "")
    connection = http.client.HTTPConnection(url.hostname or "", url.port, timeout=PATIENCE)
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request(method, path, body, named)
    response = connection.getresponse()
    read = response.read().decode()
    connection.close()
    return response.status, read
