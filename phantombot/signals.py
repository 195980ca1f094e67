"""Wait for the signals that end a process, without a race."""

import signal
import socket


class EndSignal:
    """Catches SIGTERM and SIGINT from its creation on; create it in the main thread.

    A signal handler can interrupt an Event's `wait` in the main thread, and would then wait forever
    for its lock. So the interpreter writes the signal into a socket, which it can do at any time.
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
