"""How long a test waits for what must happen before it fails."""

import time
from collections.abc import Callable

PATIENCE = 60.0
"""Seconds: far more than anything takes, since a machine may be busy with other work."""


def becomes(true: Callable[[], object]) -> bool:
    """Wait for what nothing announces; return whether it became true in time."""
    deadline = time.monotonic() + PATIENCE
    while not true():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True
