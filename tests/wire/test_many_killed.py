"""The bench of kills in small: bench/killed.py prints the same for 1,000 runs."""

from collections.abc import Sequence

import pytest
from patience import PATIENCE

from bench.killed import killed


@pytest.mark.parametrize(
    ("fixture", "roles"),
    [("sqlite_url", [""]), ("postgres_url", ["web", "worker", "worker"])],
    ids=["sqlite", "postgresql"],
)
def test_whenever_workers_are_killed_nothing_is_lost_launched_twice_or_told_twice(
    request: pytest.FixtureRequest, fixture: str, roles: Sequence[str]
):
    tally = killed(
        request.getfixturevalue(fixture),
        roles,
        runs=25,
        workspaces=5,
        kills=2,
        every=(0.3, 1.5),
        seconds=40,
        speed=20,
        timeout=3 * PATIENCE,
    )
    assert (tally.lost, tally.launched_twice, tally.told_twice) == (0, 0, 0), tally
    assert tally.launched + tally.not_found == tally.commands, tally
