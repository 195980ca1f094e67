"""What a bot of the tests becomes: the same as `python bot.py`, without loading it each time."""

import os

import psycopg  # noqa: F401 - loaded once for all bots, as what follows
import requests  # noqa: F401

import bot
import phantombot.doctor
import phantombot.engine.jobs
import phantombot.store.migrations  # noqa: F401
from phantombot.logs import set_up_logs
from phantombot.serving import serve
from phantombot.settings import read_settings


def become(environ: dict[str, str], log: str, role: str, speed: float) -> None:
    """The bot of this environment, for as long as it lives; it writes into a file."""
    os.environ.clear()
    os.environ.update(environ)
    written = os.open(log, os.O_WRONLY | os.O_APPEND)
    os.dup2(written, 1)
    os.dup2(written, 2)
    if speed == 1:
        raise SystemExit(bot.main([role] if role else []))
    set_up_logs("text")
    serve(read_settings(os.environ), speed)
