"""Check whether an address leads to a phantombot."""

import http.client
from urllib.parse import urlsplit

from phantombot.tls import tls_context

TIMEOUT = 10
"""Timeout in seconds: a sleeping dyno has to start first."""


def reach(url: str) -> int | None:
    """Return the HTTP status of the bot's /healthz under `url`; None if nothing answers.

    Redirects aren't followed, since Slack doesn't follow them either.
    """
    parts = urlsplit(url)
    connection: http.client.HTTPConnection
    try:
        if parts.scheme == "https":
            connection = http.client.HTTPSConnection(
                parts.netloc, timeout=TIMEOUT, context=tls_context()
            )
        else:
            connection = http.client.HTTPConnection(parts.netloc, timeout=TIMEOUT)
        try:
            connection.request("GET", parts.path.rstrip("/") + "/healthz")
            return connection.getresponse().status
        finally:
            connection.close()
    except (OSError, http.client.HTTPException, ValueError):
        return None
