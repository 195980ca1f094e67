"""A backup of SQLite made while the bot runs, and what a restored one does."""

import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from .conftest import ROOT, Wire

GUIDE = (ROOT / "docs/server.md").read_text()


def back_up(source: Path, target: Path) -> None:
    """With the very line that the guide gives."""
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
