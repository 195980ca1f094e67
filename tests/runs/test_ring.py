"""Which ends ring the launcher."""

from dataclasses import replace
from datetime import datetime, time, timedelta

import pytest
from messages.cast import NOW, RUN

from phantombot.runs.ending import PRIVATE, Ending, Kind
from phantombot.runs.model import Run, State
from phantombot.runs.ring import RingBy, RingSettings, rings


def ended(kind: Kind, seconds: float = 9, **changes: object) -> Run:
    ending = Ending(kind, seconds=seconds, stopped_by=str(changes.pop("stopped_by", "")))
    at = NOW + timedelta(seconds=seconds)
    return replace(RUN, state=State.ENDED, ending=ending, ended_at=at, **changes)


@pytest.mark.parametrize("kind", sorted(set(Kind) - PRIVATE - {Kind.SUCCESS, Kind.EMPTY}))
def test_every_failure_rings_its_launcher_at_once(kind: Kind):
    assert rings(ended(kind), RUN.user)


@pytest.mark.parametrize("kind", [Kind.SUCCESS, Kind.EMPTY])
@pytest.mark.parametrize(("seconds", "rung"), [(9, False), (120, False), (121, True)])
def test_what_went_well_rings_its_launcher_after_two_minutes(kind: Kind, seconds: int, rung: bool):
    assert rings(ended(kind, seconds), RUN.user) is rung


def test_a_short_run_that_waited_in_the_queue_rings_whoever_waited_with_it():
    assert rings(replace(ended(Kind.SUCCESS), ended_at=NOW + timedelta(minutes=10)), RUN.user)


def test_a_run_rings_by_its_own_time_where_the_launchers_clock_was_set_back():
    assert rings(replace(ended(Kind.SUCCESS, 600), ended_at=NOW - timedelta(hours=1)), RUN.user)


@pytest.mark.parametrize("kind", sorted(PRIVATE))
def test_what_is_told_in_private_rings_nobody(kind: Kind):
    assert not rings(ended(kind, 600), RUN.user)


@pytest.mark.parametrize(("user", "rung"), [("U0ALICE", False), ("U0BOB", True)])
def test_nobody_is_rung_for_what_they_stopped_themselves(user: str, rung: bool):
    for kind in (Kind.STOPPED, Kind.SUCCESS, Kind.EMPTY):
        assert rings(ended(kind, 9, stopped_by=user), RUN.user) is rung


@pytest.mark.parametrize(
    ("begin", "end", "at", "until"),
    [
        (22, 8, "21:59", None),
        (22, 8, "22:00", "08:00"),
        (22, 8, "07:59", "08:00"),
        (22, 8, "08:00", None),
        (9, 17, "12:00", "17:00"),
        (9, 17, "18:00", None),
    ],
)
@pytest.mark.parametrize("offset", [timedelta(hours=hours) for hours in (-11, 0, 1, 14)])
def test_quiet_hours_are_those_of_ones_own_clock(
    begin: int, end: int, at: str, until: str | None, offset: timedelta
):
    settings = RingSettings(quiet_from=time(begin), quiet_until=time(end))
    there = datetime.combine(NOW.date(), time.fromisoformat(at), NOW.tzinfo)
    over = settings.quiet_at(there - offset, offset)
    assert (None if over is None else f"{over + offset:%H:%M}") == until
    assert over is None or timedelta() < over - (there - offset) <= timedelta(hours=10)


@pytest.mark.parametrize("user", ["U0BOB", RUN.user])
def test_whoever_asked_for_it_is_rung_however_it_ended_but_not_for_their_own_stop(user: str):
    asked = {"also_rung": ("U0BOB", RUN.user)}
    assert rings(ended(Kind.SUCCESS, **asked), user, RingSettings(failures_only=True))
    assert rings(ended(Kind.FAILED, **asked), user, RingSettings(RingBy.NOTHING))
    assert not rings(ended(Kind.STOPPED, stopped_by=user, **asked), user)
    assert not rings(ended(Kind.CANCELLED, **asked), user)


def test_whoever_wants_nothing_is_not_rung_by_their_own_launch():
    assert not rings(ended(Kind.FAILED), RUN.user, RingSettings(RingBy.NOTHING))
