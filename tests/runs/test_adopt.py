"""Which run of Phantombuster's is a launch whose answer was lost, or that was never named."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from phantombot.phantombuster.api import Container, Output, Progress
from phantombot.runs.adopt import Seen, identify, in_flight
from phantombot.runs.model import Before, Run, State
from phantombot.runs.siblings import Siblings, Unnamed

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
LOST = Run(
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
    state=State.SENDING,
    agent_id="785",
    sent_at=NOON,
    lost_at=NOON,
)


def ended(container_id: str, queued: float) -> Container:
    at = NOON + timedelta(seconds=queued)
    return Container(container_id, at, at, at, None, 0, "success", "")


def seen(
    *listed: Container,
    current: str | None = None,
    ahead: float = 0,
    after: float = 10,
    **output: object,
) -> Seen:
    shown = Output(status="running", container_id=current, running=1, queued=0)
    now = NOON + timedelta(seconds=after)
    return Seen(now, replace(shown, **output), listed, timedelta(seconds=ahead))


def name(found: Run | None) -> str | int | None:
    return found and (found.container_id or found.launch_number)


def running(seconds: int) -> Progress:
    return Progress(None, None, seconds)


@pytest.mark.parametrize(
    ("shown", "siblings", "found"),
    [
        pytest.param(seen(ended("17", 1)), Siblings(), "17", id="queued since"),
        pytest.param(seen(ended("17", -60)), Siblings(), None, id="queued before"),
        pytest.param(seen(ended("17", 31), ahead=30), Siblings(), "17", id="their clock ahead"),
        pytest.param(seen(ended("17", 1), ahead=30), Siblings(), None, id="before, by their clock"),
        pytest.param(seen(ended("17", -29), ahead=-30), Siblings(), "17", id="their clock behind"),
        pytest.param(seen(ended("17", 1)), Siblings(frozenset({"17"})), None, id="another's"),
        pytest.param(seen(ended("18", 2), ended("17", 1)), Siblings(), "17", id="the older"),
        pytest.param(
            seen(ended("18", 2), ended("17", 1)), Siblings(frozenset({"17"})), "18", id="the next"
        ),
        pytest.param(seen(current="19", progress=running(8)), Siblings(), "19", id="current"),
        pytest.param(seen(current="19", progress=running(60)), Siblings(), None, id="older"),
        pytest.param(
            seen(current="19", progress=running(8)),
            Siblings(frozenset({"19"})),
            None,
            id="a sibling's current",
        ),
        pytest.param(
            seen(ended("19", -60), current="19", status="not running"),
            Siblings(),
            None,
            id="an ended current, queued before",
        ),
        pytest.param(seen(current="19"), Siblings(), None, id="current, of unknown age"),
        pytest.param(seen(), Siblings(), None, id="nothing"),
    ],
)
def test_a_lost_launch_is_found_among_what_is_new_and_nobody_elses(
    shown: Seen, siblings: Siblings, found: str | None
):
    assert name(identify(LOST, shown, siblings)) == found


@pytest.mark.parametrize(("busy", "found"), [(None, None), (1, None), (0, "19")])
def test_a_current_run_of_unknown_age_is_believed_only_where_none_was_seen_before(
    busy: int | None, found: str | None
):
    run = replace(LOST, before=Before(busy=busy))
    assert name(identify(run, seen(current="19"), Siblings())) == found


def test_a_run_that_was_current_before_the_launch_is_not_ours():
    after = replace(LOST, before=Before(container_id="19"))
    assert identify(after, seen(current="19"), Siblings()) is None
    assert name(identify(after, seen(current="20"), Siblings())) == "20"
    assert identify(after, seen(current="18"), Siblings()) is None


def counted(last: int) -> Seen:
    return seen(launch_number=last)


def unnamed(seconds: float, before: int | None) -> Unnamed:
    return Unnamed(NOON + timedelta(seconds=seconds), before)


@pytest.mark.parametrize(
    ("before", "last", "siblings", "found"),
    [
        pytest.param(6, 7, Siblings(), 7, id="the next number"),
        pytest.param(6, 6, Siblings(), None, id="no new number"),
        pytest.param(6, 7, Siblings(numbers=frozenset({7})), None, id="a sibling's"),
        pytest.param(6, 8, Siblings(numbers=frozenset({7})), 8, id="the one that is left"),
        pytest.param(6, 8, Siblings(unnamed=(unnamed(1, 6),)), 7, id="the earlier of two"),
        pytest.param(6, 8, Siblings(unnamed=(unnamed(-1, 6),)), 8, id="the later of two"),
        pytest.param(6, 7, Siblings(unnamed=(unnamed(1, 6),)), None, id="one number for two"),
        pytest.param(6, 7, Siblings(unnamed=(unnamed(-1, 6),)), None, id="one, for the later"),
        pytest.param(6, 7, Siblings(unnamed=(unnamed(1, 7),)), 7, id="counted before the next"),
        pytest.param(None, 7, Siblings(), None, id="not read beforehand"),
        pytest.param(None, 7, Siblings(unnamed=(unnamed(1, 6),)), None, id="not read, and two"),
        pytest.param(None, 0, Siblings(), None, id="never launched"),
    ],
)
def test_in_the_first_form_a_number_is_taken_only_where_it_must_be_ours(
    before: int | None, last: int, siblings: Siblings, found: int | None
):
    run = replace(LOST, before=Before(launch_number=before))
    assert name(identify(run, counted(last), siblings)) == found


@pytest.mark.parametrize(
    ("state", "status", "found"),
    [
        (State.LAUNCHED, "running", 7),
        (State.LAUNCHED, "not running", None),
        (State.SENDING, "running", None),
    ],
)
def test_a_number_of_which_nothing_is_known_from_before_is_ours_only_while_it_goes_on(
    state: State, status: str, found: int | None
):
    run = replace(LOST, state=state)
    shown = seen(launch_number=7, status=status)
    assert name(identify(run, shown, Siblings())) == found


@pytest.mark.parametrize(
    ("changes", "seconds", "left_alone"),
    [
        ({"lost_at": None}, 10, True),
        ({"lost_at": None}, 36, False),
        ({}, 10, False),
        ({"state": State.LAUNCHED, "pending_post": "digest"}, 10, True),
        ({"state": State.LAUNCHED, "pending_post": "digest"}, 36, False),
        ({"state": State.LAUNCHED, "pending_post": "digest", "ts": "1.2"}, 10, False),
        ({"state": State.LAUNCHED}, 10, False),
    ],
)
def test_a_run_is_left_to_whoever_may_still_wait_for_an_answer(
    changes: dict[str, object], seconds: float, left_alone: bool
):
    assert in_flight(replace(LOST, **changes), NOON + timedelta(seconds=seconds)) is left_alone
