"""The servers that answer Slack in the bench, each as a process: ours and its peers."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from bench.load import Answer, Order

ROOT = Path(__file__).parents[1]
PEERS = ROOT / "bench" / "peers"
PYTHON = sys.executable
JAVASCRIPT = PEERS / "javascript"
STARTS_WITHIN = 20.0


@dataclass(frozen=True)
class Subject:
    """How to start a server; `{port}` in its command is replaced by its port."""

    whose: str
    command: tuple[str, ...]
    environ: Mapping[str, str] = field(default_factory=dict)
    ours: bool = False
    must_say: str = "aunching"

    @property
    def missing(self) -> str:
        """Return what this machine lacks to run it; empty if it lacks nothing."""
        if self.command[0] == "node":
            if shutil.which("node") is None:
                return "node is not installed"
            if not (JAVASCRIPT / "node_modules").exists():
                return "Bolt for JavaScript is not installed"
        return ""


BARE = Subject(
    "a WSGI function that checks the signature",
    (PYTHON, str(PEERS / "bare.py"), "{port}"),
    must_say="",
)
BOLT_HERE = Subject(
    "an empty Bolt app on waitress",
    (PYTHON, str(PEERS / "empty_bolt.py"), "{port}"),
    {"LEAN": "1"},
)
BOLT_GUIDE = Subject(
    "an empty Bolt app on gunicorn, as its guide says",
    (
        *(PYTHON, "-m", "gunicorn", "--bind", "127.0.0.1:{port}", "--workers", "1"),
        *("--threads", "2", "--timeout", "0", "bench.peers.empty_bolt:api"),
    ),
)
BOLT_TUNED = Subject(
    "an empty Bolt app on gunicorn, tuned",
    (
        *(PYTHON, "-m", "gunicorn", "--bind", "127.0.0.1:{port}", "--workers", "2"),
        *("--threads", "8", "--timeout", "0", "bench.peers.empty_bolt:api"),
    ),
    {"LEAN": "1"},
)
BOLT_JS = Subject(
    "an empty Bolt app for JavaScript", ("node", str(JAVASCRIPT / "app.js"), "{port}")
)
LAUNCHING_BOLT = Subject(
    "a Bolt app that launches at once, and remembers nothing",
    (PYTHON, str(PEERS / "launching_bolt.py"), "{port}"),
)
PEERS_OF_THE_ACK = (BOLT_GUIDE, BOLT_TUNED, BOLT_HERE, BOLT_JS, BARE)


def ours(whose: str, environ: Mapping[str, str], *role: str) -> Subject:
    """Return phantombot under its own server."""
    return Subject(whose, (PYTHON, "bot.py", *role), {**environ, "PORT": "{port}"}, ours=True)


def ours_on_granian(whose: str, environ: Mapping[str, str], workers: int = 2) -> Subject:
    """Return phantombot's `web` under granian."""
    command = (
        *(PYTHON, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1"),
        *("--port", "{port}", "--workers", str(workers), "--blocking-threads", "4"),
        *("--no-log", "bench.peers.phantombot_api:api"),
    )
    return Subject(whose, command, {**environ, "PORT": "0"}, ours=True)


@dataclass
class Server:
    """A running server; `began` is when its process was started."""

    popen: subprocess.Popen[bytes]
    port: int
    log: Path
    began: float

    def stop(self) -> None:
        """End it, with whatever it started."""
        with suppress(ProcessLookupError):
            os.killpg(self.popen.pid, signal.SIGKILL)
        self.popen.wait()


def free_port() -> int:
    """Return an unused port on loopback."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def start(subject: Subject, environ: Mapping[str, str], folder: Path) -> Server:
    """Start the subject as a process, which may not listen yet."""
    port = free_port()
    log = folder / f"server-{port}.log"
    named = {**environ, **subject.environ}
    with log.open("wb") as written:
        began = time.monotonic()
        popen = subprocess.Popen(
            [part.format(port=port) for part in subject.command],
            cwd=ROOT,
            env={
                "PATH": os.environ["PATH"],
                **{name: value.replace("{port}", str(port)) for name, value in named.items()},
            },
            stdout=written,
            stderr=written,
            start_new_session=True,
        )
    return Server(popen, port, log, began)


@contextmanager
def running(subject: Subject, environ: Mapping[str, str]) -> Iterator[Server]:
    """Yield the subject once it listens, and kill it at the end."""
    with tempfile.TemporaryDirectory() as folder:
        server = start(subject, environ, Path(folder))
        try:
            wait_until_it_listens(server)
            yield server
        finally:
            server.stop()


def wait_until_it_listens(server: Server) -> None:
    """Return as soon as a connection is accepted.

    Raises:
        RuntimeError: it does not start; with what it logged.
    """
    deadline = time.monotonic() + STARTS_WITHIN
    while time.monotonic() < deadline and server.popen.poll() is None:
        with suppress(OSError), socket.create_connection(("127.0.0.1", server.port), timeout=1):
            return
        time.sleep(0.001)
    raise RuntimeError(f"{server.log.read_text()[-2000:]}\nit does not listen")


def load(order: Order) -> Answer:
    """Return the result of an order, carried out by a separate process.

    Raises:
        RuntimeError: some command was not acknowledged as it should be.
    """
    done = subprocess.run(
        [PYTHON, "-m", "bench.load"],
        cwd=ROOT,
        input=json.dumps(asdict(order)).encode(),
        stdout=subprocess.PIPE,
        timeout=order.seconds + 60,
        check=True,
    )
    read: dict[str, Any] = json.loads(done.stdout)
    for name in ("late", "due"):
        read[name] = {int(number): at for number, at in read[name].items()}
    answer = Answer(**read)
    if answer.wrong or not answer.answered:
        raise RuntimeError(f"{answer.answered} commands were acknowledged, and {answer.wrong}")
    return answer
