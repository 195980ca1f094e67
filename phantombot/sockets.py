"""Open the listening socket, and find out how many connections there can be."""

import errno
import resource
import socket

from phantombot.errors import SettingsError

OTHER_FILES = 256
"""Open files that the process needs besides its connections, with room to spare."""


def listen(port: int, host: str = "0.0.0.0") -> socket.socket:  # noqa: S104 - a server's work
    """Return a socket bound to the port.

    Raises:
        SettingsError: the port is in use, or we aren't allowed to use it.
    """
    bound = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((host, port))
    except OSError as error:
        bound.close()
        reason = (
            "is taken by another program"
            if error.errno == errno.EADDRINUSE
            else "cannot be listened on"
        )
        raise SettingsError(f"PORT {port} {reason}; set PORT to a free one.") from None
    return bound


def room_for(connections: int) -> int:
    """Return how many connections the process can have; raise its limit on open files if needed.

    At least half of the allowed open files are for connections.
    """
    wanted = connections + OTHER_FILES
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    if soft == resource.RLIM_INFINITY:
        return connections
    return min(connections, max(soft - OTHER_FILES, soft // 2))
