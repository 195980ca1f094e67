"""How long, or until when: as people type it."""

# ruff: noqa: RUF001 - digits of other scripts are among what is tested
from datetime import UTC, datetime, time, timedelta

import pytest

from phantombot.text.times import Time, Until, time_at_end

PARIS, KIRITIMATI = timedelta(hours=1), timedelta(hours=14)


def until(hour: int, minute: int = 0) -> Until:
    return Until(time(hour, minute))


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("30m", timedelta(minutes=30)),
        ("2h", timedelta(hours=2)),
        ("2 h", timedelta(hours=2)),
        ("for 2 hours", timedelta(hours=2)),
        ("30 Min", timedelta(minutes=30)),
        ("90 minutes", timedelta(minutes=90)),
        ("１２h", timedelta(hours=12)),
        ("3 days", timedelta(days=3)),
        ("2w", timedelta(days=14)),
        ("1 week", timedelta(days=7)),
        ("until 9:00", until(9)),
        ("until 9", until(9)),
        ("Until 21.30", until(21, 30)),
        ("till 9h30", until(9, 30)),
        ("until 9 pm", until(21)),
        ("until 12am", until(0)),
        ("until 24:00", until(0)),
    ],
)
def test_a_time_ends_what_was_typed(typed: str, read: Time):
    assert time_at_end(["My", "Agent", *typed.split()]) == (["My", "Agent"], read)


@pytest.mark.parametrize(
    "typed",
    ["0m", "h", "-2h", "2", "2y", "until", "until noon", "until 25:00", "until 9:75", "until 13pm"],
)
def test_what_is_no_time_is_left_as_it_was_typed(typed: str):
    words = ["My", "Agent", *typed.split()]
    assert time_at_end(words) == (words, None)


@pytest.mark.parametrize(
    ("offset", "now", "at"),
    [
        (timedelta(), "2026-11-24T08:59", "2026-11-24T09:00"),
        (timedelta(), "2026-11-24T09:00", "2026-11-25T09:00"),
        (PARIS, "2026-11-24T07:59", "2026-11-24T08:00"),
        (PARIS, "2026-11-24T23:30", "2026-11-25T08:00"),
        (KIRITIMATI, "2026-11-24T12:00", "2026-11-24T19:00"),
        (-KIRITIMATI, "2026-11-24T12:00", "2026-11-24T23:00"),
    ],
)
def test_a_time_of_day_is_the_next_one_where_it_was_typed(offset: timedelta, now: str, at: str):
    def utc(text: str) -> datetime:
        return datetime.fromisoformat(text).replace(tzinfo=UTC)

    assert until(9).after(utc(now), offset) == utc(at)
