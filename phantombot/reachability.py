"""Whether an address leads to a bot such as this one."""

import http.client
import ssl
from urllib.parse import urlsplit

PATIENCE = 10
"""Seconds: a dyno that sleeps has to wake up first."""


def reach(url: str) -> int | None:
    """The HTTP status of the bot's /healthz under `url`; None where nobody answers.

    A redirect is not followed: Slack would not follow it either.
    """
    parts = urlsplit(url)
    connection: http.client.HTTPConnection
    try:
        if parts.scheme == "https":
            connection = http.client.HTTPSConnection(
                parts.netloc, timeout=PATIENCE, context=ssl.create_default_context()
            )
        else:
            connection = http.client.HTTPConnection(parts.netloc, timeout=PATIENCE)
        try:
            connection.request("GET", parts.path.rstrip("/") + "/healthz")
            return connection.getresponse().status
        finally:
            connection.close()
    except (OSError, http.client.HTTPException, ValueError):
        return None
