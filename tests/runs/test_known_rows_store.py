from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select, update
from stage import rewrite

from phantombot.database.schema import known_rows
from phantombot.errors import DecryptionError, StaleWrite
from phantombot.runs.known_rows import KeptRows, KnownRows
from phantombot.runs.known_rows_store import ARGUMENTS
from phantombot.runs.model import Intent, Run
from phantombot.runs.store import Runs

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
ROWS = KnownRows("url", "0a", "AAAAAAAA")
INTENT = Intent("T1", "1", "C1", "U1", "https://hooks.test/1", "785", argument='{"a": 1}')


def begin(runs: Runs, trigger_id: str, argument: str | None = '{"a": 1}', team: str = "T1") -> Run:
    runs.add(
        replace(INTENT, workspace=team, trigger_id=trigger_id, argument=argument),
        NOW,
    )
    return rewrite(runs, runs.open(team)[-1], agent_id="785")


def count(runs: Runs) -> int:
    with runs.database.reading() as connection:
        return connection.execute(select(func.count()).select_from(known_rows)).scalar_one()


def test_what_is_kept_of_a_result_is_found_by_the_next_run_of_the_same_launch(runs: Runs):
    rewrite(runs, begin(runs, "1"), known=ROWS, ended_at=NOW)
    assert runs.kept_rows(begin(runs, "2")) == KeptRows(ROWS, NOW)
    assert runs.kept_rows(begin(runs, "3", '{"a": 2}')) is None
    assert runs.kept_rows(begin(runs, "4", None)) is None
    assert runs.kept_rows(begin(runs, "5", team="T2")) is None


def test_a_newer_result_takes_its_place(runs: Runs):
    rewrite(runs, begin(runs, "1"), known=ROWS, ended_at=NOW)
    newer, later = replace(ROWS, column="id"), NOW + timedelta(hours=1)
    rewrite(runs, begin(runs, "2"), known=newer, ended_at=later)
    assert runs.kept_rows(begin(runs, "3")) == KeptRows(newer, later)
    assert count(runs) == 1


def test_a_superseded_write_keeps_nothing(runs: Runs):
    run = begin(runs, "1")
    rewrite(runs, run, status="running")
    with pytest.raises(StaleWrite):
        rewrite(runs, run, known=ROWS, ended_at=NOW)
    assert count(runs) == 0


def test_of_many_arguments_the_last_ones_are_kept(runs: Runs):
    for number in range(ARGUMENTS + 3):
        ended_at = NOW + timedelta(minutes=number)
        rewrite(runs, begin(runs, str(number), str(number)), known=ROWS, ended_at=ended_at)
    assert count(runs) == ARGUMENTS
    assert runs.kept_rows(begin(runs, "first", "0")) is None
    assert runs.kept_rows(begin(runs, "last", str(ARGUMENTS + 2))) is not None


def test_it_is_forgotten_with_old_runs(runs: Runs):
    rewrite(runs, begin(runs, "1"), known=ROWS, ended_at=NOW)
    runs.forget(NOW)
    assert count(runs) == 1
    runs.forget(NOW + timedelta(seconds=1))
    assert count(runs) == 0


def test_a_row_copied_to_another_workspace_does_not_open(runs: Runs):
    other = begin(runs, "1", team="T2")
    rewrite(runs, other, known=ROWS, ended_at=NOW)
    rewrite(runs, begin(runs, "2"), known=ROWS, ended_at=NOW)
    with runs.database.writing() as connection:
        stolen = select(known_rows.c.rows).where(known_rows.c.workspace == "T1").scalar_subquery()
        connection.execute(
            update(known_rows).where(known_rows.c.workspace == "T2").values(rows=stolen)
        )
    with pytest.raises(DecryptionError):
        runs.kept_rows(other)
