"""`python bot.py`, as an admin starts it."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from patience import PATIENCE

from .conftest import ROOT, run_bot

COMPLETE = {
    "SLACK_SIGNING_SECRET": "canary-signing-secret",
    "SLACK_BOT_TOKEN": "xoxb-canary-token",
    "PHANTOMBOT_SECRET": "canary-phantombot-secret",
    "PORT": "0",
}

LOADED = """
import os, sys
from phantombot.processes import Process
from phantombot.config import read_settings
Process(read_settings(os.environ))
print(*sys.modules)
"""
"""Prints what is loaded once the bot is made."""


def start(*arguments: str, folder: Path, **environ: str) -> subprocess.CompletedProcess[str]:
    return run_bot(*arguments, environ=environ, folder=folder)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"SLACK_SIGNING_SECRET": ""}, "SLACK_SIGNING_SECRET is missing"),
        ({"SLACK_BOT_TOKEN": ""}, "SLACK_BOT_TOKEN is missing"),
        ({"SLACK_BOT_TOKEN": "xoxp-canary"}, "SLACK_BOT_TOKEN must be a bot token"),
        ({"PHANTOMBOT_SECRET": ""}, "PHANTOMBOT_SECRET is missing"),
        ({"PHANTOMBOT_SECRET": "canary"}, "PHANTOMBOT_SECRET must have 16 characters or more"),
        ({"PORT": "http"}, "PORT must be a number from 0 to 65535."),
        ({"DATABASE_URL": "mysql://u:canary@h/db"}, "DATABASE_URL must be sqlite:///FILE or"),
        ({"DATABASE_URL": "sqlite:////no/such/x.db"}, "DATABASE_URL names a database that cannot"),
        (
            {"DATABASE_URL": "postgres://u:canary@127.0.0.1:1/db"},
            "DATABASE_URL names a database that cannot be used",
        ),
        ({"SLACK_API_URL": "slack.com"}, "SLACK_API_URL must be an address such as"),
        ({"LOG_FORMAT": "xml"}, "LOG_FORMAT must be text or json."),
        ({"SLACK_APP_TOKEN": "xoxb-canary"}, "SLACK_APP_TOKEN must be an app-level token"),
    ],
    ids=lambda value: str(value)[:50],
)
def test_a_bad_setting_is_one_sentence_and_exit_code_2(
    tmp_path: Path, change: dict[str, str], sentence: str
):
    ended = start(folder=tmp_path, **(COMPLETE | change))
    assert ended.returncode == 2
    assert sentence in ended.stderr
    assert len(ended.stderr.strip().splitlines()) == 1
    assert "canary" not in ended.stderr


def test_a_port_that_is_taken_is_one_sentence_and_exit_code_2(tmp_path: Path):
    with socket.create_server(("0.0.0.0", 0)) as taken:  # noqa: S104 - where the bot would listen
        port = str(taken.getsockname()[1])
        ended = start(folder=tmp_path, **(COMPLETE | {"PORT": port}))
    assert ended.returncode == 2
    assert ended.stderr == f"PORT {port} is taken by another program; set PORT to a free one.\n"


@pytest.mark.parametrize("role", ["web", "worker"])
def test_web_and_worker_apart_need_postgresql(tmp_path: Path, role: str):
    ended = start(role, folder=tmp_path, **COMPLETE)
    assert ended.returncode == 2
    assert ended.stderr == (
        "`python bot.py web` and `python bot.py worker` need PostgreSQL (DATABASE_URL);"
        " with SQLite, `python bot.py` alone is right: it does the work of both.\n"
    )
    assert list(tmp_path.iterdir()) == []


def test_all_that_is_missing_is_told_at_once(tmp_path: Path):
    ended = start(folder=tmp_path, SLACK_SIGNING_SECRET="x")
    assert ended.returncode == 2
    assert [line.split()[0] for line in ended.stderr.splitlines()] == [
        "SLACK_BOT_TOKEN",
        "PHANTOMBOT_SECRET",
    ]


def test_without_slacks_variables_a_server_is_no_sandbox(tmp_path: Path):
    ended = start(folder=tmp_path, DATABASE_URL="sqlite:///server.db", PORT="0")
    assert ended.returncode == 2
    assert [line.split()[0] for line in ended.stderr.splitlines()] == [
        "SLACK_SIGNING_SECRET",
        "SLACK_BOT_TOKEN",
        "PHANTOMBOT_SECRET",
    ]
    assert list(tmp_path.iterdir()) == []


def test_migrate_makes_the_tables_and_may_be_repeated(tmp_path: Path):
    for _ in range(2):
        ended = start("migrate", folder=tmp_path, DATABASE_URL="sqlite:///made.db")
        assert (ended.returncode, ended.stdout) == (0, "")
    assert (tmp_path / "made.db").stat().st_size > 0


def test_on_sqlite_nothing_of_postgresqls_engine_is_loaded(sqlite_url: str):
    ended = subprocess.run(
        [sys.executable, "-c", LOADED],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], **COMPLETE, "DATABASE_URL": sqlite_url},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=True,
    )
    assert "phantombot.worker.queue.in_process" in ended.stdout.split()
    assert not {"procrastinate", "psycopg", "psycopg_pool"} & set(ended.stdout.split())


def test_an_unknown_command_is_usage_and_exit_code_2(tmp_path: Path):
    ended = start("lanch", folder=tmp_path)
    assert ended.returncode == 2
    assert "usage: bot.py" in ended.stderr
