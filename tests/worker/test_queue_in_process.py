import threading
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import pytest
from patience import PATIENCE
from tended import Calls, Launches

from phantombot.context import Clock
from phantombot.errors import StoreUnavailable
from phantombot.processes import fast_clock, utc_now
from phantombot.worker.queue.in_process import Embedded
from phantombot.worker.queue.port import LAUNCHERS, LONGEST_WAIT, RETRY_AFTER, THREADS, call

HALF = LAUNCHERS // 2
"""Launches of one workspace at once."""


@pytest.fixture
def start(calls: Calls, launches: Launches) -> Iterator[Callable[..., Embedded]]:
    engines: list[Embedded] = []

    def start(
        sweep: Callable[[], list[str]] = list, speed: float = 1, clock: Clock | None = None
    ) -> Embedded:
        clock = clock or (utc_now if speed == 1 else fast_clock(speed))
        engines.append(Embedded(calls, launches, sweep, clock, speed))
        engines[-1].start()
        return engines[-1]

    yield start
    for engine in engines:
        engine.stop(1)


def test_a_wake_is_a_call_at_once(calls: Calls, start: Callable[..., Embedded]):
    start().wake("T1")
    assert calls.reach(1)


def test_a_wake_for_later_waits_until_then(calls: Calls, start: Callable[..., Embedded]):
    due = utc_now() + timedelta(seconds=0.2)
    start().wake("T1", due)
    assert calls.reach(1)
    assert utc_now() >= due


def test_what_tend_answers_is_when_it_is_called_again(calls: Calls, start: Callable[..., Embedded]):
    due = iter([utc_now(), utc_now(), None])
    calls.answer = lambda _workspace: next(due)
    start().wake("T1")
    assert calls.reach(3)


@pytest.mark.parametrize("hours", [-1, 1])
def test_a_clock_that_is_set_while_a_workspace_waits_changes_nothing(
    calls: Calls, start: Callable[..., Embedded], hours: int
):
    off = [timedelta()]

    def clock() -> datetime:
        return utc_now() + off[0]

    engine = start(clock=clock)
    due = utc_now() + timedelta(seconds=0.3)
    engine.wake("T1", due)
    off[0] = timedelta(hours=hours)
    engine.wake("T2")
    assert calls.reach(2)
    assert calls.made == ["T2", "T1"]
    assert utc_now() >= due


def test_a_time_that_no_pace_explains_is_not_waited_for():
    now = utc_now()
    assert call(lambda _workspace: now + timedelta(hours=9), "T1", lambda: now) == (
        now + LONGEST_WAIT
    )


def test_the_sweep_at_the_start_wakes_what_was_left_open(
    calls: Calls, start: Callable[..., Embedded]
):
    start(sweep=lambda: ["T1", "T2"])
    assert calls.reach(2)
    assert sorted(calls.made) == ["T1", "T2"]


def test_one_workspace_is_never_tended_twice_at_once_and_no_wake_is_lost(
    calls: Calls, start: Callable[..., Embedded]
):
    inside: Counter[str] = Counter()
    overlaps: list[str] = []
    begun, go_on = threading.Event(), threading.Event()

    def answer(workspace: str) -> None:
        inside[workspace] += 1
        if inside[workspace] > 1:
            overlaps.append(workspace)
        begun.set()
        go_on.wait(PATIENCE)
        inside[workspace] -= 1

    calls.answer = answer
    engine = start()
    engine.wake("T1")
    assert begun.wait(PATIENCE)
    wakers = [threading.Thread(target=engine.wake, args=("T1",)) for _ in range(50)]
    for waker in wakers:
        waker.start()
    for waker in wakers:
        waker.join()
    engine.wake("T2")
    assert calls.reach(2)
    assert calls.made == ["T1", "T2"]
    go_on.set()
    assert calls.reach(3)
    assert calls.made[2] == "T1"
    assert overlaps == []


@pytest.mark.parametrize("error", [StoreUnavailable("gone"), RuntimeError("a bug")], ids=repr)
def test_what_goes_wrong_in_one_call_is_tried_again(
    calls: Calls, start: Callable[..., Embedded], error: Exception
):
    def fail_once(_workspace: str) -> None:
        if len(calls.made) == 1:
            raise error

    calls.answer = fail_once
    engine = start(speed=RETRY_AFTER.total_seconds() * 20)
    engine.wake("T1")
    assert calls.reach(2)
    assert engine.alive


def test_a_store_that_is_away_at_the_sweep_is_asked_again(
    calls: Calls, start: Callable[..., Embedded]
):
    answers = iter([StoreUnavailable("gone"), ["T1"]])

    def sweep() -> list[str]:
        answer = next(answers, [])
        if isinstance(answer, Exception):
            raise answer
        return answer

    start(sweep=sweep, speed=RETRY_AFTER.total_seconds() * 20)
    assert calls.reach(1)


def test_a_wake_reaches_a_processor_whoever_waits_first(calls: Calls, launches: Launches):
    engine = Embedded(calls, launches, list, utc_now)
    swept = threading.Event()

    def sweep() -> list[str]:
        swept.set()
        return []

    engine._sweep = sweep
    *processors, sweeping = engine._threads
    sweeping.start()
    assert swept.wait(PATIENCE)
    for processor in processors:
        processor.start()
    engine.wake("T1")
    assert calls.reach(1)
    assert engine.stop(PATIENCE)


def test_a_bug_in_the_sweep_does_not_end_the_sweeps(calls: Calls, start: Callable[..., Embedded]):
    answers = iter([RuntimeError("a bug"), ["T1"]])

    def sweep() -> list[str]:
        answer = next(answers, [])
        if isinstance(answer, Exception):
            raise answer
        return answer

    engine = start(sweep=sweep, speed=RETRY_AFTER.total_seconds() * 20)
    assert calls.reach(1)
    assert engine.alive


def test_stopping_waits_for_what_goes_on_and_says_if_it_goes_on_still(
    calls: Calls, start: Callable[..., Embedded]
):
    go_on = threading.Event()

    def answer(_workspace: str) -> None:
        go_on.wait(PATIENCE)

    calls.answer = answer
    engine = start()
    engine.wake("T1")
    assert calls.reach(1)
    assert not engine.stop(0.05)
    go_on.set()
    assert engine.stop(PATIENCE)
    assert not engine.alive


def test_a_launch_waits_for_no_workspace_that_is_being_tended(
    calls: Calls, launches: Launches, start: Callable[..., Embedded]
):
    go_on = threading.Event()
    calls.answer = lambda _workspace: go_on.wait(PATIENCE) and None
    engine = start()
    for number in range(THREADS):  # nobody is left to tend another
        engine.wake(f"T{number}")
    assert calls.reach(THREADS)
    engine.launch("T0", 7)
    assert launches.reach(1)
    assert launches.made == [("T0", 7)]
    go_on.set()


def test_what_was_launched_is_followed(
    calls: Calls, launches: Launches, start: Callable[..., Embedded]
):
    tended_before: list[int] = []
    launches.work = lambda: tended_before.append(len(calls.made))
    start().launch("T1", 7)
    assert calls.reach(1)
    assert (tended_before, calls.made) == ([0], ["T1"])


def test_launches_of_one_workspace_go_out_at_once(
    launches: Launches, start: Callable[..., Embedded]
):
    all_there = threading.Barrier(5)
    launches.work = lambda: all_there.wait(PATIENCE)
    engine = start()
    for number in range(4):
        engine.launch("T1", number)
    all_there.wait(PATIENCE)


@pytest.mark.parametrize("error", [StoreUnavailable("gone"), RuntimeError("a bug")], ids=repr)
def test_what_a_launch_raises_ends_nothing_and_is_left_to_tend(
    calls: Calls, launches: Launches, start: Callable[..., Embedded], error: Exception
):
    def fail() -> None:
        raise error

    launches.work = fail
    engine = start()
    engine.launch("T1", 1)
    assert calls.reach(1)
    engine.launch("T1", 2)
    assert launches.reach(2)
    assert engine.alive


def test_stopping_waits_for_launches_under_way_and_begins_no_other(
    launches: Launches, start: Callable[..., Embedded]
):
    go_on = threading.Event()
    launches.work = lambda: go_on.wait(PATIENCE)
    engine = start()
    for number in range(HALF + 3):  # three have to wait: the other half is for other workspaces
        engine.launch("T1", number)
    assert launches.reach(HALF)
    assert not engine.stop(0.05)
    go_on.set()
    assert engine.stop(PATIENCE)
    engine.launch("T1", 99)
    assert len(launches.made) == HALF


def test_slow_workspaces_hold_up_neither_what_is_due_nor_the_launches_of_others(
    calls: Calls, launches: Launches, start: Callable[..., Embedded]
):
    go_on = threading.Event()
    slow = [f"T{number}" for number in range(3 * THREADS)]
    calls.answer = lambda workspace: (
        (workspace != "quick" and go_on.wait(PATIENCE) and None) or None
    )
    engine = start()
    for workspace in slow:
        engine.wake(workspace)
        for number in range(2 * LAUNCHERS // len(slow)):
            engine.launch(workspace, number)
    engine.wake("quick")
    engine.launch("quick", 7)
    assert calls.reach_one("quick")
    assert launches.reach_one(("quick", 7))
    assert not go_on.is_set()
    go_on.set()
