"""A thread pool that workspaces share, so that none waits for another's slow Phantombuster."""

import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from itertools import count
from typing import Any, Generic, TypeVar

from phantombot.threads import started

T = TypeVar("T")

SLOW_AFTER = 1.0
"""Seconds after which a task is set aside: longer than a healthy service takes to answer."""

IDLE_FOR = 60.0
"""Seconds after which an idle thread ends, unless it is the last."""


@dataclass(eq=False)
class _Task(Generic[T]):
    workspace: str
    work: Callable[[], T]
    future: Future[T] = field(default_factory=Future)
    started: float = 0.0
    aside: bool = False


class FairPool:
    """A pool of threads in which no workspace can hold up the others.

    `size` tasks run at once, at most half of them of one workspace, and workspaces take turns. A
    task that runs for longer than `slow_after` seconds is set aside: it keeps its thread, but no
    longer counts, so that another starts in its place. The workspace counts as slow until one of
    its tasks is quick again. Its tasks are set aside from the start, `share` of them at once, and
    `aside` over all slow workspaces; half of those places are for workspaces that have none yet.
    """

    def __init__(
        self, name: str, size: int, *, share: int, aside: int, slow_after: float = SLOW_AFTER
    ) -> None:
        self._name = name
        self._size, self._share, self._most_aside = size, share, aside
        self._part = max(size // 2, 1)
        self._slow_after = slow_after
        self._changed = threading.Condition()
        self._waiting: dict[str, deque[_Task[Any]]] = {}
        self._running: set[_Task[Any]] = set()
        self._slow: set[str] = set()
        self._numbers = count(1)
        self._idle = 0
        self._closed = False

    def submit(self, workspace: str, work: Callable[[], T]) -> Future[T]:
        """Run the work for the workspace on a thread, as soon as it is its turn.

        Raises:
            RuntimeError: the pool is shut down, or has no thread and can't start one.
        """
        task = _Task(workspace, work)
        with self._changed:
            if self._closed:
                raise RuntimeError("the pool is shut down")
            self._keep_one_idle()
            if not (self._idle or self._running):
                raise RuntimeError("no thread can be started")
            self._waiting.setdefault(workspace, deque()).append(task)
            self._changed.notify()
        return task.future

    def shutdown(self, *, wait: bool = True, cancel_futures: bool = False) -> None:
        """Take no more work, as `concurrent.futures.Executor.shutdown`."""
        with self._changed:
            self._closed = True
            if cancel_futures:
                for task in [task for tasks in self._waiting.values() for task in tasks]:
                    task.future.cancel()
                self._waiting.clear()
            self._changed.notify_all()
            if wait:
                self._changed.wait_for(lambda: not self._waiting and not self._running)

    def _keep_one_idle(self) -> None:
        """Start a thread unless one is idle; it takes the next task, and notices slow ones.

        If the machine allows no more threads, those at work begin it when they are done.
        """
        if not self._idle and started(self._work, f"{self._name}-{next(self._numbers)}"):
            self._idle += 1

    def _work(self) -> None:
        while (task := self._take()) is not None:
            if task.future.set_running_or_notify_cancel():
                try:
                    task.future.set_result(task.work())
                except BaseException as error:  # noqa: BLE001 - whoever holds the future gets it
                    task.future.set_exception(error)
            self._end(task)

    def _take(self) -> _Task[Any] | None:
        """Wait for a task that can start; return None once the pool is shut down and empty."""
        with self._changed:
            while True:
                task = self._next()
                if task is not None:
                    self._running.add(task)
                    self._idle -= 1
                    if self._waiting:
                        self._keep_one_idle()
                        self._changed.notify()
                    return task
                done = self._closed and not self._waiting
                if done or self._is_idle_for_long():
                    self._idle -= 1
                    return None

    def _is_idle_for_long(self) -> bool:
        """Wait for a change; return whether none came and another thread waits for the next."""
        woken = self._changed.wait(self._until_next_is_slow())
        return not (woken or self._waiting) and self._idle > 1

    def _end(self, task: _Task[Any]) -> None:
        with self._changed:
            self._running.discard(task)
            self._idle += 1
            if time.monotonic() - task.started < self._slow_after:
                self._slow.discard(task.workspace)
            else:
                self._slow.add(task.workspace)
            if self._closed:
                self._changed.notify_all()

    def _next(self) -> _Task[Any] | None:
        """Return the next task, of the first workspace that can start one."""
        self._set_slow_ones_aside()
        aside = sum(task.aside for task in self._running)
        quick = len(self._running) - aside
        for workspace, tasks in self._waiting.items():
            held = sum(task.workspace == workspace for task in self._running)
            slow = workspace in self._slow
            # Half of the places aside are kept for workspaces that have none: on a busy machine any
            # workspace is slow for a moment, and mustn't wait for all the others' answers.
            most_aside = self._most_aside // 2 if held else self._most_aside
            free = aside < most_aside if slow else quick < self._size
            if free and held < (self._share if slow else self._part):
                task = tasks.popleft()
                task.started, task.aside = time.monotonic(), slow
                # The workspace goes to the end of the line.
                del self._waiting[workspace]
                if tasks:
                    self._waiting[workspace] = tasks
                return task
        return None

    def _set_slow_ones_aside(self) -> None:
        before = time.monotonic() - self._slow_after
        for task in self._running:
            if not task.aside and task.started <= before:
                task.aside = True
                self._slow.add(task.workspace)

    def _until_next_is_slow(self) -> float:
        """Return the seconds until a running task is set aside for a waiting one."""
        quick = [task.started for task in self._running if not task.aside]
        if not self._waiting or not quick:
            return IDLE_FOR
        return max(min(quick) + self._slow_after - time.monotonic(), 0.0)
