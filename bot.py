"""phantombot's only entry: `python bot.py [web|worker|migrate|rotate|doctor|manifest|sandbox]`.

Without a word: the sandbox where nothing of Slack is set, else web and followers in one process.
With PostgreSQL, `web` and `worker` are these two as processes of their own, as many as wanted.
What is wrong with the environment is said in one sentence each, with exit code 2.
"""

import argparse
import gc
import logging
import os
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

from phantombot.database_url import read_database_url
from phantombot.errors import SettingsError
from phantombot.logs import set_up_logs
from phantombot.settings import (
    has_slack_credentials,
    has_socket,
    read_log_format,
    read_manifest_address,
    read_secrets,
    read_settings,
    secrets_in,
)
from phantombot.slack.manifest import made_out

FORMS = ("2014", "2014-11", "2015", "2017", "today", "later")
UNFINISHED = 1
BAD_SETTINGS = 2


def run(options: argparse.Namespace) -> None:
    """Serve Slack, or the sandbox where nothing of Slack is set."""
    if not has_slack_credentials(os.environ):
        sandbox(options)
        return
    settings = read_settings(os.environ)
    gc.disable()  # until all is loaded, of which nothing is garbage: it saves a tenth of the start
    from phantombot.serving import serve  # noqa: PLC0415 - bad settings are told before it loads

    serve(settings)


def web(_options: argparse.Namespace) -> None:
    """Answer Slack, and leave the following to workers."""
    settings = read_settings(os.environ)
    gc.disable()
    from phantombot.serving import WebAlone, serve  # noqa: PLC0415 - as above

    serve(settings, role=WebAlone)


def worker(_options: argparse.Namespace) -> None:
    """Follow runs, and listen on no port."""
    settings = read_settings(os.environ)
    gc.disable()
    from phantombot.serving import Worker, serve  # noqa: PLC0415 - as above

    serve(settings, role=Worker)


def sandbox(options: argparse.Namespace) -> int:
    """The real bot with a local Slack and a local Phantombuster, by hand or by a script."""
    from phantombot.sandbox.phantombuster import DEFAULT_FORM  # noqa: PLC0415 - as below
    from phantombot.sandbox.trial import play, try_out  # noqa: PLC0415 - not loaded on a server

    form = options.form or DEFAULT_FORM
    if options.script is None:
        try_out(os.environ, form)
        return 0
    logging.getLogger().setLevel(logging.ERROR)  # what is printed is the channel
    stopped = play(read_script(options.script), form, partial(print, flush=True))
    if stopped is not None:
        print(stopped, file=sys.stderr)  # noqa: T201 - the place for it
    return 0 if stopped is None else UNFINISHED


def read_script(name: str) -> str:
    """The script's text, from a file or from standard input.

    Raises:
        SettingsError: it cannot be read.
    """
    try:
        return sys.stdin.read() if name == "-" else Path(name).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"The script {name} cannot be read: {error}.") from None


def migrate(_options: argparse.Namespace) -> None:
    """Bring the database's tables up to date."""
    from phantombot.parts import open_database  # noqa: PLC0415 - as above

    open_database(read_database_url(os.environ)).close()


def rotate(_options: argparse.Namespace) -> int:
    """Re-encrypt what is stored with the first secret of PHANTOMBOT_SECRET."""
    database_url, secrets = read_database_url(os.environ), read_secrets(os.environ)
    from phantombot.upkeep import rotate_secrets  # noqa: PLC0415 - as above

    done, report = rotate_secrets(database_url, secrets)
    print(report)  # noqa: T201 - what this command is for
    return 0 if done else UNFINISHED


def doctor(_options: argparse.Namespace) -> int:
    """Check what can be wrong, one line each with its mend."""
    from phantombot.messages.checks import Mark  # noqa: PLC0415 - as above
    from phantombot.upkeep import diagnose  # noqa: PLC0415 - as above

    well = True
    for finding in diagnose(os.environ):
        print(finding, flush=True)  # noqa: T201 - what this command is for
        well = well and finding.mark is not Mark.BAD
    return 0 if well else UNFINISHED


def manifest(_options: argparse.Namespace) -> None:
    """The Slack app's manifest, with PUBLIC_URL in it, or for Socket Mode."""
    address = read_manifest_address(os.environ)
    text = (Path(__file__).parent / "manifest.yml").read_text(encoding="utf-8")
    made = made_out(text, address, socket=has_socket(os.environ))
    print(made, end="")  # noqa: T201 - what this command is for


COMMANDS: dict[str, Callable[[argparse.Namespace], int | None]] = {
    "web": web,
    "worker": worker,
    "migrate": migrate,
    "rotate": rotate,
    "doctor": doctor,
    "manifest": manifest,
    "sandbox": sandbox,
}


def main(arguments: list[str]) -> int:
    """Run one command; the exit code."""
    parser = argparse.ArgumentParser("bot.py", description=__doc__)
    parser.add_argument("command", nargs="?", choices=COMMANDS)
    parser.add_argument(
        "--form", choices=FORMS, help="which year's API the sandbox's Phantombuster speaks"
    )
    parser.add_argument(
        "--script",
        metavar="FILE",
        help="of the sandbox: lines to play instead of a page; - reads them from standard input",
    )
    options = parser.parse_args(arguments)
    try:
        set_up_logs(read_log_format(os.environ), secrets_in(os.environ))
        return COMMANDS.get(options.command, run)(options) or 0
    except SettingsError as error:
        print(*error.problems, sep="\n", file=sys.stderr)  # noqa: T201 - the place for it
        return BAD_SETTINGS


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
