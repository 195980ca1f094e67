import asyncio
import itertools
import threading
import time
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from patience import PATIENCE, becomes
from tended import COUNT, Calls, Launches, reads

from phantombot.bootstrap import utc_now
from phantombot.database.engine import Database
from phantombot.errors import StoreUnavailable
from phantombot.worker.queue.jobs import Jobs
from phantombot.worker.queue.port import LAUNCHERS, RETRY_AFTER, THREADS
from phantombot.worker.queue.procrastinate import Procrastinate, _connector

Start = Callable[..., Procrastinate]
Ask = Callable[..., list]


def test_a_wake_is_a_call_at_once_although_the_workspace_is_planned_for_later(
    calls: Calls, jobs: Jobs, start_worker: Start, ask: Ask
):
    calls.answer = lambda _workspace: utc_now() + timedelta(hours=1)
    start_worker()
    jobs.wake("T1")
    assert calls.reach(1)
    assert reads(ask, "SELECT count(*) FROM procrastinate_jobs WHERE status = 'todo'", 1)
    jobs.wake("T1")
    assert calls.reach(2)


def test_what_tend_answers_is_when_it_is_called_again(
    calls: Calls, jobs: Jobs, start_worker: Start
):
    called: list[datetime] = []
    due: list[datetime | None] = []

    def answer(_workspace: str) -> datetime | None:
        called.append(utc_now())
        due.append((called[-1] + timedelta(seconds=0.6), called[-1], None)[len(due)])
        return due[-1]

    calls.answer = answer
    start_worker()
    jobs.wake("T1")
    assert calls.reach(3)
    assert called[1] >= due[0]


def test_a_due_time_is_one_of_the_clock_that_runs_faster(
    calls: Calls, jobs: Jobs, start_worker: Start
):
    engine: list[Procrastinate] = []
    due = iter([timedelta(minutes=5), None])

    def answer(_workspace: str) -> datetime | None:
        ahead = next(due)
        return ahead and engine[0]._clock() + ahead

    calls.answer = answer
    engine.append(start_worker(speed=1000))
    jobs.wake("T1")
    assert calls.reach(2)


def test_jobs_are_scheduled_by_the_databases_time_and_not_by_the_machines(
    calls: Calls, jobs: Jobs, start_worker: Start, ask: Ask
):
    """As far as a test can tell, whose database stands on a machine with the same clock."""

    def clock() -> datetime:
        return utc_now() + timedelta(hours=1)

    calls.answer = lambda _workspace: clock() + timedelta(minutes=5)
    start_worker(clock=clock)
    jobs.wake("T1")
    planned = "FROM procrastinate_jobs WHERE scheduled_at IS NOT NULL"
    assert reads(ask, f"SELECT count(*) {planned}", 1)
    ((ahead,),) = ask(f"SELECT scheduled_at - now() {planned}")
    assert ahead > timedelta(hours=1)


def test_what_tend_said_last_is_what_counts(
    calls: Calls, jobs: Jobs, start_worker: Start, ask: Ask
):
    due = iter([3_600, 0.5, 3_600, None])

    def answer(_workspace: str) -> datetime | None:
        seconds = next(due)
        return None if seconds is None else utc_now() + timedelta(seconds=seconds)

    calls.answer = answer
    start_worker()
    jobs.wake("T1")
    assert calls.reach(1)
    assert reads(ask, COUNT, 1)
    jobs.wake("T1")
    assert calls.reach(3), "the later job is brought forward"
    assert reads(ask, COUNT, 1)
    jobs.wake("T1")
    assert calls.reach(4)
    assert reads(ask, COUNT, 0)


def test_one_workspace_is_never_tended_twice_at_once_by_two_workers_and_no_wake_is_lost(
    calls: Calls, jobs: Jobs, start_worker: Start, ask: Ask
):
    inside: Counter[str] = Counter()
    overlaps: list[str] = []
    seen: Counter[str] = Counter()
    wanted: Counter[str] = Counter()
    lock = threading.Lock()

    def answer(workspace: str) -> None:
        with lock:
            inside[workspace] += 1
            seen[workspace] = wanted[workspace]
            if inside[workspace] > 1:
                overlaps.append(workspace)
        time.sleep(0.01)
        with lock:
            inside[workspace] -= 1

    calls.answer = answer
    start_worker()
    start_worker()

    def wake(workspace: str) -> None:
        for _ in range(10):
            with lock:
                wanted[workspace] += 1
            jobs.wake(workspace)

    wakers = [threading.Thread(target=wake, args=(f"T{number % 3}",)) for number in range(6)]
    for waker in wakers:
        waker.start()
    for waker in wakers:
        waker.join()
    assert reads(ask, COUNT, 0)
    assert overlaps == []
    assert seen == {"T0": 20, "T1": 20, "T2": 20}


def test_two_workers_share_the_work(jobs: Jobs, start_worker: Start):
    one, other, release = Calls(), Calls(), threading.Event()
    for calls in (one, other):
        calls.answer = lambda _workspace: release.wait(PATIENCE) and None
        start_worker(calls)
    numbers = itertools.count()

    def both_have_work() -> bool:
        jobs.wake(f"T{next(numbers)}")
        return bool(one.made and other.made)

    assert becomes(both_have_work)
    release.set()


@pytest.mark.parametrize("error", [StoreUnavailable("gone"), RuntimeError("a bug")], ids=repr)
def test_what_goes_wrong_in_one_call_is_tried_again(
    calls: Calls, jobs: Jobs, start_worker: Start, error: Exception
):
    def fail_once(_workspace: str) -> None:
        if len(calls.made) == 1:
            raise error

    calls.answer = fail_once
    engine = start_worker(speed=RETRY_AFTER.total_seconds() * 20)
    jobs.wake("T1")
    assert calls.reach(2)
    assert engine.alive


def test_the_sweep_wakes_open_workspaces_that_have_no_job_and_leaves_the_others(
    calls: Calls, jobs: Jobs, start_worker: Start, ask: Ask
):
    swept = threading.Semaphore(0)

    def sweep() -> list[str]:
        swept.release()
        return ["planned", "forgotten"]

    calls.answer = lambda _workspace: utc_now() + timedelta(hours=1)
    start_worker()
    jobs.wake("planned")
    assert calls.reach(1)
    assert reads(ask, COUNT, 1)
    start_worker(sweep=sweep, speed=100)
    assert calls.reach(2)
    for _ in range(3):
        assert swept.acquire(timeout=PATIENCE)
    assert calls.made == ["planned", "forgotten"]


@pytest.mark.parametrize("error", [StoreUnavailable("gone"), RuntimeError("a bug")], ids=repr)
def test_whatever_goes_wrong_in_a_sweep_there_is_another(
    calls: Calls, start_worker: Start, error: Exception
):
    answers = itertools.chain([error], itertools.repeat(["T1"]))

    def sweep() -> list[str]:
        answer = next(answers)
        if isinstance(answer, Exception):
            raise answer
        return answer

    engine = start_worker(sweep=sweep, speed=100)
    assert calls.reach(1)
    assert engine.alive


def test_a_launch_waits_for_no_workspace_that_is_being_tended(
    calls: Calls, launches: Launches, jobs: Jobs, start_worker: Start
):
    go_on = threading.Event()
    calls.answer = lambda _workspace: go_on.wait(PATIENCE) and None
    start_worker()
    for number in range(THREADS):  # nobody is left to tend another
        jobs.wake(f"T{number}")
    assert calls.reach(THREADS)
    jobs.launch("T0", 7)
    assert launches.reach(1)
    assert launches.made == [("T0", 7)]
    go_on.set()


def test_what_was_launched_is_followed(
    calls: Calls, launches: Launches, jobs: Jobs, start_worker: Start, ask: Ask
):
    tended_before: list[int] = []
    launches.work = lambda: tended_before.append(len(calls.made))
    start_worker()
    jobs.launch("T1", 7)
    assert calls.reach(1)
    assert (tended_before, calls.made) == ([0], ["T1"])
    assert reads(ask, COUNT, 0)


def test_launches_of_one_workspace_go_out_at_once(
    launches: Launches, jobs: Jobs, start_worker: Start
):
    all_there = threading.Barrier(5)
    launches.work = lambda: all_there.wait(PATIENCE)
    start_worker()
    for number in range(4):
        jobs.launch("T1", number)
    all_there.wait(PATIENCE)


@pytest.mark.parametrize("error", [StoreUnavailable("gone"), RuntimeError("a bug")], ids=repr)
def test_what_a_launch_raises_ends_nothing_and_is_left_to_tend(  # noqa: PLR0917 - fixtures
    calls: Calls,
    launches: Launches,
    jobs: Jobs,
    start_worker: Start,
    ask: Ask,
    error: Exception,
):
    def fail() -> None:
        raise error

    launches.work = fail
    engine = start_worker()
    jobs.launch("T1", 1)
    assert calls.reach(1)
    jobs.launch("T1", 2)
    assert launches.reach(2)
    assert engine.alive
    assert reads(ask, COUNT, 0), "it is not sent a second time"
    assert launches.made == [("T1", 1), ("T1", 2)]


def test_slow_workspaces_hold_up_neither_what_is_due_nor_the_launches_of_others(
    calls: Calls, launches: Launches, jobs: Jobs, start_worker: Start
):
    go_on = threading.Event()
    slow = [f"T{number}" for number in range(3 * THREADS)]
    calls.answer = lambda workspace: (
        (workspace != "quick" and go_on.wait(PATIENCE) and None) or None
    )
    start_worker()
    for workspace in slow:
        jobs.wake(workspace)
        for number in range(2 * LAUNCHERS // len(slow)):
            jobs.launch(workspace, number)
    jobs.wake("quick")
    jobs.launch("quick", 7)
    assert calls.reach_one("quick")
    assert launches.reach_one(("quick", 7))
    assert not go_on.is_set()
    go_on.set()


def test_what_is_stored_waits_for_the_disk_and_what_the_queue_does_does_not(postgres_url: str):
    async def of_the_queue() -> str:
        connector = _connector(postgres_url)
        await connector.open_async()
        found = await connector.execute_query_one_async("SHOW synchronous_commit")
        await connector.close_async()
        return str(found["synchronous_commit"])

    database = Database(postgres_url)
    with database.writing() as connection:
        of_the_store = connection.exec_driver_sql("SHOW synchronous_commit").scalar_one()
    database.close()
    assert (of_the_store, asyncio.run(of_the_queue())) == ("on", "off")
