"""12. The ack path while somebody posts 1 MB a second of unsigned forms with very many fields."""

import http.client
import threading
import time
from contextlib import suppress
from typing import Self

from bench.figure import Section
from bench.idle import compare

BODY = 500_000
"""Bytes; more than 768 KB is refused by its length."""
PER_SECOND = 2.0


def measure(section: Section) -> None:
    """Fill the section."""
    whose = "the same, 1 MB a second of unsigned `a&a&`"
    compare(section, whose, Flood)


class Flood:
    """Posts forms that carry a signature of Slack's shape, which is wrong."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._over = threading.Event()
        self._threads = [threading.Thread(target=self._post, daemon=True) for _ in range(4)]
        self._body = (b"a&" * BODY)[:BODY]

    def __enter__(self) -> Self:
        for one in self._threads:
            one.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        for one in self._threads:
            one.join()

    def _post(self) -> None:
        while not self._over.wait(len(self._threads) / PER_SECOND):
            headers = {
                "Content-Type": "application/x-www-form-urlencoded",
                "X-Slack-Request-Timestamp": str(int(time.time())),
                "X-Slack-Signature": f"v0={'0' * 64}",
            }
            connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=60)
            with suppress(OSError):
                connection.request("POST", "/slack/events", self._body, headers)
                connection.getresponse().read()
            connection.close()
