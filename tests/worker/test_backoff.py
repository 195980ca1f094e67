"""When to come back to a run."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from phantombot.runs.ending import Ending, Kind
from phantombot.runs.model import Run, State
from phantombot.worker.backoff import next_due

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
RUN = Run(
    id=1,
    version=1,
    uid="Zm9yIHRoZSB0ZXN0",
    workspace="T1",
    channel="C1",
    user="U1",
    agent="785",
    quoted=False,
    command=None,
    save=False,
    created_at=NOON,
    sent_at=NOON,
    state=State.LAUNCHED,
)
ENDED = RUN.ended(Ending(Kind.SUCCESS), NOON)


def due(
    run: Run,
    after: float,
    resumes: float = 0,
    rate_limit: float = 0,
    took: float = 0,
    **more: bool,
) -> Any:
    """Return the seconds until the run is due, at the end of a pass that took some seconds."""
    now = NOON + timedelta(seconds=after)
    found = next_due(
        run,
        now,
        polled_at=now - timedelta(seconds=took),
        resumes_at=now + timedelta(seconds=resumes),
        rate_limit=timedelta(seconds=rate_limit),
        in_hand=more.get("in_hand", False),
    )
    return found and (found - now).total_seconds()


@pytest.mark.parametrize(("age", "waits"), [(0, 2), (40, 2), (400, 20), (9000, 60)])
def test_a_run_is_polled_less_often_the_older_it_is(age: float, waits: float):
    assert due(RUN, age) == waits


@pytest.mark.parametrize(("age", "took", "waits"), [(0, 0.5, 1.5), (9000, 10, 50), (0, 25, 1)])
def test_a_run_is_due_by_when_it_was_polled_however_long_the_pass_took(
    age: float, took: float, waits: float
):
    assert due(RUN, age, took=took) == waits


def test_phantombusters_rate_limit_is_kept_and_slacks_delays_no_poll():
    assert due(RUN, 0, rate_limit=30) == 30
    assert due(RUN, 0, resumes=30) == 2


@pytest.mark.parametrize(("after", "waits"), [(1, 1), (80, 10), (9000, 60)])
def test_an_ending_that_could_not_be_shown_is_tried_less_and_less_often(after: float, waits: float):
    assert due(ENDED, after) == waits


def test_an_ending_waits_for_slack_and_only_a_result_for_phantombuster():
    assert due(ENDED, 0, resumes=30) == 30
    assert due(ENDED, 0, rate_limit=30) == 1
    assert due(ENDED.shows("digest", NOON), 0, rate_limit=30) == 30


def test_a_run_that_is_being_launched_is_left_to_whoever_does_it():
    assert due(replace(RUN, state=State.INTENDED), 4000) == 2
    assert due(replace(RUN, state=State.SENDING), 4000, in_hand=True) == 2


def test_a_question_is_come_back_to_when_its_time_is_over():
    assert due(replace(RUN, state=State.ASKED, message_at=NOON), 60) == 540


def test_nothing_is_left_to_do_for_a_run_that_is_done():
    assert due(replace(ENDED, done=True), 0) is None
