"""Start phantombot, or one of its tools: `python bot.py --help` lists them.

Missing or conflicting settings are listed, one per line, with exit code 2.
"""

import argparse
import gc
import logging
import os
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

from phantombot.config import (
    has_socket,
    is_server,
    read_log_format,
    read_manifest_address,
    read_secrets,
    read_settings,
    secrets_in,
)
from phantombot.database_url import read_database_url
from phantombot.errors import SettingsError
from phantombot.logs import set_up_logs
from phantombot.slack.manifest import made_out

FORMS = ("2014", "2014-11", "2015", "2017", "today", "v2", "later")
UNFINISHED = 1
BAD_SETTINGS = 2


def run(options: argparse.Namespace) -> None:
    """Serve Slack, or run the sandbox if no setting of a server is set."""
    if not is_server(os.environ):
        sandbox(options)
        return
    settings = read_settings(os.environ)
    gc.disable()  # until everything is loaded, which saves a tenth of the start-up time
    from phantombot.processes import serve  # noqa: PLC0415 - bad settings are reported before it loads

    serve(settings)


def web(_options: argparse.Namespace) -> None:
    """Answer Slack; workers do the rest."""
    settings = read_settings(os.environ)
    gc.disable()
    from phantombot.processes import WebAlone, serve  # noqa: PLC0415 - as above

    serve(settings, role=WebAlone)


def worker(_options: argparse.Namespace) -> None:
    """Launch and follow runs; listen on no port."""
    settings = read_settings(os.environ)
    gc.disable()
    from phantombot.processes import Worker, serve  # noqa: PLC0415 - as above

    serve(settings, role=Worker)


def sandbox(options: argparse.Namespace) -> int:
    """Run the real bot with a local Slack and a local Phantombuster, on a page or by a script."""
    from phantombot.sandbox.phantombuster import DEFAULT_FORM  # noqa: PLC0415 - as below
    from phantombot.sandbox.trial import play, try_out  # noqa: PLC0415 - not loaded on a server

    form = options.form or DEFAULT_FORM
    if options.script is None:
        try_out(os.environ, form)
        return 0
    logging.getLogger().setLevel(logging.ERROR)  # the script's output is the channel
    stopped = play(read_script(options.script), form, partial(print, flush=True))
    if stopped is not None:
        print(stopped, file=sys.stderr)  # noqa: T201 - the place for it
    return 0 if stopped is None else UNFINISHED


def read_script(name: str) -> str:
    """Return the script's text, from a file or from standard input.

    Raises:
        SettingsError: it can't be read.
    """
    try:
        return sys.stdin.read() if name == "-" else Path(name).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"The script {name} cannot be read: {error}.") from None


def migrate(_options: argparse.Namespace) -> None:
    """Bring the database's tables up to date."""
    from phantombot.bootstrap import open_database  # noqa: PLC0415 - as above

    open_database(read_database_url(os.environ)).close()


def rotate(_options: argparse.Namespace) -> int:
    """Re-encrypt what is stored with the first secret of PHANTOMBOT_SECRET."""
    database_url, secrets = read_database_url(os.environ), read_secrets(os.environ)
    from phantombot.operations import rotate_secrets  # noqa: PLC0415 - as above

    done, report = rotate_secrets(database_url, secrets)
    print(report)  # noqa: T201 - what this command is for
    return 0 if done else UNFINISHED


def doctor(_options: argparse.Namespace) -> int:
    """Run all checks and print one line for each, with how to fix what is wrong."""
    from phantombot.messages.doctor import Mark  # noqa: PLC0415 - as above
    from phantombot.operations import diagnose  # noqa: PLC0415 - as above

    well = True
    for finding in diagnose(os.environ):
        print(finding, flush=True)  # noqa: T201 - what this command is for
        well = well and finding.mark is not Mark.BAD
    return 0 if well else UNFINISHED


def manifest(_options: argparse.Namespace) -> None:
    """Print the Slack app's manifest, with PUBLIC_URL in it, or for Socket Mode."""
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


HELP = """\
Launch Phantombuster agents from Slack. Configuration is read from the environment.

commands:
  (none)    answer Slack and follow runs in one process; without any setting, the sandbox
  web       answer Slack; needs PostgreSQL and a worker beside it
  worker    launch and follow runs; needs PostgreSQL and a web beside it
  migrate   bring the database's tables up to date
  rotate    re-encrypt what is stored with the first secret of PHANTOMBOT_SECRET
  doctor    check settings, database, Slack and Phantombuster, and say how to fix what is wrong
  manifest  print the Slack app's manifest, with PUBLIC_URL or for Socket Mode
  sandbox   try the bot with a local Slack and a local Phantombuster
"""
EXIT_CODES = """\
exit codes: 0 done, 1 something is wrong or left to do, 2 a setting or this line is wrong
"""


def argument_parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    parser = argparse.ArgumentParser(
        "bot.py",
        description=HELP,
        epilog=EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "command", nargs="?", choices=COMMANDS, metavar="command", help="one of the above"
    )
    parser.add_argument(
        "--form", choices=FORMS, help="sandbox: which API the local Phantombuster speaks"
    )
    parser.add_argument(
        "--script",
        metavar="FILE",
        help="sandbox: play the file's lines instead of opening a page; - reads standard input",
    )
    return parser


def main(arguments: list[str]) -> int:
    """Run one command and return its exit code."""
    options = argument_parser().parse_args(arguments)
    try:
        set_up_logs(read_log_format(os.environ), secrets_in(os.environ))
        return COMMANDS.get(options.command, run)(options) or 0
    except SettingsError as error:
        print(*error.problems, sep="\n", file=sys.stderr)  # noqa: T201 - the place for it
        return BAD_SETTINGS


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
