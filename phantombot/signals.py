"""The signals that end a process, waited for without a race."""

import signal
import socket


class EndSignal:
    """SIGTERM or SIGINT, from when this is made on, in the main thread.

    A handler runs in the middle of whatever the main thread does: also of an Event's `wait`, whose
    lock it would then want, and never get. The interpreter writes into a socket at any time.
    """

    def __init__(self) -> None:
        self._heard, self._told = socket.socketpair()
        self._told.settimeout(0)
        signal.set_wakeup_fd(self._told.fileno(), warn_on_full_buffer=False)
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, lambda *_: None)

    def wait(self) -> None:
        """Return as soon as one has come."""
        self._heard.recv(1)
