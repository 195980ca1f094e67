"""Which ends ring the launcher."""

from dataclasses import replace
from datetime import timedelta

import pytest
from messages.cast import NOW, RUN

from phantombot.runs.ending import PRIVATE, Ending, Kind
from phantombot.runs.model import Run, State
from phantombot.runs.ring import rings


def ended(kind: Kind, seconds: float = 9, **changes: object) -> Run:
    ending = Ending(kind, seconds=seconds, stopped_by=str(changes.pop("stopped_by", "")))
    at = NOW + timedelta(seconds=seconds)
    return replace(RUN, state=State.ENDED, ending=ending, ended_at=at, **changes)


@pytest.mark.parametrize("kind", sorted(set(Kind) - PRIVATE - {Kind.SUCCESS, Kind.EMPTY}))
def test_every_failure_rings_its_launcher_at_once(kind: Kind):
    assert rings(ended(kind))


@pytest.mark.parametrize("kind", [Kind.SUCCESS, Kind.EMPTY])
@pytest.mark.parametrize(("seconds", "rung"), [(9, False), (120, False), (121, True)])
def test_what_went_well_rings_its_launcher_after_two_minutes(kind: Kind, seconds: int, rung: bool):
    assert rings(ended(kind, seconds)) is rung


def test_a_short_run_that_waited_in_the_queue_rings_whoever_waited_with_it():
    assert rings(replace(ended(Kind.SUCCESS), ended_at=NOW + timedelta(minutes=10)))


def test_a_run_rings_by_its_own_time_where_the_launchers_clock_was_set_back():
    assert rings(replace(ended(Kind.SUCCESS, 600), ended_at=NOW - timedelta(hours=1)))


@pytest.mark.parametrize("kind", sorted(PRIVATE))
def test_what_is_told_in_private_rings_nobody(kind: Kind):
    assert not rings(ended(kind, 600))


@pytest.mark.parametrize("kind", [Kind.STOPPED, Kind.SUCCESS, Kind.EMPTY])
@pytest.mark.parametrize(("user", "rung"), [("U0ALICE", False), ("U0BOB", True)])
def test_nobody_is_rung_for_what_they_stopped_themselves(kind: Kind, user: str, rung: bool):
    assert rings(ended(kind, 9, stopped_by=user)) is rung
