"""The world that the bot is measured in: workspaces, accounts, and bots as processes."""

import json
import os
import re
import secrets
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

from sqlalchemy import select

from phantombot.access.api_keys import ApiKeys
from phantombot.agents.agent_list import agent_list_of
from phantombot.agents.catalog_store import CatalogStore
from phantombot.config import read_settings
from phantombot.database.engine import Database
from phantombot.database.schema import runs as table
from phantombot.database.vault import Vault
from phantombot.messages.runs import EARLIER_MESSAGE
from phantombot.phantombuster.account import Api, ApiKey
from phantombot.phantombuster.client import Client
from phantombot.sandbox.phantombuster import LocalPhantombuster, numbered
from phantombot.sandbox.slack import LocalSlack

ROOT = Path(__file__).parents[1]
NOT_LAUNCHED = ("no new run was found", "nothing was launched")
ENDINGS = ("✅", "⚠️", "❌", "❔", "⏹️")
GOING_ON = ("⏳", "▶️")
FIRST_AGENT = 1000
AGENT = re.compile(r"\b([1-9][0-9]{3,4})\b")
"""The id that a run's message begins with, or the number in its agent's name, which is the same."""
DELIVERIES = 1000
"""How often a command is delivered until it is acknowledged, at most."""


FAST = (
    "import os; from phantombot import processes; from phantombot.logs import set_up_logs;"
    "from phantombot.config import read_settings; set_up_logs('text'); {clock}"
    "processes.serve(read_settings(os.environ), {speed}, processes.{role})"
)
"""What `python bot.py` does, in fast motion or by another clock."""
JUMPING = (
    "from phantombot import bootstrap; from bench.clock import jumping;"
    "bootstrap.utc_now = jumping({file!r});"
)
ROLES = {"": "Process", "web": "WebAlone", "worker": "Worker"}


class Bot:
    """`python bot.py [web|worker]` as a process, whose time passes `speed` times as fast.

    Where a file is named as its clock, that says by how many seconds the machine's is off.
    """

    def __init__(
        self,
        environ: dict[str, str],
        log: Path,
        role: str = "",
        speed: float = 1.0,
        clock: Path | None = None,
    ) -> None:
        self.role, self.environ, self.log, self.speed = role, environ, log, speed
        self.clock = clock
        self.start()

    def start(self) -> None:
        begun_at = self.log.stat().st_size if self.log.exists() else 0
        with self.log.open("ab") as written:
            self.popen = subprocess.Popen(
                [sys.executable, *self._arguments],
                cwd=ROOT,
                env={"PATH": os.environ["PATH"], **self.environ, "PORT": "0"},
                stdout=written,
                stderr=written,
            )
        said = self._wait_for(rb"listens on port (\d+)|worker started", begun_at)
        self.url = f"http://127.0.0.1:{said[1].decode()}" if said[1] else ""

    @property
    def _arguments(self) -> list[str]:
        if self.speed == 1 and self.clock is None:
            return ["bot.py", *filter(None, [self.role])]
        clock = "" if self.clock is None else JUMPING.format(file=str(self.clock))
        return ["-c", FAST.format(speed=self.speed, role=ROLES[self.role], clock=clock)]

    def kill(self) -> None:
        self.popen.send_signal(signal.SIGKILL)
        self.popen.wait()

    def terminate(self) -> int:
        self.popen.send_signal(signal.SIGTERM)
        return self.popen.wait(timeout=30)

    def _wait_for(self, pattern: bytes, begun_at: int) -> re.Match[bytes]:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and self.popen.poll() is None:
            if said := re.search(pattern, self.log.read_bytes()[begun_at:]):
                return said
            time.sleep(0.02)
        raise RuntimeError(self.log.read_text())


@dataclass(frozen=True)
class Tally:
    """The outcomes of the acknowledged commands."""

    commands: int
    launched: int
    not_found: int
    """Reported as lost, with no run found; never launched."""
    lost: int
    """Neither launched nor reported, or launched without its ending posted."""
    launched_twice: int
    told_twice: int
    left_behind: int
    """Posts whose run lost track of them through a kill or a cut answer; a later one says so."""
    left_launching: int
    """Those of which no later one says so: they seem to go on for ever."""
    answers_lost: int
    """Launches whose answer was never heard."""
    found: int
    """Those of them whose very run was found afterwards."""


@dataclass
class World:
    """Some workspaces, each with an account of some agents, whose runs take some seconds.

    If a database is named, it is prepared.
    """

    database_url: str
    folder: Path
    workspaces: int = 50
    agents: int = 20
    seconds: float = 10
    speed: float = 1.0
    clock: Path | None = None
    """The file that says by how many seconds the bots' machine's clock is off."""
    result: Any = None
    """What the runs of the first workspace return, where it is not as little as the others'."""
    form: str = "later"
    """The form of Phantombuster's API."""
    manifest: Any = None
    """What its list of agents says of each one's script."""
    bots: list[Bot] = field(default_factory=list)

    def __post_init__(self) -> None:
        secret, token = secrets.token_hex(16), f"xoxb-{secrets.token_hex(16)}"
        self.phantombuster = LocalPhantombuster(form=self.form, speed=self.speed)
        self.slack = LocalSlack(signing_secret=secret, bot_token=token)
        self.environ = {
            "SLACK_SIGNING_SECRET": secret,
            "SLACK_BOT_TOKEN": token,
            "PHANTOMBOT_SECRET": secrets.token_hex(16),
            "DATABASE_URL": self.database_url,
            "SLACK_API_URL": self.slack.api_url,
            "PHANTOMBUSTER_API_URL": self.api_url,
        }
        self.teams = [f"T{number:04}" for number in range(self.workspaces)]
        self.channels = {team: self.slack.add_team(team)[0] for team in self.teams}
        for team in self.teams:
            runs = numbered(self.agents, first=FIRST_AGENT, seconds=self.seconds, queue_seconds=0.2)
            runs = tuple(replace(run, manifest=self.manifest) for run in runs)
            if self.result is not None and team == self.teams[0]:
                runs = tuple(replace(run, result=self.result) for run in runs)
            self.phantombuster.add_account(team, f"key-of-{team}", runs)
        self.phantombuster.start()
        self.slack.start()
        if self.database_url:
            self.prepare(self.database_url)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def api(self) -> Api:
        """Return the version of Phantombuster's API that is used: the newest one of the form."""
        return Api.V2 if self.phantombuster.form.has_v2 else Api.V1

    @property
    def api_url(self) -> str:
        """Return its URL."""
        return f"{self.phantombuster.root}{self.api}"

    @property
    def response_url(self) -> str:
        """Return where Slack says that nothing can be answered any more, at the first try."""
        return f"{self.slack.url}/response/used"

    def on(self, database_url: str) -> dict[str, str]:
        """Return the environment of a bot with that store."""
        return {**self.environ, "DATABASE_URL": database_url}

    def start(self, role: str = "") -> Bot:
        log = self.folder / f"bot-{len(self.bots)}.log"
        bot = Bot(self.environ, log, role, self.speed, self.clock)
        self.bots.append(bot)
        self.aim()
        return bot

    def aim(self) -> None:
        """Have Slack send to a bot that listens."""
        listening = [bot for bot in self.bots if bot.url and bot.popen.poll() is None]
        if listening:
            self.slack.bot_url = f"{listening[-1].url}/slack/events"

    def command(self, number: int) -> None:
        """Send one command until it is acknowledged: one invocation, however often
        it is delivered.
        """
        team = self.teams[number % self.workspaces]
        agent = FIRST_AGENT + number // self.workspaces
        engine = "" if self.api is Api.V2 else "casperjs "
        line = f'launch {agent} {engine}{{"n": {number}}}'
        trigger = None
        for _ in range(DELIVERIES):
            delivery = self.slack.command(
                line, team=team, channel=self.channels[team], trigger_id=trigger
            )
            if delivery.status == 200 and "aunching" in str((delivery.body or {}).get("text")):
                return
            trigger = delivery.trigger_id
            time.sleep(0.1)
        raise RuntimeError(f"command {number} was never acknowledged")

    def send(
        self, numbers: range, *, per_second: float = 25, senders: int = 8, cut: int = 0
    ) -> None:
        """Send commands; of one in `cut` launches the answer is cut off, of none if that is 0."""
        begun = time.monotonic()

        def paced(number: int) -> None:
            time.sleep(max(0.0, begun + (number - numbers.start) / per_second - time.monotonic()))
            if cut and number % cut == 0:
                self.phantombuster.fault("cut_after", on="launch")
            self.command(number)

        with ThreadPoolExecutor(senders) as pool:
            list(pool.map(paced, numbers))

    def wait_until_told(self, commands: int, timeout: float) -> bool:
        return self.slack.wait_for(lambda _: sum(self.endings().values()) >= commands, timeout)

    def tally(self, commands: int) -> Tally:
        told = self.endings()
        launches = Counter(
            json.loads(launch.argument or "")["n"] for launch in self.phantombuster.launches
        )
        not_found = {
            number
            for number in range(commands)
            if any(why in text for text in self._texts_of(number) for why in NOT_LAUNCHED)
        }
        untold = [number for number in range(commands) if not told[self._place(number)]]
        left = [
            [text for text in self._texts_of(number) if text.startswith(GOING_ON)]
            for number in range(commands)
        ]
        lost = {n for n in range(commands) if not launches[n]} - not_found | set(untold)
        sought = self._sought()
        return Tally(
            commands=commands,
            launched=len(launches),
            not_found=len(not_found),
            lost=len(lost),
            launched_twice=sum(count > 1 for count in launches.values()),
            told_twice=sum(count > 1 for count in told.values()),
            left_behind=sum(map(len, left)),
            left_launching=sum(
                not _is_said(self._texts_of(number)) for number in range(commands) if left[number]
            ),
            answers_lost=len(sought),
            found=sum(sought),
        )

    def _sought(self) -> list[bool]:
        """Return whether its run was found, for each launch whose answer was never heard.

        No agent is launched twice.
        """
        acted = {
            (one.account, one.agent_id): one.container_id for one in self.phantombuster.launches
        }
        columns = (table.c.workspace, table.c.agent_id, table.c.container_id)
        database = Database(read_settings(self.environ).database_url)
        with database.reading() as connection:
            rows = connection.execute(select(*columns).where(table.c.lost_at.is_not(None))).all()
        database.close()
        return [
            acted[row.workspace, row.agent_id] == row.container_id
            for row in rows
            if (row.workspace, row.agent_id) in acted
        ]

    def stop(self) -> None:
        for bot in self.bots:
            bot.kill()
        self.slack.stop()
        self.phantombuster.stop()

    def calls(self) -> list[str]:
        """Return the names of all calls to Phantombuster: v1's last word, v2's last two."""
        paths = [request.path.partition(".")[0] for request in self.phantombuster.requests]
        return [
            path.partition("/v2/")[2] if "/v2/" in path else path.rpartition("/")[2]
            for path in paths
        ]

    def messages(self) -> list:
        return [m for channel in self.channels.values() for m in self.slack.messages(channel)]

    def _place(self, number: int) -> tuple[str, str]:
        team = self.teams[number % self.workspaces]
        return self.channels[team], str(FIRST_AGENT + number // self.workspaces)

    def endings(self) -> Counter[tuple[str, str]]:
        """Return the number of endings in each channel for each agent."""
        return Counter(
            (message.channel, found[1])
            for message in self.messages()
            if message.text.startswith(ENDINGS) and (found := AGENT.search(message.text))
        )

    def _texts_of(self, number: int) -> list[str]:
        channel, agent = self._place(number)
        texts = [message.text for message in self.slack.messages(channel)]
        return [text for text in texts if (found := AGENT.search(text)) and found[1] == agent]

    def prepare(self, database_url: str) -> None:
        """Make the tables, and store each workspace's key and agents, as the form for it does."""
        settings = read_settings(self.on(database_url))
        database = Database(settings.database_url)
        database.migrate()
        keys = ApiKeys(database, Vault(settings.secrets))
        client = Client(self.api_url)
        for team in self.teams:
            now = datetime.now(UTC)
            account, key = client.check(ApiKey(f"key-of-{team}"))
            found = {"dialect": key.dialect, "api": key.api, "org": key.org}
            keys.store_key(team, key.value, by="U0ADA", at=now, **found)
            CatalogStore(database).keep(team, agent_list_of(account, now), now)
        client.close()
        self.phantombuster.requests.clear()
        database.close()


def _is_said(texts: list[str]) -> bool:
    return any(EARLIER_MESSAGE in text for text in texts)


class Killer:
    """Kills and restarts one of the bots at random times, so many times."""

    def __init__(self, world: World, kills: int, every: tuple[float, float]) -> None:
        self.world, self.kills, self.every = world, kills, every
        self.victims = [bot for bot in world.bots if bot.role != "web"]
        self._thread = threading.Thread(target=self._go, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._thread.join()

    def _go(self) -> None:
        random = secrets.SystemRandom()
        for _ in range(self.kills):
            time.sleep(random.uniform(*self.every))
            victim = random.choice(self.victims)
            victim.kill()
            victim.start()
            self.world.aim()
