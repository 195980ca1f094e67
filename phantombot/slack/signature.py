"""Check that Slack signed a request, by its raw bytes: nothing is parsed before."""

import hmac
import logging
import re
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping

from phantombot.logs import Seldom

VALID_FOR = 300.0
"""Maximum seconds between a request's time and this server's clock."""
_UNIX_TIME = re.compile(r"[0-9]{1,12}")
_SIGNATURE = re.compile(r"v0=[0-9a-f]{64}")
_MISMATCH = (
    "a request was refused: its signature does not match. If commands fail in Slack,"
    " SLACK_SIGNING_SECRET is not this app's: copy it from the app's Basic Information,"
    " without quotes or spaces"
)
_CLOCK_OFF = (
    "a request of Slack's was refused: by this server's clock it is from %.0f s %s."
    " If commands fail in Slack, check the clock, and set it by NTP"
)

_HOUR = 3600.0

log = logging.getLogger(__name__)


class Mismatches:
    """Counts wrong signatures in the last hour, and reports them at most once a minute.

    `told` is called with the count, and may be slow.
    """

    def __init__(self, told: Callable[[int], None], every: float = 60.0) -> None:
        self._told = told
        self._seldom = Seldom(every)
        self._lock = threading.Lock()
        self._new = 0
        self._counts: deque[tuple[float, int]] = deque()

    def add(self) -> None:
        """Count a wrong signature."""
        with self._lock:
            self._new += 1
        if self._seldom.is_due():
            log.warning(_MISMATCH)
            self._told(self._in_last_hour(time.monotonic()))

    def _in_last_hour(self, now: float) -> int:
        with self._lock:
            self._counts.append((now, self._new))
            self._new = 0
            while self._counts[0][0] < now - _HOUR:
                self._counts.popleft()
            return sum(count for _, count in self._counts)


class Signatures:
    """Checks requests against the app's signing secret, and logs why one is refused.

    A request without anything like Slack's signature is refused without a log line.
    """

    def __init__(
        self,
        secret: str,
        mismatched: Callable[[int], None] = lambda _count: None,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._secret = secret.encode()
        self._now = now
        self._mismatches = Mismatches(mismatched)
        self._clock_told = Seldom()

    def is_valid(self, body: bytes, headers: Mapping[str, str]) -> bool:
        """Return whether Slack signed these bytes within the last minutes."""
        stamp = headers.get("x-slack-request-timestamp", "")
        signature = headers.get("x-slack-signature", "")
        if not _UNIX_TIME.fullmatch(stamp) or not _SIGNATURE.fullmatch(signature):
            return False
        signed = b"v0:%b:%b" % (stamp.encode(), body)
        expected = f"v0={hmac.digest(self._secret, signed, 'sha256').hex()}"
        if not hmac.compare_digest(expected, signature):
            self._mismatches.add()
            return False
        # Only a correct signature proves anything about the clock.
        return self._is_recent(self._now() - int(stamp))

    def _is_recent(self, age: float) -> bool:
        if abs(age) <= VALID_FOR:
            return True
        if self._clock_told.is_due():
            log.warning(_CLOCK_OFF, abs(age), "ago" if age > 0 else "ahead")
        return False
