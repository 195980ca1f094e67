"""A `process_workspace` and a `launch` that do nothing but remember."""

import threading
from collections.abc import Callable
from datetime import datetime
from typing import Any

from patience import PATIENCE, becomes

COUNT = "SELECT count(*) FROM procrastinate_jobs"

Answer = Callable[[str], datetime | None]


class Calls:
    """Remembers each call of `process_workspace`, and answers with what the test says."""

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

    def reach_one(self, workspace: str) -> bool:
        with self.changed:
            return self.changed.wait_for(lambda: workspace in self.made, PATIENCE)


class Launches:
    """Remembers each call of `launch`; `work` is what the test has it do."""

    def __init__(self) -> None:
        self.made: list[tuple[str, int]] = []
        self.changed = threading.Condition()
        self.work: Callable[[], object] = lambda: None

    def __call__(self, workspace: str, run_id: int) -> None:
        with self.changed:
            self.made.append((workspace, run_id))
            self.changed.notify_all()
        self.work()

    def reach(self, count: int) -> bool:
        with self.changed:
            return self.changed.wait_for(lambda: len(self.made) >= count, PATIENCE)

    def reach_one(self, launch: tuple[str, int]) -> bool:
        with self.changed:
            return self.changed.wait_for(lambda: launch in self.made, PATIENCE)


def reads(ask: Callable[..., list[Any]], statement: str, expected: object) -> bool:
    """Wait for a value in the database, which nothing announces; return whether it came in time."""
    return becomes(lambda: ask(statement)[0][0] == expected)
