"""Shows what does not wait for an answer: the answer is held back until the test lets it go."""

import threading

from patience import PATIENCE

from phantombot.sandbox.server import Noted, Request, unwatched


class Gate:
    """Watches a local server and holds the requests with a part in their path until it opens."""

    def __init__(self, part: str) -> None:
        self._part = part
        self._held = 0
        self._open = False
        self._changed = threading.Condition()

    def __call__(self, request: Request) -> Noted:
        with self._changed:
            if self._part in request.path:
                self._held += 1
                self._changed.notify_all()
                self._changed.wait_for(lambda: self._open)
        return unwatched(request)

    def holds(self, count: int) -> bool:
        """Wait until so many requests have arrived; return whether they did in time."""
        with self._changed:
            return self._changed.wait_for(lambda: self._held >= count, PATIENCE)

    def open(self) -> None:
        """Let through what is held, and all that comes later."""
        with self._changed:
            self._open = True
            self._changed.notify_all()
