"""Handle calls of Phantombuster's webhooks, which are hints to poll and are never trusted.

Somebody who knows an address can only make the bot poll sooner.
"""

import hashlib
import re
import threading
import time
from collections.abc import Callable
from datetime import datetime

EVERY = 5.0
"""Seconds in which several calls of one address are one hint; the agent is polled once more
afterwards, so that no call is lost.
"""
SELDOM = 60.0
"""Maximum of that pause, which grows while calls keep coming: the account's poll interval."""
_SECRET = re.compile(r"[A-Za-z0-9_-]{43}")
_REMEMBERED = 10_000


class Hooks:
    """Receives hints for all workspaces, from any thread.

    `hint` stores one and returns its workspace, or None for an unknown secret; `wake` makes a
    worker process the workspace. In a flood, most calls cost only a dictionary lookup.
    """

    def __init__(
        self,
        hint: Callable[[str, datetime], str | None],
        wake: Callable[[str], None],
        clock: Callable[[], datetime],
        tick: Callable[[], float] = time.monotonic,
    ) -> None:
        self._hint, self._wake, self._clock, self._tick = hint, wake, clock, tick
        self._lock = threading.Lock()
        self._quiet: dict[bytes, tuple[float, float]] = {}
        """When the pause of an address ends, and how long it is."""

    def called(self, secret: str) -> bool:
        """Return whether the secret in the address is known; if so, request a poll of its agent.

        Raises:
            StoreUnavailable: it can't be looked up.
        """
        if not _SECRET.fullmatch(secret):
            return False
        digest = hashlib.sha256(secret.encode()).digest()
        with self._lock:
            if self._tick() < self._quiet.get(digest, (0.0, 0.0))[0]:
                return True
        workspace = self._hint(secret, self._clock())
        if workspace is None:
            return False
        self._remember(digest)
        self._wake(workspace)
        return True

    def _remember(self, digest: bytes) -> None:
        with self._lock:
            if len(self._quiet) >= _REMEMBERED:
                self._quiet.clear()
            now, (until, span) = self._tick(), self._quiet.get(digest, (0.0, 0.0))
            again = now < until + span
            span = min(2 * span, SELDOM) if again else EVERY
            self._quiet[digest] = (now + span, span)
