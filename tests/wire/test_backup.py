"""A backup made while the bot runs, and what a restored one does."""

import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from patience import PATIENCE
from restoring import back_up as copied
from restoring import restore
from stage import INTENT

from phantombot.config import read_settings
from phantombot.context import Context
from phantombot.database.engine import Database
from phantombot.runs.model import Run
from phantombot.runs.store import Runs

from .conftest import ROOT, Wire
from .pressing import private, told

GUIDE = (ROOT / "docs/server.md").read_text()


def back_up(source: Path, target: Path) -> None:
    """Make a backup with the command that the guide gives."""
    (line,) = [one for one in GUIDE.splitlines() if "VACUUM INTO" in one]
    program = shlex.split(line.strip().removesuffix("\\"))[3]
    subprocess.run([sys.executable, "-c", program, str(source), str(target)], check=True)


def test_a_run_of_a_restored_backup_is_followed_to_its_ending(
    make_wire: Callable[..., Wire], sqlite_url: str, tmp_path: Path
):
    wire = make_wire(sqlite_url, speed=1)
    wire.start()
    wire.slack.command("launch 785 casperjs")
    assert wire.says("running")
    store, copy = Path(sqlite_url.removeprefix("sqlite:///")), tmp_path / "copy.db"
    back_up(store, copy)
    wire.started.pop().stop()
    for file in store.parent.glob(f"{store.name}*"):
        file.unlink()
    shutil.copy(copy, store)
    wire.start()
    wire.phantombuster.finish("785")
    assert wire.says("✅")
    assert len(wire.phantombuster.launches) == 1


def typed_before(wire: Wire, context: Context) -> Run:
    """Return a launch that was stored and not sent yet when its process was stopped."""
    database = Database(read_settings(wire.environ).database_url)
    url = wire.slack._response_url("C0GENERAL", "U0ADA")
    here = {"workspace": "T0SANDBOX", "channel": "C0GENERAL", "user": "U0ADA", "response_url": url}
    run = Runs(database, context.runs.vault).add(replace(INTENT, **here), context.clock())
    database.close()
    assert run is not None
    return run


def test_what_a_restored_backup_shows_as_unsent_is_asked_about_before_it_is_launched_again(
    make_wire: Callable[..., Wire], database_url: str, tmp_path: Path
):
    wire = make_wire(database_url, speed=1)
    process = wire.start(1)
    process.stop()
    wire.started.clear()
    typed = typed_before(wire, process.context)
    copied(database_url, tmp_path / "copy")
    wire.start(1).context.launch("T0SANDBOX", typed.id)
    assert wire.phantombuster.wait_for_launch(1, PATIENCE)
    wire.started.pop().stop()
    restore(database_url, tmp_path / "copy")
    wire.start(1)
    assert told(wire, "its database was restored from a backup, before your launch of 785")
    wire.slack.command("launch 908")
    assert wire.phantombuster.wait_for_launch(2, PATIENCE)
    assert [launch.agent_id for launch in wire.phantombuster.launches] == ["785", "908"]
    wire.slack.press(private(wire, "Launch it now?")[0], "launch_again")
    assert wire.phantombuster.wait_for_launch(3, PATIENCE)
