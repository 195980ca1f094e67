"""Waits for the signals that end a process, without a race."""

import signal
import socket


class EndSignal:
    """SIGTERM or SIGINT, from when this is created, in the main thread.

    A handler interrupts whatever the main thread does, even an Event's `wait`, whose lock it would
    then wait for forever. The interpreter can write into a socket at any time.
    """

    def __init__(self) -> None:
        self._heard, self._told = socket.socketpair()
        self._told.settimeout(0)
        signal.set_wakeup_fd(self._told.fileno(), warn_on_full_buffer=False)
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, lambda *_: None)

    def wait(self) -> None:
        """Return as soon as a signal has arrived."""
        self._heard.recv(1)
