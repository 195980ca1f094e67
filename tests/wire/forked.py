"""What a process of the tests becomes: `python bot.py`, without loading it each time."""

import os
from collections.abc import Mapping, Sequence

import psycopg  # noqa: F401 - loaded once for all bots, as what follows
import requests  # noqa: F401

import bot
from phantombot.config import read_settings
from phantombot.logs import set_up_logs
from phantombot.processes import serve


def become_fast(environ: Mapping[str, str], log: str, speed: float) -> None:
    """Run the bot of this environment with a faster clock, logging into a file."""
    _move(environ, ".", log, log)
    set_up_logs("text")
    serve(read_settings(os.environ), speed)


def become(
    arguments: Sequence[str], environ: Mapping[str, str], folder: str, said: str, complained: str
) -> None:
    """Run `python bot.py` with these arguments, in a folder, writing into two files."""
    _move(environ, folder, said, complained)
    raise SystemExit(bot.main([*arguments]))


def _move(environ: Mapping[str, str], folder: str, said: str, complained: str) -> None:
    known = {"PATH": os.environ["PATH"], **environ}
    os.environ.clear()
    os.environ.update(known)
    os.chdir(folder)
    for number, name in ((1, said), (2, complained)):
        os.dup2(os.open(name, os.O_WRONLY | os.O_APPEND), number)
