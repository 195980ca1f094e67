"""Threads for a while, on a machine that allows only so many: a small dyno has 256."""

from collections import deque
from collections.abc import Callable, Iterable
from threading import Thread
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")

ABREAST = 8
"""Things that `map_concurrently` works on at once."""


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


def in_thread(work: Callable[[], None]) -> Callable[[], None]:
    """Start the work on a thread of its own; return a function that waits for its end.

    If the machine allows no more threads, that function does the work.
    """
    thread = started(work, "beside")
    return work if thread is None else thread.join


def _helpers(go: Callable[[], None], most: int, waiting: deque[tuple[int, T]]) -> list[Thread]:
    """Start threads while there is work for them and the machine allows it."""
    threads: list[Thread] = []
    while waiting and len(threads) < most:
        thread = started(go, f"run-{len(threads)}")
        if thread is None:
            break
        threads.append(thread)
    return threads
