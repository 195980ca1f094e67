"""A `tend` that does nothing but remember."""

import threading
from collections.abc import Callable
from datetime import datetime

from patience import PATIENCE

Answer = Callable[[str], datetime | None]


class Calls:
    """Remembers each call of `tend`, and answers with what the test says."""

    def __init__(self) -> None:
        self.made: list[str] = []
        self.changed = threading.Condition()
        self.answer: Answer = lambda _workspace: None

    def __call__(self, workspace: str) -> datetime | None:
        with self.changed:
            self.made.append(workspace)
            self.changed.notify_all()
        return self.answer(workspace)

    def reach(self, count: int) -> bool:
        with self.changed:
            return self.changed.wait_for(lambda: len(self.made) >= count, PATIENCE)
