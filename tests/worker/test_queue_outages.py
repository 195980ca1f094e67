import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from patience import PATIENCE, becomes
from procrastinate.jobs import Job
from tended import COUNT, Calls, Launches, reads

from phantombot.database.engine import Database
from phantombot.worker.queue.jobs import Jobs
from phantombot.worker.queue.procrastinate import Procrastinate
from phantombot.worker.queue.recovery import RunningJobs

Start = Callable[..., Procrastinate]
Ask = Callable[..., list]

ROOT = Path(__file__).parents[2]
HANGING = """
import sys, time
from phantombot.worker.queue.procrastinate import Procrastinate
from phantombot.bootstrap import utc_now

def hang(workspace, run_id=None):
    print(workspace, flush=True)
    time.sleep(60)

Procrastinate(None, sys.argv[1], hang, hang, list, utc_now, now=utc_now, stalled_after=1).start()
time.sleep(60)
"""
"""A worker that never comes back from its first call."""


@contextmanager
def another_worker(address: str) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-c", HANGING, address]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def test_what_a_killed_worker_was_at_is_taken_over(
    calls: Calls, store: Database, jobs: Jobs, start_worker: Start
):
    with another_worker(store.address) as killed:
        jobs.wake("T1")
        assert killed.stdout is not None
        assert killed.stdout.readline() == "T1\n"
        jobs.wake("T1")  # a successor waits, so the job that stalled cannot be tried again
        killed.kill()
    start_worker(stalled_after=1)
    assert calls.reach(1)


def test_a_launch_that_a_killed_worker_was_at_is_left_to_tend(  # noqa: PLR0917 - fixtures
    calls: Calls, launches: Launches, store: Database, jobs: Jobs, start_worker: Start, ask: Ask
):
    with another_worker(store.address) as killed:
        jobs.launch("T1", 7)
        assert killed.stdout is not None
        assert killed.stdout.readline() == "T1\n"
        killed.kill()
    start_worker(stalled_after=1)
    assert calls.reach(1)
    assert calls.made == ["T1"]
    assert launches.made == [], "whether it was sent is for tend to find out"
    assert reads(ask, COUNT, 0)


def test_a_launch_under_way_is_waited_for_while_a_worker_stops_and_no_other_is_begun(
    launches: Launches, jobs: Jobs, start_worker: Start, ask: Ask
):
    go_on = threading.Event()
    launches.work = lambda: go_on.wait(PATIENCE)
    engine = start_worker()
    jobs.launch("T1", 1)
    assert launches.reach(1)
    stopping = threading.Thread(target=lambda: ended.append(engine.stop(5)))
    ended: list[bool] = []
    stopping.start()
    assert becomes(lambda: not engine.alive)
    jobs.launch("T1", 2)
    go_on.set()
    stopping.join()
    assert ended == [True]
    assert launches.made == [("T1", 1)]
    left = ask("SELECT task_name, args ->> 'run_id' FROM procrastinate_jobs ORDER BY task_name")
    assert left == [("launch", "2"), ("tend", None)]


def test_a_launch_that_hangs_while_a_worker_stops_is_left_to_tend_at_once(
    calls: Calls, launches: Launches, jobs: Jobs, start_worker: Start
):
    go_on = threading.Event()
    launches.work = lambda: go_on.wait(PATIENCE)
    first = start_worker(Calls(), grace=0.2)
    jobs.launch("T1", 1)
    assert launches.reach(1)
    start_worker()
    assert not first.stop(5)
    assert calls.reach(1)
    assert launches.made == [("T1", 1)]
    go_on.set()


def test_a_launch_that_reaches_a_worker_as_it_stops_is_launched_by_another(
    launches: Launches, jobs: Jobs, start_worker: Start
):
    stopping, begun = start_worker(launch=(other := Launches())), start_worker()
    stopping._stopping = True  # it takes jobs until its thread has heard of it
    for number in range(5):
        jobs.launch("T1", number)
    assert launches.reach(5)
    assert sorted(number for _, number in launches.made) == [0, 1, 2, 3, 4]
    assert other.made == []
    assert begun.alive


@pytest.mark.parametrize("first", ["min", "max"])
def test_where_one_of_the_two_workers_of_a_process_ends_both_begin_anew(  # noqa: PLR0917 - fixtures
    calls: Calls, launches: Launches, jobs: Jobs, start_worker: Start, ask: Ask, first: str
):
    engine = start_worker()
    workers = "FROM procrastinate_workers"
    assert reads(ask, f"SELECT count(*) {workers}", 2)
    ((one, last),) = ask(f"SELECT {first}(id), max(id) {workers}")
    ask(
        "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN RAISE EXCEPTION 'nothing is taken'; END $$"
    )
    ask(
        "CREATE TRIGGER refuse BEFORE UPDATE ON procrastinate_jobs"
        f" FOR EACH ROW WHEN (NEW.worker_id = {one}) EXECUTE FUNCTION refuse()"
    )
    jobs.launch("T1", 1)
    jobs.wake("T2")
    assert launches.reach(1)
    assert calls.reach(2)
    assert reads(ask, f"SELECT count(*) {workers} WHERE id > {last}", 2)
    assert engine.alive


def test_what_hangs_while_a_worker_stops_is_handed_over_at_once(
    calls: Calls, jobs: Jobs, start_worker: Start, ask: Ask
):
    hanging, go_on = Calls(), threading.Event()
    hanging.answer = lambda _workspace: go_on.wait(PATIENCE) and None
    first = start_worker(hanging, grace=0.2)
    jobs.wake("T1")
    assert hanging.reach(1)
    start_worker(stalled_after=3_600)
    assert not first.stop(5)
    assert calls.reach(1)
    assert not first.alive
    go_on.set()


def test_what_ends_while_a_worker_stops_is_waited_for_and_nothing_else_is_taken(
    jobs: Jobs, start_worker: Start, ask: Ask
):
    slow, go_on = Calls(), threading.Event()
    slow.answer = lambda _workspace: go_on.wait(PATIENCE) and None
    engine = start_worker(slow)
    jobs.wake("T1")
    assert slow.reach(1)
    stopping = threading.Thread(target=lambda: ended.append(engine.stop(PATIENCE)))
    ended: list[bool] = []
    stopping.start()
    assert becomes(lambda: not engine.alive)
    jobs.wake("T2")
    go_on.set()
    stopping.join()
    assert ended == [True]
    assert slow.made == ["T1"]
    assert ask("SELECT lock FROM procrastinate_jobs") == [("T2",)]


def test_a_worker_outlives_the_loss_of_every_connection(
    calls: Calls, jobs: Jobs, start_worker: Start, ask: Ask
):
    engine = start_worker()
    jobs.wake("T1")
    assert calls.reach(1)
    for count in (2, 3):
        ask(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        jobs.wake("T1")
        assert calls.reach(count)
    assert engine.alive


@pytest.mark.parametrize("task", ["tend", "launch"])
def test_a_job_whose_end_could_not_be_written_down_is_made_up_for_by_tending(  # noqa: PLR0917 - fixtures
    calls: Calls, launches: Launches, jobs: Jobs, start_worker: Start, ask: Ask, task: str
):
    go_on = threading.Event()
    launches.work = lambda: go_on.wait(PATIENCE)
    calls.answer = lambda _workspace: go_on.wait(PATIENCE) and None
    start_worker(stalled_after=1)
    jobs.wake("T1")
    jobs.launch("T1", 1)
    assert calls.reach(1)
    assert launches.reach(1)
    ask(
        "INSERT INTO procrastinate_jobs (queue_name, task_name, lock, args, status, worker_id)"
        " SELECT queue_name, task_name, 'T2', '{\"workspace\": \"T2\", \"run_id\": 2}', 'doing',"
        " worker_id FROM procrastinate_jobs WHERE task_name = %s AND status = 'doing'",
        task,
    )
    go_on.set()
    while "T2" not in calls.made:
        assert calls.reach(len(calls.made) + 1)
    assert launches.made == [("T1", 1)]


@pytest.mark.parametrize("worker_id", [7, 8, None])
def test_only_what_is_seen_twice_out_of_ones_own_hands_is_lost(worker_id: int | None):
    running = RunningJobs()
    done = Job(id=1, worker_id=7, queue="q", lock="T1", queueing_lock=None, task_name="tend")
    found = Job(
        id=2, worker_id=worker_id, queue="q", lock="T2", queueing_lock=None, task_name="tend"
    )
    with running.recorded(done):
        assert running.lost([done, found]) == []
        assert running.lost([done, found]) == ([found] if worker_id == 7 else [])
    assert done not in running.lost([done, found])
    assert done in running.lost([done, found])
