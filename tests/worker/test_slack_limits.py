from datetime import UTC, datetime, timedelta

import pytest

from phantombot.worker.slack_limits import SlackLimits

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("open_runs", "age", "expected"),
    [(1, 0, 3), (2, 59, 3), (1, 1200, 60), (1, 36_000, 60), (20, 10, 24), (100, 1200, 120)],
)
def test_progress_is_told_less_often_the_older_a_run_and_the_more_there_are(
    open_runs: int, age: int, expected: int
):
    assert SlackLimits(open_runs).edit_every(timedelta(seconds=age)) == timedelta(seconds=expected)
