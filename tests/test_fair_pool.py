"""Workspaces that share a pool: one that is slow holds up nobody else."""

from collections.abc import Iterator
from threading import Event, Lock

import pytest
from patience import PATIENCE

from phantombot.fair_pool import FairPool


@pytest.fixture
def released() -> Iterator[Event]:
    """Set when slow tasks may end."""
    event = Event()
    yield event
    event.set()


def pool(size: int = 2, share: int = 1, aside: int = 4) -> FairPool:
    return FairPool("test", size, share=share, aside=aside, slow_after=0.05)


def waiting_for(event: Event) -> bool:
    return event.wait(PATIENCE)


def test_what_is_done_is_told_by_the_future():
    def fail() -> None:
        raise ValueError("as asked")

    some = pool()
    assert some.submit("T1", lambda: 7).result(PATIENCE) == 7
    with pytest.raises(ValueError, match="as asked"):
        some.submit("T1", fail).result(PATIENCE)


def test_a_workspace_whose_tasks_hang_does_not_keep_others_waiting(released: Event):
    some = pool()
    for _ in range(50):
        some.submit("slow", lambda: waiting_for(released))
    assert some.submit("quick", lambda: 1).result(PATIENCE) == 1
    assert not released.is_set()


def test_many_slow_workspaces_do_not_keep_others_waiting(released: Event):
    some = pool(aside=8)
    for number in range(40):
        some.submit(f"slow-{number}", lambda: waiting_for(released))
    assert [some.submit("quick", lambda: 1).result(PATIENCE) for _ in range(20)] == [1] * 20


def test_a_workspace_that_was_slow_once_finds_a_place_beside_those_that_are(released: Event):
    some, never = pool(share=4, aside=8), Event()
    some.submit("once", lambda: never.wait(0.1)).result(PATIENCE)
    for number in range(20):
        some.submit(f"slow-{number % 2}", lambda: waiting_for(released))
    # Time passes, in which the slow ones take all that they get.
    for _ in range(5):
        some.submit("quick", lambda: never.wait(0.05)).result(PATIENCE)
    assert some.submit("once", lambda: 1).result(PATIENCE / 10) == 1


def test_of_a_slow_workspace_only_its_share_runs_at_once(released: Event):
    some, lock, began = pool(size=4, share=2), Lock(), [0]
    first = Event()

    def slow() -> None:
        with lock:
            began[0] += 1
        first.set()
        waiting_for(released)

    tasks = [some.submit("slow", slow) for _ in range(10)]
    assert first.wait(PATIENCE)
    # Another workspace's tasks end one after the other, so that time passes for the slow one's.
    gate = Event()
    for _ in range(3):
        some.submit("quick", lambda: gate.wait(0.05)).result(PATIENCE)
    assert began[0] == 2
    released.set()
    for task in tasks:
        task.result(PATIENCE)
    assert began[0] == 10


def test_workspaces_take_turns():
    some, gate, order = FairPool("test", 1, share=1, aside=1, slow_after=PATIENCE), Event(), []
    first = some.submit("T0", lambda: waiting_for(gate))
    tasks = [
        some.submit(workspace, lambda name=workspace: order.append(name))
        for workspace in ("T1", "T1", "T1", "T2", "T2")
    ]
    gate.set()
    first.result(PATIENCE)
    for task in tasks:
        task.result(PATIENCE)
    assert order == ["T1", "T2", "T1", "T2", "T1"]


def test_a_workspace_that_is_quick_again_has_its_part_of_the_pool_again():
    some, gate = pool(size=4), Event()
    some.submit("T1", lambda: gate.wait(0.1)).result(PATIENCE)
    some.submit("T1", lambda: 1).result(PATIENCE)
    together = [Event(), Event()]

    def meet(mine: Event, other: Event) -> bool:
        mine.set()
        return other.wait(PATIENCE)

    both = [
        some.submit("T1", lambda: meet(*together)),
        some.submit("T1", lambda: meet(*together[::-1])),
    ]
    assert [task.result(PATIENCE) for task in both] == [True, True]


def test_a_pool_that_is_shut_down_cancels_what_waits_and_takes_nothing_more(released: Event):
    some = FairPool("test", 1, share=1, aside=1, slow_after=PATIENCE)
    began = Event()

    def work() -> None:
        began.set()
        waiting_for(released)

    going = some.submit("T1", work)
    assert began.wait(PATIENCE)
    left = some.submit("T1", lambda: 1)
    some.shutdown(wait=False, cancel_futures=True)
    assert left.cancelled()
    with pytest.raises(RuntimeError):
        some.submit("T1", lambda: 1)
    released.set()
    going.result(PATIENCE)


def test_a_shutdown_waits_for_all_that_was_submitted():
    some, done = pool(), []
    for number in range(20):
        some.submit(f"T{number}", lambda number=number: done.append(number))
    some.shutdown()
    assert sorted(done) == list(range(20))
