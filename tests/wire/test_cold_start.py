import os
import subprocess
import sys

import pytest
from patience import PATIENCE

from .conftest import ROOT

LOADED = """
import os, sys
from phantombot.processes import {role}
from phantombot.config import read_settings
process = {role}(read_settings(os.environ))
process.start()
print(*sys.modules)
process.stop()
"""
"""What a process of this role has loaded when it listens."""

NEVER = {
    *("alembic", "requests", "urllib3", "prometheus_client", "phantombot.doctor"),
    *("phantombot.worker.follow", "phantombot.worker.launch"),
}
"""Each takes 10 ms or more, and the first command after a start must be acknowledged in 3 s."""

ENVIRON = {
    "PORT": "0",
    "SLACK_SIGNING_SECRET": "0123456789abcdef",
    "SLACK_BOT_TOKEN": "xoxb-1",
    "PHANTOMBOT_SECRET": "0123456789abcdef",
}


@pytest.mark.parametrize(
    ("role", "url", "never"),
    [
        (
            "Process",
            "sqlite_url",
            NEVER | {"psycopg", "procrastinate", "sqlalchemy.dialects.postgresql"},
        ),
        ("WebAlone", "postgres_url", NEVER | {"sqlalchemy.dialects.sqlite"}),
    ],
)
def test_the_first_command_waits_for_nothing_to_load_that_it_does_not_need(
    request: pytest.FixtureRequest, role: str, url: str, never: set[str]
):
    environ = {**os.environ, **ENVIRON, "DATABASE_URL": request.getfixturevalue(url)}
    done = subprocess.run(
        [sys.executable, "-c", LOADED.format(role=role)],
        cwd=ROOT,
        env=environ,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=True,
    )
    assert set(done.stdout.split()) & never == set()
    assert "phantombot.listeners.slash_command" in done.stdout


SERVED = """
import gc, os, signal, sys
from phantombot.processes import serve

class Role:
    def __init__(self, settings, speed):
        gc.disable()

    def start(self):
        print(gc.get_freeze_count() > 10_000, gc.isenabled(), sys.getswitchinterval(), flush=True)
        os.kill(os.getpid(), signal.SIGTERM)

    def stop(self):
        pass

serve(None, role=Role)
"""


def test_no_answer_waits_for_garbage_of_the_start_or_for_a_busy_thread():
    done = subprocess.run(
        [sys.executable, "-c", SERVED],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert (done.stdout, done.returncode) == ("True True 0.001\n", 0)
