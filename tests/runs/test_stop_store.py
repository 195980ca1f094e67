from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pytest
from patience import PATIENCE
from stage import stopping

from phantombot.runs.stop_store import LEASE, StopLease, Stops

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
SOON = NOW + timedelta(seconds=1)
LATER = NOW + timedelta(minutes=1)


def begin(stops: Stops, user: str, now: datetime = NOW) -> StopLease:
    lease = stops.begin(stopping(user, now), "785")
    assert isinstance(lease, StopLease)
    return lease


def test_who_begins_second_learns_who_began_first(stops: Stops):
    begin(stops, "U1")
    assert stops.begin(stopping("U2", SOON), "785") == "U1"
    assert stops.begin(stopping("U1", SOON), "785") == "U1"


def test_agents_and_workspaces_are_stopped_apart(stops: Stops):
    begin(stops, "U1")
    assert isinstance(stops.begin(stopping("U2", NOW), "786"), StopLease)
    assert isinstance(stops.begin(stopping("U2", NOW, "T2"), "785"), StopLease)
    assert stops.stopper("T2", "785", NOW, LATER) == "U2"


def test_a_finished_stop_lets_others_stop_and_stays_known(stops: Stops):
    stops.finish(begin(stops, "U1"), SOON, "stopped")
    assert stops.stopper("T1", "785", NOW, LATER) == "U1"
    assert stops.stopper("T1", "785", SOON, LATER) is None
    begin(stops, "U2", LATER)
    assert stops.stopper("T1", "785", NOW, LATER) == "U2"


def test_nobody_stopped_an_agent_without_a_stop(stops: Stops):
    assert stops.stopper("T1", "785", NOW, LATER) is None


def test_a_lease_left_by_a_crash_runs_out(stops: Stops):
    begin(stops, "U1")
    assert stops.begin(stopping("U2", NOW + LEASE), "785") == "U1"
    begin(stops, "U2", NOW + LEASE + timedelta(microseconds=1))


def test_a_lease_that_ran_out_ends_nobody_elses(stops: Stops):
    stale = begin(stops, "U1")
    begin(stops, "U2", LATER)
    stops.finish(stale, LATER, "stopped")
    stops.withdraw(stale)
    assert stops.begin(stopping("U3", LATER + timedelta(seconds=1)), "785") == "U2"


def test_the_first_stop_withdrawn_leaves_nothing(stops: Stops):
    stops.withdraw(begin(stops, "U1"))
    assert stops.stopper("T1", "785", NOW, LATER) is None
    begin(stops, "U2", NOW)


def test_a_later_stop_withdrawn_leaves_the_one_before_it(stops: Stops):
    stops.finish(begin(stops, "U1"), SOON, "stopped")
    lease = begin(stops, "U2", LATER)
    assert lease.before is not None
    assert (lease.before.user, lease.before.busy_until) == ("U1", SOON)
    stops.withdraw(lease)
    assert stops.stopper("T1", "785", NOW, LATER) == "U1"
    begin(stops, "U3", LATER)


@pytest.mark.parametrize("stopped_before", [False, True])
def test_of_many_who_begin_at_the_same_instant_one_may(stops: Stops, stopped_before: bool):
    if stopped_before:
        stops.finish(begin(stops, "U0"), SOON, "stopped")
    users = [f"U{number}" for number in range(1, 5)]
    start = Barrier(len(users))

    def press(user: str) -> StopLease | str:
        start.wait(PATIENCE)
        return stops.begin(stopping(user, LATER), "785")

    with ThreadPoolExecutor(len(users)) as crowd:
        answers = list(crowd.map(press, users))
    (lease,) = [answer for answer in answers if isinstance(answer, StopLease)]
    assert [answer for answer in answers if answer != lease] == [lease.note.user] * 3
