"""The addresses that Phantombuster's webhooks call when a run ends: hints to look, never believed.

Whoever knows an address can make the bot look sooner, and nothing else.
"""

import hashlib
import re
import threading
import time
from collections.abc import Callable
from datetime import datetime

EVERY = 5.0
"""Seconds in which several calls of one address are one hint; the agent is looked at once more
after that, so that none of them is in vain."""
SELDOM = 60.0
"""To how many seconds that grows while calls keep coming: as often as the account is read."""
_SECRET = re.compile(r"[A-Za-z0-9_-]{43}")
_REMEMBERED = 10_000


class Hooks:
    """Takes hints for all workspaces, from any thread.

    `hint` writes one down and names its workspace, None for a secret that is nobody's; `wake`
    has the workspace processed. Most calls of a flood cost no more than a look in a dictionary.
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
        """Until when calls of an address are no new hint, and for how long they are not."""

    def called(self, secret: str) -> bool:
        """Whether the secret in the address is somebody's; then their agent is looked at.

        Raises:
            StoreUnavailable: it cannot be found out.
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
