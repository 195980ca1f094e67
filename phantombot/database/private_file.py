"""Protect a SQLite file from other users of the machine."""

import logging
import os
from contextlib import suppress
from pathlib import Path

_OWNER_ALONE = 0o600
_OTHERS = 0o077

log = logging.getLogger(__name__)


def keep_private(file: str) -> None:
    """Create the file so that only its owner can read it; change an existing file that is ours.

    SQLite gives its other files the permissions of this one.
    """
    if not file or file.startswith((":", "file:")):
        return
    with suppress(OSError):  # it exists, or SQLite says what is wrong with the folder
        os.close(os.open(file, os.O_CREAT | os.O_EXCL, _OWNER_ALONE))
    for path in (Path(f"{file}{suffix}") for suffix in ("", "-wal", "-shm")):
        with suppress(OSError):  # it doesn't exist, or its file system has no permissions
            _tighten(path)


def _tighten(path: Path) -> None:
    found = path.stat()
    if found.st_uid == os.geteuid() and found.st_mode & _OTHERS:
        path.chmod(_OWNER_ALONE)
        log.info("%s is now readable for its owner alone", path.name)
