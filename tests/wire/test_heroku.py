"""The Procfile's own commands, as Heroku runs them: an environment, a port, and no disk."""

import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from patience import PATIENCE, becomes

from .conftest import ROOT, Wire, store_key

COMMANDS = dict(line.split(": ", 1) for line in (ROOT / "Procfile").read_text().splitlines())


def free_port() -> int:
    """Return a port that the system gives to nobody else meanwhile."""
    for port in random.sample(range(10_000, 32_000), 100):
        with suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port
    raise AssertionError("no port is free")


class Dynos:
    """Starts what the Procfile names, each in a process group of its own, as in a dyno."""

    def __init__(self, wire: Wire, folder: Path) -> None:
        self.slug = folder / "slug"
        shutil.copytree(ROOT / "phantombot", self.slug / "phantombot")
        for name in ("bot.py", "Procfile", "manifest.yml"):
            shutil.copy(ROOT / name, self.slug)
        self._log = folder / "dynos.log"
        self._environ = {
            **wire.environ,
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            "PYTHONDONTWRITEBYTECODE": "1",
            "LOG_FORMAT": "json",
            "WEB_CONCURRENCY": "2",
        }
        del self._environ["PORT"]
        self.started: list[subprocess.Popen[bytes]] = []

    def start(self, kind: str, **environ: str) -> subprocess.Popen[bytes]:
        with self._log.open("ab") as log:
            dyno = subprocess.Popen(
                ["bash", "-c", COMMANDS[kind]],  # noqa: S607 - as Heroku does
                cwd=self.slug,
                env={**self._environ, **environ},
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self.started.append(dyno)
        return dyno

    def web(self) -> tuple[subprocess.Popen[bytes], str]:
        port = str(free_port())
        dyno, url = self.start("web", PORT=port), f"http://127.0.0.1:{port}"
        assert becomes(lambda: answers(url)), self._log.read_text()
        return dyno, url

    def terminate(self, dyno: subprocess.Popen[bytes]) -> int:
        """Send SIGTERM to every process of the dyno."""
        os.killpg(dyno.pid, signal.SIGTERM)
        return dyno.wait(timeout=PATIENCE)

    def end(self) -> None:
        for dyno in self.started:
            if dyno.poll() is None:
                os.killpg(dyno.pid, signal.SIGKILL)
                dyno.wait()


@pytest.fixture
def heroku(
    make_wire: Callable[..., Wire], postgres_url: str, tmp_path: Path
) -> Iterator[tuple[Wire, Dynos]]:
    wire = make_wire(postgres_url.replace("postgresql://", "postgres://"), speed=30)
    dynos = Dynos(wire, tmp_path)
    yield wire, dynos
    dynos.end()


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/healthz", timeout=PATIENCE):  # noqa: S310 - http
            return True
    except urllib.error.URLError:
        return False


def files(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*")}


def test_two_releases_overlap_and_nothing_is_lost_doubled_or_left_on_disk(
    heroku: tuple[Wire, Dynos],
):
    wire, dynos = heroku
    slug = files(dynos.slug)
    assert dynos.start("release").wait(timeout=PATIENCE) == 0
    store_key(wire)
    first = [dynos.start("worker")]
    web, url = dynos.web()
    wire.slack.bot_url = f"{url}/slack/events"
    assert "aunching" in wire.slack.command('launch 785 casperjs {"n": 1}').body["text"]
    assert wire.phantombuster.wait_for_launch(1, PATIENCE)

    assert dynos.start("release").wait(timeout=PATIENCE) == 0
    dynos.start("worker")
    _, url = dynos.web()
    wire.slack.command('launch 786 casperjs {"n": 2}')
    wire.slack.bot_url = f"{url}/slack/events"
    assert [dynos.terminate(dyno) for dyno in (*first, web)] == [0, 0]
    wire.slack.command('launch 785 casperjs {"n": 3}')

    assert wire.slack.wait_for(
        lambda slack: sum("finished" in m.text for m in slack.messages()) == 3, PATIENCE
    )
    assert sorted(run.argument or "" for run in wire.phantombuster.launches) == [
        '{"n": 1}',
        '{"n": 2}',
        '{"n": 3}',
    ]
    assert files(dynos.slug) == slug


def test_a_release_that_cannot_migrate_stops_the_deploy(heroku: tuple[Wire, Dynos]):
    _, dynos = heroku
    dyno = dynos.start("release", DATABASE_URL="postgres://u:p@127.0.0.1:1/none")
    assert dyno.wait(timeout=PATIENCE) == 2
