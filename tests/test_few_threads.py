"""Work on several threads at once, also where the machine allows no more of them."""

import threading
from collections.abc import Iterator
from threading import Barrier, Event, Thread, current_thread

import pytest
from patience import PATIENCE, becomes

from phantombot.fair_pool import FairPool
from phantombot.threads import ABREAST, KeptThreads, map_concurrently


@pytest.fixture
def allowed(monkeypatch: pytest.MonkeyPatch) -> list[None]:
    """As many threads as it has entries can be started from now on."""
    left: list[None] = []
    start = Thread.start

    def start_if_allowed(thread: Thread) -> None:
        if not left:
            raise RuntimeError("can't start new thread")
        left.pop()
        start(thread)

    monkeypatch.setattr(threading.Thread, "start", start_if_allowed)
    return left


@pytest.fixture
def released() -> Iterator[Event]:
    """Set when slow work may end."""
    event = Event()
    yield event
    event.set()


def test_as_many_things_as_are_worked_on_at_once_can_wait_for_each_other():
    together = Barrier(ABREAST)
    found = map_concurrently(lambda _: together.wait(PATIENCE), range(ABREAST))
    assert sorted(found) == list(range(ABREAST))


def test_what_was_mapped_comes_in_the_order_of_the_things():
    assert map_concurrently(str, range(50)) == [str(number) for number in range(50)]
    assert map_concurrently(str, []) == []


def test_the_first_error_is_raised_when_all_the_others_are_done():
    done: list[int] = []

    def work(number: int) -> None:
        if number in {7, 3}:
            raise ValueError(number)
        done.append(number)

    with pytest.raises(ValueError, match="3"):
        map_concurrently(work, range(20))
    assert len(done) == 18


def test_while_one_thing_waits_no_thread_is_kept_for_those_that_are_done(released: Event):
    kept: list[int] = []

    def work(number: int) -> None:
        if number == 0:
            kept.append(0)
            released.wait(PATIENCE)

    mapping = Thread(target=map_concurrently, args=(work, range(100)), daemon=True)
    mapping.start()

    def helpers() -> int:
        return sum(thread.name.startswith("run-") for thread in threading.enumerate())

    assert becomes(lambda: kept and helpers() <= 1)
    assert mapping.is_alive()
    released.set()
    mapping.join(PATIENCE)


@pytest.mark.parametrize("threads", [0, 1])
def test_without_threads_the_caller_works_on_what_is_left(allowed: list[None], threads: int):
    allowed.extend([None] * threads)
    assert map_concurrently(str, range(20)) == [str(number) for number in range(20)]


def test_without_threads_what_was_to_go_on_beside_is_done_when_it_is_waited_for(
    allowed: list[None],
):
    threads, done = KeptThreads("beside"), list[Thread]()
    join = threads.run_beside(lambda: done.append(current_thread()))
    assert done == []
    join()
    assert done == [current_thread()]
    allowed.append(None)
    threads.run_beside(lambda: done.append(current_thread()))()
    assert done[1].name == "beside"


def test_a_thread_that_is_idle_does_the_next_work_beside():
    threads, done = KeptThreads("beside"), list[Thread]()
    for _ in range(3):
        threads.run_beside(lambda: done.append(current_thread()))()
        assert becomes(lambda: threads._idle._value == 1)
    assert len(set(done)) == 1


def test_work_beside_waits_for_no_other_and_its_error_is_raised_in_whoever_waits(released: Event):
    def fail() -> None:
        raise ValueError

    threads = KeptThreads("beside")
    slow = threads.run_beside(lambda: released.wait(PATIENCE))
    with pytest.raises(ValueError):  # noqa: PT011
        threads.run_beside(fail)()
    released.set()
    slow()


def test_a_thread_ends_that_is_idle_for_long():
    done: list[Thread] = []
    KeptThreads("beside", kept=0.01).run_beside(lambda: done.append(current_thread()))()
    assert becomes(lambda: not done[0].is_alive())


def test_a_pool_without_threads_refuses_work_and_takes_it_when_there_are_some(allowed: list[None]):
    pool = FairPool("few", 4, share=1, aside=1)
    with pytest.raises(RuntimeError):
        pool.submit("T1", lambda: 1)
    allowed.append(None)
    assert pool.submit("T1", lambda: 2).result(PATIENCE) == 2


def test_a_pool_that_can_start_no_more_threads_goes_on_with_those_it_has(
    allowed: list[None], released: Event
):
    pool = FairPool("few", 4, share=1, aside=1)
    allowed.append(None)
    slow = pool.submit("T1", lambda: released.wait(PATIENCE))
    others = [pool.submit(f"T{number}", lambda: number) for number in range(2, 5)]  # noqa: B023
    released.set()
    assert slow.result(PATIENCE)
    assert all(other.result(PATIENCE) for other in others)
