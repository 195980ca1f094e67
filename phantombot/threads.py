"""Threads for a while, on a machine that allows only so many: a small dyno has 256."""

from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from queue import Empty, SimpleQueue
from threading import Semaphore, Thread
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")

ABREAST = 8
"""Maximum things that `map_concurrently` works on at once."""
KEPT = 30.0
"""Seconds for which an idle thread is kept."""


def started(work: Callable[[], None], name: str) -> Thread | None:
    """Start a thread that does the work; return None if the machine allows no more threads."""
    thread = Thread(target=work, name=name, daemon=True)
    try:
        thread.start()
    except RuntimeError:
        return None
    return thread


def map_concurrently(work: Callable[[T], R], each: Iterable[T]) -> list[R]:
    """Map `work` over threads of its own, and this one; no workspace waits for another's.

    A thread ends when nothing is left to begin: of a hundred runs one alone may wait for an answer.
    """
    waiting = deque(enumerate(each))
    count, done = len(waiting), dict[int, R]()
    failed: dict[int, BaseException] = {}

    def go() -> None:
        while waiting:
            try:
                number, thing = waiting.popleft()
            except IndexError:  # another thread took the last one
                return
            try:
                done[number] = work(thing)
            except BaseException as error:  # noqa: BLE001 - raised below, in the caller's thread
                failed[number] = error

    threads = _helpers(go, min(count, ABREAST) - 1, waiting)
    go()
    for thread in threads:
        thread.join()
    if failed:
        raise failed[min(failed)]
    return [done[number] for number in range(count)]


def _helpers(go: Callable[[], None], most: int, waiting: deque[tuple[int, T]]) -> list[Thread]:
    """Start threads while there is work for them and the machine allows it."""
    threads: list[Thread] = []
    while waiting and len(threads) < most:
        thread = started(go, f"run-{len(threads)}")
        if thread is None:
            break
        threads.append(thread)
    return threads


class KeptThreads:
    """Threads that stay for a while when their work is done: as many as there was work at once."""

    def __init__(self, name: str, kept: float = KEPT) -> None:
        """Start none yet; idle ones end after so many seconds."""
        self._name = name
        self._kept = kept
        self._given: SimpleQueue[tuple[Future[None], Callable[[], None]]] = SimpleQueue()
        self._idle = Semaphore(0)

    def run_beside(self, work: Callable[[], None]) -> Callable[[], None]:
        """Have a thread do the work; return a function that waits for its end.

        An idle thread is only woken, while whoever starts one waits until it runs. If the machine
        allows no more threads, that function does the work.
        """
        if not self._idle.acquire(blocking=False) and started(self._work, self._name) is None:
            return work
        done: Future[None] = Future()
        self._given.put((done, work))
        return done.result

    def _work(self) -> None:
        while (given := self._next()) is not None:
            done, work = given
            try:
                done.set_result(work())
            except BaseException as error:  # noqa: BLE001 - raised in whoever waits for it
                done.set_exception(error)
            self._idle.release()

    def _next(self) -> tuple[Future[None], Callable[[], None]] | None:
        while True:
            try:
                return self._given.get(timeout=self._kept)
            except Empty:
                if self._idle.acquire(blocking=False):  # else somebody is about to give it work
                    return None
